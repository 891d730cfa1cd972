"""Touchpoints and episodes: map, variants, funnels, peak-end, attribution."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peakend.journey.stream.nesting import Level, nested
    from peakend.journey.stream.rules import Between, ByCase, Gap, LifeCycle, RuleError
    from peakend.journey.stream.stepwise import episodes, left_out

# Name -> the module it is loaded from when it is asked for.
_FROM: dict[str, str] = {
    "Between": "peakend.journey.stream.rules",
    "ByCase": "peakend.journey.stream.rules",
    "Gap": "peakend.journey.stream.rules",
    "Level": "peakend.journey.stream.nesting",
    "LifeCycle": "peakend.journey.stream.rules",
    "RuleError": "peakend.journey.stream.rules",
    "episodes": "peakend.journey.stream.stepwise",
    "left_out": "peakend.journey.stream.stepwise",
    "nested": "peakend.journey.stream.nesting",
}

__all__ = [
    "Between",
    "ByCase",
    "Gap",
    "Level",
    "LifeCycle",
    "RuleError",
    "episodes",
    "left_out",
    "nested",
]


def __getattr__(name: str) -> object:
    """Load what is asked for, and only then what it needs."""
    if name not in _FROM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_FROM[name]), name)
