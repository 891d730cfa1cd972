"""What every customer bears of an activity: shares by quantity, found once for all who have the same."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.value.costing.apportionment import UNIT, apportion_groups
from peakend.value.costing.rates import NOTHING, Key

if TYPE_CHECKING:
    from decimal import Decimal

    from peakend.declaration import Inputs
    from peakend.engine import Relation
    from peakend.value.costing.volumes import Costing

_SHARES = pa.schema(
    [
        ("activity_id", pa.string()),
        ("period_on", pa.date32()),
        ("quantity", pa.int64()),
        ("amount", pa.decimal128(18, 4)),
        ("more", pa.int64()),
        ("minutes", pa.float64()),
    ]
)


@dataclass(frozen=True, slots=True)
class ActivityShares:
    """How an activity's cost lies on customers. squares: sum of customers' squared quantities."""

    customers: int
    quantity: int
    squares: int
    cost: Decimal
    unidentified_quantity: int
    unidentified_cost: Decimal


def share_out(inputs: Inputs, costing: Costing) -> tuple[Relation, dict[Key, ActivityShares]]:
    """Every identified customer's cost to serve as a relation that has not run yet (customer_id,
    cost_to_serve, minutes, currency), and by activity and period what lies on customers and what on nobody.

    Σ customers' cost + unidentified = cost of the activity, to the last digit: largest remainder, within
    customers of the same quantity to the first by customer_id. Only counts of customers by quantity leave the
    engine, and amounts by quantity go back.
    """
    quantities = inputs.query("value/costing/customer_quantities", activity_units=costing.units)
    counted = inputs.query("value/costing/quantity_counts", customer_quantities=quantities).to_arrow()
    groups: dict[Key, list[tuple[int, int, int]]] = {}
    names = ("activity_id", "period_on", "identified", "quantity", "customers")
    for activity, period, identified, quantity, customers in zip(
        *(counted[name].to_pylist() for name in names), strict=True
    ):
        groups.setdefault((activity, period), []).append((1 - identified, quantity, customers))
    costs = {(cost.activity_id, cost.period_on): cost.cost for cost in costing.costs}
    shares: dict[Key, ActivityShares] = {}
    rows: dict[str, list[object]] = {name: [] for name in _SHARES.names}
    for key, own in sorted(groups.items(), key=lambda one: (one[0][0], str(one[0][1]))):
        own.sort()
        cost = costs[key]
        per = costing.activities[key].minutes_per_count
        parts = [(NOTHING, 0)] * len(own)
        if cost:
            parts = apportion_groups(cost, [q for _, q, _ in own], [n for _, _, n in own])
        shares[key] = _summary(own, parts)
        for (unknown, quantity, n), (amount, more) in zip(own, parts, strict=True):
            if unknown or cost is None or per is None:
                continue
            rows["activity_id"].append(key[0])
            rows["period_on"].append(key[1])
            rows["quantity"].append(quantity)
            rows["amount"].append(amount + UNIT if more == n else amount)
            rows["more"].append(0 if more == n else more)
            rows["minutes"].append(float(per))
    table = pa.table([pa.array(rows[f.name], f.type) for f in _SHARES], schema=_SHARES)
    priced = inputs.query(
        "value/costing/customer_service_cost",
        {"currency": costing.currency or ""},
        customer_quantities=quantities,
        quantity_shares=inputs.engine.from_arrow(table),
    )
    return priced, shares


def _summary(own: list[tuple[int, int, int]], parts: list[tuple[Decimal, int]]) -> ActivityShares:
    known = [(q, n, amount, more) for (u, q, n), (amount, more) in zip(own, parts, strict=True) if not u]
    lost = [(q, n, amount, more) for (u, q, n), (amount, more) in zip(own, parts, strict=True) if u]
    return ActivityShares(
        sum(n for _, n, _, _ in known),
        sum(q * n for q, n, _, _ in known),
        sum(q * q * n for q, n, _, _ in known),
        sum((amount * n + UNIT * more for _, n, amount, more in known), NOTHING),
        sum(q * n for q, n, _, _ in lost),
        sum((amount * n + UNIT * more for _, n, amount, more in lost), NOTHING),
    )


def per_customer(shares: ActivityShares, unit_cost: Fraction) -> tuple[float, float | None]:
    """Mean cost of the customers of an activity and its standard error (None with one customer)."""
    n = shares.customers
    mean = Fraction(shares.quantity, n)
    if n < 2:
        return float(mean * unit_cost), None
    variance = (shares.squares - n * mean**2) / (n - 1)
    return float(mean * unit_cost), float(unit_cost) * (float(variance) / n) ** 0.5
