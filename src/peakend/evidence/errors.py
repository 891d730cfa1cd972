"""What cannot be judged, said to a person."""

from __future__ import annotations

from math import isfinite
from typing import ClassVar

from peakend.errors import PeakendError
from peakend.language import Text


class EvidenceError(PeakendError):
    """Counts, means or settings nobody can compare. `data` has them."""

    code: ClassVar[str] = "evidence.input"


def refused(en: str, zh: str, **data: object) -> EvidenceError:
    """The error that says what is wrong with the numbers given."""
    return EvidenceError(
        Text(en, zh), Text("Check the numbers that were given.", "请核对所给的数字。"), **data
    )


def need_share(name: str, value: float, low: float = 0.0, high: float = 1.0) -> None:
    """Refuse what does not lie strictly between `low` and `high`."""
    if not low < value < high:
        raise refused(
            f"{name} must lie between {low:g} and {high:g}, not {value}.",
            f"{name} 须在 {low:g} 与 {high:g} 之间，不能为 {value}。",
            **{name: value},
        )


def need_above_zero(name: str, value: float) -> None:
    """Refuse what is no number above 0."""
    if not (isfinite(value) and value > 0):
        raise refused(
            f"{name} must be a number above 0, not {value}.",
            f"{name} 须为大于 0 的数，不能为 {value}。",
            **{name: value},
        )
