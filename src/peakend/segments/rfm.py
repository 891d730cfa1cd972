"""The analysis `rfm`: recency, frequency, monetary value, quintile scores and named segments."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.declaration import ARROW_TYPES, Inputs, Results
from peakend.segments.results import RFM_CUSTOMERS, RFM_SEGMENTS
from peakend.segments.rfm_grid import OTHERS, SEGMENTS, TOTAL, RfmSegment, grid_table
from peakend.value.revenue import Revenue, reconcile, revenue_of

if TYPE_CHECKING:
    from peakend.engine import Relation


def rfm(inputs: Inputs, as_of: date | None = None) -> Results:
    """Both tables of the analysis; customers as a relation that never passes through Python.

    as_of: the day that recency counts to, only transactions before it are used; none: the day after the last
    transaction. Frequency counts orders whose net revenue is above zero (lines of a day where there is no
    order number). Scores are quintiles: 1 + the whole part of 5 × the share of customers that are strictly
    worse, so that equal values have equal scores. Only customers with an order and net revenue above zero
    are scored. Raises `SeveralCurrenciesError`, `NoSuchCurrencyError`, `ReconciliationError`.
    Source: Hughes (1994), Strategic Database Marketing; Fader, Hardie & Lee (2005), Journal of Marketing
    Research 42(4), for recency and frequency in days and orders.
    """
    transactions = inputs["transactions"]
    if as_of is not None:
        before = datetime.combine(as_of, time())
        transactions = inputs.query("value/transactions_before", {"as_of": before})
    revenue = revenue_of(transactions, inputs.settings.currency)
    if revenue is None:
        return {table.name: table.schema().empty_table() for table in (RFM_CUSTOMERS, RFM_SEGMENTS)}
    day = as_of or _utc(revenue.last_at).date() + timedelta(days=1)
    customers = _customers(inputs, transactions, revenue, day)
    sums = customers.query("segments/rfm_segment_sums", name="rfm_customers").to_arrow().to_pylist()
    return {
        RFM_CUSTOMERS.name: customers,
        RFM_SEGMENTS.name: _segments({row["segment"]: row for row in sums}, revenue, day),
    }


def _customers(inputs: Inputs, transactions: Relation, revenue: Revenue, as_of: date) -> Relation:
    return inputs.engine.query(
        "segments/rfm_customers",
        {"currency": revenue.currency, "as_of": as_of},
        transactions=transactions,
        grid=inputs.engine.from_arrow(grid_table()),
    )


def _segments(sums: dict[str, dict[str, Any]], revenue: Revenue, as_of: date) -> pa.Table:
    """Every segment, empty ones too, then what makes the revenue add up."""
    parts: dict[str, Decimal] = {name: Decimal(row["revenue"]) for name, row in sums.items()}
    others = {
        "unidentified": revenue.unidentified,
        "fees": revenue.fees,
        "adjustments": revenue.adjustments,
    }
    reconcile(revenue.total, parts | others)
    everybody = sum(row["customers"] for row in sums.values())
    rows = [_segment_row(segment, sums.get(segment.code), everybody) for segment in SEGMENTS]
    rows += [{**_named(other), "revenue": others[other.code]} for other in OTHERS]
    rows.append({**_named(TOTAL), "customers": everybody, "revenue": revenue.total})
    for position, row in enumerate(rows, start=1):
        share = float(row["revenue"] / revenue.total) if revenue.total else None
        row.update(position=position, revenue_share=share, as_of_on=as_of, currency=revenue.currency)
    return pa.table(
        [pa.array([row.get(c.name) for row in rows], ARROW_TYPES[c.type]) for c in RFM_SEGMENTS.columns],
        schema=RFM_SEGMENTS.schema(),
    )


def _segment_row(segment: RfmSegment, found: dict[str, Any] | None, everybody: int) -> dict[str, Any]:
    if found is None:
        return {**_named(segment), "customers": 0, "customer_share": 0.0, "revenue": Decimal(0)}
    customers = found["customers"]
    recency = found["recency_days"]
    return {
        **_named(segment),
        "customers": customers,
        "customer_share": customers / everybody,
        "revenue": Decimal(found["revenue"]),
        # Those who never bought have no recency; in a scored segment everybody has one.
        "recency_days": recency / customers if recency is not None and segment.kind == "segment" else None,
        "frequency": found["frequency"] / customers,
        "monetary": float(found["revenue"]) / customers,
    }


def _named(segment: RfmSegment) -> dict[str, Any]:
    return {
        "segment": segment.code,
        "kind": segment.kind,
        "label_en": segment.name.en,
        "label_zh": segment.name.zh,
    }


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is None else moment.astimezone(UTC)
