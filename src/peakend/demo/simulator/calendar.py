"""When a simulated company does business: its window of months, seasons, weekdays and opening hours.

Customers buy in *operational time*, in which every day is as busy as every other; `Calendar` maps it to
days. So the intervals between purchases stay exactly exponential in operational time, whatever the season.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

import numpy as np

from peakend.demo.simulator.draws import Array, pick

FIRST_DAY = date(2024, 1, 1)
LOCAL_OFFSET = timedelta(hours=8)
"""China Standard Time: no clock change. Days and hours are local, stored times are UTC."""

SECOND = 1_000_000
DAY = 86_400 * SECOND
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Calendar:
    """`months` from `FIRST_DAY`; relative volumes by month (12), weekday (7, Monday first) and hour (24)."""

    months: int
    by_month: tuple[float, ...]
    by_weekday: tuple[float, ...]
    by_hour: tuple[float, ...]

    @cached_property
    def month_starts(self) -> tuple[date, ...]:
        """First day of every month of the window and of the month after it."""
        first = FIRST_DAY.year * 12 + FIRST_DAY.month - 1
        return tuple(date(m // 12, m % 12 + 1, 1) for m in range(first, first + self.months + 1))

    @property
    def last_day(self) -> date:
        """The last day of the window."""
        return self.month_starts[-1] - timedelta(days=1)

    @property
    def days(self) -> int:
        """Length of the window, and of operational time."""
        return (self.month_starts[-1] - FIRST_DAY).days

    @property
    def start_us(self) -> int:
        return self.at(FIRST_DAY)

    @property
    def end_us(self) -> int:
        """The first microsecond after the window; nothing happens from here on."""
        return self.at(self.month_starts[-1])

    @staticmethod
    def at(day: date) -> int:
        """Microseconds (UTC) at local midnight of `day`."""
        return (day - _EPOCH).days * DAY - int(LOCAL_OFFSET.total_seconds()) * SECOND

    @cached_property
    def _volume(self) -> Array:
        """Cumulated volume at the end of every day, scaled so that the window holds `days` of it."""
        dates = [FIRST_DAY + timedelta(days=d) for d in range(self.days)]
        volume = np.cumsum([self.by_month[d.month - 1] * self.by_weekday[d.weekday()] for d in dates])
        return np.asarray(volume * (self.days / volume[-1]))

    def day_of(self, operational: Array) -> Array:
        """Day number since 1970 of an operational time in [0, days)."""
        number = np.minimum(np.searchsorted(self._volume, operational, side="right"), self.days - 1)
        return number + (FIRST_DAY - _EPOCH).days

    def time_of_day(self, u: Array) -> Array:
        """Microseconds after local midnight, an hour drawn by `by_hour`, from one uniform."""
        weights = np.asarray(self.by_hour)
        hour = pick(u, weights)
        cumulative = np.concatenate([[0.0], np.cumsum(weights) / weights.sum()])
        share = (u - cumulative[hour]) / (weights[hour] / weights.sum())
        seconds: Array = (hour * 3600 + np.clip(share, 0, 0.9999) * 3600).astype(np.int64)
        return seconds * SECOND

    @staticmethod
    def local_midnight(day: Array) -> Array:
        """Microseconds (UTC) at local midnight of day numbers since 1970."""
        return np.asarray(day, np.int64) * DAY - int(LOCAL_OFFSET.total_seconds()) * SECOND

    @staticmethod
    def local_day(at: Array) -> Array:
        """Day number since 1970 of the local date at UTC microseconds `at`."""
        shifted: Array = (np.asarray(at, np.int64) + int(LOCAL_OFFSET.total_seconds()) * SECOND) // DAY
        return shifted


def as_datetime(at: int) -> datetime:
    """UTC microseconds since 1970 as a naive datetime in UTC, the form in which warehouses store times."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).replace(tzinfo=None)
