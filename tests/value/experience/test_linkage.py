"""What a point of satisfaction goes with in money: exact, recovered where planted, nothing in the null."""

from __future__ import annotations

import numpy as np
import pytest

from peakend.value.experience.group_means import group_mean, ratio, standardised
from peakend.value.experience.linkage import Cells, dilution, slope


def customers(
    seed: int, effect: float, n: int = 4_000, *, confounded: float = 0.0
) -> tuple[Cells, np.ndarray, np.ndarray, np.ndarray]:
    """Cells, and one by one: stratum, score, money. `confounded`: what a stratum adds by itself."""
    random = np.random.default_rng(seed)
    stratum = random.integers(0, 4, n)
    score = np.clip(np.round(random.normal(6 + stratum, 2)), 0, 10)
    money = np.round(random.gamma(2, 20, n) + effect * score + confounded * stratum + 5, 2)
    rows, place = np.unique(np.stack([stratum, score]), axis=1, return_inverse=True)
    place = np.ravel(place)
    cells = Cells(
        rows[0].astype(np.int64),
        rows[1].astype(np.float64),
        np.bincount(place).astype(np.float64),
        np.bincount(place, money).astype(np.float64),
        np.bincount(place, money**2).astype(np.float64),
    )
    return cells, stratum, score, money


def test_the_slope_and_its_robust_error_are_those_of_the_customers_one_by_one() -> None:
    cells, stratum, score, money = customers(1, 3.0)
    found = slope(cells)
    design = np.column_stack([score, *[(stratum == k).astype(float) for k in range(4)]])
    inverse = np.linalg.inv(design.T @ design)
    beta = inverse @ design.T @ money
    residuals = money - design @ beta
    white = inverse @ (design.T * residuals**2) @ design @ inverse * len(money) / (len(money) - 5)
    assert found.value == pytest.approx(beta[0], rel=1e-9)
    assert found.error == pytest.approx(np.sqrt(white[0, 0]), rel=1e-9)


def test_a_planted_effect_is_covered_as_often_as_promised_and_the_null_alarms_as_seldom() -> None:
    covered = alarms = 0
    for seed in range(200):
        planted = slope(customers(seed, 2.0, 800)[0])
        null = slope(customers(1_000 + seed, 0.0, 800)[0])
        assert planted.low is not None
        assert planted.high is not None
        assert null.p is not None
        covered += planted.low <= 2.0 <= planted.high
        alarms += null.p < 0.05
    # Of 200, 190 and 10 are expected; beyond 179 and 21 lies less than one case in 500.
    assert covered >= 179
    assert alarms <= 21


def test_a_common_cause_fools_the_naive_slope_and_not_the_one_within_strata() -> None:
    cells = customers(4, 0.0, 6_000, confounded=30.0)[0]
    naive, alike = slope(cells, within=False), slope(cells)
    assert naive.low is not None
    assert naive.low > 5
    assert alike.low is not None
    assert alike.high is not None
    assert alike.low < 0 < alike.high


def test_scores_that_do_not_differ_have_no_slope() -> None:
    same = Cells(*(np.array(v) for v in ([0, 1], [7.0, 7.0], [30.0, 40.0], [90.0, 80.0], [900.0, 800.0])))
    assert slope(same).value is None
    nobody = same.where(np.array([False, False]))
    assert slope(nobody).customers == 0


def test_aiming_returns_more_only_where_the_aimed_at_answer_more() -> None:
    strong, weak = slope(customers(1, 6.0)[0]), slope(customers(2, 1.0)[0])
    found = dilution(strong, weak, share=0.2)
    assert found is not None
    value, low, high = found
    assert value == pytest.approx(0.2 + 0.8 / 6, abs=0.06)
    assert low < value < high < 1
    same = dilution(strong, slope(customers(3, 6.0)[0]), share=0.2)
    assert same is not None
    assert same[1] < 1 < same[2]
    assert dilution(slope(customers(9, 0.0)[0]), weak, share=0.2) is None, "nothing to divide by"


def test_a_ratio_of_means_covers_the_planted_one() -> None:
    random = np.random.default_rng(8)
    covered = 0
    for _ in range(200):
        one, other = random.gamma(1.5, 60, 300), random.gamma(1.5, 20, 250)
        found = ratio(
            group_mean(300, one.sum(), (one**2).sum()), group_mean(250, other.sum(), (other**2).sum()), 0.95
        )
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= 3 <= found.high
    assert covered >= 179


def test_a_loss_is_no_base_for_a_ratio() -> None:
    found = ratio(group_mean(10, 100.0, 1_200.0), group_mean(10, -50.0, 400.0), 0.95)
    assert found.value is None
    assert found.p is not None


def test_a_mean_next_to_nothing_has_a_ratio_without_an_interval() -> None:
    found = ratio(group_mean(50, 1e-6, 5_000.0), group_mean(50, 100.0, 5_000.0), 0.95)
    assert found.value is not None
    assert found.low is None


def test_standardised_means_take_the_strata_as_large_as_they_are_in_all() -> None:
    strata = {0: group_mean(10, 100.0, 1_100.0), 1: group_mean(30, 900.0, 28_000.0)}
    found = standardised(strata, {0: 0.5, 1: 0.5})
    assert found is not None
    assert found.mean == 20.0
    assert standardised(strata, {0: 0.4, 1: 0.4, 2: 0.2}) is None
