"""The part of the cost to serve that activity-based costing tells: assigned to customers, and unused."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from peakend.value.revenue import reconcile

if TYPE_CHECKING:
    from peakend.declaration import Inputs
    from peakend.value.profit.ledger import Ledger
    from peakend.value.profit.reconciliation import Cells


def service_parts(inputs: Inputs, ledger: Ledger, cells: Cells) -> dict[str, Decimal]:
    """Costed service by part: of customers, unidentified, unallocated (unused capacity, pools not costed).

    Adds pools' periods within one month to `cells`, and returns what lies on longer ones. Raises
    `ReconciliationError` where customers' costs are not those that the pools assign to customers.
    """
    if not ledger.costed:
        return {}
    found = ledger.served.query(
        "select cast(sum(s.cost_to_serve) as decimal(18, 4)) as amount from s", name="s"
    ).to_arrow()
    of_customers = Decimal(found["amount"][0].as_py() or 0)
    pools = inputs.relations.get("pool_costs")
    rows = (
        pools.query("value/profit/pool_parts", {"currency": ledger.currency}, name="pool_costs").to_arrow()
        if pools is not None
        else None
    )
    if rows is None or not rows.num_rows:
        return {"customers": of_customers}
    undated = dict.fromkeys(("customers", "unidentified", "unallocated"), Decimal(0))
    assigned = Decimal(0)
    for row in rows.to_pylist():
        into = cells["service", row["month_on"]] if row["month_on"] is not None else undated
        for part in undated:
            into[part] += Decimal(row[part])
        assigned += Decimal(row["customers"])
    reconcile(assigned, {"customers": of_customers})
    return undated
