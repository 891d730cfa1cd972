"""How service levels are said: places by name, times in minutes, shares, feelings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.language import Language, Text
from peakend.report.numbers import interval, number, percent, share_interval

if TYPE_CHECKING:
    from peakend.report.charts.exhibit import Basis

Row = dict[str, Any]
MEASURES = {
    "duration": Text("time taken", "用时"),
    "in_time": Text("share in time", "达标率"),
    "emotion": Text("feeling", "感受"),
}
# Whether more of it is good.
GOOD = {"duration": False, "in_time": True, "emotion": True}


def named(basis: Basis, row: Row, language: Language) -> str:
    """The touchpoint, and the channel or site where the row is about one."""
    touchpoint = basis.segment("touchpoint", row["touchpoint_id"], language)
    if not row.get("place"):
        return touchpoint
    return f"{touchpoint} · {place(basis, row, language)}"


def place(basis: Basis, row: Row, language: Language) -> str:
    return basis.segment(row["cut"], row["place"], language)


def written(measure: str, value: float | None, language: Language) -> str:
    """The value as people say it: minutes, a share, or a feeling from −1 to 1."""
    if value is None:
        return "–"
    if measure == "in_time":
        return percent(value, language)
    if measure == "emotion":
        return number(value, 2)
    minutes = value / 60
    return Text(f"{number(minutes, 1)} min", f"{number(minutes, 1)} 分钟").in_(language)


def ends(measure: str, low: float | None, high: float | None, language: Language) -> str:
    if low is None or high is None:
        return ""
    if measure == "in_time":
        return share_interval(low, high, language, 0)
    if measure == "emotion":
        return interval(low, high, language, 2)
    return interval(low / 60, high / 60, language, 1)
