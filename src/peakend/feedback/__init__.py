"""What customers feel: scores and intervals, expectation gaps, structural index, drivers, mismatch, text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

__all__ = [
    "EffortScore",
    "NpsScore",
    "SatisfactionScore",
    "Score",
    "ces",
    "csat",
    "nps",
    "rating_mean",
    "top_box",
]


def __getattr__(name: str) -> object:
    """Load the scores when one is asked for: numpy and scipy are slow to import."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from peakend.feedback import scores

    return vars(scores)[name]
