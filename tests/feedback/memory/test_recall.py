"""Effective experience: quality × remembered × ours, zero where nothing is remembered."""

from __future__ import annotations

import numpy as np
import pytest

from peakend.feedback.memory import RecallError, effective_experience


def test_the_index_is_the_mean_product() -> None:
    found = effective_experience([1, 1, 1, 0], [1, 1, 0, np.nan], [1.0, 0.5, 1.0, 1.0])
    assert (found.recall, found.branded) == (0.75, pytest.approx(2 / 3))
    assert found.index == pytest.approx((1.0 + 0.5) / 4)


def test_the_index_is_zero_when_nobody_remembers() -> None:
    found = effective_experience([0] * 20, [np.nan] * 20, np.linspace(0, 1, 20))
    assert (found.recall, found.branded, found.index) == (0, None, 0)


def test_vivid_moments_that_stick_are_told_from_chance() -> None:
    random = np.random.default_rng(2)
    quality = random.random(2000)
    strong = np.abs(quality - 0.5) > 0.25
    planted = effective_experience(random.random(2000) < np.where(strong, 0.8, 0.4), np.ones(2000), quality)
    assert planted.vivid_gap_low is not None
    assert planted.vivid_gap_low > 0.3
    alarms = 0
    for _ in range(600):
        q = random.random(200)
        null = effective_experience(random.random(200) < 0.5, np.ones(200), q)
        assert null.vivid_gap_low is not None
        assert null.vivid_gap_high is not None
        alarms += null.vivid_gap_low > 0 or null.vivid_gap_high < 0
    assert alarms / 600 <= 0.077


@pytest.mark.parametrize(
    ("remembered", "ours", "quality"),
    [([], [], []), ([2], [1], [0.5]), ([1], [1], [1.5]), ([1, 0], [1], [0.5])],
)
def test_what_makes_no_sense_is_refused(
    remembered: list[float], ours: list[float], quality: list[float]
) -> None:
    with pytest.raises(RecallError):
        effective_experience(remembered, ours, quality)


def test_without_quality_there_is_recall_but_no_gap() -> None:
    found = effective_experience([1, 0], [1, np.nan], [np.nan, np.nan])
    assert (found.recall, found.quality, found.vivid_gap) == (0.5, None, None)
