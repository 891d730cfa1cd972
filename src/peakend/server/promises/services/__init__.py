"""Services of the area."""
