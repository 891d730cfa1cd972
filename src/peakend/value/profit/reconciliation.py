"""Whether customers' profits make the company's, and the company's the ledger's: by kind and month."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from peakend.language import Text
from peakend.value.profit.checks import check_rows
from peakend.value.profit.ledger import ledger_of, months_of
from peakend.value.profit.ledger_columns import PROFIT_CHECKS, PROFIT_RECONCILIATION
from peakend.value.profit.service_costs import service_parts
from peakend.value.revenue import reconcile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from peakend.declaration import Inputs, Results
    from peakend.value.profit.ledger import Ledger, Months

    Cells = dict[tuple[str, date], dict[str, Decimal]]

VALUES = ("revenue", "margin", "referral", "information", "reference", "other_value")
COSTS = ("product", "service", "acquisition", "retention", "other_cost")
PARTS = ("customers", "unidentified", "fees", "adjustments", "unallocated")
NAMES: Mapping[str, Text] = {
    "revenue": Text("Revenue", "收入"),
    "margin": Text("Margin booked without a transaction", "无对应交易的毛利分录"),
    "referral": Text("Referral value", "推荐价值"),
    "information": Text("Information value", "信息价值"),
    "reference": Text("Reference value", "示范价值"),
    "other_value": Text("Other value", "其他价值"),
    "product": Text("Product cost", "产品成本"),
    "service": Text("Cost to serve", "服务成本"),
    "acquisition": Text("Acquisition cost", "获客成本"),
    "retention": Text("Retention cost", "维系成本"),
    "other_cost": Text("Other cost", "其他成本"),
    "profit": Text("Profit", "利润"),
}


def reconciliation_tables(inputs: Inputs, as_of: date | None = None) -> Results:
    """`profit_reconciliation` and `profit_checks`. Raises `ReconciliationError` where the profits of
    `customer_profit` do not make the customers' part to the last digit, and as `ledger_of`."""
    ledger = ledger_of(inputs, as_of)
    if ledger is None:
        tables = (PROFIT_RECONCILIATION, PROFIT_CHECKS)
        return {table.name: table.schema().empty_table() for table in tables}
    months = months_of(ledger)
    rows = reconciliation_rows(inputs, ledger, months)
    told = inputs.query(
        "select cast(coalesce(sum(p.profit), 0) as decimal(18, 4)) as profit from customer_profit p"
    ).to_arrow()
    whole = next((row["customers"] for row in rows if row["kind"] == "profit"), Decimal(0))
    reconcile(whole, {"customer_profit": Decimal(told["profit"][0].as_py())})
    return {
        PROFIT_RECONCILIATION.name: PROFIT_RECONCILIATION.of(rows),
        PROFIT_CHECKS.name: PROFIT_CHECKS.of(check_rows(inputs, ledger, months, rows)),
    }


def reconciliation_rows(inputs: Inputs, ledger: Ledger, sums: Months) -> list[dict[str, Any]]:
    """Rows of `profit_reconciliation`: every kind in all, then by month; profit last.

    customers + unidentified + fees + adjustments + unallocated = company, exactly; difference = company −
    ledger, shown and never absorbed. What has no month (capacity costed without a period) is in the totals
    only: there the months do not add up to the total, and `months_known` says so.
    """
    cells: Cells = defaultdict(lambda: dict.fromkeys(PARTS, Decimal(0)))
    _add_lines(cells, sums)
    _add_entries(cells, sums)
    undated = service_parts(inputs, ledger, cells)
    booked = _ledger(inputs, ledger)
    months = sorted({month for _, month in (*cells, *booked)})
    rows: list[dict[str, Any]] = []
    for kind in (*VALUES, *COSTS):
        own = {month: cells[kind, month] for month in months if (kind, month) in cells}
        there = {month: booked[kind, month] for month in months if (kind, month) in booked}
        extra = undated if kind == "service" else {}
        if not own and not there and not any(extra.values()):
            continue
        whole = {
            part: sum((cell[part] for cell in own.values()), extra.get(part, Decimal(0))) for part in PARTS
        }
        rows.append(_row(kind, None, whole, sum(there.values(), Decimal(0)) if there else None))
        rows[-1]["months_known"] = not any(extra.values())
        rows += [_row(kind, month, own.get(month), there.get(month)) for month in sorted({*own, *there})]
    rows += _profit(rows, months)
    for position, row in enumerate(rows, start=1):
        row |= {"position": position, "currency": ledger.currency}
    return rows


def _add_lines(cells: Cells, sums: Months) -> None:
    for row in sums.lines:
        part = {"fee": "fees", "adjustment": "adjustments"}.get(
            row["kind"], "customers" if row["identified"] else "unidentified"
        )
        cells["revenue", row["month_on"]][part] += Decimal(row["revenue"])
        if row["cost_from"] in ("line", "unit_cost"):
            cells["product", row["month_on"]][part] += Decimal(row["product_cost"])


def _add_entries(cells: Cells, sums: Months) -> None:
    for row in sums.entries:
        if row["status"] == "counted":
            cells[row["kind"], row["month_on"]][row["bearer"]] += Decimal(row["amount"])


def _ledger(inputs: Inputs, ledger: Ledger) -> dict[tuple[str, date], Decimal]:
    rows = inputs.query("value/profit/ledger_sums", {"currency": ledger.currency}).to_arrow().to_pylist()
    return {(row["kind"], row["month_on"]): Decimal(row["amount"]) for row in rows}


def _row(
    kind: str, month: date | None, parts: Mapping[str, Decimal] | None, booked: Decimal | None
) -> dict[str, Any]:
    own = parts or dict.fromkeys(PARTS, Decimal(0))
    company = sum((own[part] for part in PARTS), Decimal(0))
    difference = company - booked if booked is not None else None
    state = "no_ledger" if difference is None else "differs" if difference else "agrees"
    return {
        "kind": kind,
        "label_en": NAMES[kind].en,
        "label_zh": NAMES[kind].zh,
        "month_on": month,
        **{part: own[part] for part in PARTS},
        "company": company,
        "ledger": booked,
        "difference": difference,
        "state": state,
        "months_known": True,
    }


def _profit(rows: Sequence[dict[str, Any]], months: Sequence[date]) -> list[dict[str, Any]]:
    """Values less costs, in all and by month; the ledger's only where it books every kind that we have."""
    found = []
    for month in (None, *months):
        own = [(1 if row["kind"] in VALUES else -1, row) for row in rows if row["month_on"] == month]
        if not own:
            continue
        parts = {part: sum((sign * row[part] for sign, row in own), Decimal(0)) for part in PARTS}
        whole = all(row["ledger"] is not None for _, row in own)
        there = sum((sign * row["ledger"] for sign, row in own), Decimal(0)) if whole else None
        found.append(_row("profit", month, parts, there))
        found[-1]["months_known"] = all(row["months_known"] for _, row in own)
    return found
