"""What counts towards profit: transactions with their cost, posted entries, cost to serve; until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.value.revenue import revenue_of

if TYPE_CHECKING:
    from peakend.declaration import Inputs
    from peakend.engine import Relation


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything that is booked, as relations.

    lines: transactions in `currency` before `until`, with product_cost and cost_from (line: the source said
    it; unit_cost: the product's unit cost × quantity; entry: a cost entry of the transaction; none: fees and
    adjustments; unknown). entries: value and cost entries and contributions, all of them, with status
    (counted, or why not) and bearer (customers, unidentified, unallocated). served: customer_id,
    cost_to_serve from activity-based costing (empty without it, and then `costed` is False).
    until: first moment that no longer counts. as_of: the day everything is told as of.
    """

    currency: str
    until: datetime
    as_of: date
    costed: bool
    lines: Relation
    entries: Relation
    served: Relation


@dataclass(frozen=True, slots=True)
class Months:
    """A ledger's sums, small enough to hold: `lines` by month, kind, whether identified and where the cost is
    from; `entries` by month, kind, bearer and status."""

    lines: list[dict[str, Any]]
    entries: list[dict[str, Any]]


def months_of(ledger: Ledger) -> Months:
    lines = ledger.lines.query("value/profit/ledger_months", name="profit_lines").to_arrow()
    entries = ledger.entries.query("value/profit/entry_months", name="entries").to_arrow()
    return Months(lines.to_pylist(), entries.to_pylist())


def ledger_of(inputs: Inputs, as_of: date | None = None) -> Ledger | None:
    """The ledger; None when there is no transaction at all.

    as_of: only what lies before this day counts; none: to the end of the month of the last transaction that
    is not in the future (books close by month), told as of the day after that transaction. Raises
    `SeveralCurrenciesError`, `NoSuchCurrencyError`.
    """
    revenue = revenue_of(inputs["transactions"], inputs.settings.currency)
    if revenue is None:
        return None
    now = datetime.now(UTC).replace(tzinfo=None)
    last = (
        inputs.query("value/profit/last_bought", {"currency": revenue.currency, "now": now})
        .to_arrow()["last_at"][0]
        .as_py()
    )
    last = _utc(last or revenue.last_at)
    day = as_of or last.date() + timedelta(days=1)
    until = datetime.combine(as_of or _next_month(last.date()), time())
    served = _served(inputs, revenue.currency)
    params = {"currency": revenue.currency, "until": until}
    entries = _entries(inputs, {**params, "costed": int(served is not None)})
    return Ledger(
        currency=revenue.currency,
        until=until,
        as_of=day,
        costed=served is not None,
        lines=inputs.query("value/profit/profit_lines", params, entries=entries),
        entries=entries,
        served=served or inputs.engine.from_arrow(_NOBODY),
    )


def value_lines(inputs: Inputs, as_of: date | None = None) -> Relation:
    """Every booked line by transaction and by event; an event that brought and cost nothing says so.

    One row a line: line_from, line_id, customer_id (null: not identified), at, kind, amount (money; what
    costs is negative; null never), transaction_id, event_id, explicit_zero. Every transaction has a line for
    its revenue and one for its known cost; every event without an entry has an explicit zero. Cost to serve
    from activity-based costing is a customer's, not an event's, and is not among them. Raises as `ledger_of`.
    """
    ledger = ledger_of(inputs, as_of)
    if ledger is None:
        now = datetime.now(UTC).replace(tzinfo=None)
        empty = {"currency": inputs.settings.currency or "", "until": now}
        entries = _entries(inputs, {**empty, "costed": 0})
        lines = inputs.query("value/profit/profit_lines", empty, entries=entries)
        return inputs.query("value/profit/value_lines", empty, profit_lines=lines, entries=entries)
    return inputs.query(
        "value/profit/value_lines", {"until": ledger.until}, profit_lines=ledger.lines, entries=ledger.entries
    )


def _entries(inputs: Inputs, params: dict[str, Any]) -> Relation:
    return inputs.query(
        "value/profit/entries", params, entry_statuses=inputs.query("value/profit/entry_statuses")
    )


_NOBODY = pa.table(
    {"customer_id": pa.array([], pa.string()), "cost_to_serve": pa.array([], pa.decimal128(18, 4))}
)


def _served(inputs: Inputs, currency: str) -> Relation | None:
    """Cost to serve by customer from activity-based costing; None where nothing was costed."""
    found = inputs.relations.get("customer_service_cost")
    if found is None:
        return None
    own = found.query(
        "select s.customer_id, s.cost_to_serve from s where coalesce(s.currency, $currency) = $currency",
        {"currency": currency},
        name="s",
    )
    told = own.query("select count(*) as n from s", name="s").to_arrow()["n"][0].as_py()
    return own if told else None


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
