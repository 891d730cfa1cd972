"""What changes the area's rows."""
