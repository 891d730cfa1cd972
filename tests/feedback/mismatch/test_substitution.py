"""Who takes B for A: one way is not the other, from answers, purchases and a withdrawal."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest

from peakend.feedback.intervals import wilson
from peakend.feedback.mismatch.substitution import (
    SubstitutionError,
    after_withdrawal,
    at_stake,
    from_preferences,
    from_purchases,
    purchases_in_common,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.declaration import Inputs


def test_preferences_are_not_symmetric() -> None:
    wanted = ["cola"] * 100 + ["lemon"] * 20
    offered = ["lemon"] * 100 + ["cola"] * 20
    accepted = [n < 10 for n in range(100)] + [n < 18 for n in range(20)]
    found = from_preferences(wanted, offered, accepted)
    assert found.of("cola", "lemon")[:1] == (0.1,)
    assert found.of("lemon", "cola")[0] == pytest.approx(0.9)
    low, high = wilson([0.1], [100.0])
    assert found.of("cola", "lemon")[1:3] == (pytest.approx(low[0]), pytest.approx(high[0]))
    assert np.isnan(found.share[0, 0])


def test_buyers_in_common_are_shares_of_each_sides_buyers() -> None:
    customers = [f"c{n}" for n in range(50)] + [f"c{n}" for n in range(5)] + ["c0", None]
    products = ["cola"] * 50 + ["lemon"] * 5 + ["cola", "lemon"]
    found = from_purchases(customers, products)
    assert found.of("cola", "lemon")[0] == pytest.approx(0.1)
    assert found.of("lemon", "cola")[0] == 1


def test_the_engine_counts_the_same(inputs_of: Callable[..., Inputs]) -> None:
    rows = [("a", "cola"), ("a", "lemon"), ("b", "cola"), ("b", "cola"), ("c", "lemon"), ("d", None)]
    given = [
        {
            "transaction_id": str(n),
            "customer_id": c,
            "product_id": p,
            "kind": "sale",
            "at": datetime(2024, 1, 1),
        }
        for n, (c, p) in enumerate(rows)
    ]
    given.append({"transaction_id": "r", "customer_id": "c", "product_id": "cola", "kind": "refund"})
    found = purchases_in_common(inputs_of(transactions=given))
    plain = from_purchases([c for c, _ in rows], [p for _, p in rows])
    assert found.products == plain.products
    assert np.array_equal(found.accept, plain.accept)
    assert np.array_equal(found.n, plain.n)


def test_after_a_withdrawal_old_buyers_of_the_other_are_not_asked() -> None:
    lines = [
        ("a", "cola", 1),
        ("b", "cola", 1),
        ("c", "cola", 1),
        ("c", "lemon", 1),
        ("a", "lemon", 9),
        ("c", "lemon", 9),
    ]
    found = after_withdrawal(*zip(*lines, strict=True), "cola", 5)  # type: ignore[arg-type]
    assert found.of("cola", "lemon")[0] == pytest.approx(0.5)
    assert found.of("cola", "lemon")[3] == 2
    assert found.of("lemon", "cola")[3] == 0


def test_what_a_swap_puts_at_stake() -> None:
    found = from_preferences(["cola"] * 100, ["lemon"] * 100, [n < 10 for n in range(100)])
    stake = at_stake(found, "cola", "lemon", customers=1_000, value=50)
    assert (stake.customers, stake.value) == (pytest.approx(900), pytest.approx(45_000))
    assert stake.low < stake.value < stake.high
    with pytest.raises(SubstitutionError):
        at_stake(found, "lemon", "cola", 10, 1)


def test_what_cannot_be_read_is_said() -> None:
    with pytest.raises(SubstitutionError):
        from_preferences(["a"], [], [])
    with pytest.raises(SubstitutionError):
        from_purchases([], [])
