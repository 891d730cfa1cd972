"""The analysis `customer_profit`: what every customer brought and cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from peakend.errors import PeakendError
from peakend.language import Text
from peakend.value.profit.ledger import ledger_of
from peakend.value.profit.ledger_columns import CUSTOMER_PROFIT

if TYPE_CHECKING:
    from datetime import date

    from peakend.declaration import Inputs, Results
    from peakend.engine import Relation
    from peakend.value.profit.ledger import Ledger


class HighValueError(PeakendError):
    """The threshold of high value is no share, or is of something unknown. `data`: by, share."""

    code = "value.high_value_threshold"


@dataclass(frozen=True, slots=True)
class HighValue:
    """Who is a high-value customer: the most profitable `share` of customers, or as many as bring `share` of
    all positive profit (`by` "profit"). Only customers with profit above zero can be.

    Raises `HighValueError`.
    """

    share: float = 0.2
    by: Literal["customers", "profit"] = "customers"

    def __post_init__(self) -> None:
        if self.by not in ("customers", "profit") or not 0 < self.share <= 1:
            raise HighValueError(
                Text(
                    f"High value is a share above 0 and up to 1 of customers or of profit, not "
                    f"{self.share!r} of {self.by!r}.",
                    f"高价值门槛应为客户或利润的占比（0 至 1），而不是 {self.by!r} 的 {self.share!r}。",
                ),
                Text("Usual is 0.2 of customers.", "通常取客户的 0.2。"),
                by=self.by,
                share=self.share,
            )


def customer_profit_tables(
    inputs: Inputs, as_of: date | None = None, high_value: HighValue | None = None
) -> Results:
    """The table, as a relation that never passes through Python.

    profit = revenue − product cost + margin booked without a transaction + referral + information +
    reference + other value − cost to serve − acquisition − retention − other cost; all in one currency.
    Revenue is sales less refunds; fees and adjustments are columns of the reconciliation. Raises
    `SeveralCurrenciesError`, `NoSuchCurrencyError`.
    Sources: Mulhern (1999), Journal of Interactive Marketing 13(1), on what belongs into customer
    profitability; Kaplan & Narayanan (2001), Journal of Cost Management 15(5).
    """
    ledger = ledger_of(inputs, as_of)
    if ledger is None:
        return {CUSTOMER_PROFIT.name: CUSTOMER_PROFIT.schema().empty_table()}
    return {CUSTOMER_PROFIT.name: profit_of(ledger, high_value or HighValue())}


def profit_of(ledger: Ledger, high_value: HighValue) -> Relation:
    """`customer_profit`: a row a customer who bought, was booked or was served."""
    return ledger.lines.query(
        "value/profit/customer_profit",
        {
            "high_by": high_value.by,
            "high_share": high_value.share,
            "as_of": ledger.as_of,
            "currency": ledger.currency,
        },
        name="profit_lines",
        entries=ledger.entries,
        service_costs=ledger.served,
    )
