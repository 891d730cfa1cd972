"""The analysis `delivered_value`: what an order gives customers, what it costs them, and what changed."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from scipy.special import ndtr, ndtri

from peakend.feedback.comparison import holm
from peakend.value.delivered import columns
from peakend.value.delivered.eight_factors import COSTS, FACTORS, VALUES
from peakend.value.delivered.windows import delivered_in, windows

if TYPE_CHECKING:
    from peakend.declaration import Inputs, Results, ResultTable, Settings
    from peakend.engine import Relation
    from peakend.value.delivered.windows import Windows

Row = dict[str, Any]
GIVES: tuple[ResultTable, ...] = (
    columns.CUSTOMER_DELIVERED_VALUE,
    columns.DELIVERED_FACTORS,
    columns.DELIVERED_COVERAGE,
    columns.DELIVERED_CHANGE,
)
ROUTES = {
    **dict.fromkeys((*VALUES, "total_value"), "value"),
    **dict.fromkeys((*COSTS, "total_cost"), "cost"),
    "delivered_value": "both",
}
_COLUMN_OF = {"time": "time_spent"}


def delivered_tables(inputs: Inputs) -> Results:
    """Every table; customers as a relation. Raises `SeveralCurrenciesError`, `NoSuchCurrencyError`."""
    found: dict[str, Any] = {table.name: table.schema().empty_table() for table in GIVES}
    spans = windows(inputs)
    if spans is None:
        return found
    year = delivered_in(inputs, spans.now)
    found["customer_delivered_value"] = year
    found["delivered_factors"] = columns.DELIVERED_FACTORS.of(
        _factor_rows(_sums(inputs, year), inputs.settings, spans.now.currency)
    )
    found["delivered_coverage"] = columns.DELIVERED_COVERAGE.of(_coverage_rows(inputs, year))
    changes = inputs.engine.query(
        "value/delivered/changes",
        now=year,
        before=delivered_in(inputs, spans.before),
    )
    rows = _change_rows(_sums(inputs, changes), inputs.settings, spans)
    found["delivered_change"] = columns.DELIVERED_CHANGE.of(rows)
    return found


def _sums(inputs: Inputs, delivered: Relation) -> dict[str, Row]:
    rows = inputs.engine.query("value/delivered/factor_sums", delivered=delivered).to_arrow().to_pylist()
    return {row["item"]: row for row in rows}


def _factor_rows(sums: dict[str, Row], settings: Settings, currency: str) -> list[Row]:
    rows: list[Row] = []
    for item in ROUTES:
        if item not in sums:
            continue
        row: Row = {"position": len(rows) + 1, "item": item, "route": ROUTES[item], "currency": currency}
        rows.append(row)
        n = sums[item]["customers"]
        row["hidden"] = n < settings.minimum_base
        if row["hidden"]:
            continue
        mean, error = _mean(sums[item])
        half = _z(settings) * error
        row |= {
            "customers": n,
            "total": sums[item]["total"],
            "mean": mean,
            "low": mean - half,
            "high": mean + half,
        }
    return rows


def _coverage_rows(inputs: Inputs, delivered: Relation) -> list[Row]:
    """Of all customers there are; those of whom nothing is known have none of the eight."""
    counts = (
        inputs.engine.query("value/delivered/coverage_counts", delivered=delivered).to_arrow().to_pylist()
    )
    seen = sum(row["customers"] for row in counts)
    everybody = max(
        inputs["customers"].query("select count(*) as n from c", name="c").to_arrow().to_pylist()[0]["n"],
        seen,
    )
    if not everybody:
        return []
    known = {row["factors_known"]: row["customers"] for row in counts}
    known[0] = everybody - seen
    rows: list[Row] = [{"kind": "all", "item": "customers", "customers": everybody}]
    rows += [{"kind": "known", "item": str(n), "customers": known.get(n, 0)} for n in range(len(FACTORS) + 1)]
    for factor in FACTORS:
        column = _COLUMN_OF.get(factor, factor)
        rows.append({"kind": "factor", "item": factor, "customers": sum(row[column] for row in counts)})
    for position, row in enumerate(rows, start=1):
        row |= {"position": position, "share": row["customers"] / everybody}
    return rows


def _change_rows(sums: dict[str, Row], settings: Settings, spans: Windows) -> list[Row]:
    """Changes of the same customers; for a customer more value and less cost is better."""
    dates = {"before_from_on": spans.before.from_on, "from_on": spans.now.from_on}
    rows: list[Row] = []
    judged: list[tuple[Row, float]] = []
    for item in ROUTES:
        if item not in sums:
            continue
        row: Row = {"position": len(rows) + 1, "item": item, "route": ROUTES[item], **dates}
        rows.append(row)
        row |= {"currency": spans.now.currency, "hidden": sums[item]["customers"] < settings.minimum_base}
        if row["hidden"]:
            continue
        mean, error = _mean(sums[item])
        half = _z(settings) * error
        row |= {"customers": sums[item]["customers"], "total_change": Decimal(sums[item]["total"])}
        row |= {"change": mean, "low": mean - half, "high": mean + half, "verdict": "cannot_tell"}
        if error > 0:
            judged.append((row, 2 * float(ndtr(-abs(mean) / error))))
    if judged:
        adjusted, _ = holm([p for _, p in judged])
        for (row, _), p in zip(judged, adjusted, strict=True):
            row["p"] = float(p)
            if p < settings.alpha:
                gains = (row["change"] > 0) != (row["route"] == "cost")
                row["verdict"] = "better" if gains else "worse"
    return rows


def _mean(row: Row) -> tuple[float, float]:
    """Mean and its standard error."""
    n = row["customers"]
    mean = float(row["total"]) / n
    if n < 2:
        return mean, math.inf
    return mean, math.sqrt(max(row["squared"] - n * mean**2, 0.0) / (n - 1) / n)


def _z(settings: Settings) -> float:
    return float(ndtri(0.5 + settings.confidence / 2))
