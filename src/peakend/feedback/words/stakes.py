"""What the customers who mention something spent lately: the value at stake, where customers are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from peakend.declaration import Inputs
    from peakend.feedback.words.remarks import Remarks

LATELY = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Stakes:
    """revenue: by customer, in `currency`, over the year before the last sale. currency: None where there
    are no sales, or several currencies and none is chosen."""

    revenue: Mapping[str, Decimal]
    currency: str | None

    def of(self, customers: Iterable[str | None], minimum: int) -> tuple[int | None, Decimal | None]:
        """How many known customers these are and what they spent; nothing of fewer than `minimum`."""
        known = {customer for customer in customers if customer is not None}
        if len(known) < minimum:
            return None, None
        if self.currency is None:
            return len(known), None
        return len(known), sum((self.revenue.get(c, Decimal(0)) for c in sorted(known)), Decimal(0))


def read_stakes(inputs: Inputs, remarks: Remarks) -> Stakes:
    """What each writer who is a known customer spent in the 365 days up to the last sale of all."""
    if remarks.relation is None or not any(remarks.writers.customer_id):
        return Stakes({}, None)
    last = {
        row["currency"]: row["last_at"]
        for row in inputs.query("feedback/words/last_sale").to_arrow().to_pylist()
        if row["last_at"] is not None
    }
    currency = inputs.settings.currency or (next(iter(last)) if len(last) == 1 else None)
    if currency is None or currency not in last:
        return Stakes({}, None)
    since = (last[currency] - LATELY).strftime("%Y-%m-%d %H:%M:%S.%f")
    rows = inputs.query(
        "feedback/words/writer_revenue",
        {"currency": currency, "since": since},
        writers=remarks.relation,
    ).to_arrow()
    return Stakes({row["customer_id"]: Decimal(row["revenue"]) for row in rows.to_pylist()}, currency)
