"""The halo check and the order that may be given: published indices, planted orders and their null."""

from __future__ import annotations

import numpy as np
import pytest

from peakend.feedback.drivers.errors import DriverInputError
from peakend.feedback.drivers.halo import halo
from peakend.feedback.drivers.ranks import ranks


def equal(size: int, correlation: float) -> np.ndarray:
    return np.full((size, size), correlation) + (1 - correlation) * np.eye(size)


def test_equally_correlated_drivers_have_known_indices() -> None:
    # λ₁ = 1 + (p − 1)r, the others 1 − r; VIF = (1 + (p − 2)r) / ((1 − r)(1 + (p − 1)r)).
    found = halo(equal(6, 0.6))
    assert found.common == pytest.approx(4 / 6)
    assert found.mean_correlation == pytest.approx(0.6)
    assert found.loadings == pytest.approx(np.full(6, np.sqrt(4 / 6)))
    assert found.inflation == pytest.approx(np.full(6, (1 + 4 * 0.6) / (0.4 * 4)))
    assert found.condition[-1] == pytest.approx(np.sqrt(10))
    assert (found.verdict, found.collinear) == ("strong", False)


def test_unrelated_drivers_have_no_halo() -> None:
    found = halo(np.eye(5))
    assert (found.common, found.verdict, found.collinear) == (pytest.approx(0.2), "weak", False)
    assert found.inflation == pytest.approx(np.ones(5))


def test_a_driver_that_follows_from_others_is_collinear() -> None:
    matrix = np.eye(3)
    matrix[0, 1] = matrix[1, 0] = 1.0
    found = halo(matrix)
    assert found.collinear
    assert np.isinf(found.inflation[:2]).all()
    assert found.inflation[2] == pytest.approx(1)


def test_matrices_that_are_none_are_refused() -> None:
    for bad in (np.ones((2, 3)), [[1.0]], np.full((2, 2), np.nan)):
        with pytest.raises(DriverInputError):
            halo(bad)


def test_a_planted_order_is_found_and_its_groups_kept_together() -> None:
    random = np.random.default_rng(1)
    truth = np.array([0.2, 0.5, 0.21, 0.05])
    draws = truth + 0.01 * random.standard_normal((400, 4))
    found = ranks(truth, draws)
    assert found.rank.tolist() == [3, 1, 2, 4]
    assert found.group.tolist() == [2, 1, 2, 3]
    assert found.low.tolist() == [2, 1, 2, 4]
    assert found.high.tolist() == [3, 1, 3, 4]
    assert found.leaders.tolist() == [1]


def test_equal_items_are_told_apart_no_more_often_than_stated() -> None:
    random = np.random.default_rng(2)
    apart = 0
    for _ in range(500):
        sample = random.standard_normal((200, 5))
        drawn = random.multinomial(200, np.full(200, 1 / 200), size=150) @ sample / 200
        apart += bool(ranks(sample.mean(axis=0), drawn).above.any())
    assert apart / 500 < 0.08


def test_items_that_move_together_are_still_told_apart() -> None:
    """A difference may be certain although both values are not: what is common to both cancels."""
    random = np.random.default_rng(3)
    shared = random.standard_normal((200, 1))
    draws = np.array([1.0, 2.0]) + shared + 0.05 * random.standard_normal((200, 2))
    assert ranks(np.array([1.0, 2.0]), draws).rank.tolist() == [2, 1]
    assert ranks(np.array([1.0, 2.0]), draws).above[1, 0]


def test_an_order_needs_draws() -> None:
    with pytest.raises(DriverInputError):
        ranks(np.ones(3), np.ones((5, 3)))
    alike = ranks(np.ones(3), np.ones((50, 3)))
    assert not alike.above.any()
    assert alike.group.tolist() == [1, 1, 1]
