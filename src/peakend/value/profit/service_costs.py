"""The part of the cost to serve that activity-based costing tells: assigned to customers, and unused."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peakend.declaration import Inputs
    from peakend.value.profit.ledger import Ledger
    from peakend.value.profit.reconciliation import Cells


def service_parts(inputs: Inputs, ledger: Ledger, cells: Cells) -> dict[str, Decimal]:
    """Costed service by part: of customers, unidentified, and unallocated (unused capacity).

    Adds what is known by month to `cells`, and returns what is not.
    """
    if not ledger.costed:
        return {}
    found = ledger.served.query("value/profit/served_sums", name="service_costs").to_arrow().to_pylist()
    return {row["bearer"]: Decimal(row["amount"]) for row in found}
