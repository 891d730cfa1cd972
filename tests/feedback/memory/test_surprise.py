"""Delight: the share far better than expected and what goes with it."""

from __future__ import annotations

import numpy as np
import pytest

from peakend.feedback.memory import MemoryScaleError, delight
from peakend.feedback.scales import ScoreOutsideScaleError


def test_shares_and_their_interval() -> None:
    found = delight([5] * 20 + [4] * 30 + [3] * 40 + [1] * 10)
    assert (found.far_better, found.better, found.as_expected, found.worse) == (0.2, 0.3, 0.4, 0.1)
    # Wilson at 20 of 100.
    assert (found.low, found.high) == (pytest.approx(0.1334, abs=1e-4), pytest.approx(0.2888, abs=1e-4))
    assert found.lift is None


def simulated(lift: float) -> list[float]:
    random = np.random.default_rng(7)
    found = []
    for _ in range(600):
        compared = random.choice([1, 2, 3, 4, 5], 200, p=[0.05, 0.15, 0.5, 0.2, 0.1])
        outcome = random.normal(30, 60, 200) + lift * (compared == 5)
        p = delight(compared, outcome).p
        assert p is not None
        found.append(p)
    return found


def test_a_planted_lift_is_found_and_none_is_rarely_seen() -> None:
    assert np.mean(np.array(simulated(60)) < 0.05) > 0.9
    # 5 % ± 3 standard errors of 600 draws.
    assert np.mean(np.array(simulated(0)) < 0.05) <= 0.077


def test_weights_count() -> None:
    found = delight([5, 3], weights=[3, 1])
    assert found.far_better == 0.75
    assert found.n == 2


def test_missing_answers_are_no_answers() -> None:
    assert delight([np.nan, 5.0]).n == 1
    assert delight([]).far_better is None


def test_scales_without_a_middle_are_refused() -> None:
    with pytest.raises(MemoryScaleError):
        delight([1, 2], scale=(1, 4))
    with pytest.raises(ScoreOutsideScaleError):
        delight([6.0])
