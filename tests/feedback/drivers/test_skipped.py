"""Skipped answers: filled from the others, so that slopes come out as if nobody had skipped."""

from __future__ import annotations

import numpy as np

from feedback.drivers.ratings import without
from peakend.feedback.drivers.regression import clustered, least_squares
from peakend.feedback.drivers.skipped import filled, pairwise_moments


def test_slopes_survive_skipping_by_chance() -> None:
    random = np.random.default_rng(1)
    drivers = random.standard_normal((20_000, 4)) + random.standard_normal((20_000, 1))
    outcome = drivers @ [0.5, 0.3, 0.0, 0.2] + random.standard_normal(20_000)
    gaps = without(drivers, random, 0.4)
    fit = least_squares(filled(gaps, np.ones(20_000)), outcome, np.ones(20_000))
    np.testing.assert_allclose(fit.coefficients[:-1], [0.5, 0.3, 0.0, 0.2], atol=0.035)
    # Putting the mean in its place does not do.
    mean = np.where(np.isnan(gaps), np.nanmean(gaps, axis=0), gaps)
    naive = least_squares(mean, outcome, np.ones(20_000)).coefficients[:-1]
    assert naive[2] > 0.05


def test_intervals_on_filled_answers_hold_what_is_true() -> None:
    random = np.random.default_rng(2)
    inside = []
    for _ in range(500):
        drivers = random.standard_normal((300, 3)) + 0.7 * random.standard_normal((300, 1))
        outcome = drivers @ [0.4, 0.2, 0.0] + random.standard_normal(300)
        fit = least_squares(filled(without(drivers, random, 0.3), np.ones(300)), outcome, np.ones(300))
        se = np.sqrt(np.diag(clustered(fit.influence, np.arange(300))))[:-1]
        inside.append(np.abs(fit.coefficients[:-1] - [0.4, 0.2, 0.0]) < 1.968 * se)
    assert np.abs(np.mean(inside, axis=0) - 0.95).max() < 0.03


def test_nothing_skipped_changes_nothing() -> None:
    scores = np.arange(12.0).reshape(4, 3)
    np.testing.assert_array_equal(filled(scores, np.ones(4)), scores)


def test_pairs_that_contradict_each_other_are_made_to_agree() -> None:
    nan = np.nan
    scores = np.array([[1, 1, nan], [2, 2, nan], [nan, 1, 1], [nan, 2, 2], [1, nan, 2], [2, nan, 1.0]])
    _, covariance = pairwise_moments(scores, np.ones(6))
    assert np.linalg.eigvalsh(covariance)[0] > 0
    assert np.isfinite(filled(scores, np.ones(6))).all()
