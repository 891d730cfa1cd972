"""Calendar units: the only windows there are. Weeks begin on Monday; quarters and years are made of
months.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

from peakend.language import Language, Text
from peakend.report.numbers import period as period_words
from peakend.server.acting.errors import InvalidError

Unit = Literal["week", "month", "quarter", "year"]
UNITS: Mapping[str, Text] = {
    "week": Text("Week", "周"),
    "month": Text("Month", "月"),
    "quarter": Text("Quarter", "季度"),
    "year": Text("Year", "年"),
}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
# How many are drawn: a year and the unit to compare it with.
SHOWN = {"week": 14, "month": 13, "quarter": 9, "year": 5}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One calendar unit from `start` (a day that begins one)."""

    start: date
    unit: Unit

    @property
    def end(self) -> date:
        """The first day after it."""
        if self.unit == "week":
            return self.start + timedelta(days=7)
        return _months_on(self.start, _MONTHS[self.unit])

    @property
    def before(self) -> Period:
        """The one before."""
        return self.back(1)

    def back(self, steps: int) -> Period:
        """The one `steps` earlier."""
        if self.unit == "week":
            return Period(self.start - timedelta(days=7 * steps), self.unit)
        return Period(_months_on(self.start, -steps * _MONTHS[self.unit]), self.unit)

    @property
    def key(self) -> str:
        """2026-W47, 2026-11, 2026-Q4 or 2026."""
        if self.unit == "week":
            year, week, _ = self.start.isocalendar()
            return f"{year}-W{week:02d}"
        if self.unit == "quarter":
            return f"{self.start.year}-Q{(self.start.month + 2) // 3}"
        return f"{self.start:%Y}" if self.unit == "year" else f"{self.start:%Y-%m}"

    def words(self, language: Language) -> str:
        """As a person reads it."""
        if self.unit != "week":
            return period_words(self.key, language)
        year, week, _ = self.start.isocalendar()
        return Text(f"week {week}, {year}", f"{year}年第{week}周").in_(language)

    def short(self, language: Language) -> str:
        """For an axis."""
        if self.unit == "week":
            return f"{self.start.month}/{self.start.day}"
        if self.unit == "month":
            return Text(f"{self.start:%b}", f"{self.start.month}月").in_(language)
        return self.key.replace("-", " ") if self.unit == "quarter" else self.key


def period_of(day: date, unit: Unit) -> Period:
    """The unit `day` lies in."""
    if unit == "week":
        return Period(day - timedelta(days=day.weekday()), unit)
    first = day.replace(day=1)
    if unit == "quarter":
        first = first.replace(month=(first.month - 1) // 3 * 3 + 1)
    return Period(first.replace(month=1) if unit == "year" else first, unit)


def read_period(key: str) -> Period:
    """The period with that key; `InvalidError` for another text."""
    found = re.fullmatch(r"(\d{4})(?:-(?:W(\d\d)|Q([1-4])|(\d\d)))?", key, re.ASCII)
    try:
        if not found:
            raise ValueError(key)
        year, week, quarter, month = (int(part) if part else 0 for part in found.groups())
        if not 2000 <= year <= 2200:
            raise ValueError(key)
        if week:
            return Period(date.fromisocalendar(year, week, 1), "week")
        if quarter:
            return Period(date(year, quarter * 3 - 2, 1), "quarter")
        if found.group(4):
            return Period(date(year, month, 1), "month")
        if found.group(2):
            raise ValueError(key)
        return Period(date(year, 1, 1), "year")
    except ValueError as error:
        raise InvalidError(
            Text(f"{key[:40]!r} is no period.", f"“{key[:40]}”不是有效的期间。"),
            Text("Write 2026-W47, 2026-11, 2026-Q4 or 2026.", "请写作 2026-W47、2026-11、2026-Q4 或 2026。"),
        ) from error


@cache
def zone(name: str) -> ZoneInfo:
    """The time zone `name`, UTC where there is no such."""
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def local_day(moment: datetime, timezone: str) -> date:
    """The day it was at the site."""
    return moment.astimezone(zone(timezone)).date()


def moment_of(day: date, timezone: str) -> datetime:
    """When `day` began at the site, in UTC."""
    return datetime.combine(day, time(), zone(timezone)).astimezone(UTC)


def _months_on(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
