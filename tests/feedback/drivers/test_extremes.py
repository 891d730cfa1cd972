"""Detractors and promoters: planted drivers work at their own end, and one scale makes no difference."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from feedback.drivers.ratings import ratings, without
from peakend.feedback.drivers.errors import NotConvergedError
from peakend.feedback.drivers.extremes import OneClassError, extremes
from peakend.feedback.drivers.regression import logistic


def test_what_keeps_from_detracting_is_told_from_what_makes_promoters() -> None:
    random = np.random.default_rng(1)
    scores = ratings(random, 6000, 4)
    away = expit(-0.9 * (scores[:, 0] - 3.5) - 0.5 * (scores[:, 2] - 3.5) - 1.5) > random.random(6000)
    won = expit(0.9 * (scores[:, 1] - 3.5) + 0.5 * (scores[:, 2] - 3.5) - 0.5) > random.random(6000)
    outcome = np.where(away, 3.0, np.where(won, 10.0, 8.0))
    found = extremes(without(scores, random, 0.2), outcome)
    assert found.ends[:2] == ("more_detractors", "more_promoters")
    assert found.ends[3] == "cannot_tell"
    assert found.detractors.effect[0] < -0.05
    assert found.promoters.effect[1] > 0.05
    assert abs(found.detractors.effect[1]) < 0.02


def test_one_scale_makes_no_difference_between_the_ends() -> None:
    random = np.random.default_rng(2)
    differs, false = [], []
    for _ in range(500):
        scores = ratings(random, 400, 3, skipped=0.1)
        known = np.nan_to_num(scores, nan=3.4)
        outcome = np.digitize(known @ [0.6, 0.3, 0.0] + random.logistic(size=400), [1.5, 3.5])
        found = extremes(scores, outcome, detractor_to=0, promoter_from=2)
        differs.append(found.p <= 0.05)
        false.append([found.detractors.p[2] <= 0.05, found.promoters.p[2] <= 0.05])
        assert found.n >= 395
    assert np.abs(np.mean(differs, axis=0) - 0.05).max() < 0.03
    assert np.abs(np.mean(false, axis=0) - 0.05).max() < 0.03


def test_the_model_is_the_maximum_of_the_likelihood() -> None:
    random = np.random.default_rng(3)
    drivers = random.standard_normal((400, 2))
    outcome = (expit(drivers @ [1.0, -0.5] + 0.3) > random.random(400)).astype(float)
    fit = logistic(drivers, outcome, np.ones(400))
    design = np.column_stack([drivers, np.ones(400)])
    np.testing.assert_allclose(design.T @ (outcome - fit.fitted), 0, atol=1e-8)


def test_effects_are_what_a_point_changes_on_average() -> None:
    random = np.random.default_rng(4)
    scores = ratings(random, 3000, 2)
    outcome = np.digitize(scores @ [0.7, 0.2] + random.logistic(size=3000), [2.0, 4.0])
    found = extremes(scores, outcome, detractor_to=0, promoter_from=2)
    fit = logistic(scores, (outcome == 2).astype(float), np.ones(3000))
    step = 1e-5
    log_odds = np.log(fit.fitted / (1 - fit.fitted))
    moved = expit(log_odds + step * found.promoters.log_odds[0])
    assert (moved - fit.fitted).mean() / step == pytest.approx(found.promoters.effect[0], rel=1e-4)


def test_one_class_and_complete_separation_are_told() -> None:
    random = np.random.default_rng(5)
    scores = ratings(random, 200, 2)
    with pytest.raises(OneClassError) as nobody:
        extremes(scores, np.where(scores[:, 0] > 3, 10.0, 8.0) + 0 * scores[:, 0])
    assert nobody.value.data["end"] == "detractors"
    with pytest.raises(NotConvergedError):
        extremes(scores, np.where(scores[:, 0] <= 2, 3.0, np.where(scores[:, 0] == 5, 10.0, 8.0)))
