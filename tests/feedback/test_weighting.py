"""Weights and clusters against hand calculation and against resampling."""

from __future__ import annotations

import numpy as np
import pytest

from peakend.feedback.weighting import design_size, kish_size, linearised_variance


def test_equal_weights_cost_nothing() -> None:
    assert kish_size(50 * 0.3, 50 * 0.09) == pytest.approx(50)


def test_a_sample_that_leans_counts_for_less() -> None:
    # Population 70/30, samples of 300 and 100: weights .7/300 and .3/100.
    total = 300 * 0.7 / 300 + 100 * 0.3 / 100
    squares = 300 * (0.7 / 300) ** 2 + 100 * (0.3 / 100) ** 2
    assert kish_size(total, squares) == pytest.approx(394.737, abs=5e-4)


def test_no_weight_at_all_has_no_size() -> None:
    assert np.isnan(kish_size(0, 0))


def test_linearisation_equals_the_plain_variance_without_weights_and_clusters() -> None:
    y = np.array([1.0, 0, -1, 1, 1, 0, 1, -1])
    n = len(y)
    found = linearised_variance(y.mean(), n, n, n, y.sum(), (y * y).sum())
    assert found == pytest.approx(y.var(ddof=1) / n)


def test_linearisation_agrees_with_the_jackknife_over_clusters() -> None:
    random = np.random.default_rng(3)
    sizes = random.integers(5, 40, 60)
    cluster = np.repeat(np.arange(60), sizes)
    y = random.normal(size=60)[cluster] + random.normal(size=len(cluster))
    w = random.uniform(0.3, 2.0, len(cluster))
    big, both = np.bincount(cluster, w), np.bincount(cluster, w * y)
    mean = both.sum() / big.sum()
    found = linearised_variance(mean, big.sum(), 60, (big**2).sum(), (big * both).sum(), (both**2).sum())
    left_out = (both.sum() - both) / (big.sum() - big)
    jackknife = 59 / 60 * ((left_out - left_out.mean()) ** 2).sum()
    assert found == pytest.approx(jackknife, rel=0.03)
    plain = ((w * (y - mean)) ** 2).sum() / w.sum() ** 2
    assert found > 3 * plain


def test_one_cluster_says_nothing_about_precision() -> None:
    assert np.isnan(linearised_variance(0.5, 100, 1, 1e4, 5e3, 2.5e3))
    assert np.isnan(design_size(0.25, 0.05, 100, 1, 100, 0.95))


def test_the_design_size_is_never_more_than_the_answers() -> None:
    assert design_size(0.25, 0.001, 100, 50, 100, 0.95) == 100


def test_few_clusters_make_the_design_size_smaller() -> None:
    many, few = (float(design_size(0.25, 0.1, 1000, m, 1000, 0.95)) for m in (500, 4))
    assert many == pytest.approx(25, rel=0.01)
    assert few < many / 2


def test_where_all_are_alike_the_size_is_that_of_the_weights_and_clusters() -> None:
    assert design_size(0.0, 0.0, 200, 30, 150, 0.95) == 30
    assert design_size(0.0, 0.0, 200, 200, 150, 0.95) == 150
