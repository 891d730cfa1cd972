"""The analysis `purchase_summary`: every customer's purchases, and what became of every line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.value.purchases.columns import PURCHASE_PROBLEMS, PURCHASE_SUMMARY
from peakend.value.purchases.problems import problems_of
from peakend.value.purchases.purchases import purchases_in

if TYPE_CHECKING:
    from peakend.declaration import Inputs, Results
    from peakend.value.purchases.purchases import Purchases


def purchase_tables(inputs: Inputs) -> Results:
    """`purchase_summary`, as a relation that never passes through Python, and `purchase_problems`."""
    purchases = purchases_of(inputs)
    problems = problems_of(purchases)
    if problems.num_rows == 0:
        return {table.name: table.schema().empty_table() for table in (PURCHASE_SUMMARY, PURCHASE_PROBLEMS)}
    return {PURCHASE_SUMMARY.name: purchases.histories(), PURCHASE_PROBLEMS.name: problems}


def purchases_of(inputs: Inputs) -> Purchases:
    """Purchases of an analysis that reads `transactions` and uses `customers`, to the last day of the
    data."""
    return purchases_in(
        inputs["transactions"], customers=inputs["customers"], currency=inputs.settings.currency
    )
