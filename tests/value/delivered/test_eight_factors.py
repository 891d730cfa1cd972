"""Delivered value of plain numbers: by hand, for any numbers, and what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peakend.value.delivered.eight_factors import (
    COSTS,
    FACTORS,
    VALUES,
    FactorsError,
    delivered_change,
    delivered_value,
)

BY_HAND = {
    **dict(zip(VALUES, (200, 60, 30, 10), strict=True)),
    **dict(zip(COSTS, (160, 25, 10, 5), strict=True)),
}
amounts = st.decimals(0, 10**6, places=2)
offers = st.fixed_dictionaries(dict.fromkeys(FACTORS, amounts))


def test_a_hand_worked_offer() -> None:
    found = delivered_value(BY_HAND)
    totals = [found.total_value, found.total_cost, found.delivered_value]
    assert totals == [Decimal(300), Decimal(200), Decimal(100)]
    assert found.unknown == ()


@given(offers, st.sampled_from(COSTS), st.decimals("0.01", 1_000, places=2))
def test_raising_any_cost_lowers_delivered_value_by_as_much(
    offer: dict[str, Decimal], cost: str, more: Decimal
) -> None:
    before = delivered_value(offer).delivered_value
    after = delivered_value({**offer, cost: offer[cost] + more}).delivered_value
    assert before is not None
    assert after == before - more


@given(offers, offers)
def test_a_change_is_its_value_route_less_its_cost_route_exactly(
    before: dict[str, Decimal], after: dict[str, Decimal]
) -> None:
    routes = delivered_change(before, after)
    one, other = delivered_value(before).delivered_value, delivered_value(after).delivered_value
    assert one is not None
    assert other is not None
    assert routes.change == other - one == routes.value_route - routes.cost_route
    assert routes.value_route == sum(routes.factors[name] for name in VALUES)


@pytest.mark.parametrize("missing", FACTORS)
def test_a_factor_that_is_missing_is_unknown_and_never_zero(missing: str) -> None:
    found = delivered_value({**BY_HAND, missing: None})
    assert found.unknown == (missing,)
    assert found.delivered_value is None
    assert (found.total_value is None) == (missing in VALUES)
    with pytest.raises(FactorsError, match=missing):
        delivered_change(BY_HAND, {name: v for name, v in BY_HAND.items() if name != missing})


@pytest.mark.parametrize("amount", [-1, float("nan"), float("inf")])
def test_what_is_no_amount_of_money_is_refused(amount: float) -> None:
    with pytest.raises(FactorsError, match="no amount"):
        delivered_value({**BY_HAND, "time": amount})


def test_a_ninth_factor_is_refused_by_name() -> None:
    with pytest.raises(FactorsError, match="luck"):
        delivered_value({**BY_HAND, "luck": 1})
