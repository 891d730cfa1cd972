"""Revenue splits without a remainder, in one currency."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peakend.value.revenue import ReconciliationError, reconcile, revenue_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.declaration import Inputs

lines = st.lists(
    st.tuples(
        st.sampled_from(["sale", "refund", "fee", "adjustment"]),
        st.sampled_from([None, "a", "b"]),
        st.decimals(-(10**9), 10**9, places=4, allow_nan=False, allow_infinity=False),
    ),
    min_size=1,
    max_size=20,
)


@given(lines=lines)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_parts_make_the_total_exactly(
    inputs_of: Callable[..., Inputs], lines: list[tuple[str, str | None, Decimal]]
) -> None:
    inputs = inputs_of(
        transactions=[
            {
                "transaction_id": str(i),
                "at": datetime(2024, 1, 1),
                "kind": kind,
                "customer_id": who,
                "revenue": money,
                "currency": "EUR",
            }
            for i, (kind, who, money) in enumerate(lines)
        ]
    )
    found = revenue_of(inputs["transactions"])
    assert found is not None
    assert found.total == sum(money for _, _, money in lines)
    assert found.identified + found.unidentified + found.fees + found.adjustments == found.total


def test_no_transaction_is_no_revenue(inputs_of: Callable[..., Inputs]) -> None:
    assert revenue_of(inputs_of()["transactions"]) is None


def test_a_cent_too_much_is_found() -> None:
    reconcile(Decimal("0.30"), {"a": Decimal("0.10"), "b": Decimal("0.20")})
    with pytest.raises(ReconciliationError):
        reconcile(Decimal("0.30"), {"a": Decimal("0.10"), "b": Decimal("0.21")})
