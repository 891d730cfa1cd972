"""The bootstrap: intervals hold the truth, equal drivers are not told apart, noise is called noise."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from peakend.feedback import relative_importance
from peakend.feedback.drivers.bootstrap import bootstrap_correlations, multinomial_counts
from peakend.feedback.drivers.covariance import (
    em_covariance,
    pattern_moments,
    places_by_pattern,
)
from peakend.feedback.drivers.differences import pair_differences
from peakend.feedback.drivers.lmg import lmg
from peakend.feedback.drivers.noise import noise_levels

SIMULATIONS = 500
DRAWS = 200
SLOPES = np.array([0.5, 0.3, 0.3, 0.0, 0.0])


def shares(parts: np.ndarray) -> np.ndarray:
    return parts / parts.sum(axis=-1, keepdims=True)


def population(common: float) -> np.ndarray:
    """Correlations of five drivers that all correlate by `common`, and the outcome, noise of variance 1."""
    drivers = np.full((5, 5), common) + (1 - common) * np.eye(5)
    matrix = np.block(
        [
            [drivers, (drivers @ SLOPES)[:, None]],
            [SLOPES @ drivers, np.array([SLOPES @ drivers @ SLOPES + 1])],
        ]
    )
    scale = np.sqrt(np.diag(matrix))
    return matrix / np.outer(scale, scale)


@cache
def simulated(common: float, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Estimated importances, their draws, and the sample correlations of each simulation."""
    rng = np.random.default_rng(1)
    root = np.linalg.cholesky(population(common))
    matrices, resampled = [], []
    for simulation in range(SIMULATIONS):
        values = rng.normal(size=(n, 6)) @ root.T
        estimate = em_covariance(pattern_moments(values))
        matrices.append(estimate.correlation)
        resampled.append(bootstrap_correlations(values, np.ones(n), None, estimate, DRAWS, simulation))
    draws = lmg(np.concatenate(resampled)).reshape(SIMULATIONS, DRAWS, 5)
    return lmg(np.array(matrices)), draws, np.array(matrices)


@pytest.mark.parametrize(("n", "least"), [(200, 0.88), (800, 0.9)])
def test_the_percentile_interval_holds_the_true_share(n: int, least: float) -> None:
    # A little short of 95 % with 200 respondents (91 to 96 in 2,000 simulations), nominal with more.
    truth = shares(lmg(population(0.3)))
    _, draws, _ = simulated(0.3, n)
    low, high = np.quantile(shares(draws), [0.025, 0.975], axis=1)
    coverage = ((low <= truth) & (truth <= high)).mean(axis=0)
    assert (coverage > least).all(), coverage
    assert (coverage < 0.985).all(), coverage


@pytest.mark.parametrize("common", [0.0, 0.3])
def test_equally_important_drivers_are_told_apart_at_the_stated_rate(common: float) -> None:
    found, draws, _ = simulated(common, 200)
    names = tuple("abcde")
    pairs = [
        pair_differences(names, one, resampled, 200, 0.95, 0.05)
        for one, resampled in zip(found, draws, strict=True)
    ]
    # b and c have the same effect, d and e none: places 4 and 9 of the ten pairs.
    alarms = np.mean([each[4].p < 0.05 for each in pairs])
    assert (pairs[0][4].first, pairs[0][4].second) == ("b", "c")
    assert np.mean([each[9].p < 0.05 for each in pairs]) < 0.05
    # Two standard errors of a share of .05 in 500 simulations.
    assert 0.01 < alarms < 0.05 + 2 * (0.05 * 0.95 / SIMULATIONS) ** 0.5


def test_drivers_without_effect_stay_below_the_noise() -> None:
    found, _, matrices = simulated(0.0, 200)
    levels = np.array([noise_levels(one, np.full(5, 200.0)) for one in matrices])
    # All five drivers together at 5 %, two of them without effect: 2 % expected.
    alarms = (found > levels)[:, 3:].any(axis=1).mean()
    assert alarms < 0.05
    assert (found > levels)[:, 0].mean() > 0.99


def test_a_different_driver_is_told_apart() -> None:
    found, draws, _ = simulated(0.0, 800)
    pairs = [
        pair_differences(tuple("abcde"), one, resampled, 800, 0.95, 0.05)[0]
        for one, resampled in zip(found, draws, strict=True)
    ]
    assert np.mean([pair.told_apart and pair.difference > 0 for pair in pairs]) > 0.9


def test_every_draw_takes_as_many_as_there_are() -> None:
    counts = np.concatenate(list(multinomial_counts(1000, 300, 1, chunk=128)), axis=1)
    assert counts.shape == (300, 1000)
    assert (counts.sum(axis=1) == 1000).all()
    # Multinomial with 1,000 trials: mean 1, variance 1 − 1/1000, P(0) = (1 − 1/1000)¹⁰⁰⁰.
    assert counts.var() == pytest.approx(0.999, abs=0.01)
    assert (counts == 0).mean() == pytest.approx(0.999**1000, abs=0.003)


def test_a_draw_is_the_correlation_of_the_resampled_rows() -> None:
    rng = np.random.default_rng(2)
    values = rng.normal(size=(50, 4)) + rng.normal(size=(50, 1))
    weights = rng.uniform(0.5, 2, 50)
    estimate = em_covariance(pattern_moments(values, weights))
    found = bootstrap_correlations(values, weights, None, estimate, 30, 4)
    counts = np.concatenate(list(multinomial_counts(50, 30, 4)), axis=1)
    for draw, one in zip(found, counts, strict=True):
        rows = np.repeat(np.arange(50), one.astype(int))
        assert draw == pytest.approx(weighted_correlation(values[rows], weights[rows]))


def weighted_correlation(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    covariance = np.cov(values.T, aweights=weights, ddof=0)
    scale = np.sqrt(np.diag(covariance))
    return covariance / np.outer(scale, scale)


def test_clusters_are_drawn_whole() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(size=(60, 3)) + rng.normal(size=(60, 1))
    clusters = np.repeat(np.arange(12), 5)
    estimate = em_covariance(pattern_moments(values))
    found = bootstrap_correlations(values, np.ones(60), clusters, estimate, 20, 4)
    counts = np.concatenate(list(multinomial_counts(12, 20, 4)), axis=1)
    for draw, one in zip(found, counts, strict=True):
        rows = np.concatenate(
            [np.flatnonzero(clusters == c) for c in np.repeat(np.arange(12), one.astype(int))]
        )
        assert draw == pytest.approx(np.corrcoef(values[rows].T))


def test_with_skipped_answers_one_step_stands_for_em_anew() -> None:
    rng = np.random.default_rng(5)
    values = rng.normal(size=(500, 4)) + rng.normal(size=(500, 1))
    values[rng.random((500, 4)) < 0.2] = np.nan
    values = values[~np.isnan(values).all(axis=1)]
    n = len(values)
    estimate = em_covariance(pattern_moments(values))
    found = bootstrap_correlations(values, np.ones(n), None, estimate, 40, 1)
    counts = np.concatenate(list(multinomial_counts(n, 40, 1)), axis=1)
    rows = values[np.concatenate(places_by_pattern(~np.isnan(values)))]
    anew = np.array(
        [em_covariance(pattern_moments(rows[one > 0], one[one > 0])).correlation for one in counts]
    )
    error = np.sqrt(((found - anew) ** 2).mean())
    assert error < 0.12 * anew.std(axis=0).mean() + 1e-9
    assert found.std(axis=0) == pytest.approx(anew.std(axis=0), rel=0.1, abs=1e-12)


def test_skipping_widens_and_clusters_widen() -> None:
    rng = np.random.default_rng(6)
    x = rng.normal(size=(400, 3))
    y = x @ [0.5, 0.3, 0.1] + rng.normal(size=400)
    gaps = np.where(rng.random((400, 3)) < 0.4, np.nan, x)

    def width(found: object) -> float:
        return float(found.drivers[0].high - found.drivers[0].low)  # type: ignore[attr-defined]

    whole = relative_importance(x, y, bootstrap=400)
    assert width(relative_importance(gaps, y, bootstrap=400)) > 1.05 * width(whole)
    copied = relative_importance(
        np.repeat(x, 4, axis=0), np.repeat(y, 4), bootstrap=400, clusters=np.repeat(np.arange(400), 4)
    )
    assert width(copied) == pytest.approx(width(whole))
    assert copied.drivers[0].noise == pytest.approx(whole.drivers[0].noise)


def test_pairs_need_draws_and_name_what_they_compare() -> None:
    rng = np.random.default_rng(7)
    x = rng.normal(size=(300, 3))
    found = relative_importance(
        x, x @ [1, 0.2, 0.2] + rng.normal(size=300), bootstrap=300, names=["price", "food", "seat"]
    )
    price, _, same = found.pairs()
    assert (price.first, price.second, price.told_apart) == ("price", "food", True)
    assert price.chance_larger == 1.0
    assert price.low < price.difference < price.high
    assert (same.first, same.second, same.told_apart) == ("food", "seat", False)
    assert all(pair.adjusted_p >= pair.p for pair in found.pairs())
    assert found.draws is not None
    assert found.draws.shape == (300, 3)
    assert found.share_draws is not None
    assert found.share_draws.sum(axis=1) == pytest.approx(np.ones(300))
