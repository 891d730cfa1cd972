"""Covariates that change in time: gaps are named, planted seasons come back, no change changes nothing."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy.integrate import quad
from scipy.special import gammaln

from peakend.value.models.covariate_paths import CovariatePaths, CovariatePathsError
from peakend.value.models.fitting import DidNotConvergeError
from peakend.value.models.histories import PurchaseHistories
from peakend.value.models.pareto_nbd import ParetoNBDModel
from peakend.value.models.pareto_nbd_covariates import ParetoNBDCovariatesModel
from peakend.value.models.pareto_nbd_paths_likelihood import Cells, negative_log_likelihood
from peakend.value.models.time_varying_pareto_nbd import TimeVaryingParetoNBDModel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Table = dict[str, Any]

START = np.datetime64("2024-01-01")
UNTIL = date(2025, 12, 31)
TRUE = np.array([1.2, 20.0, 0.8, 40.0])


def long_table(customers: int, weeks: int, columns: dict[str, Floats]) -> Table:
    """A row a customer and week; columns: arrays (customers × weeks)."""
    return {
        "customer_id": np.repeat([f"c{number:05d}" for number in range(customers)], weeks),
        "starts_on": np.tile(START + 7 * np.arange(weeks), customers),
        **{name: np.ravel(values) for name, values in columns.items()},
    }


def first_purchases(customers: int, seed: int) -> Table:
    days = np.random.default_rng(seed).integers(0, 360, customers)
    return {"customer_id": [f"c{number:05d}" for number in range(customers)], "bought_on": START + days}


def season(customers: int, weeks: int) -> Floats:
    """Six weeks each half year for everybody."""
    return np.tile((np.arange(weeks) % 26 < 6).astype(np.float64), (customers, 1))


def planted(
    customers: int, seed: int, purchase: float, dropout: float, weeks: int = 130
) -> tuple[CovariatePaths, Table]:
    """Customers simulated with effects of a season on buying and of a group on lapsing."""
    group = np.repeat((np.arange(customers) % 2).astype(np.float64)[:, None], weeks, axis=1)
    covariates = long_table(customers, weeks, {"season": season(customers, weeks), "group": group})
    empty = CovariatePaths.of(first_purchases(customers, seed), covariates, until=UNTIL)
    model = TimeVaryingParetoNBDModel(["season"], ["group"]).at([*TRUE, purchase, dropout])
    return CovariatePaths.of(model.simulate(empty, seed=seed), covariates, until=UNTIL), covariates


def test_without_covariates_it_is_the_plain_model() -> None:
    paths, _ = planted(300, 1, 0.5, 0.4)
    histories = PurchaseHistories.from_days(
        paths.frequency, paths.last - paths.first, paths.until - paths.first, paths.weights
    )
    plain, varying = ParetoNBDModel().fit(histories), TimeVaryingParetoNBDModel().fit(paths)
    assert varying.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-9)
    assert varying.params.vector == pytest.approx(plain.params.vector, rel=1e-6)
    asked = (histories.frequency, histories.recency, histories.age)
    plain = plain.at(varying.params.vector)
    assert varying.probability_alive() == pytest.approx(plain.probability_alive(*asked), rel=1e-10)
    assert varying.expected_purchases(12.5) == pytest.approx(
        plain.expected_purchases(12.5, *asked), rel=1e-10
    )
    assert varying.expected_purchases(12.5, discount_rate_per_unit=0.01) == pytest.approx(
        plain.expected_residual_transactions(0.01, *asked, horizon=12.5), rel=1e-10
    )


def test_covariates_of_zero_change_nothing_whatever_their_coefficients() -> None:
    customers, weeks = 200, 130
    bought = first_purchases(customers, 3)
    zeros = long_table(customers, weeks, {"nothing": np.zeros((customers, weeks))})
    paths = CovariatePaths.of(bought, zeros, until=UNTIL)
    theta = np.log(TRUE)
    plain = negative_log_likelihood(Cells.of(paths, [], []), theta)[0]
    cells = Cells.of(paths, ["nothing"], ["nothing"])
    assert negative_log_likelihood(cells, np.array([*theta, 0.7, -2.0]))[0] == pytest.approx(plain, rel=1e-14)
    with pytest.raises(CovariatePathsError, match="the same for everybody at all times"):
        TimeVaryingParetoNBDModel(["nothing"]).fit(paths)


def test_covariates_that_do_not_change_are_the_static_model() -> None:
    paths, _ = planted(400, 2, 0.5, 0.4)
    group = paths.stretches.values[paths.course, 0, paths.columns(["group"])[0]]
    table = {
        "frequency": paths.frequency,
        "recency": (paths.last - paths.first) / 7,
        "T": (paths.until - paths.first) / 7,
        "group": group,
    }
    static = ParetoNBDCovariatesModel(["group"], ["group"]).fit(table)
    varying = TimeVaryingParetoNBDModel(["group"], ["group"]).fit(paths)
    assert varying.log_likelihood == pytest.approx(static.log_likelihood, abs=1e-8)
    assert varying.params.vector == pytest.approx(static.params.vector, rel=1e-5, abs=1e-6)
    fixed = static.at(varying.params.vector)
    asked = (table["frequency"], table["recency"], table["T"])
    assert varying.expected_purchases(20) == pytest.approx(
        fixed.expected_purchases(20, *asked, covariates=table), rel=1e-9
    )


def test_the_likelihood_is_that_of_brute_force() -> None:
    """One customer, integrated numerically over λ, μ having been integrated by hand, week by week."""
    weeks = 60
    random = np.random.default_rng(4)
    z = random.normal(0, 1, (1, weeks))
    covariates = long_table(1, weeks, {"z": z})
    bought = {"customer_id": ["c00000"] * 4, "bought_on": START + np.array([10, 40, 47, 130])}
    paths = CovariatePaths.of(bought, covariates, until=date(2024, 12, 20))
    r, alpha, s, beta, gamma, delta = 0.8, 9.0, 0.7, 15.0, 0.6, -0.9
    end = (np.datetime64("2024-12-20") - START).astype(int) / 7

    def clock(t: float, effect: float) -> float:
        edges = np.minimum(np.arange(weeks + 1.0), t)
        return float(np.diff(edges) @ np.exp(effect * z[0]))

    def bought_by(t: float) -> float:
        return clock(t, gamma) - clock(10 / 7, gamma)

    def worn_by(t: float) -> float:
        return clock(t, delta) - clock(10 / 7, delta)

    def lapsing(t: float) -> float:
        rate = float(np.exp(delta * z[0, int(t)]))
        return s * rate * (alpha + bought_by(t)) ** -(r + 3) * (beta + worn_by(t)) ** -(s + 1)

    edges = [130 / 7, *range(19, int(end) + 1), end]
    lapsed = sum(quad(lapsing, *pair, epsabs=0, epsrel=1e-12)[0] for pair in pairwise(edges))
    stays = (alpha + bought_by(end)) ** -(r + 3) * (beta + worn_by(end)) ** -s
    sizes = sum(gamma * z[0, day // 7] for day in (40, 47, 130))
    exact = (
        gammaln(r + 3) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + sizes + np.log(stays + lapsed)
    )
    theta = np.array([*np.log([r, alpha, s, beta]), gamma, delta])
    found = negative_log_likelihood(Cells.of(paths, ["z"], ["z"]), theta)
    assert -found[0] == pytest.approx(exact, rel=1e-11)
    model = TimeVaryingParetoNBDModel(["z"], ["z"]).at([r, alpha, s, beta, gamma, delta])
    assert float(model.probability_alive(paths)[0]) == pytest.approx(stays / (stays + lapsed), rel=1e-10)
    horizon = 8.5

    def ahead(t: float) -> float:
        left = (beta + worn_by(end)) / (beta + worn_by(t))
        return float(np.exp(gamma * z[0, int(t)])) * left**s

    edges = [end, *range(int(end) + 1, int(end + horizon) + 1), end + horizon]
    summed = sum(quad(ahead, *pair)[0] for pair in pairwise(edges))
    rate = stays / (stays + lapsed) * (r + 3) / (alpha + bought_by(end))
    assert float(model.expected_purchases(horizon, paths)[0]) == pytest.approx(rate * summed, rel=1e-9)


def test_derivatives_are_those_of_central_differences() -> None:
    paths, _ = planted(150, 5, 0.5, 0.4)
    cells = Cells.of(paths, ["season", "group"], ["group", "season"])
    theta = np.array([*np.log(TRUE), 0.3, -0.2, 0.5, 0.1])
    found = negative_log_likelihood(cells, theta)
    for number in range(len(theta)):
        step = np.zeros(len(theta))
        step[number] = 1e-5
        above, below = (negative_log_likelihood(cells, theta + sign * step) for sign in (1, -1))
        assert (above[0] - below[0]) / 2e-5 == pytest.approx(found[1][number], rel=1e-6, abs=1e-4)
        assert (above[1] - below[1]) / 2e-5 == pytest.approx(found[2][number], rel=1e-5, abs=1e-4)


def test_planted_seasons_come_back_and_idle_ones_do_not() -> None:
    inside, false = [], 0
    for seed in range(24):
        params = TimeVaryingParetoNBDModel(["season"], ["group"]).fit(planted(500, seed, 0.6, 0.7)[0]).params
        truth = [*TRUE, 0.6, 0.7]
        for name, value in zip(params, truth, strict=True):
            low, high = params.interval(name, 0.9)
            inside.append(low < value < high)
        idle = TimeVaryingParetoNBDModel(["season"]).fit(planted(300, 100 + seed, 0.0, 0.0)[0]).params
        low, high = idle.interval("purchase[season]", 0.9)
        false += not low < 0 < high
    assert abs(np.mean(inside) - 0.9) < 4 * np.sqrt(0.09 / len(inside))
    assert false <= 8


def test_what_is_expected_follows_the_season_to_come() -> None:
    """Of the first week after the season less is expected, in the ratio of the rates."""
    paths, _ = planted(300, 7, 0.8, 0.0)
    model = TimeVaryingParetoNBDModel(["season"], ["group"]).at([*TRUE, 0.8, 0.0])
    mondays = np.arange(25) + 5 / 7
    bought = np.array([model.expected_purchases(float(monday), paths).sum() for monday in mondays])
    change = np.diff(np.log(np.diff(bought)))
    assert change.min() == pytest.approx(-0.8, abs=0.03)
    with pytest.raises(CovariatePathsError, match=r"Covariates are known for 25\.7143 units"):
        model.expected_purchases(26, paths)


@pytest.mark.parametrize(
    ("problem", "message"),
    [
        ("gap", "The covariates of 1 customers lack a period in between, for example c00003"),
        ("late", "The covariates of 2 customers begin after their first purchase"),
        ("early", "The covariates of 300 customers end before the last day observed"),
        ("short", "The covariates of 1 customers end before the last day observed, for example c00004"),
        ("absent", "1 customers with purchases have no covariates, for example c00005"),
        ("twice", "2 periods of customers are given twice"),
        ("missing", "In column season 3 values are missing"),
        ("text", "Column season does not hold numbers"),
        ("no date", "Column starts_on does not hold dates"),
        ("column", "There is no column starts_on"),
        ("one", "The covariates have 1 period"),
        ("nobody", "Nobody bought until 2023-01-01"),
    ],
)
def test_covariates_that_do_not_cover_are_named_and_counted(problem: str, message: str) -> None:
    customers, weeks = 300, 80 if problem == "early" else 130
    table = long_table(customers, weeks, {"season": season(customers, weeks)})
    bought = {"customer_id": table["customer_id"][::weeks], "bought_on": np.repeat(START + 20, customers)}
    week = (table["starts_on"] - START).astype(int) // 7
    who = table["customer_id"]
    left = np.ones(len(who), np.bool_)
    if problem == "gap":
        left = ~((who == "c00003") & (week == 50))
    elif problem == "late":
        left = ~(np.isin(who, ["c00003", "c00008"]) & (week < 9))
    elif problem == "short":
        left = ~((who == "c00004") & (week > 90))
    elif problem == "absent":
        left = who != "c00005"
    elif problem == "one":
        left = week == 2
    elif problem == "missing":
        table["season"] = np.where(np.arange(len(who)) < 3, np.nan, table["season"])
    elif problem == "text":
        table["season"] = np.where(table["season"] > 0, "high", "low")
    elif problem == "no date":
        table["starts_on"] = np.repeat("some day", len(who))
    table = {name: values[left] for name, values in table.items()}
    if problem == "twice":
        table = {name: np.append(values, values[:2]) for name, values in table.items()}
    if problem == "column":
        del table["starts_on"]
    until = date(2023, 1, 1) if problem == "nobody" else UNTIL
    with pytest.raises(CovariatePathsError, match=message):
        CovariatePaths.of(bought, table, until=until)


def test_other_customers_and_purchases_to_come_are_left_out_and_counted() -> None:
    weeks = 130
    table = long_table(4, weeks, {"season": season(4, weeks)})
    bought = {
        "customer_id": ["c00000", "c00000", "c00000", "c00001", "c00002"],
        "bought_on": START + np.array([3, 60, 60, 9, 800]),
    }
    paths = CovariatePaths.of(bought, pa.table(table), until=UNTIL)
    assert paths.total == 2
    assert paths.others == 2
    assert list(paths.frequency) == [1, 0]
    assert paths.known_beyond == pytest.approx(180 / 7)
    assert paths.stretches.start.shape == (1, 10)


@pytest.fixture(scope="module")
def apparel(private_data: Callable[[str], Path]) -> CovariatePaths:
    """600 customers of a shop, fitted on the first 104 weeks as in the R package CLVTools."""
    folder = private_data("clv_apparel")
    bought = pq.read_table(folder / "apparelTrans.parquet").rename_columns(
        ["customer_id", "bought_on", "price"]
    )
    names = ["customer_id", "starts_on", "season", "gender", "channel"]
    covariates = pq.read_table(folder / "apparelDynCov.parquet").rename_columns(names)
    return CovariatePaths.of(bought, covariates, until=date(2006, 12, 31))


@pytest.mark.private_data
def test_apparel_without_and_with_static_covariates(apparel: CovariatePaths) -> None:
    """Estimates of CLVTools (Meierer et al. 2026, arXiv 2602.09845), which an optimiser without exact
    derivatives left a little off the optimum."""
    plain = TimeVaryingParetoNBDModel().fit(apparel)
    assert plain.params.vector == pytest.approx([1.4490, 48.6361, 0.5613, 46.8844], rel=3e-4)
    static = TimeVaryingParetoNBDModel(["gender", "channel"], ["gender", "channel"]).fit(apparel)
    assert static.log_likelihood == pytest.approx(-5821.0627, abs=5e-5)
    published = [1.8378, 92.9123, 0.5920, 49.6227, 0.2859, 0.6241, -0.6430, 0.7907]
    assert static.params.vector == pytest.approx(published, rel=4e-3)


@pytest.mark.private_data
def test_apparel_with_covariates_that_change(apparel: CovariatePaths) -> None:
    """At the estimates of CLVTools the likelihood is CLVTools'. They are no optimum: without an effect of the
    season on lapsing in so short a time it runs off, and the likelihood rises on the way."""
    names = ["season", "gender", "channel"]
    cells = Cells.of(apparel, names, names)
    model = np.log([1.977706, 115.177940, 2.012683, 158.181797])
    theta = np.array([*model, 0.718314, 0.264898, 0.613721, -2.482678, -0.512544, 0.505730])
    assert -negative_log_likelihood(cells, theta)[0] == pytest.approx(-5752.93672, abs=1e-5)
    with pytest.raises(DidNotConvergeError, match=r"dropout\[season\]"):
        TimeVaryingParetoNBDModel(names, names).fit(apparel)
    kept = TimeVaryingParetoNBDModel(names, names[1:]).fit(apparel)
    assert kept.log_likelihood == pytest.approx(-5753.32573, abs=1e-4)
    low, high = kept.params.interval("purchase[season]")
    assert 0.5 < low < 0.718 < high < 0.9
    alive = kept.probability_alive()
    assert ((alive > 0) & (alive <= 1)).all()
    bought = kept.expected_purchases(52).sum()
    assert bought == pytest.approx(389, rel=0.1)
