"""What changes the area; by subject."""
