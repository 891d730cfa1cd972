"""What a period of a contract brings, where purchases of its product say so."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from peakend.value.contracts.spells import ages_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.value.contracts.spells import Span

DAYS_A_MONTH = Decimal("365.25") / 12


@dataclass(frozen=True, slots=True)
class Margins:
    """Margin per period by product in `currency`; a product that nothing is known of is missing."""

    per_period: Mapping[str, Decimal]
    currency: str | None


def margins_of(inputs: Inputs, span: Span) -> Margins:
    """Revenue less cost of a product's lines to its holders while they held it, by contract-period.

    Only lines that state a cost; at least `minimum_base` holders must have one. Nothing where lines are in
    several currencies and none is chosen.
    """
    if span.source != "holdings":
        return Margins({}, None)
    rows = (
        inputs.query("value/contracts/contract_margins", {"as_of": span.as_of}, ages=ages_of(inputs, span))
        .to_arrow()
        .to_pylist()
    )
    currencies = {row["currency"] for row in rows}
    chosen = inputs.settings.currency or (currencies.pop() if len(currencies) == 1 else None)
    length = DAYS_A_MONTH * span.months
    found = {
        row["product_id"]: (Decimal(row["margin"]) * length / int(row["days"])).quantize(Decimal("0.0001"))
        for row in rows
        if row["currency"] == chosen and row["customers"] >= inputs.settings.minimum_base and row["days"] > 0
    }
    return Margins(found, chosen if found else None)
