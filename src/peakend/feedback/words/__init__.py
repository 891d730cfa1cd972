"""What customers say in their own words, Chinese and English, read offline."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peakend.feedback.words.duplicates import near_duplicates
    from peakend.feedback.words.languages import language_of
    from peakend.feedback.words.phrases import key_phrases
    from peakend.feedback.words.sentiment import SentimentModel
    from peakend.feedback.words.straightliners import straight_liners
    from peakend.feedback.words.themes import find_themes

__all__ = [
    "SentimentModel",
    "find_themes",
    "key_phrases",
    "language_of",
    "near_duplicates",
    "straight_liners",
]

_MODULES = {
    "SentimentModel": "sentiment",
    "find_themes": "themes",
    "key_phrases": "phrases",
    "language_of": "languages",
    "near_duplicates": "duplicates",
    "straight_liners": "straightliners",
}


def __getattr__(name: str) -> object:
    """Load the module of a name when it is asked for: numba and scikit-learn are slow to import."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
