"""Where cost arose: every activity's cost over months, touchpoints and channels, adding up exactly."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.value.costing.apportionment import apportion
from peakend.value.costing.periods import days_between
from peakend.value.costing.volumes import costing_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from peakend.declaration import Inputs
    from peakend.engine import Relation
    from peakend.value.costing.rates import Key
    from peakend.value.costing.volumes import Cell, Costing


def cell_costs(costing: Costing) -> Iterator[tuple[Cell, Decimal]]:
    """Every cell with what it cost; over all of them the sum of the activities' costs, to the last digit."""
    costs = {(cost.activity_id, cost.period_on): cost.cost for cost in costing.costs}
    own: dict[Key, list[Cell]] = {}
    for cell in costing.cells:
        own.setdefault((cell.activity_id, cell.period_on), []).append(cell)
    for key, cells in own.items():
        cost = costs[key]
        if cost and any(cell.quantity for cell in cells):
            yield from zip(cells, apportion(cost, [cell.quantity for cell in cells]), strict=True)


def count_costs(inputs: Inputs, costing: Costing) -> Relation:
    """Minutes and cost of one count (activity_id, period_on, minutes, cost) of every costed activity."""
    rates = {(pool.pool, pool.period_on): pool.rate for pool in costing.pools}
    rows = []
    for key, activity in costing.activities.items():
        rate, per = rates[activity.pool, activity.period_on], activity.minutes_per_count
        if rate is not None and per is not None and activity.driver is not None:
            cost = float(Fraction(rate) * per)
            rows.append({"activity_id": key[0], "period_on": key[1], "minutes": float(per), "cost": cost})
    numbers = [("minutes", pa.float64()), ("cost", pa.float64())]
    schema = pa.schema([("activity_id", pa.string()), ("period_on", pa.date32()), *numbers])
    return inputs.engine.from_arrow(pa.Table.from_pylist(rows, schema))


def event_costs(inputs: Inputs) -> Relation | None:
    """What every order, line, refund, interaction and case cost, over all activities it needed.

    A relation (driver, unit_id, customer_id, happened_on, minutes, cost), one row a driver and unit; None
    without a pool.

    cost: minutes × rate, floating point and not rounded: over the units of an activity it makes the
    activity's cost but for rounding to four places. Units that no activity counts have no row.
    """
    costing = costing_of(inputs)
    if costing is None:
        return None
    return inputs.query(
        "value/costing/event_costs",
        activity_units=costing.units,
        count_costs=count_costs(inputs, costing),
    )


def costed_days(inputs: Inputs, costing: Costing) -> Relation:
    """The days (happened_on) that some costed pool's period covers."""
    days = {
        day
        for pool in costing.pools
        if pool.state != "not_costed" and pool.period_on is not None
        for day in days_between(pool.period_on, costing.ends[pool.pool, pool.period_on])
    }
    return inputs.engine.from_arrow(pa.table({"happened_on": pa.array(sorted(days), pa.date32())}))
