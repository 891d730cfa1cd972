"""BG/BB finds in the published donations what its authors found, and in simulated ones what was planted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import binomtest

from peakend.value.models.beta_geo_beta_binom import BetaGeoBetaBinomModel
from peakend.value.models.histories import HistoriesError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# Donors by years with a gift and the last such year, of six: the data of Fader, Hardie & Shang (2010).
DONORS = {
    (0, 0): 3464, (1, 1): 1091, (1, 2): 277, (1, 3): 129, (1, 4): 78, (1, 5): 119, (1, 6): 129,
    (2, 2): 613, (2, 3): 255, (2, 4): 155, (2, 5): 173, (2, 6): 234, (3, 3): 322, (3, 4): 181,
    (3, 5): 225, (3, 6): 357, (4, 4): 240, (4, 5): 284, (4, 6): 512, (5, 5): 335, (5, 6): 728,
    (6, 6): 1203,
}  # fmt: skip
PLANTED = (1.2, 0.75, 0.65, 2.8)


def donations() -> tuple[dict[str, Floats], Floats]:
    x, last = np.array(list(DONORS), np.float64).T
    return {"frequency": x, "recency": last, "T": np.full(len(x), 6.0)}, np.array(list(DONORS.values()))


@pytest.fixture(scope="module")
def donors() -> BetaGeoBetaBinomModel:
    table, counts = donations()
    return BetaGeoBetaBinomModel().fit(table, customers=counts)


def test_the_published_optimum(donors: BetaGeoBetaBinomModel) -> None:
    assert sum(DONORS.values()) == 11_104
    assert list(donors.params.values()) == pytest.approx([1.20352, 0.74972, 0.65672, 2.78344], abs=2e-5)
    assert donors.log_likelihood == pytest.approx(-33_225.5813, abs=5e-5)


@pytest.mark.parametrize("start", [(0.05, 0.05, 0.05, 0.05), (20.0, 20.0, 20.0, 20.0), (5.0, 0.1, 0.1, 30.0)])
def test_every_start_leads_there(donors: BetaGeoBetaBinomModel, start: tuple[float, ...]) -> None:
    table, counts = donations()
    again = BetaGeoBetaBinomModel().fit(table, customers=counts, starts=[np.array(start)])
    assert again.params.vector == pytest.approx(donors.params.vector, rel=1e-6)


def test_what_is_expected_of_donors(donors: BetaGeoBetaBinomModel) -> None:
    """Gifts in the five years to come of who gave in all six, and of who never gave again: 3.75 and .07; they
    give in the next year with .93 and .11 if they can."""
    assert donors.expected_purchases(5, [6, 0], [6, 0], 6) == pytest.approx([3.75, 0.07], abs=0.005)
    alive = donors.probability_alive([6, 0], [6, 0], 6, ahead=1)
    assert alive == pytest.approx([0.93, 0.11], abs=0.005)
    assert (donors.probability_alive([6, 0], [6, 0], 6) > alive).all()


def test_the_model_gives_back_how_much_was_given(donors: BetaGeoBetaBinomModel) -> None:
    given = sum(x * count for (x, _), count in DONORS.items()) / sum(DONORS.values())
    assert donors.expected_purchases_new_customer(6) == pytest.approx(given, rel=0.005)


@pytest.mark.parametrize("rate", [0.05, 0.1, 1.0])
def test_residual_transactions_are_the_discounted_sum(donors: BetaGeoBetaBinomModel, rate: float) -> None:
    x, last = np.array([0, 1, 6, 3]), np.array([0, 2, 6, 4])
    until = np.stack([donors.expected_purchases(k, x, last, 6) for k in range(601)])
    summed = (np.diff(until, axis=0) / (1 + rate) ** np.arange(1, 601)[:, None]).sum(axis=0)
    assert donors.expected_residual_transactions(rate, x, last, 6) == pytest.approx(summed, rel=1e-7)


def test_undiscounted_residual_transactions_are_finite_only_where_they_are() -> None:
    lasting = BetaGeoBetaBinomModel().at([1.0, 1.0, 0.7, 2.0])
    leaving = BetaGeoBetaBinomModel().at([1.0, 1.0, 2.5, 2.0])
    assert np.isinf(lasting.expected_residual_transactions(0.0, 3, 4, 5))
    found = float(leaving.expected_residual_transactions(0.0, 3, 4, 5))
    assert found == pytest.approx(float(leaving.expected_purchases(200_000, 3, 4, 5)), rel=1e-4)


def test_planted_parameters_are_found_and_intervals_hold_them() -> None:
    held = np.zeros(4, np.int64)
    for seed in range(60):
        data = BetaGeoBetaBinomModel().at(PLANTED).simulate(np.full(4_000, 8), seed=300 + seed)
        fitted = BetaGeoBetaBinomModel().fit(data)
        ends = [fitted.params.interval(name) for name in fitted.names]
        held += [low <= truth <= high for (low, high), truth in zip(ends, PLANTED, strict=True)]
    for count in held:
        assert binomtest(int(count), 60, 0.95).pvalue > 0.001


def test_expectations_are_what_simulated_customers_do() -> None:
    model = BetaGeoBetaBinomModel().at(PLANTED)
    data = model.simulate(np.full(80_000, 6), seed=5)
    alive = model.probability_alive(data["frequency"], data["recency"], data["T"])
    for x, last in ((0, 0), (2, 3), (6, 6)):
        these = (data["frequency"] == x) & (data["recency"] == last)
        error = max(data["alive"][these].std(), 0.01) / np.sqrt(these.sum())
        assert abs(data["alive"][these].mean() - alive[these][0]) < 4 * error


def test_occasions_of_different_numbers_go_together() -> None:
    model = BetaGeoBetaBinomModel().at(PLANTED)
    occasions = np.random.default_rng(3).integers(1, 12, 20_000)
    fitted = BetaGeoBetaBinomModel().fit(model.simulate(occasions, seed=8))
    for name, truth in zip(fitted.names, PLANTED, strict=True):
        assert abs(fitted.params[name] - truth) < 4 * fitted.params.standard_errors[name]


@pytest.mark.parametrize(
    ("frequency", "recency", "occasions", "told"),
    [
        ([3], [2], [6], "more purchases than occasions"),
        ([1], [1.5], [6], "no whole number of occasions"),
        ([1], [7], [6], "after the end"),
        ([0, 0], [0, 0], [6, 6], "nobody bought again"),
    ],
)
def test_impossible_histories_are_named(
    frequency: list[int], recency: list[float], occasions: list[int], told: str
) -> None:
    with pytest.raises(HistoriesError, match=told):
        BetaGeoBetaBinomModel().fit({"frequency": frequency, "recency": recency, "T": occasions})
