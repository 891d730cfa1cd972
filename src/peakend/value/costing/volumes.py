"""How often every activity was needed: units of its driver, counted in the warehouse by period."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.value.costing.periods import days_between, period_ends
from peakend.value.costing.pools import MINUTES_OF_INTERACTIONS, Activity, Pool, pools_of, reporting_currency
from peakend.value.costing.problems import CostingProblem
from peakend.value.costing.rates import ActivityCost, Key, PoolCost, cost_pools

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from peakend.declaration import Inputs
    from peakend.engine import Relation

SQL = "value/costing"
_FROM_LINES = ("orders", "order_lines", "refunds")
# Of transactions, these kinds are counted where the activity names none.
_USUAL_KIND = {"orders": "sale", "order_lines": "sale", "refunds": "refund"}
_DAYS = pa.schema(
    [
        ("driver", pa.string()),
        ("happened_on", pa.date32()),
        ("activity_id", pa.string()),
        ("period_on", pa.date32()),
        ("touchpoint_id", pa.string()),
        ("channel", pa.string()),
        ("kind", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Cell:
    """Units of one activity in one period, month, touchpoint and channel, of known customers or of unknown.

    quantity: what the driver counts (interaction_minutes: whole seconds); units: facts that bear it.
    """

    activity_id: str
    period_on: date
    month_on: date
    touchpoint_id: str | None
    channel: str | None
    identified: bool
    units: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Costing:
    """The costing of a warehouse. ends: the day after each pool's period; units: a relation of every unit an
    activity was needed for (activity_id, period_on, driver, unit_id, customer_id, happened_on, touchpoint_id,
    channel, quantity)."""

    currency: str | None
    pools: tuple[PoolCost, ...]
    costs: tuple[ActivityCost, ...]
    activities: Mapping[Key, Activity]
    ends: Mapping[tuple[str, date], date]
    cells: tuple[Cell, ...]
    units: Relation
    problems: tuple[CostingProblem, ...]


def costing_of(inputs: Inputs) -> Costing | None:
    """Cost pools from the tables `activities`, interactions, cases and transactions; None without a pool."""
    rows = inputs.query(f"{SQL}/described_activities").to_arrow().to_pylist()
    currency = reporting_currency(rows, inputs.settings.currency)
    pools, activities, problems = pools_of(rows, currency)
    if not pools:
        return None
    ends = _ends(pools)
    days = _days(activities, ends)
    units = _units(inputs, {activity.driver for activity in activities})
    cells = inputs.engine.from_arrow(inputs.query(f"{SQL}/driver_cells", driver_units=units).to_arrow())
    listed = inputs.engine.from_arrow(days)
    counted = inputs.query(f"{SQL}/activity_cells", driver_cells=cells, activity_days=listed).to_arrow()
    found = counted.sort_by([(name, "ascending") for name in counted.column_names]).to_pylist()
    volumes: dict[Key, Fraction] = {}
    for row in found:
        key = (row["activity_id"], row["period_on"])
        volumes[key] = volumes.get(key, Fraction(0)) + row["quantity"]
    pool_costs, costs, more = cost_pools(pools, activities, volumes)
    known = {(a.activity_id, a.period_on): a for a in activities}
    problems += [*more, *_undriven(activities), *_unmeasured(found, known)]
    problems += _outside(inputs, activities, cells, listed)
    return Costing(
        currency,
        tuple(pool_costs),
        tuple(costs),
        known,
        ends,
        tuple(_cell(row) for row in found),
        inputs.query(f"{SQL}/activity_units", driver_units=units, activity_days=listed),
        tuple(problems),
    )


def _ends(pools: Iterable[Pool]) -> dict[tuple[str, date], date]:
    starts: dict[str, list[date]] = {}
    for pool in pools:
        if pool.period_on is not None:
            starts.setdefault(pool.pool, []).append(pool.period_on)
    return period_ends(starts)


def _days(activities: Iterable[Activity], ends: Mapping[tuple[str, date], date]) -> pa.Table:
    """Every day of every activity, with what it counts: facts are joined by day."""
    rows = [
        {**_conditions(activity), "period_on": activity.period_on, "happened_on": day}
        for activity in activities
        if activity.driver is not None and activity.period_on is not None
        for day in days_between(activity.period_on, ends[activity.pool, activity.period_on])
    ]
    return pa.Table.from_pylist(rows, _DAYS)


def _conditions(activity: Activity) -> dict[str, Any]:
    return {
        "driver": activity.driver,
        "activity_id": activity.activity_id,
        "touchpoint_id": activity.touchpoint_id,
        "channel": activity.channel,
        "kind": activity.kind or _USUAL_KIND.get(activity.driver or ""),
    }


def _units(inputs: Inputs, drivers: set[str | None]) -> Relation:
    asked = {
        "transactions": int(bool(drivers & set(_FROM_LINES))),
        "interactions": int(bool(drivers & {"interactions", MINUTES_OF_INTERACTIONS})),
        "contacts": int("interactions" in drivers),
        "durations": int(MINUTES_OF_INTERACTIONS in drivers),
        "cases": int("cases" in drivers),
        **{name: int(name in drivers) for name in _FROM_LINES},
    }
    return inputs.query(f"{SQL}/driver_units", asked)


def _cell(row: Mapping[str, Any]) -> Cell:
    names = ("activity_id", "period_on", "month_on", "touchpoint_id", "channel", "units", "quantity")
    return Cell(**{name: row[name] for name in names}, identified=bool(row["identified"]))


def _undriven(activities: Iterable[Activity]) -> Iterator[CostingProblem]:
    for activity in activities:
        if activity.driver is None:
            yield CostingProblem("no_driver", activity.pool, activity.activity_id, activity.period_on)


def _unmeasured(rows: Iterable[Mapping[str, Any]], known: Mapping[Key, Activity]) -> Iterator[CostingProblem]:
    missing: dict[Key, int] = {}
    for row in rows:
        key = (row["activity_id"], row["period_on"])
        missing[key] = missing.get(key, 0) + row["units"] - row["counted"]
    for key, n in missing.items():
        if n:
            yield CostingProblem("no_duration", known[key].pool, *key, n, "events")


def _outside(
    inputs: Inputs, activities: Sequence[Activity], cells: Relation, days: Relation
) -> Iterator[CostingProblem]:
    """Facts that meet the latest conditions of an activity on days that none of its periods covers."""
    last: dict[str, Activity] = {}
    for activity in sorted(activities, key=lambda one: str(one.period_on)):
        if activity.driver is not None:
            last[activity.activity_id] = activity
    if not last:
        return
    conditions = pa.Table.from_pylist(
        [{**_conditions(activity), "period_on": None, "happened_on": None} for activity in last.values()],
        _DAYS,
    )
    found = inputs.query(
        f"{SQL}/facts_outside",
        driver_cells=cells,
        activity_days=days,
        last_activities=inputs.engine.from_arrow(conditions),
    ).to_arrow()
    for row in found.sort_by("activity_id").to_pylist():
        own = last[row["activity_id"]]
        yield CostingProblem("facts_outside_periods", own.pool, own.activity_id, None, row["units"], "units")


def without_double(problems: Iterable[CostingProblem]) -> list[CostingProblem]:
    """An activity that cannot be counted or timed is not told a second time for having no volume."""
    listed = list(problems)
    odd = {
        (p.activity_id, p.period_on)
        for p in listed
        if p.problem in ("no_driver", "no_unit_minutes", "negative")
    }
    return [replace(p) for p in listed if p.problem != "no_volume" or (p.activity_id, p.period_on) not in odd]
