"""Which touchpoints an outcome goes with: removal, Shapley, last touch; and what comes next."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peakend.journey.crediting.chain import Removal, removal_effects
    from peakend.journey.crediting.credit import Attribution, attribution
    from peakend.journey.crediting.errors import AttributionError
    from peakend.journey.crediting.following import Sequences, sequences
    from peakend.journey.crediting.next_steps import NextStepModel, next_step_model
    from peakend.journey.crediting.outcomes import Horizons, journey_outcomes, outcome_of
    from peakend.journey.crediting.shapley import Shapley, shapley_values

# Name -> the module it is loaded from when it is asked for.
_FROM = {
    "Attribution": "credit",
    "AttributionError": "errors",
    "Horizons": "outcomes",
    "NextStepModel": "next_steps",
    "Removal": "chain",
    "Sequences": "following",
    "Shapley": "shapley",
    "attribution": "credit",
    "journey_outcomes": "outcomes",
    "next_step_model": "next_steps",
    "outcome_of": "outcomes",
    "removal_effects": "chain",
    "sequences": "following",
    "shapley_values": "shapley",
}

__all__ = [
    "Attribution",
    "AttributionError",
    "Horizons",
    "NextStepModel",
    "Removal",
    "Sequences",
    "Shapley",
    "attribution",
    "journey_outcomes",
    "next_step_model",
    "outcome_of",
    "removal_effects",
    "sequences",
    "shapley_values",
]


def __getattr__(name: str) -> object:
    """Load numpy and scipy only when a function is asked for."""
    if name not in _FROM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_FROM[name]}"), name)
