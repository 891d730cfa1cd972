"""The different sequences that journeys take, and how many take each."""

from peakend.journey.traces.sequences import SEPARATOR, VariantsError, journey_variants, steps_of, variants

__all__ = ["SEPARATOR", "VariantsError", "journey_variants", "steps_of", "variants"]
