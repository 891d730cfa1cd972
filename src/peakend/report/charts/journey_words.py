"""What the charts of the journey map share: its rows, its names, and how long a wait is in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.language import Language, Text
from peakend.report.numbers import number

if TYPE_CHECKING:
    from peakend.report.charts.exhibit import Basis
    from peakend.report.charts.journey_positions import Feeling

Row = dict[str, Any]
_UNITS = (
    (86_400.0, Text("days", "天")),
    (3_600.0, Text("hours", "小时")),
    (60.0, Text("minutes", "分钟")),
    (1.0, Text("seconds", "秒")),
)


def everybody(basis: Basis, table: str) -> list[Row]:
    """The rows of `table` about all customers that are not hidden."""
    rows: list[Row] = basis[table].to_pylist()
    return [row for row in rows if row["segmentation"] == "all" and not row["hidden"]]


def name_of(basis: Basis, touchpoint: str, language: Language) -> str:
    """What the touchpoint is called; in a sentence."""
    return basis.segment("touchpoint", touchpoint, language)


def lasting(seconds: float, language: Language, apart: float | None = None) -> str:
    """A length of time in the unit that suits it: "9.2 days", "38 分钟".

    apart: how far another is from it, in seconds; the unit is then one in which they differ.
    """
    shown = abs(seconds if apart is None else apart)
    size, unit = next((one for one in _UNITS if shown >= one[0]), _UNITS[-1])
    value = seconds / size
    return f"{number(value, 1 if abs(value) < 10 and size > 1 else 0)} {unit.in_(language)}"


def feeling_of(row: Row) -> Feeling:
    """pleasant or unpleasant where the interval leaves no doubt, open where it does, unknown without one."""
    if row["emotion"] is None or row["emotion_low"] is None:
        return "unknown"
    if row["emotion_low"] > 0:
        return "pleasant"
    return "unpleasant" if row["emotion_high"] < 0 else "open"
