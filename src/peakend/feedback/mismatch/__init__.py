"""Totals that sub-scores do not explain, and what nobody asked about."""
