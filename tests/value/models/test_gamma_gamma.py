"""What customers spend: planted parameters, their own mean weighed with everybody's, and bad input."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import binomtest

from peakend.value.models.average_spend import SpendError, spend_independence
from peakend.value.models.beta_geo import BetaGeoModel
from peakend.value.models.gamma_gamma import GammaGammaModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

PLANTED = (6.0, 4.0, 15.0)


def frequencies(customers: int, seed: int) -> Floats:
    return BetaGeoModel().at([0.5, 5.0, 0.8, 2.5]).simulate(np.full(customers, 52.0), seed=seed)["frequency"]


def drawn(customers: int, seed: int) -> dict[str, Floats]:
    return GammaGammaModel().at(PLANTED).simulate(frequencies(customers, seed), seed=seed + 1)


def test_planted_parameters_are_found_and_intervals_hold_them() -> None:
    held = np.zeros(3, np.int64)
    for seed in range(60):
        fitted = GammaGammaModel().fit(drawn(3_000, 100 + 2 * seed))
        ends = [fitted.params.interval(name) for name in ("p", "q", "v")]
        held += [low <= truth <= high for (low, high), truth in zip(ends, PLANTED, strict=True)]
    for count in held:
        assert binomtest(int(count), 60, 0.95).pvalue > 0.001


@pytest.mark.parametrize(
    "start", [(0.1, 0.1, 1.0), (50.0, 50.0, 1.0), (1.0, 20.0, 5_000.0), (20.0, 1.2, 0.1)]
)
def test_every_start_leads_to_the_same_optimum(start: tuple[float, float, float]) -> None:
    data = drawn(4_000, 3)
    best = GammaGammaModel().fit(data).params.vector
    assert GammaGammaModel().fit(data, starts=[np.array(start)]).params.vector == pytest.approx(
        best, rel=1e-6
    )


def test_the_expected_value_is_between_the_customers_own_and_everybodys() -> None:
    model = GammaGammaModel().at(PLANTED)
    everybody = model.expected_average_value_new_customer()
    assert everybody == pytest.approx(6 * 15 / 3)
    expected = model.conditional_expected_average_value([0, 1, 5, 500], [0, 90, 90, 90])
    assert expected[0] == pytest.approx(everybody)
    assert (np.diff(expected) > 0).all()
    assert expected[-1] == pytest.approx(90, rel=0.01)


def test_the_expected_value_is_what_simulated_customers_have() -> None:
    data = drawn(40_000, 9)
    again = data["frequency"] > 0
    found = (
        GammaGammaModel()
        .fit(data)
        .conditional_expected_average_value(data["frequency"], data["monetary_value"])
    )
    for low, high in ((1, 1), (2, 3), (4, 100)):
        these = again & (data["frequency"] >= low) & (data["frequency"] <= high)
        assert found[these].mean() == pytest.approx(data["expected_value"][these].mean(), rel=0.02)
    # Calibrated: of those who are expected to spend a given sum, the mean is that sum.
    order = np.argsort(found[again])
    for part in np.array_split(order, 5):
        assert found[again][part].mean() == pytest.approx(
            data["expected_value"][again][part].mean(), rel=0.05
        )


def test_no_mean_is_no_number() -> None:
    assert np.isnan(GammaGammaModel().at([2.0, 0.9, 5.0]).conditional_expected_average_value(0, 0))
    assert np.isfinite(GammaGammaModel().at([2.0, 0.9, 5.0]).conditional_expected_average_value(1, 3.0))


def test_arrays_tables_and_counted_customers_are_one() -> None:
    x, mean, counts = np.array([1, 2, 5, 3]), np.array([10.0, 35.0, 22.0, 60.0]), np.array([40, 30, 20, 10])
    fits = [
        GammaGammaModel().fit(x, mean, customers=counts),
        GammaGammaModel().fit({"frequency": x, "monetary_value": mean}, customers=counts),
        GammaGammaModel().fit(np.repeat(x, counts), np.repeat(mean, counts)),
    ]
    for fit in fits[1:]:
        assert fit.params.vector == pytest.approx(fits[0].params.vector, rel=1e-9)
    assert len(fits[0].bootstrap(5, seed=1)) == 5


def test_independent_spend_is_called_independent() -> None:
    """The null twin: the interval holds zero nineteen times of twenty, and nothing fails."""
    held, verdicts = 0, []
    for seed in range(60):
        data = drawn(4_000, 900 + 2 * seed)
        found = spend_independence(data["frequency"], data["monetary_value"])
        held += found.low <= 0 <= found.high
        verdicts.append(found.verdict)
    assert binomtest(held, 60, 0.95).pvalue > 0.001
    assert "fails" not in verdicts
    assert verdicts.count("holds") > 30


@pytest.mark.parametrize("sign", [-1, 1])
def test_planted_dependence_is_found(sign: int) -> None:
    for seed in range(5):
        data = drawn(4_000, 70 + seed)
        again = data["frequency"] > 0
        x, mean = data["frequency"][again], data["monetary_value"][again]
        found = spend_independence(x, mean * x ** (0.5 * sign))
        assert found.verdict == "fails"
        assert np.sign(found.correlation) == sign
        assert found.customers == again.sum()


@pytest.mark.parametrize(
    ("frequency", "value", "told"),
    [
        ([1, 2], [5.0, 0.0], "is zero"),
        ([1, 2], [5.0, -3.0], "below zero"),
        ([1, 2], [5.0, np.nan], "missing"),
        ([0, 0], [0.0, 0.0], "Nobody bought again"),
        ([1, 1.5], [5.0, 3.0], "no whole number"),
    ],
)
def test_impossible_spend_is_named(frequency: list[float], value: list[float], told: str) -> None:
    with pytest.raises(SpendError, match=told):
        GammaGammaModel().fit(frequency, value)
    with pytest.raises(SpendError, match=told):
        spend_independence(frequency, value)


def test_customers_without_a_repeat_purchase_are_left_out_whatever_their_value() -> None:
    data = drawn(2_000, 4)
    with_nothing = {name: np.append(values, 0.0) for name, values in data.items()}
    assert GammaGammaModel().fit(with_nothing).params.vector == pytest.approx(
        GammaGammaModel().fit(data).params.vector
    )


def test_what_is_the_same_for_all_cannot_be_compared() -> None:
    with pytest.raises(SpendError, match="same frequency"):
        spend_independence([1, 1, 1], [5.0, 6.0, 7.0])
