"""Dominance analysis: the published example, brute force, and its limit."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from feedback.drivers.published import AZEN_BUDESCU, random_correlation
from peakend.feedback.drivers import dominance_analysis
from peakend.feedback.drivers.errors import TooManyDriversError
from peakend.feedback.drivers.lmg import lmg


def r2(matrix: np.ndarray, chosen: tuple[int, ...]) -> float:
    places = list(chosen)
    return float(matrix[-1, places] @ np.linalg.solve(matrix[np.ix_(places, places)], matrix[places, -1]))


def by_hand(matrix: np.ndarray, i: int, j: int) -> str:
    """The firmest dominance of i over j, from every subset of the others."""
    others = [k for k in range(len(matrix) - 1) if k not in (i, j)]
    gaps = [
        r2(matrix, (*rest, i)) - r2(matrix, (*rest, j))
        for size in range(len(others) + 1)
        for rest in combinations(others, size)
    ]
    if min(gaps) > 0:
        return "complete"
    conditional = average_additions(matrix)
    if (conditional[i] > conditional[j]).all():
        return "conditional"
    return "general" if conditional[i].mean() > conditional[j].mean() else "none"


def average_additions(matrix: np.ndarray) -> np.ndarray:
    p = len(matrix) - 1
    found = np.zeros((p, p))
    for i in range(p):
        others = [k for k in range(p) if k != i]
        for size in range(p):
            parts = [
                r2(matrix, (*rest, i)) - (r2(matrix, rest) if rest else 0.0)
                for rest in combinations(others, size)
            ]
            found[i, size] = np.mean(parts)
    return found


def test_the_published_example() -> None:
    # Azen & Budescu (2003), table 2: additional contributions averaged by size, and the overall averages.
    found = dominance_analysis(correlation=AZEN_BUDESCU)
    assert found.conditional[:, 0] == pytest.approx([0.36, 0.09, 0.16, 0.25])
    assert found.conditional.mean(axis=1) == pytest.approx([0.29218, 0.07586, 0.09491, 0.12140], abs=5e-6)
    assert found.importance.r2 == pytest.approx(0.58435, abs=5e-6)


@pytest.mark.parametrize("seed", range(8))
def test_every_verdict_by_brute_force(seed: int) -> None:
    matrix = random_correlation(5, seed)
    found = dominance_analysis(correlation=matrix)
    assert found.conditional == pytest.approx(average_additions(matrix), abs=1e-12)
    assert found.conditional.mean(axis=1) == pytest.approx(lmg(matrix), abs=1e-12)
    for i in range(5):
        for j in range(5):
            if i != j:
                assert found.level(f"x{i + 1}", f"x{j + 1}") == by_hand(matrix, i, j)


def test_each_kind_implies_the_next() -> None:
    for seed in range(30):
        found = dominance_analysis(correlation=random_correlation(6, seed))
        assert (found.conditional_verdicts[found.complete_verdicts == 1] == 1).all()
        assert (found.general_verdicts[found.conditional_verdicts == 1] == 1).all()
        assert (found.complete_verdicts == -found.complete_verdicts.T).all()


def test_drivers_that_say_the_same_do_not_dominate_each_other() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(100, 2))
    found = dominance_analysis(x[:, [0, 0, 1]], x @ [2, 1] + rng.normal(size=100), names=["a", "again", "b"])
    assert (found.level("a", "again"), found.level("again", "a")) == ("none", "none")
    assert found.level("a", "b") == found.level("again", "b")
    assert found.to_arrow().column_names == ["first", "second", "level"]


def test_its_limit_is_said() -> None:
    with pytest.raises(TooManyDriversError, match="21 drivers") as caught:
        dominance_analysis(correlation=random_correlation(21, 1))
    assert "上限为 20 个" in caught.value.in_("zh")
