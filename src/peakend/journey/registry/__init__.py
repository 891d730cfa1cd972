"""The registry of touchpoints: templates, what is met in the log, what each one matters."""
