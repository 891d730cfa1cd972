"""BG/NBD and MBG/NBD find what was planted, from every start, with honest intervals, or say they cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import binomtest

from peakend.value.models.beta_geo import BetaGeoModel
from peakend.value.models.fitting import DidNotConvergeError
from peakend.value.models.histories import HistoriesError, PurchaseHistories
from peakend.value.models.modified_beta_geo import ModifiedBetaGeoModel
from peakend.value.models.nbd import NBDModel
from peakend.value.models.priors import weak_purchase_priors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from peakend.value.models.purchase_model import PurchaseModel

    Floats = NDArray[np.float64]

PLANTED: dict[type[PurchaseModel], tuple[float, ...]] = {
    BetaGeoModel: (0.5, 5.0, 0.8, 2.5),
    ModifiedBetaGeoModel: (0.8, 6.0, 0.7, 2.5),
    NBDModel: (0.6, 12.0),
}
MODELS = list(PLANTED)
WITH_DROPOUT = [BetaGeoModel, ModifiedBetaGeoModel]


def drawn(model: type[PurchaseModel], customers: int, seed: int, weeks: float = 78) -> dict[str, Floats]:
    """Histories of a planted model: customers joined in the first third of the time."""
    age = np.random.default_rng(seed).uniform(weeks * 2 / 3, weeks, customers)
    return model().at(PLANTED[model]).simulate(age, seed=seed + 1)


@pytest.mark.parametrize("model", MODELS)
def test_planted_parameters_are_found(model: type[PurchaseModel]) -> None:
    fitted = model().fit(drawn(model, 20_000, 7))
    for name, truth in zip(model.names, PLANTED[model], strict=True):
        assert abs(fitted.params[name] - truth) < 4 * fitted.params.standard_errors[name]
        assert fitted.params.standard_errors[name] < 0.15 * truth


@pytest.mark.parametrize("model", WITH_DROPOUT)
def test_every_start_leads_to_the_same_optimum(model: type[PurchaseModel]) -> None:
    histories = PurchaseHistories.of(drawn(model, 3_000, 11))
    best = model().fit(histories)
    for r in (0.02, 1.0, 30.0):
        for alpha in (0.05, 5.0, 500.0):
            for a, b in ((0.02, 0.02), (1.0, 1.0), (30.0, 30.0), (0.05, 40.0)):
                found = model().fit(histories, starts=[np.array([r, alpha, a, b])])
                assert found.params.vector == pytest.approx(best.params.vector, rel=1e-6)
                assert found.log_likelihood == pytest.approx(best.log_likelihood, rel=1e-10)


@pytest.mark.parametrize("model", MODELS)
def test_intervals_hold_the_planted_value_as_often_as_they_say(model: type[PurchaseModel]) -> None:
    """95 % intervals of parameters and of expected purchases in 60 samples; bench/lifetimes.py has 500."""
    truth = np.array(PLANTED[model])
    expected = float(model().at(truth).expected_purchases_new_customer(52))
    held, tries = np.zeros(len(truth) + 1, np.int64), 0
    for seed in range(60):
        fitted = model().fit(drawn(model, 1_500, 1_000 + 2 * seed))
        ends = [fitted.params.interval(name) for name in model.names]
        implied = fitted.implied(lambda v, m=fitted: m.at(v).expected_purchases_new_customer(52))
        ends.append((float(implied.low), float(implied.high)))
        held += [low <= value <= high for (low, high), value in zip(ends, [*truth, expected], strict=True)]
        tries += 1
    for count in held:
        assert binomtest(int(count), tries, 0.95).pvalue > 0.001


def test_bootstrap_and_delta_method_agree() -> None:
    fitted = BetaGeoModel().fit(drawn(BetaGeoModel, 4_000, 21))
    vectors = fitted.bootstrap(120, seed=5)
    logs = np.log(vectors)
    assert logs.std(axis=0) == pytest.approx(np.sqrt(np.diag(fitted.params.covariance)), rel=0.25)
    expected = [float(fitted.at(vector).expected_purchases_new_customer(52)) for vector in vectors]
    implied = fitted.implied(lambda v: fitted.at(v).expected_purchases_new_customer(52))
    assert np.std(expected) == pytest.approx(float(implied.standard_error), rel=0.25)


def test_no_dropout_is_found_where_there_is_none() -> None:
    """The null twin: customers of an NBD never leave; BG/NBD says that nearly all are alive, or that
    it cannot tell a from b."""
    told = 0
    for seed in range(8):
        data = drawn(NBDModel, 2_000, 400 + seed)
        try:
            fitted = BetaGeoModel().fit(data)
        except DidNotConvergeError:
            told += 1
            continue
        alive = fitted.probability_alive(data["frequency"], data["recency"], data["T"])
        told += alive.mean() > 0.97
    assert told == 8


def test_a_model_with_too_few_customers_says_so_or_is_held_by_a_prior() -> None:
    """With 30 customers many fits run off; with weak priors each converges, and errs less on the whole."""
    truth = float(BetaGeoModel().at(PLANTED[BetaGeoModel]).expected_purchases_new_customer(52))
    ran_off, errors = 0, []
    for seed in range(40):
        data = drawn(BetaGeoModel, 30, 5_000 + seed)
        try:
            BetaGeoModel().fit(data)
        except DidNotConvergeError:
            ran_off += 1
        held = BetaGeoModel(priors=weak_purchase_priors("week")).fit(data)
        errors.append(np.log(float(held.expected_purchases_new_customer(52)) / truth))
    assert ran_off > 5
    assert np.sqrt(np.mean(np.square(errors))) < 0.5


def test_weak_priors_hardly_move_a_thousand_customers() -> None:
    data = drawn(BetaGeoModel, 5_000, 61)
    free, held = BetaGeoModel().fit(data), BetaGeoModel(priors=weak_purchase_priors("week")).fit(data)
    moved = np.log(held.params.vector / free.params.vector)
    assert (np.abs(moved) < 0.2 * np.sqrt(np.diag(free.params.covariance))).all()
    assert held.log_likelihood < free.log_likelihood


def test_one_time_buyers_are_alive_for_ever_only_in_bg_nbd() -> None:
    known = BetaGeoModel().at(PLANTED[BetaGeoModel])
    modified = ModifiedBetaGeoModel().at(PLANTED[ModifiedBetaGeoModel])
    assert known.one_time_buyers_stay
    assert not modified.one_time_buyers_stay
    weeks = np.array([1.0, 10.0, 100.0, 1_000.0])
    assert known.probability_alive(0, 0, weeks) == pytest.approx(np.ones(4))
    fallen = modified.probability_alive(0, 0, weeks)
    assert (np.diff(fallen) < 0).all()
    assert fallen[-1] < 0.1


@pytest.mark.parametrize("model", WITH_DROPOUT)
def test_units_of_time_change_nothing_but_alpha(model: type[PurchaseModel]) -> None:
    """The same days in weeks and in months: same r, a and b, alpha in its unit, same expected purchases."""
    random = np.random.default_rng(8)
    age = random.integers(200, 400, 3_000)
    weeks = model().at(PLANTED[model]).simulate(age / 7, seed=2)
    last = np.ceil(weeks["recency"] * 7).astype(np.int64)
    ones = np.ones(3_000)
    fits = [
        model().fit(PurchaseHistories.from_days(weeks["frequency"], last, age, ones, time_unit=unit))
        for unit in ("week", "month")
    ]
    assert [fit.time_unit for fit in fits] == ["week", "month"]
    ratio = fits[0].params.vector / fits[1].params.vector
    assert ratio == pytest.approx([1, 365.25 / 12 / 7, 1, 1], rel=1e-6)
    month = 365.25 / 12 / 7
    assert fits[0].expected_purchases(month, 3, 10 * month, 12 * month) == pytest.approx(
        float(fits[1].expected_purchases(1, 3, 10, 12)), rel=1e-6
    )


def test_counted_customers_are_the_same_as_repeated_ones() -> None:
    table = {"frequency": [0, 1, 4, 2], "recency": [0, 5, 30, 20], "T": [39, 39, 35, 38]}
    counts = np.array([50, 20, 8, 13])
    repeated = {name: np.repeat(values, counts) for name, values in table.items()}
    priors = weak_purchase_priors("week")
    counted = BetaGeoModel(priors=priors).fit(table, customers=counts)
    assert counted.params.vector == pytest.approx(BetaGeoModel(priors=priors).fit(repeated).params.vector)


def test_large_sets_are_begun_on_a_part_and_end_at_the_same_optimum() -> None:
    data = drawn(BetaGeoModel, 60_000, 31)
    fitted = BetaGeoModel().fit(data)
    whole = BetaGeoModel().fit(data, starts=[np.ones(4)])
    assert fitted.params.vector == pytest.approx(whole.params.vector, rel=1e-7)
    assert fitted.iterations < whole.iterations


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("frequency", "recency", "age", "told"),
    [
        ([0, 0], [0, 0], [10, 20], "nobody bought again"),
        ([0, 0], [0, 0], [0, 0], "T is 0"),
        ([], [], [], "no customers"),
        ([1, -1], [1, 0], [5, 5], "below zero"),
        ([1, 2], [6, 2], [5, 5], "after the end"),
        ([1, 0.5], [1, 0], [5, 5], "no whole number"),
        ([0, 1], [2, 2], [5, 5], "without a repeat purchase"),
        ([2, 1], [0, 2], [5, 5], "at the time of the first"),
        ([1, 1], [np.nan, 2], [5, 5], "missing"),
    ],
)
def test_impossible_histories_are_named(
    model: type[PurchaseModel], frequency: list[float], recency: list[float], age: list[float], told: str
) -> None:
    with pytest.raises(HistoriesError, match=told):
        model().fit({"frequency": frequency, "recency": recency, "T": age})
