"""Resource pools and their activities by period, as the rows of `activities` describe them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from peakend.value.costing.apportionment import nearest
from peakend.value.costing.problems import CostingProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

MINUTES_OF_INTERACTIONS = "interaction_minutes"
# In minutes; a capacity below it is none.
SECOND = Fraction(1, 60)


@dataclass(frozen=True, slots=True)
class Pool:
    """A resource pool in one period. cost: money of the period; capacity: practical capacity in minutes.

    Standards are the budget: the actual figure where the rows have none. `costed` is False where no rate can
    be had; its problems say why.
    """

    pool: str
    period_on: date | None
    cost: Decimal | None
    capacity: Fraction | None
    standard_cost: Decimal | None = None
    standard_capacity: Fraction | None = None
    currency: str | None = None
    costed: bool = True

    @property
    def rate(self) -> Fraction | None:
        """Money a minute: cost / practical capacity."""
        if not self.costed or self.cost is None or not self.capacity:
            return None
        return Fraction(self.cost) / self.capacity

    @property
    def standard_rate(self) -> Fraction | None:
        """Budgeted cost / budgeted capacity; None where nothing was budgeted."""
        if not self.costed or (self.standard_cost is None and self.standard_capacity is None):
            return None
        cost = self.cost if self.standard_cost is None else self.standard_cost
        capacity = self.capacity if self.standard_capacity is None else self.standard_capacity
        if cost is None or capacity is None or capacity < SECOND:
            return None
        return Fraction(cost) / capacity


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity of a pool in one period; what it counts is its `driver` with the conditions beside it.

    Several activities of a pool with the same driver and different conditions are the terms of a time
    equation: an event bears the unit time of every one that it meets.
    """

    activity_id: str
    period_on: date | None
    pool: str
    name: str | None
    unit_minutes: Fraction | None
    driver: str | None = None
    touchpoint_id: str | None = None
    channel: str | None = None
    kind: str | None = None
    standard_unit_minutes: Fraction | None = None
    surveyed_share: Fraction | None = None

    @property
    def minutes_per_count(self) -> Fraction | None:
        """Minutes of one count of its volume; volumes of `interaction_minutes` are counted in seconds."""
        return _per_count(self.unit_minutes, self.driver)

    @property
    def standard_minutes_per_count(self) -> Fraction | None:
        if self.standard_unit_minutes is None:
            return self.minutes_per_count
        return _per_count(self.standard_unit_minutes, self.driver)


def pools_of(
    rows: Iterable[Mapping[str, Any]], currency: str | None = None
) -> tuple[list[Pool], list[Activity], list[CostingProblem]]:
    """What rows of `activities` say of pools and activities, and what is wrong with them.

    The rows of one pool and period must agree on what they say of the pool; one that says nothing agrees
    with all. currency: of the report; pools in others are left out. Order: by pool, period and activity.
    """
    listed = sorted(rows, key=_place)
    by_pool: dict[tuple[str, Any], list[Mapping[str, Any]]] = {}
    for row in listed:
        by_pool.setdefault((str(row["pool"]), row.get("period_on")), []).append(row)
    pools: list[Pool] = []
    activities: list[Activity] = []
    problems: list[CostingProblem] = []
    for (name, period_on), own in by_pool.items():
        pool, found = _pool(name, period_on, own, currency)
        problems += found
        if pool is None:
            continue
        pools.append(pool)
        for row in own:
            activity, found = _activity(row, pool)
            activities.append(activity)
            problems += found
    return pools, activities, problems


def reporting_currency(rows: Sequence[Mapping[str, Any]], chosen: str | None) -> str | None:
    """The currency of the report: the chosen one, else that of most pools (ties: the first by name)."""
    if chosen is not None:
        return chosen
    named = {(row["pool"], row.get("period_on"), row.get("currency")) for row in rows if row.get("currency")}
    counted = Counter(currency for _, _, currency in named)
    return min(counted, key=lambda name: (-counted[name], name), default=None)


def _place(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(row["pool"]), str(row.get("period_on") or ""), str(row["activity_id"])


def _pool(
    name: str, period_on: date | None, rows: Sequence[Mapping[str, Any]], currency: str | None
) -> tuple[Pool | None, list[CostingProblem]]:
    said: dict[str, list[Any]] = {}
    for column in ("pool_cost", "capacity_minutes", "standard_cost", "standard_capacity_minutes", "currency"):
        values = {row.get(column) for row in rows} - {None}
        said[column] = sorted(values if column == "currency" else map(exact, values))

    def only(column: str) -> Any:  # noqa: ANN401 - a value of a row
        return said[column][0] if len(said[column]) == 1 else None

    most = max((nearest(value) for value in said["pool_cost"]), default=None)
    own = only("currency") or currency
    about = CostingProblem("other_currency", name, None, period_on, len(rows), amount=most, currency=own)
    if len(said["currency"]) < 2 and own != currency:
        return None, [about]
    cost, capacity = only("pool_cost"), only("capacity_minutes")
    pool = Pool(
        name,
        period_on,
        None if cost is None else nearest(cost),
        capacity,
        None if only("standard_cost") is None else nearest(only("standard_cost")),
        only("standard_capacity_minutes"),
        own,
    )
    names = []
    if any(len(values) > 1 for values in said.values()):
        names.append("rows_disagree")
    elif any(value < 0 for column, values in said.items() if column != "currency" for value in values):
        names.append("negative")
    elif pool.cost is None:
        names.append("no_cost")
    elif pool.capacity is None or pool.capacity < SECOND:
        names.append("zero_capacity")
    problems = [replace(about, problem=one) for one in names]
    if names:
        pool = Pool(name, period_on, most, None, currency=own, costed=False)
    elif pool.standard_capacity is not None and pool.standard_capacity < SECOND:
        problems.append(replace(about, problem="zero_standard_capacity"))
    if currency is not None and not said["currency"]:
        problems.append(replace(about, problem="no_currency"))
    return pool, problems


def _activity(row: Mapping[str, Any], pool: Pool) -> tuple[Activity, list[CostingProblem]]:
    driver = row.get("driver")
    unit, standard, share = (
        None if row.get(column) is None else exact(row[column])
        for column in ("unit_minutes", "standard_unit_minutes", "surveyed_share")
    )
    if unit is None and driver == MINUTES_OF_INTERACTIONS:
        unit = Fraction(1)
    activity = Activity(
        str(row["activity_id"]),
        pool.period_on,
        pool.pool,
        row.get("name"),
        None if unit is None or unit < 0 else unit,
        driver,
        row.get("driver_touchpoint_id"),
        row.get("driver_channel"),
        row.get("driver_kind"),
        None if standard is None or standard < 0 else standard,
        None if share is None or share < 0 else share,
    )
    names = []
    if any(value is not None and value < 0 for value in (unit, standard, share)):
        names.append("negative")
    elif activity.unit_minutes is None:
        names.append("no_unit_minutes")
    about = (pool.pool, activity.activity_id, pool.period_on)
    return activity, [CostingProblem(one, *about, currency=pool.currency) for one in names]


def exact(value: Any) -> Fraction:  # noqa: ANN401 - any number
    """The number as it is written: 0.1 is a tenth, not the nearest binary fraction."""
    if isinstance(value, (int, Fraction)):
        return Fraction(value)
    return Fraction(str(value))


def _per_count(unit: Fraction | None, driver: str | None) -> Fraction | None:
    if unit is None:
        return None
    return unit / 60 if driver == MINUTES_OF_INTERACTIONS else unit
