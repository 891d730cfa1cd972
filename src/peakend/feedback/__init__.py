"""What customers feel: scores and intervals, expectation gaps, structural index, drivers, mismatch, text."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peakend.feedback.drivers.importance import relative_importance
    from peakend.feedback.expectation.reliability import cronbach_alpha
    from peakend.feedback.expectation.servqual import servperf, servqual
    from peakend.feedback.scores import (
        EffortScore,
        NpsScore,
        SatisfactionScore,
        Score,
        ces,
        csat,
        nps,
        rating_mean,
        top_box,
    )
    from peakend.feedback.structure.paths import PathModel

__all__ = [
    "EffortScore",
    "NpsScore",
    "PathModel",
    "SatisfactionScore",
    "Score",
    "ces",
    "cronbach_alpha",
    "csat",
    "nps",
    "rating_mean",
    "relative_importance",
    "servperf",
    "servqual",
    "top_box",
]

# Names that live elsewhere than in `scores`.
_HOMES = {
    "PathModel": "structure.paths",
    "cronbach_alpha": "expectation.reliability",
    "relative_importance": "drivers.importance",
    "servperf": "expectation.servqual",
    "servqual": "expectation.servqual",
}


def __getattr__(name: str) -> object:
    """Load what is asked for when it is: numpy and scipy are slow to import."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'scores')}"), name)
