"""Where scores are heading over many waves, and which wave stands out; how many answers that takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peakend.feedback.trend.drifting import Drift, Expectation, TrendError, drift, expected_next
    from peakend.feedback.trend.planning import PlanningError, answers_needed, detectable_difference

__all__ = [
    "Drift",
    "Expectation",
    "PlanningError",
    "TrendError",
    "answers_needed",
    "detectable_difference",
    "drift",
    "expected_next",
]


def __getattr__(name: str) -> object:
    """Load numpy and scipy only when a function is asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from peakend.feedback.trend import drifting, planning

    return {**vars(planning), **vars(drifting)}[name]
