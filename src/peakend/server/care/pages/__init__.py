"""The pages of the area, by subject."""
