"""Survival curves and hazards on counts: published figures, counts equal rows, planted and null."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from peakend.value.contracts.product_limit import Exposure, product_limit
from peakend.value.contracts.proportional_hazards import Hazards, cox, ties_of
from peakend.value.contracts.rates import value_at_steady_retention, yearly_loss
from peakend.value.models.fitting import DidNotConvergeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]

# Freireich et al. 1963, as in Cox 1972: weeks in remission of 21 patients on 6-MP (the first nine relapsed,
# the others were still in remission) and 21 on placebo (all relapsed).
TREATED = np.array([6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35])
RELAPSED = np.array([1] * 9 + [0] * 12)
PLACEBO = np.array([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23])
ONE = np.ones(21, np.int64)
TWO_GROUPS = np.array([[0.0], [1.0]])


def test_kaplan_meier_of_the_remissions_is_the_published_curve() -> None:
    """Kalbfleisch & Prentice 2002, table 1.2; ends of the intervals as R's survival (log-log) prints them."""
    curve = product_limit(Exposure.of(0 * ONE, TREATED, RELAPSED))
    assert curve.age.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.value == pytest.approx([0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], abs=5e-5)
    assert curve.low == pytest.approx([0.6197, 0.5631, 0.5032, 0.4316, 0.3675, 0.2678, 0.1881], abs=5e-5)
    assert curve.high == pytest.approx([0.9516, 0.9228, 0.8894, 0.8491, 0.8049, 0.7468, 0.6801], abs=5e-5)
    assert curve.median == 23
    assert [float(end[0]) for end in curve.at([5])] == [1.0, 1.0, 1.0]


def test_coxs_model_of_the_remissions_is_the_published_one() -> None:
    """β 1.572, standard error .412, log-likelihood −85.008 with Efron's ties: R's and lifelines' figures."""
    ties = ties_of({0: (0 * ONE, TREATED, RELAPSED, ONE), 1: (0 * ONE, PLACEBO, ONE, ONE)}, 2)
    found = cox([ties], TWO_GROUPS)
    assert found.coefficient[0] == pytest.approx(1.572125, abs=1e-5)
    assert found.standard_error[0] == pytest.approx(0.412397, abs=1e-5)
    assert found.log_likelihood == pytest.approx(-85.008425, abs=1e-5)
    assert found.proportional_p[0] > 0.5


def test_counts_with_heavy_ties_give_what_single_rows_give() -> None:
    """4,000 contracts in 92 groups. lifelines 0.30.3, a row each: 0.6403384, se 0.0396137."""
    random = np.random.default_rng(1)
    group = random.integers(0, 2, 4000)
    until = np.ceil(random.exponential(12 / np.exp(0.6 * group)))
    seen = random.integers(1, 25, 4000)
    ends, closed = np.minimum(until, seen).astype(np.int64), (until <= seen).astype(np.int64)
    rows, codes = np.unique(np.stack([group, ends, closed]), axis=1, return_inverse=True)
    counts = np.bincount(np.ravel(codes))
    assert len(counts) == 92
    exposed = {
        k: (0 * counts[rows[0] == k], *(column[rows[0] == k] for column in (*rows[1:], counts)))
        for k in (0, 1)
    }
    found = cox([ties_of(exposed, 2)], TWO_GROUPS)
    assert found.coefficient[0] == pytest.approx(0.6403384, abs=1e-6)
    assert found.standard_error[0] == pytest.approx(0.0396137, abs=1e-6)


def test_a_planted_ratio_is_covered_as_often_as_stated_and_none_is_found_where_none_is() -> None:
    random = np.random.default_rng(6)
    for ratio in (1.0, 1.6):
        found = [_drawn(random, 400, ratio) for _ in range(150)]
        covered = np.mean([one.low[0] <= ratio <= one.high[0] for one in found])
        assert 0.90 <= covered <= 0.99
    null = [_drawn(random, 400, 1.0) for _ in range(200)]
    assert np.mean([one.p[0] < 0.05 for one in null]) <= 0.10
    assert np.mean([one.proportional_p[0] < 0.05 for one in null]) <= 0.10


def test_hazards_that_cross_are_called_not_proportional() -> None:
    random = np.random.default_rng(7)
    early, late = random.weibull(0.6, 1500) * 300, random.weibull(2.0, 1500) * 300
    exposed = {n: _exposed(times, random) for n, times in enumerate((early, late))}
    assert cox([ties_of(exposed, 2)], TWO_GROUPS).proportional_p[0] < 1e-6


def test_contracts_seen_late_are_at_risk_from_then_on() -> None:
    random = np.random.default_rng(8)
    ends = np.ceil(random.exponential(500, 30_000)).astype(np.int64)
    begins = random.integers(0, 400, 30_000)
    seen = ends > begins
    closed = np.ones(int(seen.sum()), np.int64)
    honest = product_limit(Exposure.of(begins[seen], ends[seen], closed))
    naive = product_limit(Exposure.of(0 * closed, ends[seen], closed))
    truth = np.exp(-365 / 500)
    assert float(honest.at([365])[0][0]) == pytest.approx(truth, abs=0.02)
    assert float(naive.at([365])[0][0]) > truth + 0.08


def test_the_interval_of_a_curve_holds_the_truth_as_often_as_stated() -> None:
    random, covered = np.random.default_rng(9), []
    for _ in range(300):
        times = np.ceil(random.exponential(300, 120)).astype(np.int64)
        seen = random.integers(100, 700, 120)
        curve = product_limit(Exposure.of(0 * times, np.minimum(times, seen), times <= seen))
        _, low, high = curve.at([250])
        covered.append(low[0] <= np.exp(-250 / 300) <= high[0])
    assert 0.91 <= np.mean(covered) <= 0.985


def test_a_group_in_which_nobody_left_has_no_ratio_and_it_is_said() -> None:
    exposed = {0: (0 * ONE, PLACEBO, ONE, ONE), 1: (0 * ONE, TREATED, 0 * ONE, ONE)}
    with pytest.raises(DidNotConvergeError):
        cox([ties_of(exposed, 2)], TWO_GROUPS)


def test_when_all_are_gone_the_curve_ends_at_none() -> None:
    curve = product_limit(Exposure.of(0 * ONE, PLACEBO, ONE))
    assert curve.value[-1] == 0
    assert curve.low[-1] == 0
    assert 0 < curve.high[-1] == curve.high[-2]
    assert np.isfinite(curve.low).all()


def test_a_third_lost_in_half_a_year_is_five_ninths_in_a_year() -> None:
    assert yearly_loss(1 / 3, 0.5) == pytest.approx(0.556, abs=5e-4)
    with pytest.raises(ValueError, match="share"):
        yearly_loss(1.2, 1)


@pytest.mark.parametrize(
    ("margin", "retention", "value"), [(1200, 0.9, 5400), (900, 0.8, 2400), (700, 0.6, 840)]
)
def test_a_promoter_group_is_worth_what_is_printed(margin: float, retention: float, value: float) -> None:
    assert value_at_steady_retention(margin, retention, 0.1) == pytest.approx(value)
    with pytest.raises(ValueError, match="retention"):
        value_at_steady_retention(margin, 1.2, 0.1)


def _exposed(
    times: NDArray[np.float64], random: np.random.Generator
) -> tuple[Integers, Integers, Integers, Integers]:
    ends, seen = np.ceil(times).astype(np.int64) + 1, random.integers(200, 900, len(times))
    return 0 * ends, np.minimum(ends, seen), (ends <= seen).astype(np.int64), np.ones_like(ends)


def _drawn(random: np.random.Generator, contracts: int, ratio: float) -> Hazards:
    half = contracts // 2
    exposed = {
        n: _exposed(random.exponential(400 / factor, half), random) for n, factor in enumerate((1.0, ratio))
    }
    return cox([ties_of(exposed, 2)], TWO_GROUPS)
