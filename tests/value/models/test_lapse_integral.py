"""The integral over the time of lapsing is exact wherever it is asked for, and so are its derivatives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import hyp2f1

from peakend.value.models.discounting import discounted_survival, time_alive
from peakend.value.models.lapse_integral import log_integral, log_integral_with_derivatives

# p, q, a, b, span and log J by tanh–sinh quadrature with 40 digits (mpmath 1.3).
EXACT = (
    (0.55, 1.6, 10.6, 11.7, 39.0, -3.139407460189551),
    (26.5, 1.6, 41.0, 42.0, 0.14, -106.4035189702338),
    (500.6, 1.3, 12.0, 300.0, 10000.0, -1255.088191507565),
    (5000.5, 2.0, 10000.0, 10000.0, 9000.0, -46074.0348635853),
    (0.02, 1.01, 0.001, 50.0, 10000.0, 1.479100443611863),
    (0.3, 3.0, 50.0, 0.001, 10000.0, 11.9487504772622),
    (5000.5, 1.01, 0.01, 1000.0, 10000.0, 23008.05441882725),
    (5000.5, 60.0, 1000.0, 0.02, 10000.0, -34315.50017544667),
    (30.0, 301.0, 10000.0, 0.01, 5.0, 1099.537062062151),
    (0.9, 1.5, 1.0e-6, 10000.0, 10000.0, -10.79718241589588),
)

# s, z and e^z E_s(z) with 40 digits (mpmath 1.3).
SURVIVAL = (
    (0.05, 1e-06, 516950.698946948),
    (0.05, 0.1, 9.05116667956952),
    (0.606, 1e-06, 518.326678998759),
    (0.606, 0.001, 31.7494240128141),
    (0.606, 10, 0.0947234884639995),
    (0.606, 1000.0, 0.000999394970708851),
    (1.0, 1e-06, 13.238309131365),
    (1.0, 0.1, 2.01464254470845),
    (1.0000001, 1e-06, 13.2383002864909),
    (1.0000001, 10, 0.0915633331627533),
    (2.5, 0.001, 0.665405472874991),
    (30, 1e-06, 0.0344827573891626),
    (30, 1000.0, 0.000970901189817383),
    (400, 0.001, 0.00250625936702635),
    (400, 10, 0.00244484128272498),
)


def one(p: float, q: float, a: float, b: float, span: float) -> float:
    return float(log_integral(*(np.array([value]) for value in (p, q, a, b, span)))[0])


@pytest.mark.parametrize(("p", "q", "a", "b", "span", "log"), EXACT)
def test_to_twelve_digits(p: float, q: float, a: float, b: float, span: float, log: float) -> None:
    assert one(p, q, a, b, span) == pytest.approx(log, rel=1e-14, abs=2e-12)


@settings(max_examples=60, deadline=None)
@given(
    st.floats(0.05, 6000),
    st.floats(1.001, 60),
    st.floats(-6, 9),
    st.floats(-6, 9),
    st.floats(-4, 9),
)
def test_as_adaptive_quadrature(p: float, q: float, log_a: float, log_b: float, log_span: float) -> None:
    a, b, span = np.exp([log_a, log_b, log_span])

    def density(w: float) -> float:
        h = min(a, b) * np.expm1(w)
        return float(np.exp(w - p * np.log1p(h / a) - q * np.log1p(h / b)))

    end = float(np.log1p(span / min(a, b)))
    marks = [end * 2.0**-k for k in range(1, 14)]
    found, error = quad(density, 0, end, points=marks, epsabs=0, epsrel=1e-11, limit=400)
    exact = np.log(found) + np.log(min(a, b)) - p * np.log(a) - q * np.log(b)
    assert one(p, q, a, b, span) == pytest.approx(exact, rel=1e-13, abs=3e-11 + 2 * error / found)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.3, 12), st.floats(1.1, 5), st.floats(5, 30), st.floats(0, 20), st.floats(1, 40))
def test_as_the_hypergeometric_function_where_that_is_safe(
    p: float, q: float, b: float, more: float, span: float
) -> None:
    """Fader & Hardie 2005: the difference of two ₂F₁ at (α−β)/(α+t) where α ≥ β."""
    a, n = b + more, p + q - 1

    def beyond(h: float) -> float:
        return float((a + h) ** -n * hyp2f1(n, q, n + 1, more / (a + h)) / n)

    assert one(p, q, a, b, span) == pytest.approx(np.log(beyond(0) - beyond(span)), abs=1e-9)


def test_derivatives_are_those_of_central_differences() -> None:
    random = np.random.default_rng(2)
    log = random.uniform([-3, 0.01, -3, -3, -3], [7, 4, 8, 8, 9], (400, 5)).T
    span = np.exp(log[4])

    def at(theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        found = log_integral_with_derivatives(
            np.exp(theta[0]), np.exp(theta[1]), np.exp(theta[2]), np.exp(theta[3]), span
        )
        return found.value, found.gradient

    found = log_integral_with_derivatives(*np.exp(log[:4]), span)
    # By log p and log q here, by p and q there.
    places, scales = (0, 2, 1, 3), (np.exp(log[0]), np.exp(log[1]), 1.0, 1.0)
    for number, (place, scale) in enumerate(zip(places, scales, strict=True)):
        step = np.zeros_like(log[:4])
        step[number] = 1e-5
        above, below = at(log[:4] + step), at(log[:4] - step)
        size = 1 + np.abs(found.value) + np.abs(found.gradient[place] * scale)
        slope = (above[0] - below[0]) / 2e-5
        assert np.abs(slope - found.gradient[place] * scale).max() / size.max() < 1e-6
        curve = (above[1] - below[1]) / 2e-5
        size = 1 + np.abs(found.hessian[place] * scale).max(axis=0)
        assert (np.abs(curve - found.hessian[place] * scale).max(axis=0) / size).max() < 1e-5


def test_no_time_has_no_chance() -> None:
    found = log_integral_with_derivatives(*(np.array([v]) for v in (3.0, 2.0, 4.0, 5.0, 0.0)))
    assert found.value[0] == -np.inf
    assert np.isfinite(found.gradient).all()
    assert np.isfinite(found.hessian).all()


@pytest.mark.parametrize(("s", "z", "exact"), SURVIVAL)
def test_discounted_survival_for_ever(s: float, z: float, exact: float) -> None:
    rate = 0.0027
    found = discounted_survival(s, np.array([z / rate]), rate)
    assert float(found[0]) * rate / z == pytest.approx(exact, rel=2e-12)


@pytest.mark.parametrize("s", [0.3, 1.0, 2.5])
def test_discounting_ends_at_none_and_at_ever(s: float) -> None:
    since = np.array([0.5, 12.0, 900.0])
    assert discounted_survival(s, since, 1e-12, 52.0) == pytest.approx(time_alive(s, since, np.full(3, 52.0)))
    assert discounted_survival(s, since, 0.0, 52.0) == pytest.approx(time_alive(s, since, np.full(3, 52.0)))
    assert discounted_survival(s, since, 0.01, 1e5) == pytest.approx(discounted_survival(s, since, 0.01))
    ever = discounted_survival(s, since, 0.0)
    assert ever == pytest.approx(since / (s - 1)) if s > 1 else np.isinf(ever).all()


def test_time_alive_passes_through_s_of_one() -> None:
    since, time = np.array([3.0]), np.array([10.0])
    around = [float(time_alive(s, since, time)[0]) for s in (1 - 1e-9, 1.0, 1 + 1e-9)]
    assert around == pytest.approx([3 * np.log(13 / 3)] * 3, rel=1e-8)
