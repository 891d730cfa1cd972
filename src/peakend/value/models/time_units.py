"""The units of time that models of purchases count in, and how many days each has."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, get_args

from peakend.errors import PeakendError
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

TimeUnit = Literal["day", "week", "month", "year"]

# A month is a twelfth of a year and a year has 365.25 days: the same length whenever it begins.
DAYS_IN: Mapping[TimeUnit, float] = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}


class TimeUnitError(PeakendError):
    """There is no such unit of time. `data`: time_unit, known."""

    code: ClassVar[str] = "value.time_unit"


def days_in(time_unit: str) -> float:
    """Days in one `time_unit`; `TimeUnitError` when there is no such unit."""
    for unit in get_args(TimeUnit):
        if unit == time_unit:
            return DAYS_IN[unit]
    known = ", ".join(get_args(TimeUnit))
    raise TimeUnitError(
        Text(f"There is no unit of time called {time_unit!r}.", f"没有名为 {time_unit!r} 的时间单位。"),
        Text(f"Use one of: {known}.", f"请使用其中之一：{known}。"),
        time_unit=time_unit,
        known=get_args(TimeUnit),
    )
