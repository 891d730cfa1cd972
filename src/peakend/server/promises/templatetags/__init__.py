"""Filters of the area's templates."""
