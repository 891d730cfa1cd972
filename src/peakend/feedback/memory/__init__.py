"""What customers remember and what delights them; which metrics are stable enough to steer by."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peakend.feedback.memory.recall import EffectiveExperience, RecallError, effective_experience
    from peakend.feedback.memory.retest import Agreement, RetestError, agreement, answers_for_margin
    from peakend.feedback.memory.surprise import Delight, MemoryScaleError, delight
    from peakend.feedback.memory.targets import TargetError, require_target

__all__ = [
    "Agreement",
    "Delight",
    "EffectiveExperience",
    "MemoryScaleError",
    "RecallError",
    "RetestError",
    "TargetError",
    "agreement",
    "answers_for_margin",
    "delight",
    "effective_experience",
    "require_target",
]


def __getattr__(name: str) -> object:
    """Load numpy and scipy only when a function is asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from peakend.feedback.memory import recall, retest, surprise, targets

    return {**vars(retest), **vars(surprise), **vars(recall), **vars(targets)}[name]
