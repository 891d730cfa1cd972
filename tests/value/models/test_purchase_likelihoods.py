"""Likelihoods are those of the papers, and their derivatives are exact, wherever one looks."""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import beta as beta_function
from scipy.special import betaln, gammaln

from peakend.value.models.beta_geo import BetaGeoModel
from peakend.value.models.beta_geo_beta_binom import BetaGeoBetaBinomModel
from peakend.value.models.beta_geo_covariates import BetaGeoCovariatesModel
from peakend.value.models.gamma_gamma import GammaGammaModel
from peakend.value.models.histories import PurchaseHistories
from peakend.value.models.modified_beta_geo import ModifiedBetaGeoModel
from peakend.value.models.nbd import NBDModel

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Objective = Callable[[Floats], tuple[float, Floats, Floats]]

HISTORIES = {
    "frequency": np.array([0, 0, 1, 2, 3, 7, 26, 1]),
    "recency": np.array([0, 0, 1.5, 30.4, 12, 35, 30.86, 38]),
    "T": np.array([39, 12.5, 39, 38.86, 30, 38.86, 31, 38.1]),
}
COUNTS = np.array([3, 1, 1, 2, 1, 1, 1, 4])
OCCASIONS = {
    "frequency": np.array([0, 1, 2, 6, 3, 1]),
    "recency": np.array([0, 3, 6, 6, 4, 1]),
    "T": np.array([6, 6, 6, 6, 5, 9]),
}
SPEND = {"frequency": np.array([1, 2, 9, 1]), "monetary_value": np.array([3.5, 12.0, 30.1, 250.0])}
KNOWN = {"age": np.linspace(-1, 1, 8), "town": np.array(["a", "b", "b", "b", "a", "a", "b", "a"])}


def objective(name: str) -> tuple[Objective, int]:
    """−log-likelihood of a few customers, and of how many parameters."""
    if name == "covariates":
        with_covariates = BetaGeoCovariatesModel(["age", "town"], ["town"])
        read = with_covariates._read({**HISTORIES, **KNOWN}, customers=COUNTS)
        return with_covariates._objective(read), 8
    model: Any = {
        "BG/NBD": BetaGeoModel,
        "MBG/NBD": ModifiedBetaGeoModel,
        "NBD": NBDModel,
        "BG/BB": BetaGeoBetaBinomModel,
        "gamma–gamma": GammaGammaModel,
    }[name]()
    data = {"BG/BB": OCCASIONS, "gamma–gamma": SPEND}.get(name, HISTORIES)
    given_counts = COUNTS[: len(data["frequency"])]
    return model._objective(model._read(data, customers=given_counts)), len(model.names)


@pytest.mark.parametrize("name", ["BG/NBD", "MBG/NBD", "NBD", "BG/BB", "gamma–gamma", "covariates"])
@settings(max_examples=40, deadline=None)
@given(drawn=st.lists(st.floats(-2.5, 2.5), min_size=8, max_size=8))
def test_derivatives_are_those_of_central_differences(name: str, drawn: list[float]) -> None:
    at, size = objective(name)
    theta = np.array(drawn[:size])
    _, gradient, hessian = at(theta)
    step = 1e-5
    moved = [(at(theta + step * unit), at(theta - step * unit)) for unit in np.eye(size)]
    slopes = [(above[0] - below[0]) / (2 * step) for above, below in moved]
    curves = np.stack([(above[1] - below[1]) / (2 * step) for above, below in moved])
    scale = max(1.0, float(np.abs(hessian).max()), float(np.abs(gradient).max()))
    assert gradient == pytest.approx(np.array(slopes), abs=1e-6 * scale)
    assert hessian == pytest.approx(curves, abs=1e-6 * scale)


@pytest.mark.parametrize(("model", "chances"), [(BetaGeoModel, 0), (ModifiedBetaGeoModel, 1)])
def test_the_likelihood_is_the_papers(model: type[BetaGeoModel], chances: int) -> None:
    """A sum over each history of the paper's formula, in plain scalars."""
    r, alpha, a, b = vector = (0.3, 5.0, 0.7, 2.2)
    total = 0.0
    for x, last, age, count in zip(*HISTORIES.values(), COUNTS, strict=True):
        n = x + chances
        there = beta_function(a, b + n) / beta_function(a, b) * (alpha + age) ** -(r + x)
        gone = beta_function(a + 1, b + n - 1) / beta_function(a, b) * (alpha + last) ** -(r + x) if n else 0
        total += count * (gammaln(r + x) - gammaln(r) + r * np.log(alpha) + np.log(there + gone))
    fitted = model()
    found = fitted._objective(fitted._read(HISTORIES, customers=COUNTS))(np.log(vector))[0]
    assert -found == pytest.approx(total, rel=1e-12)


@pytest.mark.parametrize("chances", [0, 1])
def test_the_likelihood_is_the_expectation_over_customers(chances: int) -> None:
    """L(x, t_x, T) = E over λ and p of (1−p)^n λ^x e^(−λT) + p (1−p)^(n−1) λ^x e^(−λ t_x), integrated."""
    r, alpha, a, b, x, last, age = 0.8, 4.0, 1.4, 2.2, 2, 11.0, 30.0
    n = x + chances

    def rate(until: float) -> float:
        density = lambda v: v ** (r - 1) * np.exp(-v * alpha) * alpha**r * np.exp(-gammaln(r))  # noqa: E731
        return float(quad(lambda v: density(v) * v**x * np.exp(-v * until), 0, np.inf)[0])

    def chance(gone: int) -> float:
        weight = lambda p: p ** (a - 1) * (1 - p) ** (b - 1) / beta_function(a, b)  # noqa: E731
        return float(quad(lambda p: weight(p) * p**gone * (1 - p) ** (n - gone), 0, 1)[0])

    expected = chance(0) * rate(age) + chance(1) * rate(last)
    model = ModifiedBetaGeoModel() if chances else BetaGeoModel()
    read = model._read({"frequency": [x], "recency": [last], "T": [age]})
    assert -model._objective(read)(np.log([r, alpha, a, b]))[0] == pytest.approx(np.log(expected), rel=1e-9)


def test_the_chances_of_all_patterns_of_occasions_sum_to_one() -> None:
    """BG/BB: each (x, t_x) stands for the ways to place x − 1 purchases before the last one."""
    n = 7
    pairs = [(0, 0), *((x, last) for last in range(1, n + 1) for x in range(1, last + 1))]
    total = 0.0
    for x, last in pairs:
        model = BetaGeoBetaBinomModel()
        data = PurchaseHistories.of({"frequency": [x], "recency": [last], "T": [n]}, time_unit="day")
        value = -model._objective(data)(np.log([1.2, 0.7, 0.6, 2.8]))[0]
        total += (comb(last - 1, x - 1) if x else 1) * np.exp(value)
    assert total == pytest.approx(1, rel=1e-12)


def test_days_and_times_give_the_same_likelihood() -> None:
    """Histories by the day and the same as floating-point weeks are one and the same, not rounded."""
    random = np.random.default_rng(2)
    age = random.integers(30, 300, 500)
    x = random.poisson(1.0, 500)
    last = np.where(x > 0, random.integers(1, 30, 500), 0)
    by_day = PurchaseHistories.of({"frequency": x, "recency": last / 7, "T": age / 7})
    counted = PurchaseHistories.from_days(x, last, age, np.ones(500))
    moved = PurchaseHistories.of({"frequency": x, "recency": last / 7, "T": age / 7 * (1 + 1e-15)})
    assert by_day.age_days is not None
    assert moved.age_days is None
    model, theta = BetaGeoModel(), np.log([0.3, 4.0, 0.8, 2.0])
    values = [model._objective(h)(theta)[0] for h in (by_day, counted, moved)]
    assert values == pytest.approx([values[0]] * 3, rel=1e-12)


@pytest.mark.parametrize("model", [BetaGeoModel, ModifiedBetaGeoModel, NBDModel])
def test_huge_histories_do_not_overflow(model: type[BetaGeoModel]) -> None:
    data = {"frequency": [0, 20_000, 5_000], "recency": [0, 3_000, 1.0], "T": [4_000, 3_001, 4_000]}
    fitted = model()
    at = fitted._objective(fitted._read(data))
    vector = np.array([0.3, 5.0, 0.7, 2.2])[: len(model.names)]
    value, gradient, hessian = at(np.log(vector))
    assert np.isfinite(value)
    assert np.isfinite(gradient).all()
    assert np.isfinite(hessian).all()
    known = model().at(vector)
    alive = known.probability_alive(data["frequency"], data["recency"], data["T"])
    assert ((alive >= 0) & (alive <= 1)).all()
    assert np.isfinite(known.expected_purchases(100, data["frequency"], data["recency"], data["T"])).all()


def test_gamma_gamma_is_the_papers_density() -> None:
    p, q, v = 6.25, 3.74, 15.44
    x, mean = SPEND["frequency"], SPEND["monetary_value"]
    log = -betaln(p * x, q) + q * np.log(v) + (p * x - 1) * np.log(mean) + p * x * np.log(x)
    log -= (p * x + q) * np.log(v + x * mean)
    model = GammaGammaModel()
    found = model._objective(model._read(SPEND))(np.log([p, q, v]))[0]
    assert -found == pytest.approx(float(log.sum()), rel=1e-12)
