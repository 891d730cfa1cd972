"""Designed journeys against lived ones."""
