"""Intervals against published values, and their exact coverage."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from scipy import stats

from peakend.feedback.intervals import adjusted_nps, mean_interval, normal_quantile, nps_interval, wilson


@pytest.mark.parametrize(
    ("promoters", "passives", "detractors", "low", "high"),
    [(100, 60, 40, 18.815, 40.298), (10, 0, 0, 47.504, 100.0), (5, 3, 2, -19.051, 65.204)],
)
def test_the_nps_interval_is_that_of_rocks(
    promoters: int, passives: int, detractors: int, low: float, high: float
) -> None:
    n = promoters + passives + detractors
    found = nps_interval(promoters / n, detractors / n, n)
    assert found[0] == pytest.approx(low, abs=5e-4)
    assert found[1] == pytest.approx(high, abs=5e-4)


def test_the_nps_interval_is_clamped_only_at_the_end() -> None:
    centre, variance = adjusted_nps(1.0, 0.0, 10)
    assert 100 * (centre + normal_quantile(0.95) * np.sqrt(variance)) == pytest.approx(106.343, abs=5e-4)


def test_the_adjusted_interval_covers_where_the_plain_one_does_not() -> None:
    # Exact coverage of (.8, .15, .05) with n = 20: plain Wald .860, adjusted .956.
    shares, n, truth = (0.8, 0.15, 0.05), 20, 75.0
    plain = adjusted = 0.0
    for p, d in product(range(n + 1), repeat=2):
        if p + d > n:
            continue
        chance = stats.multinomial.pmf([p, n - p - d, d], n, shares)
        low, high = nps_interval(p / n, d / n, n)
        adjusted += chance * bool(low <= truth <= high)
        score = (p - d) / n
        half = 196 * math.sqrt((p / n + d / n - score**2) / n) * (normal_quantile(0.95) / 1.96)
        plain += chance * (abs(100 * score - truth) <= half)
    assert plain == pytest.approx(0.860, abs=1e-3)
    assert adjusted == pytest.approx(0.956, abs=1e-3)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_values_newcombe_published(successes: int, n: int, low: float, high: float) -> None:
    # Newcombe (1998), Statistics in Medicine 17, table I, method 3.
    found = wilson(successes / n, n)
    assert found == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_wilson_ends_exactly_at_nought_and_one() -> None:
    assert wilson(0.0, 50)[0] == 0.0
    assert wilson(1.0, 50)[1] == 1.0


def test_the_interval_of_a_mean_is_students_and_stays_on_the_scale() -> None:
    scores = np.array([4.0, 5, 5, 5, 5, 4, 5, 5])
    low, high = mean_interval(scores.mean(), stats.sem(scores), len(scores) - 1, 0.95, (1, 5))
    expected = stats.t.interval(0.95, len(scores) - 1, scores.mean(), stats.sem(scores))
    assert low == pytest.approx(expected[0])
    assert expected[1] > 5
    assert high == 5.0


def test_without_answers_or_variance_there_is_no_interval() -> None:
    assert np.isnan(wilson(0.5, 0)).all()
    assert np.isnan(nps_interval(0.5, 0.1, 0)).all()
    assert np.isnan(mean_interval(5.0, 0.0, 7)).all()


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5])
def test_a_confidence_outside_nought_and_one_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="confidence"):
        wilson(0.5, 10, confidence)
    with pytest.raises(ValueError, match="confidence"):
        mean_interval(0.5, 1, 10, confidence)
