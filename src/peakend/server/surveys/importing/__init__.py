"""Questionnaires of other systems, and of other Peakends, with a report of every loss."""
