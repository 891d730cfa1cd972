# ruff: noqa: ANN401
"""Short ways to write rows of the books in tests of profit."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any

_numbers = count(1)
DAY = datetime(2024, 3, 10, 12)


def line(
    customer: str | None, revenue: str | float, cost: str | float | None = None, **more: Any
) -> dict[str, Any]:
    """A transaction; kind sale unless the revenue is below zero."""
    revenue = Decimal(str(revenue))
    return {
        "transaction_id": f"t{next(_numbers):07d}",
        "customer_id": customer,
        "at": DAY,
        "kind": "sale" if revenue >= 0 else "refund",
        "revenue": revenue,
        "cost": None if cost is None else Decimal(str(cost)),
        "currency": "EUR",
        **more,
    }


def entry(customer: str | None, kind: str, amount: str | float, **more: Any) -> dict[str, Any]:
    """A value or cost entry, posted."""
    return {
        "entry_id": f"e{next(_numbers):07d}",
        "customer_id": customer,
        "at": DAY,
        "kind": kind,
        "amount": Decimal(str(amount)),
        "currency": "EUR",
        **more,
    }


def decision(table: str, entry_id: str, what: str, by: str, **more: Any) -> dict[str, Any]:
    """A decision on an entry."""
    return {
        "decision_id": f"d{next(_numbers):07d}",
        "entry_table": table,
        "entry_id": entry_id,
        "decision": what,
        "decided_by": by,
        "at": DAY,
        **more,
    }
