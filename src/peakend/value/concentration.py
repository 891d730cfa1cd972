"""The analysis `revenue_concentration`: Pareto shares, Gini coefficient, Lorenz curve and dependency."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.special import ndtri

from peakend.declaration import ARROW_TYPES, Inputs, Results, ResultTable
from peakend.value.results import REVENUE_CONCENTRATION, REVENUE_LORENZ
from peakend.value.revenue import Revenue, reconcile, revenue_of

TOP_PERCENT = (1, 5, 10, 20, 50)

# IFRS 8.34 asks for disclosure of a customer with 10 % of the revenue or more (the limit is in the SQL); ten
# customers of equal size are that far.
FEW_CUSTOMERS = 10

_LABELS = {
    "gini": ("Gini coefficient (0: all equal, 1: one has all)", "基尼系数（0 为完全均等，1 为一家独占）"),
    "biggest_customer": ("Share of the biggest customer", "最大客户占比"),
    "large_customers": ("Customers with 10 % of the revenue or more", "收入占比达 10% 的客户"),
    "effective_customers": ("Effective number of customers", "有效客户数"),
    "customers_for_80": ("Customers that make 80 %", "贡献 80% 收入的客户数"),
    "positive": ("Customers with net revenue above zero", "净收入为正的客户"),
    "not_positive": ("Customers with net revenue of zero or below", "净收入为零或负的客户"),
    "unidentified": ("Not identified", "未识别客户"),
    "fees": ("Fees", "收费"),
    "adjustments": ("Adjustments", "调整"),
    "total": ("Total revenue", "总收入"),
}


@dataclass(frozen=True, slots=True)
class Gini:
    """value in 0 … 1 (n − 1) / n; low, high, se: None with fewer than two customers."""

    value: float
    se: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Buckets:
    """Customers above zero in up to 100 buckets of 1 % of them each, smallest first.

    One entry a bucket: percentile (1 … 100), customers, revenue; sums over the bucket's customers of the
    squared share, of (2k − n − 1)·share, and of a, b, a², ab, b² (see `gini`). biggest: the largest revenue;
    top_80: customers that make 80 %; large, large_revenue: customers with 10 % of the company's revenue.
    others, others_revenue: customers at or below zero.
    """

    percentile: np.ndarray[Any, np.dtype[np.int64]]
    customers: np.ndarray[Any, np.dtype[np.int64]]
    revenue: list[Decimal]
    sums: dict[str, float]
    biggest: Decimal
    top_80: int
    top_80_revenue: Decimal
    large: int
    large_revenue: Decimal
    others: int
    others_revenue: Decimal

    @property
    def n(self) -> int:
        return int(self.customers.sum())

    @property
    def total(self) -> Decimal:
        return sum(self.revenue, Decimal(0))


def concentration_tables(inputs: Inputs) -> Results:
    """Both tables of the analysis, in one currency.

    Shares and the Gini coefficient are over customers whose net revenue is above zero; the others,
    unidentified revenue, fees and adjustments are rows of their own, and all add up to the total.
    """
    revenue = revenue_of(inputs["transactions"], inputs.settings.currency)
    if revenue is None:
        return {table.name: table.schema().empty_table() for table in (REVENUE_CONCENTRATION, REVENUE_LORENZ)}
    buckets = _read_buckets(inputs, revenue)
    reconcile(
        revenue.total,
        {
            "positive": buckets.total,
            "not_positive": buckets.others_revenue,
            "unidentified": revenue.unidentified,
            "fees": revenue.fees,
            "adjustments": revenue.adjustments,
        },
    )
    rows = [*_measures(buckets, revenue, inputs.settings.confidence), *_parts(buckets, revenue)]
    return {
        REVENUE_CONCENTRATION.name: _table(REVENUE_CONCENTRATION, rows, revenue.currency),
        REVENUE_LORENZ.name: _table(REVENUE_LORENZ, _lorenz(buckets), revenue.currency),
    }


def gini(buckets: Buckets, confidence: float = 0.95) -> Gini | None:
    """Gini coefficient of the customers above zero, with a linearised interval; None when there are none.

    G = Σ (2k − n − 1) y_k / (n Y), customers in rising order. With C_k the running sum,
    z_k = [2 (k y_k − C_k) + Y − n y_k − G (Y + n y_k)] / (n Y) = (a_k − G b_k) / n and var G = n / (n − 1) Σ
    (z_k − z̄)². The customers count as a sample of those the company might have had.
    Source: Langel & Tillé (2013), JRSS A 176(2), pp. 521–540.
    """
    n, s = buckets.n, buckets.sums
    if n == 0:
        return None
    value = s["spread_shares"] / n
    if n < 2:
        return Gini(value, None, None, None)
    squares = s["aa"] - 2 * value * s["ab"] + value**2 * s["bb"]
    mean = (s["a"] - value * s["b"]) / n
    se = math.sqrt(max(squares - n * mean**2, 0) / (n * (n - 1)))
    half = float(ndtri(0.5 + confidence / 2)) * se
    return Gini(value, se, max(value - half, 0.0), min(value + half, 1.0))


def _read_buckets(inputs: Inputs, revenue: Revenue) -> Buckets:
    customers = inputs.query("value/customer_revenue", {"currency": revenue.currency})
    table = inputs.query(
        "value/concentration_buckets",
        {"company_ten_thousandths": int(revenue.total * 10_000)},
        customer_revenue=customers,
    ).to_arrow()
    rows = sorted(table.to_pylist(), key=lambda row: float(row["percentile"]))
    others, paying = rows[0], rows[1:]
    names = ("squared_shares", "spread_shares", "a", "b", "aa", "ab", "bb")
    return Buckets(
        percentile=np.array([int(row["percentile"]) for row in paying], dtype=np.int64),
        customers=np.array([row["customers"] for row in paying], dtype=np.int64),
        revenue=[Decimal(row["revenue"]) for row in paying],
        sums={name: math.fsum(row[name] for row in paying) for name in names},
        biggest=Decimal(paying[-1]["biggest"]) if paying else Decimal(0),
        top_80=sum(int(row["in_top_80"]) for row in paying),
        top_80_revenue=sum((Decimal(row["top_80_revenue"]) for row in paying), Decimal(0)),
        large=sum(int(row["large"]) for row in paying),
        large_revenue=sum((Decimal(row["large_revenue"]) for row in paying), Decimal(0)),
        others=int(others["customers"]),
        others_revenue=Decimal(others["revenue"] or 0),
    )


def _measures(buckets: Buckets, revenue: Revenue, confidence: float) -> list[dict[str, Any]]:
    """Rows of shares, inequality and dependency; none of them without a customer above zero."""
    if buckets.n == 0:
        return []
    rows = [_top(percent, buckets) for percent in TOP_PERCENT]
    found = gini(buckets, confidence)
    if found is not None:
        rows.append(
            {
                **_named("gini", "inequality"),
                "customers": buckets.n,
                "revenue": buckets.total,
                "value": found.value,
                "unit": "index",
                "low": found.low,
                "high": found.high,
            }
        )
    return [*rows, *_dependency(buckets, revenue)]


def _top(percent: int, buckets: Buckets) -> dict[str, Any]:
    inside = np.flatnonzero(buckets.percentile > 100 - percent)
    amount = sum((buckets.revenue[place] for place in inside), Decimal(0))
    return {
        "measure": f"top_{percent}",
        "kind": "pareto",
        "label_en": f"Top {percent} % of customers",
        "label_zh": f"前 {percent}% 客户",
        "customers": int(buckets.customers[inside].sum()),
        "revenue": amount,
        "value": float(amount / buckets.total),
        "unit": "share",
    }


def _dependency(buckets: Buckets, revenue: Revenue) -> list[dict[str, Any]]:
    """Shares are of the company's whole revenue; without any above zero nobody can be large."""
    known = revenue.total > 0
    biggest = float(buckets.biggest / revenue.total) if known else None
    effective = 1 / buckets.sums["squared_shares"]
    return [
        {
            **_named("biggest_customer", "dependency"),
            "customers": 1,
            "revenue": buckets.biggest,
            "value": biggest,
            "unit": "share",
            "warning": buckets.large > 0 if known else None,
        },
        {
            **_named("large_customers", "dependency"),
            "customers": buckets.large if known else None,
            "revenue": buckets.large_revenue if known else None,
            "value": float(buckets.large) if known else None,
            "unit": "customers",
            "warning": buckets.large > 0 if known else None,
        },
        {
            **_named("effective_customers", "dependency"),
            "customers": buckets.n,
            "revenue": buckets.total,
            "value": effective,
            "unit": "customers",
            "warning": effective < FEW_CUSTOMERS,
        },
        {
            **_named("customers_for_80", "dependency"),
            "customers": buckets.top_80,
            "revenue": buckets.top_80_revenue,
            "value": float(buckets.top_80),
            "unit": "customers",
        },
    ]


def _parts(buckets: Buckets, revenue: Revenue) -> list[dict[str, Any]]:
    """The rows that add up to the last one."""
    parts = (
        ("positive", buckets.n, buckets.total),
        ("not_positive", buckets.others, buckets.others_revenue),
        ("unidentified", None, revenue.unidentified),
        ("fees", None, revenue.fees),
        ("adjustments", None, revenue.adjustments),
        ("total", None, revenue.total),
    )
    return [
        {
            **_named(name, "reconciliation"),
            "customers": customers,
            "revenue": amount,
            "value": float(amount / revenue.total) if revenue.total else None,
            "unit": "share",
        }
        for name, customers, amount in parts
    ]


def _lorenz(buckets: Buckets) -> list[dict[str, Any]]:
    """Points from (0, 0) to (1, 1), each at a whole number of customers."""
    if buckets.n == 0:
        return []
    points = [
        {"percentile": 0, "customers": 0, "customer_share": 0.0, "revenue": Decimal(0), "revenue_share": 0.0}
    ]
    customers, amount = 0, Decimal(0)
    for percentile, count, part in zip(
        buckets.percentile.tolist(), buckets.customers.tolist(), buckets.revenue, strict=True
    ):
        customers, amount = customers + count, amount + part
        points.append(
            {
                "percentile": percentile,
                "customers": customers,
                "customer_share": customers / buckets.n,
                "revenue": amount,
                "revenue_share": float(amount / buckets.total),
            }
        )
    return points


def _named(measure: str, kind: str) -> dict[str, Any]:
    english, chinese = _LABELS[measure]
    return {"measure": measure, "kind": kind, "label_en": english, "label_zh": chinese}


def _table(table: ResultTable, rows: list[dict[str, Any]], currency: str) -> pa.Table:
    numbered = [{"position": place, "currency": currency, **row} for place, row in enumerate(rows, start=1)]
    return pa.table(
        [pa.array([row.get(c.name) for row in numbered], ARROW_TYPES[c.type]) for c in table.columns],
        schema=table.schema(),
    )
