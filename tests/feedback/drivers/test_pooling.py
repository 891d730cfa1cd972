"""Drivers by segment: planted weights come back, equal ones shrink, and differences are claimed as stated."""

from __future__ import annotations

import numpy as np
import pytest

from peakend.feedback.drivers.errors import TooFewAnswersError
from peakend.feedback.drivers.pooling import drivers_by_segment

SLOPE = np.array([0.5, 0.3, 0.0])


def drivers(random: np.random.Generator, rows: int, count: int = 3) -> np.ndarray:
    return random.standard_normal((rows, count)) + random.standard_normal((rows, 1))


def test_planted_weights_of_a_segment_are_recovered() -> None:
    random = np.random.default_rng(1)
    x = drivers(random, 4000)
    segment = random.integers(0, 4, 4000)
    slopes = np.tile(SLOPE, (4, 1))
    slopes[3] = [0.1, 0.3, 0.5]
    y = (x * slopes[segment]).sum(axis=1) + random.standard_normal(4000)
    found = drivers_by_segment(x, y, [f"s{s}" for s in segment])
    assert found.segments == ("s0", "s1", "s2", "s3")
    np.testing.assert_allclose(found.pooled, slopes, atol=0.12)
    assert (found.adjusted_p[[0, 2]] < 0.001).all()
    assert found.adjusted_p[1] > 0.05
    assert (found.deviation_adjusted_p[3, [0, 2]] < 0.001).all()
    assert found.share.sum(axis=1) == pytest.approx(np.ones(4))
    assert found.share[3, 2] > found.share[3, 0]
    assert found.share[0, 0] > found.share[0, 2]
    assert (found.low <= found.share).all()
    assert (found.share <= found.high).all()


def test_equal_weights_shrink_and_are_not_called_different() -> None:
    random = np.random.default_rng(2)
    apart, equal, error, kept, deviates = [], [], [], [], []
    for _ in range(500):
        x = drivers(random, 400)
        cluster = random.integers(0, 100, 400)
        y = x @ SLOPE + random.standard_normal(400) + 0.3 * random.standard_normal(100)[cluster]
        found = drivers_by_segment(x, y, random.integers(0, 3, 400).tolist(), clusters=cluster)
        apart.append(found.adjusted_p.min() <= 0.05)
        equal.append(found.p <= 0.05)
        deviates.append(found.deviation_adjusted_p.min() <= 0.05)
        kept.append(found.kept.mean())
        error.append([((s - SLOPE) ** 2).mean() for s in (found.slope, found.pooled)])
    assert np.mean(apart) < 0.07
    assert np.mean(deviates) < 0.07
    assert np.abs(np.mean(equal, axis=0) - 0.05).max() < 0.025
    assert np.mean(kept) < 0.2
    alone, pooled = np.mean(error, axis=0)
    assert pooled < 0.5 * alone


def test_pooled_intervals_hold_what_is_true_on_average_over_segments() -> None:
    random = np.random.default_rng(3)
    inside, error = [], []
    for _ in range(60):
        x = drivers(random, 1200)
        segment = random.integers(0, 8, 1200)
        slopes = np.tile(SLOPE, (8, 1))
        slopes[:, 0] += 0.2 * random.standard_normal(8)
        y = (x * slopes[segment]).sum(axis=1) + random.standard_normal(1200)
        found = drivers_by_segment(x, y, segment.tolist())
        inside.append((found.pooled_low < slopes) & (slopes < found.pooled_high))
        error.append([((s - slopes) ** 2).mean() for s in (found.slope, found.pooled)])
    assert np.mean(inside) > 0.92
    alone, pooled = np.mean(error, axis=0)
    assert pooled < 0.7 * alone


def test_small_segments_and_those_without_one_are_left_out() -> None:
    random = np.random.default_rng(4)
    x = drivers(random, 200)
    y = x @ SLOPE + random.standard_normal(200)
    labels = ["a"] * 90 + ["b"] * 90 + ["few"] * 10 + [None] * 10
    found = drivers_by_segment(x, y, labels)
    assert (found.segments, found.left_out, found.n.tolist()) == (("a", "b"), ("few",), [90, 90])
    again = drivers_by_segment(x, y, labels)
    np.testing.assert_array_equal(found.low, again.low)
    with pytest.raises(TooFewAnswersError):
        drivers_by_segment(x, y, ["a"] * 195 + ["few"] * 5)
