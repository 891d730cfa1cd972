"""Exact LMG: published numbers, brute force, what must always hold."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.drivers.published import (
    ATTITUDE,
    AZEN_BUDESCU,
    MTCARS,
    SWISS,
    random_correlation,
)
from peakend.feedback.drivers.johnson import relative_weights
from peakend.feedback.drivers.lmg import LANES, lmg, subset_r2

if TYPE_CHECKING:
    from numpy.typing import NDArray


def correlation(data: NDArray[np.float64]) -> NDArray[np.float64]:
    """The outcome stands first in the data and last in the matrix."""
    return np.corrcoef(np.roll(data, -1, axis=1).T)


def r2(matrix: NDArray[np.float64], chosen: list[int]) -> float:
    if not chosen:
        return 0.0
    inner, outer = matrix[np.ix_(chosen, chosen)], matrix[chosen, -1]
    return float(outer @ np.linalg.pinv(inner, rcond=1e-9, hermitian=True) @ outer)


def by_all_orders(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    p = len(matrix) - 1
    found = np.zeros(p)
    orders = list(permutations(range(p)))
    for order in orders:
        for place, driver in enumerate(order):
            found[driver] += r2(matrix, list(order[: place + 1])) - r2(matrix, list(order[:place]))
    return found / len(orders)


@pytest.mark.parametrize(
    ("matrix", "published", "digits"),
    [
        (correlation(MTCARS), [0.215709, 0.200698, 0.170077, 0.262150], 6),
        (AZEN_BUDESCU, [0.29218, 0.07586, 0.09491, 0.12140], 5),
        (correlation(ATTITUDE), [0.371, 0.051, 0.156, 0.120, 0.007, 0.028], 3),
        (correlation(SWISS), [0.05709, 0.17117, 0.26013, 0.10557, 0.11277], 5),
    ],
    ids=["mtcars", "azen-budescu", "attitude", "swiss"],
)
def test_published_importances(matrix: NDArray[np.float64], published: list[float], digits: int) -> None:
    assert lmg(matrix) == pytest.approx(published, abs=0.51 * 10**-digits)


def test_published_r2() -> None:
    assert lmg(correlation(MTCARS)).sum() == pytest.approx(0.848635, abs=5e-7)
    assert lmg(correlation(SWISS)).sum() == pytest.approx(0.706735, abs=5e-7)


def test_published_relative_weights() -> None:
    found = relative_weights(correlation(MTCARS))
    assert 100 * found / found.sum() == pytest.approx([24.709, 22.189, 21.206, 31.896], abs=5e-4)
    assert found.sum() == pytest.approx(0.848635, abs=5e-7)


@pytest.mark.parametrize("p", [1, 2, 3, 4, 5, 6])
def test_the_walk_equals_all_orders(p: int) -> None:
    matrix = random_correlation(p, p)
    assert lmg(matrix) == pytest.approx(by_all_orders(matrix), abs=1e-12)


@pytest.mark.parametrize("count", [1, 2, 3, LANES - 1, LANES, LANES + 5])
def test_many_matrices_at_once_are_each_by_itself(count: int) -> None:
    stack = np.array([random_correlation(7, seed) for seed in range(count)])
    assert lmg(stack) == pytest.approx(np.array([lmg(one) for one in stack]), abs=1e-13)


@settings(max_examples=60, deadline=None)
@given(p=st.integers(1, 11), seed=st.integers(0, 10**6))
def test_parts_sum_to_r2_and_follow_their_driver(p: int, seed: int) -> None:
    matrix = random_correlation(p, seed)
    found = lmg(matrix)
    whole = r2(matrix, list(range(p)))
    assert found.sum() == pytest.approx(whole, abs=1e-10)
    assert (found >= -1e-12).all()
    # Another order of the drivers is another walk, and the same answer.
    order = np.random.default_rng(seed).permutation(p)
    assert lmg(matrix[np.ix_([*order, p], [*order, p])]) == pytest.approx(found[order], abs=1e-10)
    weights = relative_weights(matrix)
    assert weights.sum() == pytest.approx(whole, abs=1e-9)
    assert (weights >= 0).all()


def test_r2_of_every_subset() -> None:
    matrix = random_correlation(5, 3)
    table = subset_r2(matrix)
    for subset in range(32):
        assert table[subset] == pytest.approx(r2(matrix, [i for i in range(5) if subset >> i & 1]), abs=1e-12)


def test_collinear_drivers_share_their_credit() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(200, 3))
    twice = np.column_stack([x, x[:, 0], x @ [1, 1, 1] + rng.normal(size=200)])
    matrix = np.corrcoef(twice.T)
    found = lmg(matrix)
    assert found[0] == pytest.approx(found[3], abs=1e-10)
    assert found == pytest.approx(by_all_orders(matrix), abs=1e-9)
    weights = relative_weights(matrix)
    assert weights[0] == pytest.approx(weights[3])
    assert weights.sum() == pytest.approx(found.sum(), abs=1e-9)
    # A sum of the others: three drivers and their total say what the three say.
    total = np.corrcoef(np.column_stack([x, x.sum(axis=1), twice[:, -1]]).T)
    assert lmg(total) == pytest.approx(by_all_orders(total), abs=1e-9)


def test_more_drivers_than_can_be_walked() -> None:
    with pytest.raises(ValueError, match="26 drivers"):
        lmg(np.eye(27))
