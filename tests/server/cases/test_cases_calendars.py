"""Business time agrees with counting every minute on the clock of the wall."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peakend.language import Text
from peakend.server.cases.calendars import (
    BUILT_IN,
    Calendar,
    NeverOpenError,
    add_business,
    add_workdays,
    business_minutes,
    china_known_until,
)
from peakend.server.cases.deadlines import spell

OFFICE, BANK, ALWAYS = BUILT_IN["china-office"], BUILT_IN["bank-branch"], BUILT_IN["airline-24x7"]
SHANGHAI, NEW_YORK = "Asia/Shanghai", "America/New_York"
# Hours across the moments when clocks change, at night, on Sundays.
NIGHT = Calendar("night", Text("Night", "夜班"), (((0, 150), (170, 190), (1380, 1440)),) * 7)
ZONES = (SHANGHAI, NEW_YORK, "Europe/London", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu")


def local(text: str, zone: str = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def works(at: datetime, calendar: Calendar, zone: str) -> bool:
    """The definition itself: what the clock on the wall shows lies within the day's hours."""
    wall = at.astimezone(ZoneInfo(zone))
    minute = wall.hour * 60 + wall.minute
    return any(a <= minute < b for a, b in calendar.hours(wall.date()))


def counted(since: datetime, until: datetime, calendar: Calendar, zone: str) -> int:
    """Business minutes one by one; both ends on whole minutes."""
    n, at = 0, since
    while at < until:
        n += works(at, calendar, zone)
        at += timedelta(minutes=1)
    return n


moments = st.integers(0, 200 * 1440).map(lambda n: datetime(2026, 2, 1, tzinfo=UTC) + timedelta(minutes=n))
calendars = st.sampled_from([*BUILT_IN.values(), NIGHT])


@settings(max_examples=60, deadline=None)
@given(moments, st.integers(0, 3 * 1440), calendars, st.sampled_from(ZONES))
def test_minutes_agree_with_counting(since: datetime, length: int, calendar: Calendar, zone: str) -> None:
    until = since + timedelta(minutes=length)
    assert business_minutes(since, until, calendar, zone) == counted(since, until, calendar, zone)
    assert business_minutes(until, since, calendar, zone) == -counted(since, until, calendar, zone)


@settings(max_examples=120, deadline=None)
@given(moments, st.integers(0, 6000), calendars, st.sampled_from(ZONES), st.integers(0, 59_999_999))
def test_adding_and_counting_are_each_other(
    start: datetime, minutes: int, calendar: Calendar, zone: str, micro: int
) -> None:
    start += timedelta(microseconds=micro)
    end = add_business(start, minutes, calendar, zone)
    assert business_minutes(start, end, calendar, zone) == minutes
    if minutes:
        # The first such moment: a second before, less had passed.
        assert business_minutes(start, end - timedelta(seconds=1), calendar, zone) < minutes


@settings(max_examples=60, deadline=None)
@given(moments, st.integers(0, 2000), st.integers(0, 2000), calendars)
def test_time_adds_up(start: datetime, first: int, second: int, calendar: Calendar) -> None:
    once = add_business(start, first + second, calendar, SHANGHAI)
    assert (
        add_business(add_business(start, first, calendar, SHANGHAI), second, calendar, SHANGHAI) == once
        or not second
    )


@pytest.mark.parametrize(
    ("day", "zone", "minutes"),
    [
        ("2026-03-08", NEW_YORK, 120 + 0 + 10 + 60),  # 02:00–03:00 does not exist
        ("2026-11-01", NEW_YORK, 150 + 60 + 20 + 60),  # 01:00–02:00 comes twice
        ("2026-03-29", "Europe/London", 60 + 30 + 20 + 60),
        ("2026-10-25", "Europe/London", 150 + 60 + 20 + 60),
    ],
)
def test_days_when_clocks_change(day: str, zone: str, minutes: int) -> None:
    since, until = local(f"{day}T00:00", zone), local(f"{day}T00:00", zone) + timedelta(days=1)
    assert business_minutes(since, until, NIGHT, zone) == counted(
        since.astimezone(UTC), until.astimezone(UTC), NIGHT, zone
    )
    assert business_minutes(since, until, NIGHT, zone) == minutes


def test_lunch_and_nights_do_not_count() -> None:
    assert add_business(local("2026-03-11T11:50"), 20, OFFICE, SHANGHAI) == local("2026-03-11T13:40")
    assert add_business(local("2026-03-11T17:50"), 20, OFFICE, SHANGHAI) == local("2026-03-12T09:10")
    assert add_business(local("2026-03-13T17:50"), 20, OFFICE, SHANGHAI) == local("2026-03-16T09:10")
    assert business_minutes(local("2026-03-11T00:00"), local("2026-03-12T00:00"), OFFICE, SHANGHAI) == 450
    assert business_minutes(local("2026-03-11T00:00"), local("2026-03-12T00:00"), ALWAYS, SHANGHAI) == 1440


def test_holidays_and_make_up_days() -> None:
    # The notice for 2026: 15 to 23 February off, Saturday 14 and Saturday 28 worked.
    assert OFFICE.hours(date(2026, 2, 14)) == ((540, 720), (810, 1080))
    assert OFFICE.hours(date(2026, 2, 16)) == ()
    assert add_business(local("2026-02-14T17:50"), 20, OFFICE, SHANGHAI) == local("2026-02-24T09:10")
    # Branches and offices rest, an estate and an airline do not.
    assert BANK.hours(date(2026, 10, 1)) == ()
    assert BUILT_IN["property"].hours(date(2026, 10, 1)) == ((510, 1080),)
    us = BUILT_IN["us-office"]
    assert us.hours(date(2026, 7, 3)) == ()  # the 4th is a Saturday
    assert us.hours(date(2026, 11, 26)) == ()
    assert us.hours(date(2021, 12, 31)) == ()  # New Year's Day 2022 was a Saturday
    assert us.hours(date(2026, 7, 6)) == ((540, 1020),)


def test_beyond_the_known_years_it_says_so_and_counts_weekends(caplog: pytest.LogCaptureFixture) -> None:
    from peakend.server.cases import calendars

    calendars._unknown_year.cache_clear()
    calendars._china_works.cache_clear()
    year = china_known_until() + 1
    new_year = date(year, 1, 1)
    assert not OFFICE.knows(new_year)
    assert OFFICE.knows(date(year - 1, 12, 31))
    assert ALWAYS.knows(new_year)
    with caplog.at_level("WARNING", "peakend.calendars"):
        assert bool(OFFICE.hours(new_year)) == (new_year.weekday() < 5)
    assert str(year) in caplog.text


def test_days_of_its_own() -> None:
    own = Calendar(
        "own",
        Text("Own", "自有"),
        OFFICE.week,
        "CN",
        frozenset({date(2026, 3, 11)}),
        {date(2026, 3, 14): ((600, 660),)},
    )
    assert add_business(local("2026-03-10T18:00"), 451, own, SHANGHAI) == local("2026-03-13T09:01")
    assert business_minutes(local("2026-03-14T00:00"), local("2026-03-15T00:00"), own, SHANGHAI) == 60


def test_working_days_end_with_business() -> None:
    assert add_workdays(local("2026-03-11T10:00"), 1, OFFICE, SHANGHAI) == local("2026-03-12T18:00")
    # Ten working days of the Chinese regulation over the Qingming holiday (4 to 6 April).
    assert add_workdays(local("2026-03-27T10:00"), 10, OFFICE, SHANGHAI) == local("2026-04-13T18:00")
    with pytest.raises(ValueError):
        add_workdays(local("2026-03-11T10:00"), 0, OFFICE, SHANGHAI)


def test_what_cannot_be() -> None:
    never = Calendar("never", Text("Never", "从不"), ((),) * 7)
    with pytest.raises(NeverOpenError):
        add_business(local("2026-03-11T10:00"), 1, never, SHANGHAI)
    with pytest.raises(NeverOpenError):
        add_workdays(local("2026-03-11T10:00"), 1, never, SHANGHAI)
    with pytest.raises(ValueError):
        add_business(local("2026-03-11T10:00"), -1, OFFICE, SHANGHAI)
    for week in (((),) * 6, (((60, 60),),) * 7, (((60, 120), (90, 150)),) * 7, (((0, 1441),),) * 7):
        with pytest.raises(ValueError):
            Calendar("x", Text("x", "x"), week)


@pytest.mark.parametrize(
    ("minutes", "en", "zh"),
    [
        (0.5, "less than a minute", "不到 1 分钟"),
        (59, "59 min", "59 分钟"),
        (80, "1 h 20 min", "1 小时 20 分"),
        (120, "2 h", "2 小时"),
        (450 * 3, "3 working days", "3 个工作日"),
    ],
)
def test_lengths_in_words(minutes: float, en: str, zh: str) -> None:
    assert spell(minutes, OFFICE) == Text(en, zh)
