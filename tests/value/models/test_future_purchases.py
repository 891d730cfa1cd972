"""Expected purchases agree with integration and with the published closed form, and nothing overflows."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import betaln, hyp2f1

from peakend.value.models.beta_geo import BetaGeoModel
from peakend.value.models.future_purchases import _by_integration, _by_series, purchases_while_alive
from peakend.value.models.modified_beta_geo import ModifiedBetaGeoModel


def integrated(shape: float, rate: float, a: float, b: float, time: float) -> float:
    """E[(1 − (1 + p t/A)^−R) / p] over p ~ beta(a, b), by adaptive integration over the log odds of p."""
    ratio = time / rate

    def weighed(y: float) -> float:
        log_p, log_q = -np.logaddexp(0, -y), -np.logaddexp(0, y)
        p = np.exp(log_p)
        fall = -np.expm1(-shape * np.log1p(p * ratio)) / p if p > 1e-300 else shape * ratio
        return float(np.exp(a * log_p + b * log_q - betaln(a, b)) * fall)

    middle, width = np.log(a / b), np.sqrt((a + b) / (a * b))
    ends = [middle - 60 / a - 20, *(middle + width * np.arange(-8, 9, 2.0)), middle + 60 / b + 20]
    pieces = [quad(weighed, *pair, limit=400, epsabs=0, epsrel=1e-11)[0] for pair in pairwise(ends)]
    return float(sum(pieces))


@settings(max_examples=150, deadline=None)
@given(
    log_shape=st.floats(-3, 6),
    log_a=st.floats(-3, 4),
    log_b=st.floats(-3, 6),
    log_ratio=st.floats(-6, 8),
)
def test_expected_purchases_are_the_integral(
    log_shape: float, log_a: float, log_b: float, log_ratio: float
) -> None:
    shape, a, b, ratio = np.exp([log_shape, log_a, log_b, log_ratio])
    found = float(purchases_while_alive(shape, 2.0, a, b, 2.0 * ratio))
    assert found == pytest.approx(integrated(shape, 2.0, a, b, 2.0 * ratio), rel=1e-8)


def test_expected_purchases_are_the_published_closed_form() -> None:
    """Fader, Hardie & Lee (2005), equations 9 and 10, where ₂F₁ behaves."""
    r, alpha, a, b = 0.243, 4.414, 0.793, 2.426
    model = BetaGeoModel().at([r, alpha, a, b])
    t = np.array([0.0, 1.0, 10.0, 39.0])
    new = (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + t)) ** r * hyp2f1(r, b, a + b - 1, t / (alpha + t)))
    assert model.expected_purchases_new_customer(t) == pytest.approx(new, rel=1e-10)
    x, last, age = np.array([1, 2, 7]), np.array([3.0, 30.43, 35.0]), np.array([39.0, 38.86, 38.0])
    z = 39 / (alpha + age + 39)
    expected = 1 - ((alpha + age) / (alpha + age + 39)) ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, z)
    expected *= (a + b + x - 1) / (a - 1)
    expected /= 1 + a / (b + x - 1) * ((alpha + age) / (alpha + last)) ** (r + x)
    assert model.expected_purchases(39, x, last, age) == pytest.approx(expected, rel=1e-10)


def test_both_ways_of_computing_agree() -> None:
    random = np.random.default_rng(1)
    shape, a, b = np.exp(random.uniform(-2, 3, (3, 400)))
    ratio = np.exp(random.uniform(-5, 1.0, 400))
    value, exact = _by_series(shape, ratio, a, b, ratio / (1 + ratio))
    assert exact.mean() > 0.9
    assert value[exact] == pytest.approx(_by_integration(shape, ratio, a, b)[exact], rel=1e-9)


def test_a_equal_to_one_is_no_trap() -> None:
    """The closed form is 0/0 at a = 1; the function goes through it smoothly."""
    around = purchases_while_alive(2.3, 5.0, [1 - 1e-7, 1.0, 1 + 1e-7], 2.0, 9.0)
    assert around[1] == pytest.approx((around[0] + around[2]) / 2, rel=1e-10)
    assert around[1] == pytest.approx(integrated(2.3, 5.0, 1.0, 2.0, 9.0), rel=1e-10)


@pytest.mark.parametrize("model", [BetaGeoModel, ModifiedBetaGeoModel])
def test_expected_purchases_grow_to_their_limit(model: type[BetaGeoModel]) -> None:
    """As t → ∞ a customer makes E[1/p] purchases, the last included: (a+b−1)/(a−1) where a > 1, of MBG/NBD
    those who survive the first, b/(a−1)."""
    r, alpha, a, b = 0.6, 4.0, 2.5, 3.0
    known = model().at([r, alpha, a, b])
    found = known.expected_purchases_new_customer([0, 1e2, 1e5, 1e9, 1e14])
    assert (np.diff(found) > 0).all()
    assert found[0] == 0
    limit = (a + b - 1) / (a - 1) if model is BetaGeoModel else b / (a - 1)
    assert found[-1] == pytest.approx(limit, rel=1e-6)


def test_expected_purchases_are_what_simulated_customers_make() -> None:
    """A history is cut at 40 weeks; what comes until 90 is what was expected, among those with each x."""
    for model in (BetaGeoModel().at([0.5, 5.0, 0.8, 2.5]), ModifiedBetaGeoModel().at([0.8, 5.0, 0.8, 2.5])):
        drawn = model.simulate(np.full(60_000, 40.0), seed=3)
        random = np.random.default_rng(4)
        later = random.poisson(drawn["purchase_rate"] * 50)
        until_gone = random.geometric(np.maximum(drawn["dropout"], 1e-12))
        bought = np.where(drawn["alive"] == 1, np.minimum(later, until_gone), 0)
        expected = model.expected_purchases(50, drawn["frequency"], drawn["recency"], drawn["T"])
        alive = model.probability_alive(drawn["frequency"], drawn["recency"], drawn["T"])
        for x in (0, 1, 2, 5):
            these = drawn["frequency"] == x
            error = bought[these].std() / np.sqrt(these.sum())
            assert abs(bought[these].mean() - expected[these].mean()) < 4 * error
            error = max(drawn["alive"][these].std(), 1e-9) / np.sqrt(these.sum())
            assert abs(drawn["alive"][these].mean() - alive[these].mean()) < 4 * error + 1e-12
