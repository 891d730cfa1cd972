"""The operational site: where customers answer and staff act. Not built yet."""
