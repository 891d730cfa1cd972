"""EM on pattern moments: complete answers, a case worked by hand, EM row by row, what cannot be estimated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from peakend.feedback.drivers.covariance import em_covariance, pattern_moments, select
from peakend.feedback.drivers.errors import NeverTogetherError, TooFewAnswersError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

NAN = float("nan")


def em_by_rows(values: Numbers, weights: Numbers) -> tuple[Numbers, Numbers]:
    """Plain EM, one row after the other, as Little & Rubin (2019), section 11.2.1 write it."""
    q = values.shape[1]
    mean, matrix = np.nanmean(values, axis=0), np.diag(np.nanvar(values, axis=0))
    for _ in range(5000):
        sums, products = np.zeros(q), np.zeros((q, q))
        for row, weight in zip(values, weights, strict=True):
            seen = ~np.isnan(row)
            gone = ~seen
            filled, spread = row.copy(), np.zeros((q, q))
            if gone.any():
                slopes = matrix[np.ix_(gone, seen)] @ np.linalg.inv(matrix[np.ix_(seen, seen)])
                filled[gone] = mean[gone] + slopes @ (row[seen] - mean[seen])
                spread[np.ix_(gone, gone)] = matrix[np.ix_(gone, gone)] - slopes @ matrix[np.ix_(seen, gone)]
            sums += weight * filled
            products += weight * (np.outer(filled, filled) + spread)
        after = sums / weights.sum()
        matrix_after = products / weights.sum() - np.outer(after, after)
        change = max(np.abs(after - mean).max(), np.abs(matrix_after - matrix).max())
        mean, matrix = after, matrix_after
        if change < 1e-13:
            break
    return mean, matrix


def sample(n: int, q: int, skipped: float, seed: int) -> Numbers:
    rng = np.random.default_rng(seed)
    values = np.round(7 + rng.normal(size=(n, 1)) + rng.normal(size=(n, q)), 1)
    values[rng.random((n, q)) < skipped] = np.nan
    return values[~np.isnan(values).all(axis=1)]


def test_complete_answers_have_their_own_moments() -> None:
    values = sample(200, 4, 0, 1)
    found = em_covariance(pattern_moments(values))
    assert (found.n, found.complete, found.steps, found.effective_n) == (200, 200, 0, pytest.approx(200))
    assert found.mean == pytest.approx(values.mean(axis=0))
    assert found.matrix == pytest.approx(np.cov(values.T, bias=True))
    assert found.correlation == pytest.approx(np.corrcoef(values.T))


def test_a_monotone_pattern_by_hand() -> None:
    # Everybody answered x, some y: the maximum is the moments of x and the regression of y on x among those
    # who answered both (Anderson 1957, JASA 52; Little & Rubin 2019, section 7.2).
    x = np.array([1.0, 2, 3, 4, 5, 6, 7, 8])
    y = np.array([2.0, 1, 4, 3, 6, NAN, NAN, NAN])
    found = em_covariance(pattern_moments(np.column_stack([x, y])))
    # Of y on x over the first five: Sxx = 10, Sxy = 10, Syy = 14.8.
    slope, residual = 10 / 10, (14.8 - 10) / 5
    assert found.mean == pytest.approx([4.5, 3.2 + slope * (4.5 - 3.0)])
    assert found.matrix == pytest.approx(np.array([[5.25, 5.25 * slope], [5.25 * slope, 5.25 + residual]]))
    assert (found.n, found.complete) == (8, 5)
    assert found.with_last == pytest.approx([5, 5])


@pytest.mark.parametrize("seed", range(6))
def test_moments_of_patterns_equal_em_row_by_row(seed: int) -> None:
    values = sample(50, 4, 0.25, seed)
    weights = np.random.default_rng(seed).uniform(0.3, 3, len(values))
    found = em_covariance(pattern_moments(values, weights))
    mean, matrix = em_by_rows(values, weights)
    assert found.mean == pytest.approx(mean, abs=1e-7)
    assert found.matrix == pytest.approx(matrix, abs=1e-7)


def test_patterns_may_come_in_parts_and_in_any_order() -> None:
    values = sample(300, 4, 0.3, 7)
    whole = em_covariance(pattern_moments(values))
    parts = em_covariance([*pattern_moments(values[200:]), *pattern_moments(values[:200])])
    assert parts.matrix == pytest.approx(whole.matrix, abs=1e-8)
    assert (parts.n, parts.complete) == (whole.n, whole.complete)


def test_questions_can_be_picked_and_turned_round() -> None:
    values = sample(300, 5, 0.2, 3)
    picked = em_covariance(select(pattern_moments(values), [4, 0, 2]))
    kept = values[:, [4, 0, 2]]
    alone = em_covariance(pattern_moments(kept[~np.isnan(kept).all(axis=1)]))
    assert picked.matrix == pytest.approx(alone.matrix, abs=1e-8)


def test_answers_skipped_at_random_given_others_leave_no_trace() -> None:
    # The third question is skipped by those who liked the first: complete rows are biased, EM is not.
    rng = np.random.default_rng(4)
    values = rng.multivariate_normal([0, 0, 0], [[1, 0.6, 0.6], [0.6, 1, 0.4], [0.6, 0.4, 1]], 20_000)
    values[(values[:, 0] > 0) & (rng.random(20_000) < 0.9), 2] = np.nan
    complete = values[~np.isnan(values).any(axis=1)]
    assert abs(np.corrcoef(complete.T)[0, 2] - 0.6) > 0.05
    found = em_covariance(pattern_moments(values))
    assert found.correlation[0, 2] == pytest.approx(0.6, abs=0.02)
    assert found.mean[2] == pytest.approx(0, abs=0.03)


def test_questions_that_follow_from_one_another_settle() -> None:
    values = sample(400, 3, 0, 5)
    values = np.column_stack([values, values[:, 0] + values[:, 1]])
    values[::7, 3] = np.nan
    values[::5, 0] = np.nan
    found = em_covariance(pattern_moments(values))
    assert found.correlation[3, 0] == pytest.approx(np.corrcoef(values[1::35].T)[3, 0], abs=0.3)
    assert np.linalg.eigvalsh(found.correlation)[0] < 1e-6


def test_questions_never_answered_together_are_named() -> None:
    values = sample(100, 3, 0, 6)
    values[:50, 0] = np.nan
    values[50:, 1] = np.nan
    with pytest.raises(NeverTogetherError, match="food \\+ seat") as caught:
        em_covariance(pattern_moments(values), ["seat", "food", "overall"])
    assert caught.value.data["pairs"] == [("food", "seat")]
    assert "food + seat" in caught.value.in_("zh")


def test_nobody_answered() -> None:
    with pytest.raises(TooFewAnswersError):
        em_covariance([])
