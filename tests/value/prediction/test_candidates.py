"""Models are fitted where there is enough, chosen on one window, and discounted rightly."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from peakend.value.models.beta_geo import BetaGeoModel
from peakend.value.models.histories import PurchaseHistories
from peakend.value.models.nbd import NBDModel
from peakend.value.prediction.candidates import CANDIDATES, alive, discounted, enough, expected, fitted
from peakend.value.prediction.choosing import SAME_RATE, chosen
from peakend.value.prediction.outcomes import Outcomes
from peakend.value.prediction.splits import split

if TYPE_CHECKING:
    from peakend.value.models.modified_beta_geo import ModifiedBetaGeoModel

AGES = (20, 60)


def drawn(
    model: BetaGeoModel | ModifiedBetaGeoModel | NBDModel, customers: int, seed: int
) -> PurchaseHistories:
    """Histories in whole days of customers drawn from `model`."""
    age = np.random.default_rng(seed).integers(*AGES, customers).astype(float)
    found = model.simulate(age, seed=seed)
    days = np.ceil(np.asarray(found["recency"]) * 7).astype(int)
    x = np.asarray(found["frequency"]).astype(int)
    rows, counts = np.unique(np.stack([x, days, (age * 7).astype(int)]), axis=1, return_counts=True)
    return PurchaseHistories.from_days(rows[0], rows[1], rows[2], counts)


@pytest.fixture(scope="module")
def histories() -> PurchaseHistories:
    return drawn(BetaGeoModel().at([0.8, 6.0, 0.7, 2.0]), 3_000, 1)


def test_every_candidate_is_fitted_and_expects_more_of_a_longer_time(histories: PurchaseHistories) -> None:
    found = fitted(histories)
    assert set(found.fitted) | set(found.failed) == set(CANDIDATES)
    for model in found.fitted.values():
        month, year = expected(model, histories, 30), expected(model, histories, 365)
        assert (month >= 0).all()
        assert (year >= month).all()
        assert ((alive(model, histories) >= 0) & (alive(model, histories) <= 1)).all()


def test_where_nobody_leaves_the_models_of_leaving_run_off_and_nbd_remains() -> None:
    histories = drawn(NBDModel().at([0.9, 8.0]), 3_000, 2)
    found = fitted(histories)
    assert "NBD" in found.fitted
    assert all("no optimum" in problem.what.en for problem in found.failed.values())


def test_discounting_is_that_of_many_small_steps(histories: PurchaseHistories) -> None:
    model = BetaGeoModel().fit(histories)
    days = np.linspace(0, 730, 2_001)
    some = PurchaseHistories.from_days([0, 3, 9], [0, 100, 300], [200, 160, 310], [1, 1, 1])
    bought = np.stack([expected(model, some, day) for day in days])
    middle = (days[1:] + days[:-1]) / 2
    stepwise = (np.diff(bought, axis=0) * (1.1 ** (-middle / 365.25))[:, None]).sum(axis=0)
    assert discounted(model, some, 730, 0.1) == pytest.approx(stepwise, rel=2e-4)
    assert discounted(model, some, 730, 0.0) == pytest.approx(bought[-1])


def test_too_few_customers_or_repeats_are_no_ground_for_a_model() -> None:
    def repeats(customers: int, of_them: int) -> PurchaseHistories:
        return PurchaseHistories.from_days([0, 1], [0, 5], [50, 50], [customers - of_them, of_them])

    assert enough(repeats(30, 10))
    assert not enough(repeats(29, 10))
    assert not enough(repeats(300, 9))


def later(histories: PurchaseHistories, model: BetaGeoModel, seed: int) -> Outcomes:
    """What customers with these histories buy in ten weeks, drawn about `model`'s expectation."""
    random = np.random.default_rng(seed)
    each = np.repeat(np.arange(len(histories.customers)), histories.customers)
    bought = random.poisson(expected(model, histories, 70)[each])
    rows, counts = np.unique(np.stack([each, bought]), axis=1, return_counts=True)
    assert histories.recency_days is not None
    assert histories.age_days is not None
    table = pa.table(
        {
            "frequency": histories.frequency[rows[0]],
            "recency_days": histories.recency_days[rows[0]],
            "age_days": histories.age_days[rows[0]],
            "frequency_holdout": rows[1],
            "customers": counts,
        }
    )
    return Outcomes.of(table, days=70, time_unit="week")


def test_models_that_cannot_be_told_apart_give_way_to_the_first(histories: PurchaseHistories) -> None:
    """BG/NBD is the truth; where its advantage is within chance the modified one, which lets one-time buyers
    leave, is taken, and the reason says so."""
    truth = BetaGeoModel().fit(histories)
    choice = chosen(fitted(histories), later(histories, truth, 5))
    assert choice.name in ("BG/NBD", "MBG/NBD")
    assert SAME_RATE in choice.scores
    assert choice.scores["BG/NBD"].deviance < choice.scores[SAME_RATE].deviance
    if choice.name == "MBG/NBD":
        assert "cannot be told apart" in choice.why.en


def test_a_model_of_leaving_beats_one_in_which_nobody_leaves(histories: PurchaseHistories) -> None:
    truth = BetaGeoModel().fit(histories)
    choice = chosen(fitted(histories), later(histories, truth, 5))
    assert choice.scores["NBD"].deviance > choice.scores["BG/NBD"].deviance
    assert choice.name != "NBD"


def test_windows_follow_each_other_and_short_histories_have_none() -> None:
    cut = split(date(2024, 1, 1), date(2024, 12, 30))
    assert cut is not None
    assert cut.validation_days == cut.test_days == 73
    assert cut.first_on < cut.fitted_until < cut.validated_until < cut.last_on
    assert split(date(2024, 1, 1), date(2024, 2, 10)) is None
