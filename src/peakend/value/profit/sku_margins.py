"""The analysis `sku_margins`: what every single item sold for, cost and left, adding up to the books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.value.profit.cut_columns import SKU_MARGINS
from peakend.value.profit.ledger import ledger_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs, Results
    from peakend.engine import Relation


def sku_tables(inputs: Inputs) -> Results:
    """The table, as a relation: a row a product and kind (sold, fee, adjustment), product '' where none is
    named. Σ revenue and Σ product cost are the company's of `profit_reconciliation`. Raises as `ledger_of`.
    """
    ledger = ledger_of(inputs)
    if ledger is None:
        return {SKU_MARGINS.name: SKU_MARGINS.schema().empty_table()}
    sums = ledger.lines.query("value/profit/sku_margins", name="profit_lines", entries=ledger.entries)
    return {
        SKU_MARGINS.name: sums.query(
            "value/profit/sku_table",
            {"as_of": ledger.as_of, "currency": ledger.currency},
            name="sku_margins",
            products=inputs["products"],
        )
    }


def customers_of(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The identified customers who bought the row's product: customer_id, revenue, product_cost, margin."""
    ledger = ledger_of(inputs)
    assert ledger is not None, "a row was counted, so there is a transaction"
    return ledger.lines.query(
        "value/profit/sku_customers",
        {"product_id": row["product_id"], "kind": row["kind"]},
        name="profit_lines",
    )
