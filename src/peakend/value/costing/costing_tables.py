"""The analysis `service_costing`: pools, activities and customers, and what was wrong with the numbers."""

from __future__ import annotations

import math
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from peakend.feedback.intervals import mean_interval
from peakend.value.costing.apportionment import as_decimal
from peakend.value.costing.costing_columns import (
    ACTIVITY_COSTS,
    COSTING_PROBLEMS,
    CUSTOMER_SERVICE_COST,
    POOL_COSTS,
)
from peakend.value.costing.customer_shares import per_customer, share_out
from peakend.value.costing.ledger import ledger_problems
from peakend.value.costing.pools import MINUTES_OF_INTERACTIONS
from peakend.value.costing.rates import NOTHING
from peakend.value.costing.volumes import costing_of, without_double
from peakend.value.revenue import reconcile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

    import pyarrow as pa

    from peakend.declaration import Inputs, Results, Settings
    from peakend.engine import Relation
    from peakend.value.costing.customer_shares import ActivityShares
    from peakend.value.costing.problems import CostingProblem
    from peakend.value.costing.rates import ActivityCost, Key, PoolCost
    from peakend.value.costing.volumes import Costing


def costing_tables(inputs: Inputs) -> Results:
    """The four tables; customers as a relation that never passes through Python.

    For every pool customers + unidentified + unused + not costed = cost, to the last digit; raises
    `ReconciliationError` should they not.
    """
    costing = costing_of(inputs)
    if costing is None:
        tables = (POOL_COSTS, ACTIVITY_COSTS, CUSTOMER_SERVICE_COST, COSTING_PROBLEMS)
        return {table.name: table.of([]) for table in tables}
    customers, shares = share_out(inputs, costing)
    problems = without_double([*costing.problems, *ledger_problems(inputs, costing)])
    return {
        POOL_COSTS.name: _pools(costing, shares),
        ACTIVITY_COSTS.name: _activities(costing, shares, inputs.settings),
        CUSTOMER_SERVICE_COST.name: customers,
        COSTING_PROBLEMS.name: problems_table(problems),
    }


def customers_of_activity(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The customers behind a row of `activity_costs`: customer_id, units, quantity."""
    costing = costing_of(inputs)
    if costing is None:
        raise LookupError("there is no pool")
    return inputs.query(
        "value/costing/activity_customers",
        {"activity": row["activity_id"], "period": row["period_on"]},
        activity_units=costing.units,
    )


def problems_table(problems: Iterable[CostingProblem]) -> pa.Table:
    """Problems in a fixed order: by name, pool, activity and period."""
    order = sorted(problems, key=lambda p: (p.problem, p.pool or "", p.activity_id or "", str(p.period_on)))
    return COSTING_PROBLEMS.of(
        [
            {
                "position": place,
                "problem": one.problem,
                "meaning_en": one.meaning.en,
                "meaning_zh": one.meaning.zh,
                "pool": one.pool,
                "activity_id": one.activity_id,
                "period_on": one.period_on,
                "n": one.n,
                "unit": one.unit,
                "amount": one.amount,
                "minutes": one.minutes,
                "currency": one.currency,
            }
            for place, one in enumerate(order, start=1)
        ]
    )


def _pools(costing: Costing, shares: Mapping[Key, ActivityShares]) -> pa.Table:
    known: dict[Key, Decimal] = {}
    unknown: dict[Key, Decimal] = {}
    for key, share in shares.items():
        own = (costing.activities[key].pool, key[1])
        known[own] = known.get(own, NOTHING) + share.cost
        unknown[own] = unknown.get(own, NOTHING) + share.unidentified_cost
    rows = []
    for pool in costing.pools:
        key = (pool.pool, pool.period_on)
        row = _pool(pool) | {
            "customers_cost": known.get(key, NOTHING),
            "unidentified_cost": unknown.get(key, NOTHING),
            "last_on": _last(costing, key),
        }
        parts = ("customers_cost", "unidentified_cost", "unused_cost", "not_costed")
        reconcile(pool.cost or NOTHING, {name: row[name] for name in parts})
        rows.append(row)
    return POOL_COSTS.of(rows)


def _pool(pool: PoolCost) -> dict[str, Any]:
    told = pool.variances
    capacity = pool.capacity_minutes
    row = {
        "pool": pool.pool,
        "period_on": pool.period_on,
        "state": pool.state,
        "cost": pool.cost,
        "capacity_minutes": _float(capacity),
        "used_minutes": _float(pool.used_minutes),
        "unused_minutes": _float(pool.unused_minutes),
        "utilisation": float(pool.used_minutes / capacity)
        if capacity and pool.used_minutes is not None
        else None,
        "rate": _float(pool.rate),
        "unused_cost": pool.unused,
        "not_costed": pool.not_costed,
        "currency": pool.currency,
    }
    if told is not None:
        row |= {
            "standard_rate": float(told.standard_rate),
            "applied_cost": told.applied,
            "total_variance": told.total,
            "rate_variance": told.rate,
            "volume_variance": told.volume,
            "efficiency_variance": told.efficiency,
        }
    return row


def _activities(costing: Costing, shares: Mapping[Key, ActivityShares], settings: Settings) -> pa.Table:
    rows = []
    for cost in costing.costs:
        key = (cost.activity_id, cost.period_on)
        activity = costing.activities[key]
        share = shares.get(key)
        currency = next(p.currency for p in costing.pools if (p.pool, p.period_on) == (cost.pool, key[1]))
        rows.append(
            {
                "activity_id": cost.activity_id,
                "pool": cost.pool,
                "period_on": cost.period_on,
                "last_on": _last(costing, (cost.pool, key[1])),
                "name": cost.name,
                "driver": activity.driver,
                "volume": float(cost.volume),
                "unidentified_volume": _unidentified(cost, share),
                "unit_minutes": None if activity.unit_minutes is None else float(activity.unit_minutes),
                "minutes": _float(cost.minutes),
                "unit_cost": _float(cost.unit_cost),
                "cost": cost.cost,
                "customers_cost": None if cost.cost is None else (share.cost if share else NOTHING),
                "unidentified_cost": None
                if cost.cost is None
                else (share.unidentified_cost if share else NOTHING),
                "traditional_unit_cost": _float(cost.traditional_unit_cost),
                "traditional_cost": cost.traditional_cost,
                "currency": currency,
                **_customers(cost, activity.driver, share, settings),
            }
        )
    return ACTIVITY_COSTS.of(rows)


def _unidentified(cost: ActivityCost, share: ActivityShares | None) -> float:
    if share is None or not share.unidentified_quantity:
        return 0.0
    total = share.quantity + share.unidentified_quantity
    return float(as_decimal(Fraction(cost.volume) * share.unidentified_quantity / total))


def _customers(
    cost: ActivityCost, driver: str | None, share: ActivityShares | None, settings: Settings
) -> dict[str, Any]:
    n = share.customers if share else 0
    if 0 < n < settings.minimum_base:
        return {"hidden": True}
    row: dict[str, Any] = {"customers": n, "hidden": False}
    if share is None or not n or cost.unit_cost is None:
        return row
    unit = Fraction(cost.unit_cost) / (60 if driver == MINUTES_OF_INTERACTIONS else 1)
    mean, se = per_customer(share, unit)
    row["cost_per_customer"] = mean
    if se is not None:
        low, high = mean_interval(mean, se, n - 1, settings.confidence, (0, math.inf))
        if not math.isnan(float(low)):
            row |= {"cost_per_customer_low": float(low), "cost_per_customer_high": float(high)}
    return row


def _last(costing: Costing, key: Key) -> Any:  # noqa: ANN401 - a day, or none
    pool, period = key
    return None if period is None else costing.ends[pool, period] - timedelta(days=1)


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
