"""The care score (ACT-13): what is done multiplied by how it is done."""

from __future__ import annotations

TOP = 10.0
# Below this the soft side wipes out what the hard side does.
SOFT_LEAST = 5.0


def care_score(hard: float, soft: float) -> float:
    """0 to 10 from two parts of 0 to 10: hard / 10 × soft / 10 × 10. Without one there is no care."""
    for part in (hard, soft):
        if not 0 <= part <= TOP:
            raise ValueError(f"a part of the care score lies between 0 and {TOP:g}, not at {part}")
    return hard * soft / TOP


def is_alarming(soft: float) -> bool:
    """Whether the soft side is so low that hard care is lost on customers."""
    return soft < SOFT_LEAST
