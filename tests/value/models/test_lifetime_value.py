"""Lifetime value is the discounted sum of what is expected, and equals its closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peakend.value.models.beta_geo import BetaGeoModel
from peakend.value.models.lifetime_value import (
    LifetimeValueError,
    constant_margin_lifetime_value,
    expected_customer_lifetime_value,
    present_value,
)
from peakend.value.models.nbd import NBDModel

YEAR = 365.25 / 7


def test_published_lifetime_values_of_promoters_passives_and_detractors() -> None:
    found = constant_margin_lifetime_value([1200, 900, 700], [0.9, 0.8, 0.6], 0.1)
    assert found == pytest.approx([5_400, 2_400, 840])


@given(margin=st.floats(0, 1e4), retention=st.floats(0, 0.98), discount_rate=st.floats(0, 1))
def test_the_closed_form_is_the_present_value_of_the_stream(
    margin: float, retention: float, discount_rate: float
) -> None:
    years = np.arange(1, 3_000)
    stream = present_value(margin * retention**years, years, discount_rate)
    assert float(constant_margin_lifetime_value(margin, retention, discount_rate)) == pytest.approx(
        stream, abs=1e-6
    )


def test_a_steady_buyer_is_worth_an_annuity() -> None:
    """NBD with a known rate is deterministic: m λ purchases a year for ever, m λ (1 − e^(−δH)) / δ today."""
    model = NBDModel().at([1e9, 1e9 / 0.2])
    force = np.log(1.1)
    for years in (1, 10, 200):
        value = expected_customer_lifetime_value(
            model, 30, 5, 30, 52, horizon=years * YEAR, discount_rate=0.1
        )
        annuity = 30 * 0.2 * YEAR * (1 - np.exp(-force * years)) / force
        assert float(value) == pytest.approx(annuity, rel=1e-6)
    yearly = expected_customer_lifetime_value(
        model, 30, 5, 30, 52, horizon=10 * YEAR, discount_rate=0.1, period=YEAR
    )
    accounts = present_value(np.full(10, 30 * 0.2 * YEAR), np.arange(1, 11), 0.1)
    assert float(yearly) == pytest.approx(accounts, rel=1e-6)


def test_short_periods_come_near_the_exact_value() -> None:
    model = BetaGeoModel().at([0.243, 4.414, 0.793, 2.426])
    x, last, age = np.array([0, 2, 26]), np.array([0, 30.43, 30.86]), np.array([38.86, 38.86, 31])
    ask = {"horizon": 156.0, "discount_rate": 0.15}
    exact = expected_customer_lifetime_value(model, 20.0, x, last, age, **ask)
    daily = expected_customer_lifetime_value(model, 20.0, x, last, age, period=1 / 14, **ask)
    weekly = expected_customer_lifetime_value(model, 20.0, x, last, age, period=1.0, **ask)
    assert daily == pytest.approx(exact, rel=2e-4)
    assert (weekly < daily).all()
    undiscounted = expected_customer_lifetime_value(
        model, 20.0, x, last, age, horizon=156.0, discount_rate=0.0
    )
    assert undiscounted == pytest.approx(20 * model.expected_purchases(156, x, last, age))
    assert (exact < undiscounted).all()


def test_a_horizon_that_is_no_whole_number_of_periods_is_kept() -> None:
    model = BetaGeoModel().at([0.243, 4.414, 0.793, 2.426])
    found = expected_customer_lifetime_value(
        model, 1.0, 2, 30.43, 38.86, horizon=10.5, discount_rate=0.0, period=4
    )
    assert float(found) == pytest.approx(float(model.expected_purchases(10.5, 2, 30.43, 38.86)))


def test_nothing_is_expected_of_no_time() -> None:
    model = BetaGeoModel().at([0.243, 4.414, 0.793, 2.426])
    for period in (None, 1.0):
        found = expected_customer_lifetime_value(
            model, 1.0, 2, 30.43, 38.86, horizon=0.0, discount_rate=0.1, period=period
        )
        assert float(found) == 0


def test_margins_may_differ_by_customer() -> None:
    model = BetaGeoModel().at([0.243, 4.414, 0.793, 2.426])
    ask = {"horizon": 52.0, "discount_rate": 0.1}
    one = expected_customer_lifetime_value(model, 1.0, [0, 2], [0, 30], [38, 38], **ask)
    both = expected_customer_lifetime_value(model, [10.0, -3.0], [0, 2], [0, 30], [38, 38], **ask)
    assert both == pytest.approx(one * [10, -3])


@pytest.mark.parametrize(
    ("ask", "name"),
    [
        ({"horizon": -1.0, "discount_rate": 0.1}, "horizon"),
        ({"horizon": np.inf, "discount_rate": 0.1}, "horizon"),
        ({"horizon": 5.0, "discount_rate": -0.1}, "discount_rate"),
        ({"horizon": 5.0, "discount_rate": 0.1, "period": 0.0}, "period"),
    ],
)
def test_impossible_questions_are_named(ask: dict[str, float], name: str) -> None:
    model = BetaGeoModel().at([0.243, 4.414, 0.793, 2.426])
    with pytest.raises(LifetimeValueError) as problem:
        expected_customer_lifetime_value(model, 1.0, 2, 30, 38, **ask)
    assert problem.value.data["name"] == name


@pytest.mark.parametrize(
    ("retention", "rate", "name"), [(1.2, 0.1, "retention"), (1.0, 0.0, "discount_rate")]
)
def test_an_endless_stream_has_no_value(retention: float, rate: float, name: str) -> None:
    with pytest.raises(LifetimeValueError) as problem:
        constant_margin_lifetime_value(10, retention, rate)
    assert problem.value.data["name"] == name
