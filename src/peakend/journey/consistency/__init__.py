"""The same service and facts everywhere: control charts, conflicting facts, small defects, checks."""
