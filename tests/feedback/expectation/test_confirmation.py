"""Worse, as, better than expected: bands, room at the top, and what it adds beyond perception."""

from __future__ import annotations

import numpy as np
import pytest

from peakend.feedback.expectation.confirmation import (
    confirmation,
    disconfirmation_adds,
    far_of,
    tolerance_of,
)
from peakend.feedback.expectation.errors import ItemsError
from peakend.feedback.intervals import nps_interval, wilson


def test_shares_count_whole_steps() -> None:
    perception = np.array([[1, 3, 3, 4, 5, 5, 5, 2, 4, 4]]).T
    expectation = np.array([[3, 3, 4, 4, 4, 3, 5, 2, np.nan, 3]]).T
    (found,) = confirmation(perception, expectation, scale=(1, 5))
    assert found.n == 9
    assert found.worse.value == pytest.approx(2 / 9)
    assert found.as_expected.value == pytest.approx(4 / 9)
    assert found.better.value == pytest.approx(3 / 9)
    assert found.far_better.value == pytest.approx(1 / 9)
    assert found.could_be_far_better == pytest.approx(5 / 9)
    assert found.index.value == pytest.approx(100 / 9)
    low, high = wilson(1 / 9, 9)
    assert (found.far_better.low, found.far_better.high) == (pytest.approx(low), pytest.approx(high))
    low, high = nps_interval(3 / 9, 2 / 9, 9)
    assert (found.index.low, found.index.high) == (pytest.approx(low), pytest.approx(high))


def test_different_scales_meet_on_a_hundred() -> None:
    (found,) = confirmation([[5], [3], [1]], [[7], [1], [7]], scale=(1, 5), expectation_scale=(1, 7))
    assert [found.as_expected.value, found.better.value, found.worse.value] == pytest.approx([1 / 3] * 3)


def test_a_slider_is_not_read_to_the_point() -> None:
    assert tolerance_of((1, 5)) == 12.5
    assert tolerance_of((1, 100)) == 5.0
    assert (far_of((1, 5)), far_of((0, 10)), far_of((0, 100))) == (50.0, 25.0, 25.0)
    (found,) = confirmation([[54], [80], [40]], [[50], [50], [50]], scale=(0, 100))
    assert (found.as_expected.value, found.far_better.value) == (
        pytest.approx(1 / 3),
        pytest.approx(1 / 3),
    )


def test_nobody_gives_nothing() -> None:
    (found,) = confirmation([[np.nan], [3]], [[3], [np.nan]], scale=(1, 5))
    assert (found.n, found.worse.value, found.index.value, found.could_be_far_better) == (0, None, None, None)


def _survey(random: np.random.Generator, n: int, effect: float) -> tuple[np.ndarray, ...]:
    expectation = np.clip(60 + 15 * random.normal(0, 1, n), 0, 100)
    perception = np.clip(0.4 * expectation + 40 + 15 * random.normal(0, 1, n), 0, 100)
    # The overall saturates in perception, with unequal variance.
    base = 100 * (perception / 100) ** 0.6
    overall = base + effect * (perception - expectation) + (4 + 0.1 * perception) * random.normal(0, 1, n)
    return overall, perception, perception - expectation


def test_disconfirmation_that_adds_is_found_and_one_that_does_not_is_not() -> None:
    """600 surveys of 250 with and without an effect at equal perception."""
    random = np.random.default_rng(21)
    alarms = found = covered = 0
    for _ in range(600):
        null = disconfirmation_adds(*_survey(random, 250, 0.0))
        assert null.p is not None
        alarms += null.p <= 0.05
        planted = disconfirmation_adds(*_survey(random, 250, 0.2))
        assert planted.p is not None
        assert planted.low is not None
        assert planted.high is not None
        found += planted.p <= 0.05
        covered += planted.low <= 2.0 <= planted.high
    assert 0.03 < alarms / 600 < 0.075
    assert found / 600 > 0.9
    assert 0.92 < covered / 600 < 0.98


def test_the_explained_share_never_falls() -> None:
    found = disconfirmation_adds(*_survey(np.random.default_rng(22), 300, 0.3))
    assert found.r2_both is not None
    assert found.r2_perception is not None
    assert 0 < found.r2_perception < found.r2_both < 1


def test_what_cannot_be_tested_says_why() -> None:
    same = np.full(40, 50.0)
    rising = np.linspace(0, 100, 40)
    assert disconfirmation_adds(same, rising, -rising).reason == "nothing_varies"
    assert disconfirmation_adds(rising, rising[::-1], 2 * rising).reason == "collinear"
    assert disconfirmation_adds([1, 2], [1, 2], [2, 1]).reason == "too_few"
    with pytest.raises(ItemsError):
        disconfirmation_adds([1, 2], [1, 2, 3], [2, 1])
    with pytest.raises(ItemsError, match="outside"):
        confirmation([[6]], [[3]], scale=(1, 5))
    with pytest.raises(ItemsError, match="lowest"):
        confirmation([[6]], [[3]], scale=(5, 5))
