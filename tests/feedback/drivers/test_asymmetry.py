"""Penalty and reward: planted basic, exciting and straight parts are found, and nothing where nothing is."""

from __future__ import annotations

import numpy as np
import pytest

from feedback.drivers.ratings import ratings, without
from peakend.feedback.drivers.asymmetry import asymmetry
from peakend.feedback.drivers.bands import bands, outcome_cuts
from peakend.feedback.drivers.errors import DriverInputError, NothingVariesError, TooFewAnswersError
from peakend.feedback.drivers.regression import CollinearDriversError

SCALES = [(1.0, 5.0)] * 4
CLASSES = {"basic", "performance", "excitement"}


def test_planted_classes_are_found_although_answers_are_skipped() -> None:
    random = np.random.default_rng(5)
    scores = ratings(random, 4000, 4)
    outcome = 1.0 * (scores[:, 1] == 5) - 1.0 * (scores[:, 0] <= 2) + 0.5 * scores[:, 2]
    outcome = outcome + random.standard_normal(4000)
    found = asymmetry(without(scores, random, 0.25), outcome, scales=SCALES)
    assert found.roles == ("basic", "excitement", "performance", "indifferent")
    assert found.penalty_low[0] < -1 < found.penalty_high[0]
    assert found.reward_low[0] < 0 < found.reward_high[0]
    assert found.reward_low[1] < 1 < found.reward_high[1]
    assert found.index[0] < -0.5 or np.isnan(found.index[0])


def test_without_skips_the_indices_are_those_of_least_squares() -> None:
    random = np.random.default_rng(6)
    scores = ratings(random, 300, 2)
    outcome = scores @ [0.4, 0.1] + random.standard_normal(300)
    found = asymmetry(scores, outcome, scales=SCALES[:2])
    design = np.column_stack([scores <= 2, scores >= 5, np.ones(300)]).astype(float)
    expected = np.linalg.lstsq(design, outcome, rcond=None)[0]
    np.testing.assert_allclose(np.r_[found.penalty, found.reward], expected[:-1], atol=1e-10)


def test_where_nothing_matters_a_class_is_given_at_most_as_often_as_stated() -> None:
    random = np.random.default_rng(7)
    joint = named = 0
    for _ in range(500):
        scores = ratings(random, 240, 3, skipped=0.2)
        found = asymmetry(scores, random.standard_normal(240), scales=SCALES[:3])
        joint += bool((found.adjusted_p <= 0.05).any())
        named += bool(CLASSES & set(found.roles))
    assert joint / 500 < 0.07
    assert named / 500 < 0.05


def test_a_straight_line_is_neither_basic_nor_exciting() -> None:
    """The null of asymmetry: bands of different width alone must not make a tilt."""
    random = np.random.default_rng(8)
    tilted = []
    for _ in range(500):
        scores = ratings(random, 400, 3)
        outcome = scores @ [0.4, 0.3, 0.2] + random.standard_normal(400)
        found = asymmetry(scores, outcome, scales=SCALES[:3])
        tilted.append(found.tilt_adjusted_p <= 0.05)
    assert np.any(tilted, axis=1).mean() < 0.07


def test_the_intervals_hold_what_is_true_with_clusters_and_weights() -> None:
    random = np.random.default_rng(9)
    inside = []
    for _ in range(200):
        cluster = random.integers(0, 60, 480)
        scores = ratings(random, 480, 2)
        shift = random.standard_normal(60)[cluster]
        outcome = -0.8 * (scores[:, 0] <= 2) + 0.6 * shift + random.standard_normal(480)
        weight = random.gamma(4, 0.25, 480)
        found = asymmetry(scores, outcome, weight, cluster, scales=SCALES[:2])
        inside.append([found.penalty_low[0] < -0.8 < found.penalty_high[0], found.p[1] > 0.05])
    assert (np.mean(inside, axis=0) > 0.91).all()


def test_an_end_with_few_answers_is_left_open() -> None:
    random = np.random.default_rng(10)
    scores = np.clip(ratings(random, 400, 2), 3, 5)
    scores[:12, 0] = 1
    found = asymmetry(scores, scores.sum(axis=1) + random.standard_normal(400), scales=SCALES[:2])
    assert np.isnan(found.penalty).all()
    assert found.poor_n.tolist() == [12, 0]
    assert not np.isnan(found.reward).any()
    assert set(found.roles) <= {"cannot_tell", "excitement"}


def test_bands_of_usual_scales() -> None:
    assert [bands(s) for s in ((1, 5), (1, 7), (0, 10), (1, 10), (1, 3), (0, 1))] == [
        (2, 5),
        (2, 7),
        (3, 9),
        (4, 9),
        (1, 3),
        (0, 1),
    ]
    assert outcome_cuts("nps", (0, 10)) == (6, 9)
    assert outcome_cuts("rating", (1, 5)) == (3, 5)


def test_bad_input_is_told() -> None:
    random = np.random.default_rng(11)
    scores = ratings(random, 100, 2)
    outcome = scores[:, 0] + random.standard_normal(100)
    with pytest.raises(NothingVariesError) as nobody:
        asymmetry(np.column_stack([scores, np.full(100, np.nan)]), outcome)
    assert nobody.value.data["names"] == ["x3"]
    with pytest.raises(NothingVariesError):
        asymmetry(np.column_stack([scores, np.full(100, 4.0)]), outcome)
    with pytest.raises(NothingVariesError):
        asymmetry(scores, np.ones(100))
    with pytest.raises(CollinearDriversError):
        asymmetry(np.column_stack([scores, scores[:, 0]]), outcome, minimum=5)
    with pytest.raises(TooFewAnswersError):
        asymmetry(scores[:3], outcome[:3])
    with pytest.raises(DriverInputError):
        asymmetry(scores, outcome[:50])
    with pytest.raises(DriverInputError):
        asymmetry([["a", "b"]], [1.0])
