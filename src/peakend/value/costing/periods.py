"""When a period of costing ends, which the rows do not say: they say when it begins."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Length = tuple[int, str]


def period_ends(starts: Mapping[str, Iterable[date]]) -> dict[tuple[str, date], date]:
    """The day after the last day of every period, by pool and first day.

    starts: first days of each pool's periods. A period lasts as long as most of the pool's periods do, which
    is the commonest distance between two starts (ties: the shorter), in whole months where all starts are on
    the same day of the month, else in days; and never beyond the next start. So a pool by the quarter has
    quarters, and a month left out is a gap, not a month of the one before. A pool with one start takes the
    commonest distance of all pools, and where there is none a calendar month.
    """
    sorted_starts = {pool: sorted(set(days)) for pool, days in starts.items()}
    everywhere = Counter(d for days in sorted_starts.values() for d in _distances(days))
    usual = _commonest(everywhere) or (1, "months")
    ends: dict[tuple[str, date], date] = {}
    for pool, days in sorted_starts.items():
        length = _commonest(Counter(_distances(days))) or usual
        for place, day in enumerate(days):
            end = _after(day, length)
            ends[pool, day] = min(end, days[place + 1]) if place + 1 < len(days) else end
    return ends


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day where the month is shorter."""
    number = day.year * 12 + day.month - 1 + months
    first = date(number // 12, number % 12 + 1, 1)
    following = date((number + 1) // 12, (number + 1) % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))


def days_between(first: date, end: date) -> list[date]:
    """Every day from `first` to the one before `end`."""
    return [first + timedelta(days=number) for number in range((end - first).days)]


def _distances(days: list[date]) -> list[Length]:
    monthly = len({day.day for day in days}) == 1
    return [
        ((b.year - a.year) * 12 + b.month - a.month, "months") if monthly else ((b - a).days, "days")
        for a, b in pairwise(days)
    ]


def _commonest(counted: Counter[Length]) -> Length | None:
    return min(
        counted, key=lambda one: (-counted[one], one[0] * (30 if one[1] == "months" else 1)), default=None
    )


def _after(day: date, length: Length) -> date:
    number, unit = length
    return add_months(day, number) if unit == "months" else day + timedelta(days=number)
