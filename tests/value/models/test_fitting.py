"""A fit ends at an optimum with honest errors, or says that there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.special import digamma, gammaln, polygamma

from peakend.value.models.fitting import DidNotConvergeError, minimised
from peakend.value.models.likelihood_model import LikelihoodModel, NotFittedError
from peakend.value.models.priors import LogNormal, PriorError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from peakend.value.models.fitting import Objective

    Floats = NDArray[np.float64]


class GammaModel(LikelihoodModel["Floats"]):
    """The gamma distribution with shape and rate: the smallest model there is to try the machinery on."""

    names = ("shape", "rate")

    def _read(self, data: object, **given: object) -> Floats:
        return np.asarray(data, np.float64)

    def _objective(self, data: Floats) -> Objective:
        n, total, logs = len(data), data.sum(), np.log(data).sum()

        def objective(theta: Floats) -> tuple[float, Floats, Floats]:
            shape, rate = np.exp(theta)
            value = n * (gammaln(shape) - shape * theta[1]) - (shape - 1) * logs + rate * total
            by_shape = n * (digamma(shape) - theta[1]) - logs
            gradient = np.array([shape * by_shape, rate * total - n * shape])
            curve = shape * by_shape + shape**2 * n * polygamma(1, shape)
            return float(value), gradient, np.array([[curve, -n * shape], [-n * shape, rate * total]])

        return objective

    def _starts(self, data: Floats) -> Sequence[Floats]:
        return [np.zeros(2)]

    def _resampled(self, data: Floats, random: np.random.Generator) -> Floats:
        return random.choice(data, len(data))


@pytest.fixture(scope="module")
def drawn() -> Floats:
    return np.random.default_rng(5).gamma(2.5, 1 / 0.4, 4_000)


def test_every_start_leads_to_the_same_optimum(drawn: Floats) -> None:
    starts = [np.array(pair) for pair in ((0.01, 100.0), (50.0, 0.001), (1.0, 1.0))]
    fits = [GammaModel().fit(drawn, starts=[start]).params.vector for start in starts]
    assert np.ptp(np.stack(fits), axis=0) == pytest.approx([0, 0], abs=1e-6)
    assert fits[0] == pytest.approx([2.5, 0.4], rel=0.06)


def test_standard_errors_are_those_of_the_bootstrap(drawn: Floats) -> None:
    model = GammaModel().fit(drawn)
    spread = model.bootstrap(300, seed=1).std(axis=0)
    assert list(model.params.standard_errors.values()) == pytest.approx(spread, rel=0.15)


def test_the_delta_method_gives_the_error_of_the_mean(drawn: Floats) -> None:
    """The mean of a gamma distribution, shape ÷ rate, is estimated by the sample mean."""
    mean = GammaModel().fit(drawn).implied(lambda p: np.asarray(p[0] / p[1]))
    assert float(mean.value) == pytest.approx(drawn.mean(), rel=1e-6)
    assert float(mean.standard_error) == pytest.approx(drawn.std() / np.sqrt(len(drawn)), rel=0.05)
    assert mean.low < drawn.mean() < mean.high


def test_a_prior_pulls_a_small_sample_and_hardly_a_large_one(drawn: Floats) -> None:
    belief = {"shape": LogNormal(10.0, 0.1)}
    few, many = drawn[:10], drawn
    pulled = GammaModel(priors=belief).fit(few).params["shape"]
    assert GammaModel().fit(few).params["shape"] < 7 < pulled
    assert GammaModel(priors=belief).fit(many).params["shape"] < 4


def test_a_prior_for_an_unknown_parameter_is_refused(drawn: Floats) -> None:
    with pytest.raises(PriorError, match="no parameter size"):
        GammaModel(priors={"size": LogNormal(1.0, 1.0)}).fit(drawn)


def test_equal_values_have_no_optimum_and_it_is_said() -> None:
    model = GammaModel()
    with pytest.raises(DidNotConvergeError):
        model.fit(np.full(50, 3.0))
    with pytest.raises(NotFittedError):
        _ = model.params


@pytest.mark.parametrize("slope", [0.0, 1.0])
def test_a_flat_or_endless_likelihood_is_no_optimum(slope: float) -> None:
    def objective(theta: Floats) -> tuple[float, Floats, Floats]:
        return float(slope * theta[0]), np.array([slope, 0.0]), np.zeros((2, 2))

    with pytest.raises(DidNotConvergeError):
        minimised(objective, [np.zeros(2)], model="flat")
