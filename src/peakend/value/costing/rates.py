"""What pools cost by activity: rates, the capacity used and not used, and actual against standard."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from peakend.value.costing.apportionment import apportion, as_decimal, nearest
from peakend.value.costing.problems import CostingProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from peakend.value.costing.pools import Activity, Pool

Key = tuple[str, "date | None"]
NOTHING = Decimal("0.0000")


@dataclass(frozen=True, slots=True)
class Variances:
    """Actual cost against the standard cost of the work done; the three parts make `total` exactly.

    applied: work done × standard minutes × standard rate. rate: cost − capacity × standard rate (paid more
    or less for the capacity). volume: (capacity − minutes used) × standard rate (capacity not used).
    efficiency: (minutes used − standard minutes of the work done) × standard rate. Positive costs more.
    """

    standard_rate: Decimal
    applied: Decimal
    total: Decimal
    rate: Decimal
    volume: Decimal
    efficiency: Decimal


@dataclass(frozen=True, slots=True)
class PoolCost:
    """A pool in one period: assigned + unused + not_costed = cost, to the last digit.

    Unused is below zero where more minutes were needed than there are (state "overused"). state: "costed",
    "overused" or "not_costed" (no rate can be had). rate, minutes: None where not costed.
    """

    pool: str
    period_on: date | None
    cost: Decimal | None
    capacity_minutes: Decimal | None
    used_minutes: Decimal | None
    unused_minutes: Decimal | None
    rate: Decimal | None
    assigned: Decimal
    unused: Decimal
    not_costed: Decimal
    state: str
    variances: Variances | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class ActivityCost:
    """An activity in one period. unit_cost: rate × unit minutes, unrounded; cost: of all its `volume`.

    traditional_cost: the pool's whole cost × the share of time that staff say they spend on it, and
    traditional_unit_cost that by volume: unused capacity is hidden in it. None where there is no such figure.
    """

    activity_id: str
    period_on: date | None
    pool: str
    name: str | None
    volume: Decimal
    minutes: Decimal | None
    unit_cost: Decimal | None
    cost: Decimal | None
    traditional_unit_cost: Decimal | None
    traditional_cost: Decimal | None


def cost_pools(
    pools: Sequence[Pool], activities: Sequence[Activity], volumes: Mapping[Key, Fraction]
) -> tuple[list[PoolCost], list[ActivityCost], list[CostingProblem]]:
    """Costs of every pool and activity for these volumes (by activity and period), and what is wrong.

    rate = cost / practical capacity; an activity costs volume × unit minutes × rate. The sum over a pool is
    rounded to four places and split over its activities by largest remainder; the rest is unused.
    Source: Kaplan & Anderson (2004), Harvard Business Review 82(11), pp. 131–138.
    """
    by_pool: dict[Key, list[Activity]] = {}
    for activity in activities:
        by_pool.setdefault((activity.pool, activity.period_on), []).append(activity)
    found: tuple[list[PoolCost], list[ActivityCost], list[CostingProblem]] = ([], [], [])
    for pool in pools:
        own = by_pool.get((pool.pool, pool.period_on), [])
        cost, parts, problems = _cost_pool(pool, own, volumes)
        found[0].append(cost)
        found[1].extend(parts)
        found[2].extend(problems)
    return found


def _cost_pool(
    pool: Pool, activities: Sequence[Activity], volumes: Mapping[Key, Fraction]
) -> tuple[PoolCost, list[ActivityCost], list[CostingProblem]]:
    counted = [volumes.get((a.activity_id, a.period_on), Fraction(0)) for a in activities]
    rate, capacity = pool.rate, pool.capacity
    problems = list(_unmet(pool, activities, counted))
    traditional, odd = _traditional(pool, activities)
    problems += odd
    if rate is None or capacity is None or pool.cost is None:
        lost = PoolCost(
            pool.pool,
            pool.period_on,
            pool.cost,
            None if capacity is None else as_decimal(capacity),
            *(None, None, None),
            *(NOTHING, NOTHING, pool.cost or NOTHING),
            "not_costed",
            None,
            pool.currency,
        )
        parts = [
            _activity(a, v, None, None, t) for a, v, t in zip(activities, counted, traditional, strict=True)
        ]
        return lost, parts, problems
    minutes = [v * (a.minutes_per_count or 0) for a, v in zip(activities, counted, strict=True)]
    used = sum(minutes, Fraction(0))
    assigned = nearest(rate * used)
    split = apportion(assigned, minutes) if used else [NOTHING] * len(minutes)
    parts = [
        _activity(a, v, rate, money if a.minutes_per_count is not None else None, t)
        for a, v, money, t in zip(activities, counted, split, traditional, strict=True)
    ]
    if used > capacity:
        problems.append(
            CostingProblem(
                "overused",
                pool.pool,
                None,
                pool.period_on,
                len(activities),
                amount=assigned - pool.cost,
                minutes=float(used - capacity),
                currency=pool.currency,
            )
        )
    cost = PoolCost(
        pool.pool,
        pool.period_on,
        pool.cost,
        as_decimal(capacity),
        as_decimal(used),
        as_decimal(capacity - used),
        as_decimal(rate),
        assigned,
        pool.cost - assigned,
        NOTHING,
        "overused" if used > capacity else "costed",
        _variances(pool, capacity, used, _standard_minutes(activities, counted)),
        pool.currency,
    )
    return cost, parts, problems


def _activity(
    activity: Activity,
    volume: Fraction,
    rate: Fraction | None,
    cost: Decimal | None,
    traditional: Decimal | None,
) -> ActivityCost:
    per = activity.minutes_per_count
    in_minutes = activity.driver is not None and per is not None and per != activity.unit_minutes
    shown = volume / 60 if in_minutes else volume
    return ActivityCost(
        activity.activity_id,
        activity.period_on,
        activity.pool,
        activity.name,
        as_decimal(shown),
        None if per is None else as_decimal(volume * per),
        None if rate is None or activity.unit_minutes is None else as_decimal(rate * activity.unit_minutes),
        cost,
        None if traditional is None or not shown else as_decimal(Fraction(traditional) / shown),
        traditional,
    )


def _standard_minutes(activities: Sequence[Activity], counted: Sequence[Fraction]) -> Fraction:
    return sum(
        (v * (a.standard_minutes_per_count or 0) for a, v in zip(activities, counted, strict=True)),
        Fraction(0),
    )


def _variances(pool: Pool, capacity: Fraction, used: Fraction, standard: Fraction) -> Variances | None:
    """Source: Horngren, Datar & Rajan (2015), Cost Accounting, 15th ed., ch. 7–8."""
    rate = pool.standard_rate
    if rate is None or pool.cost is None:
        return None
    bought, worked, applied = nearest(capacity * rate), nearest(used * rate), nearest(standard * rate)
    return Variances(
        as_decimal(rate), applied, pool.cost - applied, pool.cost - bought, bought - worked, worked - applied
    )


def _traditional(
    pool: Pool, activities: Sequence[Activity]
) -> tuple[list[Decimal | None], list[CostingProblem]]:
    """The pool's cost by surveyed shares; none unless all activities that name one make 1 together."""
    nothing: list[Decimal | None] = [None] * len(activities)
    shares = [activity.surveyed_share for activity in activities]
    named = [share for share in shares if share is not None]
    if not named or pool.cost is None or not pool.costed:
        return nothing, []
    if sum(named) != 1:
        wrong = CostingProblem(
            "surveyed_shares", pool.pool, None, pool.period_on, len(named), currency=pool.currency
        )
        return nothing, [wrong]
    split = apportion(pool.cost, [share or Fraction(0) for share in shares])
    return [money if share is not None else None for money, share in zip(split, shares, strict=True)], []


def _unmet(
    pool: Pool, activities: Sequence[Activity], counted: Iterable[Fraction]
) -> Iterable[CostingProblem]:
    """Drivers without volume: one line for the pool where none of its activities has any."""
    empty = [a for a, volume in zip(activities, counted, strict=True) if volume == 0]
    if empty and len(empty) == len(activities):
        yield CostingProblem(
            "period_without_facts",
            pool.pool,
            None,
            pool.period_on,
            len(activities),
            amount=pool.cost,
            currency=pool.currency,
        )
        return
    for activity in empty:
        yield CostingProblem(
            "no_volume",
            pool.pool,
            activity.activity_id,
            activity.period_on,
            0,
            "units",
            currency=pool.currency,
        )
