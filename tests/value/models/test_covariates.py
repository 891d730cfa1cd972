"""Covariates are read or refused by name; those that act are found, and those that do not are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import binomtest, chi2

from peakend.value.models.beta_geo import BetaGeoModel
from peakend.value.models.beta_geo_covariates import BetaGeoCovariatesModel
from peakend.value.models.covariates import Covariates, CovariatesError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TABLE = {"age": [20.0, 30.0, 41.0, 50.0], "town": ["Ulm", "Bonn", "Bonn", "Köln"], "member": [1, 0, 0, 1]}


def test_numbers_stand_and_texts_become_columns() -> None:
    found = Covariates.of(TABLE, ["age", "town"])
    assert found.names == ("age", "town=Köln", "town=Ulm")
    assert found.matrix.tolist() == [[20, 0, 1], [30, 0, 0], [41, 0, 0], [50, 1, 0]]
    arrow = Covariates.of(pa.table(TABLE), ["age", "town"])
    assert arrow.matrix.tolist() == found.matrix.tolist()


def test_others_are_read_as_those_that_a_model_was_fitted_to() -> None:
    fitted = Covariates.of(TABLE, ["town"])
    other = Covariates.of({"town": ["Ulm", "Ulm"]}, ["town"], like=fitted)
    assert other.names == fitted.names
    assert other.matrix.tolist() == [[0, 1], [0, 1]]


@pytest.mark.parametrize(
    ("changed", "columns", "problem", "column"),
    [
        ({}, ["sex"], "absent", "sex"),
        ({"age": [20.0, None, 41.0, np.nan]}, ["age"], "missing", "age"),
        ({"town": ["Ulm", None, "Bonn", "Ulm"]}, ["town"], "missing", "town"),
        ({"age": [3.0] * 4}, ["age"], "constant", "age"),
        ({"town": ["Ulm"] * 4}, ["town"], "constant", "town"),
        ({"old": [40.0, 60.0, 82.0, 100.0]}, ["age", "old"], "dependent", "old"),
    ],
)
def test_what_cannot_be_used_is_named(
    changed: dict[str, list[object]], columns: list[str], problem: str, column: str
) -> None:
    with pytest.raises(CovariatesError) as raised:
        Covariates.of({**TABLE, **changed}, columns)
    assert (raised.value.data["problem"], raised.value.data["column"]) == (problem, column)


def test_a_value_that_was_not_there_is_refused() -> None:
    with pytest.raises(CovariatesError, match="fitted customers have not"):
        Covariates.of({"town": ["Rom"]}, ["town"], like=Covariates.of(TABLE, ["town"]))


def customers(number: int, seed: int) -> dict[str, NDArray[np.generic]]:
    random = np.random.default_rng(seed)
    return {
        "years": random.normal(0, 1, number),
        "channel": np.where(random.random(number) < 0.35, "web", "shop"),
    }


PLANTED = (0.5, 6.0, 0.8, 2.5, 0.5, -0.4, 0.6, -0.3)


def test_planted_covariates_are_found_and_intervals_hold_them() -> None:
    held, model = np.zeros(8, np.int64), BetaGeoCovariatesModel(["years", "channel"], ["channel"])
    for seed in range(40):
        known = customers(2_500, 50 + seed)
        data = model.known(PLANTED, known).simulate(np.full(2_500, 60.0), covariates=known, seed=seed)
        fitted = BetaGeoCovariatesModel(["years", "channel"], ["channel"]).fit({**data, **known})
        assert tuple(fitted.params)[4:] == (
            "purchase[years]", "purchase[channel=web]", "a[channel=web]", "b[channel=web]"
        )  # fmt: skip
        ends = [fitted.params.interval(name) for name in fitted.params]
        held += [low <= truth <= high for (low, high), truth in zip(ends, PLANTED, strict=True)]
    for count in held:
        assert binomtest(int(count), 40, 0.95).pvalue > 0.001


def test_covariates_that_do_nothing_are_found_at_the_stated_rate() -> None:
    """The likelihood-ratio test against BG/NBD without covariates raises its alarm once in twenty."""
    alarms = 0
    for seed in range(60):
        known = customers(1_000, 500 + seed)
        data = BetaGeoModel().at(PLANTED[:4]).simulate(np.full(1_000, 60.0), seed=seed)
        without = BetaGeoModel().fit(data).log_likelihood
        with_them = BetaGeoCovariatesModel(["years"], ["years"]).fit({**data, **known}).log_likelihood
        assert with_them > without - 1e-6
        alarms += 2 * (with_them - without) > chi2.ppf(0.95, 3)
    assert binomtest(alarms, 60, 0.05).pvalue > 0.001


def test_without_covariates_it_is_bg_nbd() -> None:
    data = BetaGeoModel().at(PLANTED[:4]).simulate(np.full(2_000, 60.0), seed=3)
    plain, same = BetaGeoModel().fit(data), BetaGeoCovariatesModel().fit(data)
    assert same.params.vector == pytest.approx(plain.params.vector, rel=1e-7)
    assert same.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-10)


def test_customers_are_asked_about_with_their_covariates() -> None:
    known = {"years": [1.0, -1.0], "channel": ["web", "shop"]}
    model = BetaGeoCovariatesModel(["years", "channel"], ["channel"]).known(PLANTED, customers(100, 1))
    found = model.expected_purchases(26, [2, 2], [30, 30], [52, 52], covariates=known)
    alive = model.probability_alive([2, 2], [30, 30], [52, 52], covariates=known)
    # years acts on α, the web (against the shop, which most use) on all three.
    parts = [
        (0.5, 6.0 * np.exp(-0.5 + 0.4), 0.8 * np.exp(0.6), 2.5 * np.exp(-0.3)),
        (0.5, 6.0 * np.exp(0.5), 0.8, 2.5),
    ]
    for place, part in enumerate(parts):
        plain = BetaGeoModel().at(part)
        assert found[place] == pytest.approx(float(plain.expected_purchases(26, 2, 30, 52)))
        assert alive[place] == pytest.approx(float(plain.probability_alive(2, 30, 52)))
    new = model.expected_purchases_new_customer(52, covariates=known)
    assert new.shape == (2,)


def test_bootstrap_keeps_the_customers_with_their_covariates() -> None:
    known = customers(1_500, 9)
    model = BetaGeoCovariatesModel(["years"]).known(PLANTED[:5], known)
    data = model.simulate(np.full(1_500, 60.0), covariates=known, seed=2)
    fitted = BetaGeoCovariatesModel(["years"]).fit({**data, **known})
    spread = fitted.bootstrap(40, seed=1)[:, 4].std()
    assert spread == pytest.approx(fitted.params.standard_errors["purchase[years]"], rel=0.4)
