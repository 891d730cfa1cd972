from __future__ import annotations

import numpy as np
import pytest

from peakend.journey.endings.weights import WeightsError, memory_weights

Sums = tuple[np.ndarray, np.ndarray]


def sums(random: np.random.Generator, peak: float, end: float, months: int = 24, n: int = 200) -> Sums:
    """Cross-products of journeys that are remembered by these weights, with a shock a month."""
    gram, moments = np.zeros((months, 3, 3)), np.zeros((months, 3))
    for month in range(months):
        x = np.column_stack([np.ones(n), random.normal(0.2, 0.5, n), random.normal(0.1, 0.4, n)])
        y = x @ [0.1, peak, end] + random.normal(0, 0.05) + random.normal(0, 0.3, n)
        gram[month], moments[month] = x.T @ x, x.T @ y
    return gram, moments


def test_the_weights_are_those_of_least_squares() -> None:
    gram, moments = sums(np.random.default_rng(1), 0.5, 0.3)
    expected = np.linalg.solve(gram.sum(axis=0), moments.sum(axis=0))
    assert memory_weights(gram, moments).coefficients == pytest.approx(expected)


def test_planted_weights_lie_within_their_intervals_as_often_as_stated() -> None:
    random, inside = np.random.default_rng(2), 0
    for _ in range(200):
        found = memory_weights(*sums(random, 0.5, 0.3))
        inside += abs(found.end - 0.3) <= 2.07 * np.sqrt(found.covariance[2, 2])
    assert 0.90 * 200 <= inside <= 199


def test_few_months_few_journeys_and_equal_scores_are_refused() -> None:
    random = np.random.default_rng(3)
    with pytest.raises(WeightsError, match="over 6 months"):
        memory_weights(*sums(random, 0.5, 0.3, months=3))
    with pytest.raises(WeightsError, match="50 journeys"):
        memory_weights(*sums(random, 0.5, 0.3, months=8, n=4))
    gram, moments = sums(random, 0.5, 0.3)
    gram[:, 2, :], gram[:, :, 2] = gram[:, 1, :], gram[:, :, 1]
    gram[:, 2, 2] = gram[:, 1, 1]
    with pytest.raises(WeightsError, match="do not vary apart"):
        memory_weights(gram, moments)
