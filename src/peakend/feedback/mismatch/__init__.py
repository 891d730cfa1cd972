"""Totals that sub-scores do not explain, and what nobody asked about."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peakend.feedback.mismatch.clusters import scan
    from peakend.feedback.mismatch.decomposition import unexplained, unexplained_change
    from peakend.feedback.mismatch.interruption import break_of, interrupted
    from peakend.feedback.mismatch.residuals import mismatch
    from peakend.feedback.mismatch.words_of import codes_of, missing_question, phrases_of

_HOMES = {
    "break_of": "interruption",
    "codes_of": "words_of",
    "interrupted": "interruption",
    "mismatch": "residuals",
    "missing_question": "words_of",
    "phrases_of": "words_of",
    "scan": "clusters",
    "unexplained": "decomposition",
    "unexplained_change": "decomposition",
}
__all__ = [
    "break_of",
    "codes_of",
    "interrupted",
    "mismatch",
    "missing_question",
    "phrases_of",
    "scan",
    "unexplained",
    "unexplained_change",
]


def __getattr__(name: str) -> object:
    """Load a function when it is asked for: numpy, scipy and numba are slow to import."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return vars(import_module(f"peakend.feedback.mismatch.{_HOMES[name]}"))[name]
