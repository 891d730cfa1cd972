"""The analysis: its tables, and the customers behind every row of the account of lines."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from peakend.engine import Relation
from peakend.value.purchases.analyses import PURCHASES
from peakend.value.purchases.columns import PURCHASE_PROBLEMS, PURCHASE_SUMMARY

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.declaration import Inputs


def line(number: int, who: str | None, day: int, revenue: int, **more: object) -> dict[str, Any]:
    return {
        "transaction_id": f"t{number}",
        "customer_id": who,
        "at": datetime(2024, 1, 1) + timedelta(days=day),
        "kind": "sale",
        "revenue": Decimal(revenue),
        "currency": "GBP",
    } | more


def test_every_row_has_the_customers_it_counts(inputs_of: Callable[..., Inputs]) -> None:
    inputs = inputs_of(
        transactions=[
            line(1, "a", 0, 5), line(2, "a", 4, 6), line(3, "b", 1, 7), line(4, None, 2, 8),
            line(5, "c", 2, 9, order_id="1"), line(6, "c", 3, -9, order_id="1", kind="refund"),
            line(7, "b", 3, -3, kind="refund"), line(8, "d", 3, 0), line(9, "a", 3, 1, kind="fee"),
            line(10, "e", 300_000, 1),
        ],
        customers=[{"customer_id": "b", "joined_on": date(2020, 1, 1)}],
    )  # fmt: skip
    found = PURCHASES.compute(inputs)
    summary, problems = found["purchase_summary"], found["purchase_problems"]
    assert isinstance(summary, Relation)
    table = summary.to_arrow(PURCHASE_SUMMARY.schema()).sort_by("customer_id")
    assert table["customer_id"].to_pylist() == ["a", "b"]
    assert table["left_truncated"].to_pylist() == [None, True]
    assert PURCHASE_PROBLEMS.behind is not None
    behind = {}
    for row in problems.to_arrow().to_pylist() if isinstance(problems, Relation) else problems.to_pylist():
        listed = PURCHASE_PROBLEMS.behind(inputs, row).to_arrow()
        behind[row["problem"]] = sorted(listed["customer_id"].to_pylist())
        assert row["kind"] == "read" or len(behind[row["problem"]]) == row["customers"]
    assert behind == {
        "used": ["a", "b"],
        "fee": ["a"],
        "missing_customer": [],
        "born_after_end": ["e"],
        "refund_without_purchase": ["b"],
        "cancelled": ["c"],
        "no_spend": ["d"],
        "read": ["a", "b", "c", "d", "e"],
        "one_purchase": ["b"],
        "joined_before": ["b"],
    }


def test_nothing_to_compute_is_empty(inputs_of: Callable[..., Inputs]) -> None:
    found = PURCHASES.compute(inputs_of())
    assert {name: table.num_rows for name, table in found.items()} == {
        "purchase_summary": 0,
        "purchase_problems": 0,
    }
