"""A scale recoded half-way is seen in the answers, and ordinary change is not taken for it."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np

from peakend.feedback.expectation.recoding import levels_changed, scale_turned


def _levels(scores: np.ndarray) -> dict[float, int]:
    return dict(Counter(scores.tolist()))


def test_a_longer_scale_and_a_coarser_one_are_seen() -> None:
    random = np.random.default_rng(41)
    five = random.integers(1, 6, 300).astype(float)
    ten = random.integers(1, 11, 300).astype(float)
    longer = levels_changed(_levels(five), _levels(ten))
    assert (longer.kind, longer.appeared, longer.vanished) == (
        "levels_changed",
        (6.0, 7.0, 8.0, 9.0, 10.0),
        (),
    )
    coarser = levels_changed(_levels(five), _levels(1 + 2 * random.integers(0, 3, 300).astype(float)))
    assert (coarser.appeared, coarser.vanished) == ((), (2.0, 4.0))
    hundred = levels_changed(_levels(five), _levels(five * 20))
    assert hundred.kind == "levels_changed"


def test_a_rare_level_may_fall_out_of_use() -> None:
    """25 of 3,000 gave a 1 and nobody does now: surely a change, but of customers, not of the scale."""
    before = {1.0: 25, 2.0: 300, 3.0: 800, 4.0: 1000, 5.0: 875}
    assert levels_changed(before, {2.0: 300, 3.0: 800, 4.0: 1000, 5.0: 900}).kind is None
    assert levels_changed({}, before).kind is None
    assert np.isnan(levels_changed({}, before).p)


def test_one_scale_is_called_recoded_in_at_most_one_survey_of_twenty() -> None:
    """2,000 pairs of small, skewed periods on one scale, four transitions each counted."""
    random = np.random.default_rng(42)
    share = np.array([0.02, 0.04, 0.14, 0.4, 0.4])
    alarms = 0
    for _ in range(500):
        waves = [_levels(random.choice(5, 80, p=share).astype(float)) for _ in range(5)]
        pairs = pairwise(waves)
        alarms += any(levels_changed(a, b, comparisons=4).kind for a, b in pairs)
    assert alarms / 500 <= 0.05


def test_a_scale_turned_over_is_seen() -> None:
    assert scale_turned((0.6, 400), (-0.55, 380)).kind == "scale_turned"
    assert scale_turned((0.6, 400), (0.2, 380)).kind is None
    assert scale_turned((0.02, 400), (-0.03, 380)).kind is None
    assert scale_turned((0.6, 400), (float("nan"), 380)).kind is None
    assert scale_turned((0.9, 5), (-0.9, 5)).kind is None


def test_uncorrelated_questions_are_rarely_called_turned() -> None:
    random = np.random.default_rng(43)
    alarms = 0
    for _ in range(2000):
        before, now = (float(np.corrcoef(random.normal(0, 1, (2, 60)))[0, 1]) for _ in range(2))
        alarms += scale_turned((before, 60), (now, 60)).kind is not None
    assert alarms / 2000 < 0.02
