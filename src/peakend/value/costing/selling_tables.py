"""The analysis `selling_costs`: what selling an order costs and how many steps it takes, month by month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import stdtr

from peakend.feedback.comparison import holm
from peakend.feedback.intervals import t_quantile
from peakend.value.costing.cell_costs import cell_costs, costed_days
from peakend.value.costing.channel_columns import SELLING_COSTS, SELLING_TRENDS
from peakend.value.costing.periods import add_months, days_between
from peakend.value.costing.rates import NOTHING
from peakend.value.costing.volumes import costing_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from peakend.declaration import Inputs, Results, Settings
    from peakend.value.costing.volumes import Costing

SELLING_STAGES = ("pre", "purchase")
HANDLING = ("orders", "order_lines", "refunds")
MEASURES = ("cost_per_order", "handling_per_order", "steps_per_order")
# Fewer months than these make no trend.
FEWEST_MONTHS = 6
Row = dict[str, Any]


def selling_tables(inputs: Inputs) -> Results:
    """Both tables. A month in which a day is not costed is shown and takes no part in the trend."""
    costing = costing_of(inputs)
    if costing is None:
        return {table.name: table.of([]) for table in (SELLING_COSTS, SELLING_TRENDS)}
    rows = _months(inputs, costing)
    return {
        SELLING_COSTS.name: SELLING_COSTS.of(rows),
        SELLING_TRENDS.name: SELLING_TRENDS.of(trends(rows, inputs.settings)),
    }


def trends(rows: Sequence[Mapping[str, Any]], settings: Settings) -> list[Row]:
    """The slope of each measure over complete months: least squares, t with n − 2 degrees of freedom.

    Months are taken as independent; where one month's value leans on the last, the interval is too narrow.
    """
    found = []
    for measure in MEASURES:
        points = [
            (row["month_on"].year * 12 + row["month_on"].month, row[measure])
            for row in rows
            if row["complete"] and row.get(measure) is not None
        ]
        if points:
            found.append({"measure": measure, **_slope(points, settings.confidence)})
    adjusted, _ = holm([np.nan if row["p_value"] is None else row["p_value"] for row in found])
    for row, p in zip(found, adjusted.tolist(), strict=True):
        told = row["p_value"] is not None
        row["adjusted_p"] = p if told else None
        if told and p <= settings.alpha:
            row["verdict"] = "better" if row["slope"] < 0 else "worse"
        else:
            row["verdict"] = "cannot_tell"
    return found


def _slope(points: Sequence[tuple[int, float]], confidence: float) -> Row:
    x, y = np.array(points, dtype=float).T
    n = len(x)
    row: Row = {"n": n, "first": float(y[0]), "last": float(y[-1]), "p_value": None}
    if n < FEWEST_MONTHS:
        return row
    centred = x - x.mean()
    spread = float(centred @ centred)
    slope = float(centred @ y) / spread
    rest = y - y.mean() - slope * centred
    se = float(np.sqrt(rest @ rest / (n - 2) / spread))
    row["slope"] = slope
    if se <= 1e-12 * max(abs(float(y.mean())), 1e-300):
        return row
    half = float(t_quantile(confidence, n - 2)) * se
    row |= {"slope_low": slope - half, "slope_high": slope + half}
    row["p_value"] = 2 * float(stdtr(n - 2, -abs(slope) / se))
    return row


def _months(inputs: Inputs, costing: Costing) -> list[Row]:
    days = costed_days(inputs, costing)
    registry = inputs.query("value/costing/registry_of_touchpoints").to_arrow().to_pylist()
    selling = {row["touchpoint_id"] for row in registry if row["stage"] in SELLING_STAGES}
    sold: dict[date, Decimal] = {}
    handled: dict[date, Decimal] = {}
    for cell, cost in cell_costs(costing):
        driver = costing.activities[cell.activity_id, cell.period_on].driver
        if driver in HANDLING:
            handled[cell.month_on] = handled.get(cell.month_on, NOTHING) + cost
        elif cell.touchpoint_id in selling:
            sold[cell.month_on] = sold.get(cell.month_on, NOTHING) + cost
    ordered = {
        r["month_on"]: r
        for r in inputs.query("value/costing/month_orders", costed_days=days).to_arrow().to_pylist()
    }
    met = {
        r["month_on"]: r
        for r in inputs.query("value/costing/selling_contacts", costed_days=days).to_arrow().to_pylist()
    }
    covered = set(days.to_arrow()["happened_on"].to_pylist())
    rows = []
    for month in sorted({*sold, *handled, *ordered, *met}):
        orders = ordered.get(month, {}).get("orders", 0)
        customers = ordered.get(month, {}).get("customers", 0)
        steps = met.get(month, {}).get("steps", 0)
        hidden = 0 < customers < inputs.settings.minimum_base
        row: Row = {
            "month_on": month,
            "complete": all(day in covered for day in days_between(month, add_months(month, 1))),
            "selling_cost": sold.get(month, NOTHING),
            "handling_cost": handled.get(month, NOTHING),
            "orders": orders,
            "steps": steps,
            "customers": None if hidden else customers,
            "currency": costing.currency,
            "hidden": hidden,
        }
        if orders:
            row |= {
                "cost_per_order": float(row["selling_cost"] / orders),
                "handling_per_order": float(row["handling_cost"] / orders),
                "steps_per_order": steps / orders,
            }
        rows.append(row)
    return rows
