from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pytest

from peakend.demo.simulator.calendar import DAY, FIRST_DAY, Calendar, as_datetime

BY_HOUR = tuple(1.0 if 9 <= hour < 18 else 0.0 for hour in range(24))
FLAT = Calendar(12, (1.0,) * 12, (1.0,) * 7, BY_HOUR)


def test_the_window_is_whole_months() -> None:
    assert FLAT.days == 366
    assert FLAT.last_day == date(2024, 12, 31)
    assert Calendar(14, (1.0,) * 12, (1.0,) * 7, BY_HOUR).month_starts[-1] == date(2025, 3, 1)


def test_local_midnight_is_eight_hours_before_utc() -> None:
    assert as_datetime(FLAT.start_us) == datetime(2023, 12, 31, 16)
    assert FLAT.local_day(np.array([FLAT.start_us, FLAT.start_us - 1])).tolist() == [19723, 19722]
    assert FLAT.local_midnight(np.array([19723])).tolist() == [FLAT.start_us]


def test_without_a_season_an_operational_day_is_a_day() -> None:
    first = (FIRST_DAY - date(1970, 1, 1)).days
    assert FLAT.day_of(np.array([0.0, 0.99, 1.01, 365.9])).tolist() == [first, first, first + 1, first + 365]


def test_busy_days_take_more_operational_time() -> None:
    july = tuple(3.0 if month == 7 else 1.0 for month in range(1, 13))
    busy = Calendar(12, july, (1.0,) * 7, BY_HOUR)
    day = busy.day_of(np.linspace(0, busy.days, 200_000, endpoint=False))
    months = (np.datetime64("1970-01-01") + day.astype("timedelta64[D]")).astype("datetime64[M]")
    counts = np.unique(months, return_counts=True)[1]
    assert counts[6] / counts[4] == pytest.approx(3.0, rel=0.01)
    assert np.all(np.diff(day) >= 0)


def test_times_of_day_fall_into_opening_hours() -> None:
    u = (np.arange(10_000) + 0.5) / 10_000
    hours = FLAT.time_of_day(u) / (DAY / 24)
    assert hours.min() >= 9
    assert hours.max() < 18
    assert np.bincount(hours.astype(int))[9:].tolist() == pytest.approx([1111] * 9, abs=2)
