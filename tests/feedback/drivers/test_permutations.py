"""Random orders: within their stated error of the exact walk, and beyond its limit."""

from __future__ import annotations

import numpy as np
import pytest

from feedback.drivers.published import random_correlation
from peakend.feedback import relative_importance
from peakend.feedback.drivers.lmg import lmg
from peakend.feedback.drivers.permutations import permutation_importance


@pytest.mark.parametrize("p", [2, 5, 12])
def test_the_exact_shares_are_within_the_stated_error(p: int) -> None:
    inside = []
    for seed in range(100):
        matrix = random_correlation(p, seed)
        found, error = permutation_importance(matrix, 400, seed)
        assert found.sum() == pytest.approx(lmg(matrix).sum(), abs=1e-10)
        # Two drivers have two orders: every pair of orders tries both.
        inside.append(np.abs(found - lmg(matrix)) <= 1.96 * error + 1e-9)
    assert np.mean(inside) > 0.92


def test_the_error_shrinks_with_the_root_of_the_orders() -> None:
    matrix = random_correlation(10, 1)
    few, many = (permutation_importance(matrix, orders)[1].max() for orders in (400, 6400))
    assert few / many == pytest.approx(4, rel=0.25)


def test_many_matrices_meet_the_same_orders() -> None:
    stack = np.array([random_correlation(6, seed) for seed in range(40)])
    together = permutation_importance(stack, 100, 3)
    for place in (0, 39):
        alone = permutation_importance(stack[place], 100, 3)
        assert together[0][place] == pytest.approx(alone[0], abs=1e-13)
        assert together[1][place] == pytest.approx(alone[1], abs=1e-9)


def test_beyond_25_drivers_orders_are_tried_and_said_to_be() -> None:
    matrix = random_correlation(30, 2)
    found = relative_importance(correlation=matrix)
    assert found.method == "permutation"
    assert 0 < found.monte_carlo_error < 0.002
    assert sum(driver.importance for driver in found.drivers) == pytest.approx(found.r2)
    assert "2,000" in found.notes[0].en
    assert "2,000" in found.notes[0].zh
    inner = matrix[:-1, :-1]
    assert found.r2 == pytest.approx(matrix[-1, :-1] @ np.linalg.solve(inner, matrix[:-1, -1]))


def test_with_25_all_subsets_are_walked() -> None:
    found = relative_importance(correlation=random_correlation(25, 2))
    assert (found.method, found.monte_carlo_error, found.notes) == ("lmg", 0.0, ())
