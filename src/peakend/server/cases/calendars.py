"""Business time: when a place works, how long is left, when something is due. Pure: no site, no database.

An instant counts as business time when the clock on the wall of the place shows a time within that day's
hours. Everything follows from that sentence, also on days when the clocks change: an hour that is skipped
does not count, an hour that comes twice counts twice.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from peakend.language import Text

Span = tuple[int, int]  # minutes of the day, [from, to)
Holidays = Literal["", "CN", "US"]
DAY = 1440
MINUTE = timedelta(minutes=1)
# Longer than the longest run of holidays anywhere; a calendar closed for longer is a mistake, not a holiday.
LONGEST_CLOSED = 400
_log = logging.getLogger("peakend.calendars")


class NeverOpenError(ValueError):
    """The calendar has no hours within reach: nothing can be due."""


@dataclass(frozen=True)
class Calendar:
    """When a place works: hours of Monday to Sunday, whose public holidays close it, and its own exceptions.

    `closed` are days off beyond the public ones; `opened` gives the hours of single days, whatever else they
    are. On a Chinese make-up working day the place works Monday's hours.
    """

    code: str
    name: Text
    week: tuple[tuple[Span, ...], ...]
    holidays: Holidays = ""
    closed: frozenset[date] = frozenset()
    opened: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError(f"{self.code}: a week has seven days, not {len(self.week)}")
        for spans in (*self.week, *self.opened.values()):
            end = 0
            for start, stop in spans:
                if not end <= start < stop <= DAY:
                    raise ValueError(f"{self.code}: hours must follow one another within a day: {spans}")
                end = stop

    def hours(self, day: date) -> tuple[Span, ...]:
        """The hours of a local day; empty where it is closed."""
        if day in self.opened:
            return self.opened[day]
        if day in self.closed:
            return ()
        if self.holidays == "CN":
            works = _china_works(day)
            if works is not None:
                return (self.week[day.weekday()] or self.week[0]) if works else ()
        elif self.holidays == "US" and _us_holiday(day):
            return ()
        return self.week[day.weekday()]

    def knows(self, day: date) -> bool:
        """Whether the public holidays of that year are known.

        Otherwise only weekends are counted as days off.
        """
        return self.holidays != "CN" or day.year <= china_known_until()


def _weekdays(*spans: Span) -> tuple[tuple[Span, ...], ...]:
    return (spans,) * 5 + ((), ())


ALWAYS = Calendar("airline-24x7", Text("Around the clock", "全天候（24×7）"), (((0, DAY),),) * 7)
BUILT_IN: dict[str, Calendar] = {
    one.code: one
    for one in (
        Calendar(
            "china-office",
            Text("Office in China: 9–12, 13:30–18", "中国大陆办公室：9—12 时、13:30—18 时"),
            _weekdays((540, 720), (810, 1080)),
            "CN",
        ),
        Calendar(
            "bank-branch",
            Text("Bank branch in China: 9–17", "中国大陆银行网点：9—17 时"),
            _weekdays((540, 1020)),
            "CN",
        ),
        ALWAYS,
        Calendar(
            "property",
            Text("Property service: every day 8:30–18", "物业服务：每日 8:30—18 时"),
            (((510, 1080),),) * 7,
        ),
        Calendar(
            "us-office",
            Text("Office in the United States: 9–17", "美国办公室：9—17 时"),
            _weekdays((540, 1020)),
            "US",
        ),
    )
}


def china_known_until() -> int:
    """The last year whose holidays and make-up working days chinesecalendar holds."""
    from chinese_calendar.constants import holidays, workdays

    return max(max(holidays), max(workdays)).year


@lru_cache(maxsize=4096)
def _china_works(day: date) -> bool | None:
    from chinese_calendar import is_workday

    try:
        return bool(is_workday(day))
    except NotImplementedError:
        _unknown_year(day.year)
        return None


@lru_cache(maxsize=64)
def _unknown_year(year: int) -> None:
    _log.warning("the Chinese holidays of %s are not known: only weekends count as days off", year)


@lru_cache(maxsize=64)
def _us_holidays(year: int) -> frozenset[date]:
    import holidays

    return frozenset(holidays.country_holidays("US", years=year))


def _us_holiday(day: date) -> bool:
    # New Year's Day on a Saturday is observed in the year before.
    return day in _us_holidays(day.year) or day in _us_holidays(day.year + 1)


@lru_cache(maxsize=8192)
def _offsets(day: date, zone: str) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """The stretches of UTC around a local day, each with its one offset from UTC."""
    tz = ZoneInfo(zone)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    at, last = midnight - timedelta(hours=26), midnight + timedelta(hours=50)
    found: list[tuple[datetime, datetime, timedelta]] = []
    while at < last:
        offset = _offset(at, tz)
        end = _same_until(at, last, offset, tz)
        found.append((at, end, offset))
        at = end
    return tuple(found)


def _offset(at: datetime, tz: ZoneInfo) -> timedelta:
    offset = at.astimezone(tz).utcoffset()
    assert offset is not None  # a ZoneInfo always has one
    return offset


def _same_until(at: datetime, last: datetime, offset: timedelta, tz: ZoneInfo) -> datetime:
    """The first second from `at` on with another offset, at most `last`.

    Zones change hours apart, not minutes.
    """
    step = at
    while step < last and _offset(step, tz) == offset:
        step += timedelta(hours=1)
    if step >= last and _offset(last, tz) == offset:
        return last
    low, high = step - timedelta(hours=1), step
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        low, high = (middle, high) if _offset(middle, tz) == offset else (low, middle)
    return min(high, last)


def opening(day: date, calendar: Calendar, zone: str) -> list[tuple[datetime, datetime]]:
    """The stretches of UTC in which the place works on a local day, in order."""
    spans = calendar.hours(day)
    if not spans:
        return []
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    found = []
    for begins, ends, offset in _offsets(day, zone):
        for start, stop in spans:
            a = max(begins, midnight + start * MINUTE - offset)
            b = min(ends, midnight + stop * MINUTE - offset)
            if a < b:
                found.append((a, b))
    return sorted(found)


def _stretches(start: datetime, calendar: Calendar, zone: str) -> Iterator[tuple[datetime, datetime]]:
    """Business stretches from `start` on, for ever; NeverOpenError after too long without one."""
    day = (start.astimezone(ZoneInfo(zone))).date()
    closed = 0
    while True:
        found = [(max(a, start), b) for a, b in opening(day, calendar, zone) if b > start]
        yield from found
        closed = 0 if found else closed + 1
        if closed > LONGEST_CLOSED:
            raise NeverOpenError(f"the calendar {calendar.code} has no hours after {day}")
        day += timedelta(days=1)


def add_business(start: datetime, minutes: float, calendar: Calendar, zone: str) -> datetime:
    """The first moment (UTC) by which `minutes` ≥ 0 of business time have passed since `start`."""
    if minutes < 0:
        raise ValueError(f"business time runs forward: {minutes} minutes")
    start = start.astimezone(UTC)
    left = minutes * MINUTE
    if not left:
        return start
    for begins, ends in _stretches(start, calendar, zone):
        if ends - begins >= left:
            return begins + left
        left -= ends - begins
    raise AssertionError("stretches never end")  # pragma: no cover


def business_minutes(since: datetime, until: datetime, calendar: Calendar, zone: str) -> float:
    """Minutes of business time between two moments; negative where `until` is the earlier one."""
    if until < since:
        return -business_minutes(until, since, calendar, zone)
    tz = ZoneInfo(zone)
    since, until = since.astimezone(UTC), until.astimezone(UTC)
    day, last = since.astimezone(tz).date(), until.astimezone(tz).date()
    total = timedelta()
    while day <= last:
        for begins, ends in opening(day, calendar, zone):
            total += max(min(ends, until) - max(begins, since), timedelta())
        day += timedelta(days=1)
    return total / MINUTE


def add_workdays(start: datetime, days: int, calendar: Calendar, zone: str) -> datetime:
    """The end of business on the `days`-th (≥ 1) working day after the day of `start`."""
    if days < 1:
        raise ValueError(f"a deadline in working days needs at least one, not {days}")
    day = start.astimezone(ZoneInfo(zone)).date()
    end, closed = start, 0
    while days:
        day += timedelta(days=1)
        found = opening(day, calendar, zone)
        if found:
            days, end, closed = days - 1, found[-1][1], 0
        else:
            closed += 1
            if closed > LONGEST_CLOSED:
                raise NeverOpenError(f"the calendar {calendar.code} has no hours after {day}")
    return end
