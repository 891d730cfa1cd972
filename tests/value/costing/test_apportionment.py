"""Parts that add up: largest remainder, in one go and by groups of equal weight."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peakend.value.costing.apportionment import UNIT, ApportionmentError, apportion, apportion_groups

MONEY = st.decimals(min_value=-1_000_000, max_value=1_000_000, places=4)
WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=40).filter(any)


@given(MONEY, WEIGHTS)
def test_parts_make_the_amount_and_none_is_a_unit_off(amount: Decimal, weights: list[int]) -> None:
    parts = apportion(amount, weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(Fraction(part) - Fraction(amount) * weight / sum(weights)) < Fraction(UNIT)


@given(MONEY, st.dictionaries(st.integers(0, 1000), st.integers(1, 30), min_size=1).filter(lambda d: any(d)))
def test_groups_are_the_same_parts_not_written_out(amount: Decimal, groups: dict[int, int]) -> None:
    weights, sizes = list(groups), list(groups.values())
    each = [weight for weight, size in groups.items() for _ in range(size)]
    found = apportion_groups(amount, weights, sizes)
    written = [
        low + UNIT * (place < more)
        for (low, more), size in zip(found, sizes, strict=True)
        for place in range(size)
    ]
    assert sorted(written) == sorted(apportion(amount, each))
    assert sum(written) == amount
    assert sum(0 < more < size for (_, more), size in zip(found, sizes, strict=True)) <= 1


def test_a_cent_among_three() -> None:
    assert apportion(Decimal("0.01"), [1, 1, 1]) == [Decimal("0.0034"), Decimal("0.0033"), Decimal("0.0033")]
    assert apportion("100", [1, 2]) == [Decimal("33.3333"), Decimal("66.6667")]
    assert apportion(0, [0, 0]) == [0, 0]


def test_what_cannot_be_split_is_told() -> None:
    with pytest.raises(ApportionmentError, match="nothing to split"):
        apportion(1, [0, 0])
    with pytest.raises(ApportionmentError, match="below zero"):
        apportion(1, [1, -1])
    with pytest.raises(ApportionmentError, match="four decimal places"):
        apportion("0.00001", [1])
