"""What an actor may see of the area."""
