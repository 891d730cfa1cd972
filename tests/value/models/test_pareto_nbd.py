"""Pareto/NBD: planted parameters come back, edges are named, predictions are those of simulated customers."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from peakend.value.models.fitting import DidNotConvergeError
from peakend.value.models.histories import HistoriesError
from peakend.value.models.nbd import NBDModel
from peakend.value.models.pareto_nbd import ParetoNBDModel
from peakend.value.models.pareto_nbd_covariates import ParetoNBDCovariatesModel
from peakend.value.models.priors import LogNormal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TRUE = np.array([0.9, 6.0, 0.8, 12.0])
WEEKLY = float(np.log(1.1) / 52)


def drawn(vector: Floats, customers: int, seed: int) -> dict[str, Floats]:
    ages = np.random.default_rng(seed).integers(100, 400, customers) / 7
    return ParetoNBDModel().at(vector).simulate(ages, seed=seed)


@pytest.fixture(scope="module")
def fitted() -> ParetoNBDModel:
    return ParetoNBDModel().fit(drawn(TRUE, 4_000, 1))


def test_planted_parameters_lie_in_their_intervals_as_often_as_stated() -> None:
    """Of 150 samples nine of ten intervals hold the truth: 5 misses of 600 more or fewer would be chance."""
    inside = np.zeros(4)
    for seed in range(150):
        params = ParetoNBDModel().fit(drawn(TRUE, 1_500, seed)).params
        low, high = np.array([params.interval(name, 0.9) for name in params]).T
        inside += (low < TRUE) & (high > TRUE)
    assert (np.abs(inside / 150 - 0.9) < 4 * np.sqrt(0.09 / 150)).all(), inside


def test_every_start_leads_to_the_same_optimum(fitted: ParetoNBDModel) -> None:
    random = np.random.default_rng(4)
    data = drawn(TRUE, 4_000, 1)
    for start in np.exp(random.uniform(np.log([0.02, 0.1, 0.02, 0.2]), np.log([40, 300, 40, 600]), (10, 4))):
        again = ParetoNBDModel().fit(data, starts=[start])
        assert again.params.vector == pytest.approx(fitted.params.vector, rel=1e-5)


def test_standard_errors_are_those_of_the_bootstrap(fitted: ParetoNBDModel) -> None:
    spread = np.log(fitted.bootstrap(120, seed=3)).std(axis=0)
    assert np.sqrt(np.diag(fitted.params.covariance)) == pytest.approx(spread, rel=0.3)


def test_an_interval_of_what_is_expected_holds_it_as_often_as_stated() -> None:
    def bought(vector: Floats) -> Floats:
        return ParetoNBDModel().at(vector).expected_purchases(52, 4, 30, 40)

    truth = float(bought(TRUE))
    found = [
        ParetoNBDModel().fit(drawn(TRUE, 1_000, seed)).implied(bought, confidence=0.9) for seed in range(80)
    ]
    inside = np.mean([float(one.low) < truth < float(one.high) for one in found])
    assert abs(inside - 0.9) < 4 * np.sqrt(0.09 / 80)


def test_where_nobody_lapses_it_says_so() -> None:
    """The null twin: without lapsing the fit ends at the model's edge, or hardly anybody is said to lapse."""
    named = 0
    for seed in range(20):
        data = NBDModel().at([0.9, 6.0]).simulate(np.full(600, 40.0), seed=seed)
        try:
            model = ParetoNBDModel().fit(data)
        except DidNotConvergeError as error:
            named += "laps" in str(error)
            continue
        s, beta = model.params["s"], model.params["beta"]
        assert 1 - (beta / (beta + 40)) ** s < 0.1
    assert named >= 8


def test_where_all_lapse_alike_it_says_so() -> None:
    told = 0
    for seed in range(8):
        data = drawn(np.array([0.9, 6.0, 1e6, 1e6 / 0.02]), 1_500, seed)
        try:
            assert ParetoNBDModel().fit(data).params["s"] > 1
        except DidNotConvergeError as error:
            told += "all at one rate, 0.0" in str(error)
    assert told >= 2


def test_priors_find_what_the_likelihood_cannot() -> None:
    """Of samples without lapsing those that have no optimum have one with beliefs, and it is plausible."""
    beliefs = {"s": LogNormal(0.5, 1.0), "beta": LogNormal(40.0, 1.0)}
    tried = 0
    for seed in range(6):
        data = NBDModel().at([0.9, 6.0]).simulate(np.full(300, 40.0), seed=seed)
        try:
            ParetoNBDModel().fit(data)
        except DidNotConvergeError:
            tried += 1
            model = ParetoNBDModel(priors=beliefs).fit(data)
            alive = model.probability_alive(data["frequency"], data["recency"], data["T"])
            assert alive.mean() > 0.75
    assert tried >= 2


def test_what_is_expected_of_simulated_customers_happens(fitted: ParetoNBDModel) -> None:
    """Of customers alike in their history as many are alive, and buy as often later, as is expected."""
    model = ParetoNBDModel().at(TRUE)
    data = model.simulate(np.full(400_000, 30.0), seed=8)
    x, last, age = data["frequency"], data["recency"], data["T"]
    alive = model.probability_alive(x, last, age)
    ahead = np.maximum(np.minimum(data["lifetime"], 56.0) - 30.0, 0.0)
    later = data["purchase_rate"] * ahead
    expected = model.expected_purchases(26, x, last, age)
    for group in (x == 0, x == 1, (x > 1) & (last < 10), (x > 4) & (last > 20)):
        size = group.sum()
        assert abs(alive[group].mean() - data["alive"][group].mean()) < 4.5 * 0.5 / np.sqrt(size)
        error = (later[group] - expected[group]).std() / np.sqrt(size)
        assert abs((later[group] - expected[group]).mean()) < 4.5 * error
    new = float(model.expected_purchases_new_customer(30))
    assert abs(x.mean() - new) < 4.5 * x.std() / np.sqrt(len(x))


def test_residual_transactions_sum_up_what_is_expected(fitted: ParetoNBDModel) -> None:
    """DERT is ∫ e^−δt dE[X(t)], here by small steps; within a horizon it is a part of all."""
    edges = np.linspace(0, 3_000, 60_001)
    steps = np.diff(fitted.expected_purchases(edges, 5, 30, 40))
    rate = 0.01
    summed = float((steps * np.exp(-rate * (edges[1:] + edges[:-1]) / 2)).sum())
    assert float(fitted.expected_residual_transactions(rate, 5, 30, 40)) == pytest.approx(summed, rel=1e-6)
    within = fitted.expected_residual_transactions(0.0, 5, 30, 40, horizon=52)
    assert float(within) == pytest.approx(float(fitted.expected_purchases(52, 5, 30, 40)))


@pytest.mark.parametrize(
    ("x", "last", "age"),
    [
        (0, 0.0, 0.0),
        (0, 0.0, 10_000.0),
        (5_000, 10_000.0, 10_000.0),
        (5_000, 3_000.0, 10_000.0),
        (7, 39.0, 39.0),
    ],
)
@pytest.mark.parametrize(
    "vector", [TRUE, [0.01, 0.001, 3.0, 1e4], [30.0, 1e4, 0.001, 0.01], [1.0, 5.0, 1.0, 5.0]]
)
def test_long_and_empty_histories(x: int, last: float, age: float, vector: Floats) -> None:
    model = ParetoNBDModel().at(np.asarray(vector, np.float64))
    alive = float(model.probability_alive(x, last, age))
    assert 0 <= alive <= 1
    assert alive == 1 or last < age
    assert np.isfinite(model.expected_purchases([0, 1, 1e4], x, last, age)).all()
    assert np.isfinite(model.expected_residual_transactions(1e-4, x, last, age))


def test_time_units_scale_rates_and_nothing_else(fitted: ParetoNBDModel) -> None:
    weeks = drawn(TRUE, 4_000, 1)
    days = {"frequency": weeks["frequency"], "recency": weeks["recency"] * 7, "T": weeks["T"] * 7}
    daily = ParetoNBDModel(time_unit="day").fit(days)
    assert daily.params.vector == pytest.approx(fitted.params.vector * [1, 7, 1, 7], rel=1e-4)
    assert float(daily.expected_purchases(7 * 26, 3, 140, 210)) == pytest.approx(
        float(fitted.expected_purchases(26, 3, 20, 30)), rel=1e-4
    )


def test_arrays_broadcast_and_bad_histories_are_refused(fitted: ParetoNBDModel) -> None:
    grid = fitted.probability_alive(3, np.array([10.0, 20, 30])[:, None], np.array([30.0, 40]))
    assert grid.shape == (3, 2)
    assert (np.diff(grid, axis=0) > 0).all()
    with pytest.raises(HistoriesError, match="recency is after the end"):
        ParetoNBDModel().fit({"frequency": [1], "recency": [9.0], "T": [8.0]})


def summed_up(customers: pa.ChunkedArray, times: pa.ChunkedArray) -> dict[str, Floats]:
    """Histories in weeks of who bought when; rows without a customer are left out."""
    table = pa.table({"customer": customers, "day": pc.cast(times, pa.timestamp("us", tz=times.type.tz))})
    days = np.asarray(table["day"]).astype("datetime64[D]").astype(np.int64)
    table = table.set_column(1, "day", pa.array(days)).filter(pc.is_valid(pc.field("customer")))
    found = table.group_by("customer").aggregate([("day", "count_distinct"), ("day", "min"), ("day", "max")])
    first, last = (np.asarray(found[name], np.float64) for name in ("day_min", "day_max"))
    return {
        "frequency": np.asarray(found["day_count_distinct"], np.float64) - 1,
        "recency": (last - first) / 7,
        "T": (last.max() - first) / 7,
    }


def test_online_retail_has_no_optimum_from_any_start_and_that_is_said() -> None:
    """None of its customers seems to lapse within the year: the likelihood is highest where it is NBD's."""
    path = files("peakend.demo") / "data" / "online_retail" / "online_retail.parquet"
    bought = pq.read_table(str(path), columns=["CustomerID", "InvoiceDate", "Quantity", "UnitPrice"])
    kept = bought.filter((pc.field("Quantity") > 0) & (pc.field("UnitPrice") > 0))
    found = summed_up(kept["CustomerID"], kept["InvoiceDate"])
    for start in (None, [np.array([0.1, 1.0, 5.0, 100.0])], [np.array([5.0, 50.0, 0.05, 1.0])]):
        with pytest.raises(DidNotConvergeError, match="nobody seems to lapse"):
            ParetoNBDModel().fit(found, starts=start)


@pytest.mark.private_data
def test_households_lapse_alike(private_data: Callable[[str], Path]) -> None:
    path = private_data("completejourney") / "transactions.parquet"
    bought = pq.read_table(path, columns=["household_id", "transaction_timestamp"])
    found = summed_up(bought["household_id"], bought["transaction_timestamp"])
    with pytest.raises(DidNotConvergeError, match="all at one rate"):
        ParetoNBDModel().fit(found)


def with_covariates(customers: int, seed: int, purchase: float, dropout: float) -> dict[str, Floats]:
    random = np.random.default_rng(seed)
    known = {
        "shop": random.integers(0, 2, customers).astype(np.float64),
        "income": np.round(random.normal(50_000, 10_000, customers), -2),
    }
    empty = ParetoNBDCovariatesModel(["shop", "income"], ["shop"])
    vector = [*TRUE, purchase, 2e-5, dropout]
    ages = random.integers(150, 400, customers) / 7
    model = empty.known(vector, known)
    return {**known, **model.simulate(ages, covariates=known, seed=seed)}


def test_planted_covariates_come_back_and_idle_ones_do_not() -> None:
    planted, false = [], 0
    for seed in range(40):
        model = ParetoNBDCovariatesModel(["shop", "income"], ["shop"])
        params = model.fit(with_covariates(1_500, seed, 0.5, -0.6)).params
        truth = {"purchase[shop]": 0.5, "purchase[income]": 2e-5, "dropout[shop]": -0.6}
        for name, value in truth.items():
            low, high = params.interval(name, 0.9)
            planted.append(low < value < high)
        idle = ParetoNBDCovariatesModel(["shop"], ["shop"]).fit(with_covariates(1_000, 100 + seed, 0.0, 0.0))
        low, high = idle.params.interval("purchase[shop]", 0.9)
        false += not low < 0 < high
    assert abs(np.mean(planted) - 0.9) < 4 * np.sqrt(0.09 / 120)
    assert false <= 11


def test_covariates_without_effect_leave_the_model_as_it_is() -> None:
    data = drawn(TRUE, 500, 2)
    known = {"shop": np.arange(500) % 2}
    model = ParetoNBDCovariatesModel(["shop"], ["shop"]).known([*TRUE, 0.0, 0.0], known)
    x, last, age = data["frequency"], data["recency"], data["T"]
    plain = ParetoNBDModel().at(TRUE)
    assert model.expected_purchases(26, x, last, age, covariates=known) == pytest.approx(
        plain.expected_purchases(26, x, last, age)
    )
    assert model.expected_residual_transactions(WEEKLY, x, last, age, covariates=known) == pytest.approx(
        plain.expected_residual_transactions(WEEKLY, x, last, age)
    )
