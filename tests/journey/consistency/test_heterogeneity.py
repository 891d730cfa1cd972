from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from peakend.journey.consistency.heterogeneity import HeterogeneityError, heterogeneity


def samples(random: np.random.Generator, between: float, units: int = 6) -> list[np.ndarray]:
    sizes = random.integers(20, 60, units)
    return [random.normal(random.normal(0, between), 1 + unit / 3, size) for unit, size in enumerate(sizes)]


def judged(found: list[np.ndarray]) -> tuple[list[float], list[float], list[float]]:
    return (
        [float(x.mean()) for x in found],
        [float(x.std(ddof=1) / np.sqrt(len(x))) for x in found],
        [len(x) - 1.0 for x in found],
    )


def test_two_units_are_welchs_t_test() -> None:
    random = np.random.default_rng(3)
    a, b = random.normal(0, 1, 30), random.normal(0.5, 3, 44)
    found = heterogeneity(*judged([a, b]))
    expected = stats.ttest_ind(a, b, equal_var=False)
    assert found.statistic == pytest.approx(expected.statistic**2)
    assert found.p == pytest.approx(expected.pvalue)
    assert found.difference_p[0] == pytest.approx(expected.pvalue)


def test_planted_spread_is_recovered_and_equal_units_are_called_different_at_the_stated_rate() -> None:
    random = np.random.default_rng(4)
    null = [heterogeneity(*judged(samples(random, 0.0))).p < 0.05 for _ in range(600)]
    assert 0.03 <= np.mean(null) <= 0.075
    planted = [heterogeneity(*judged(samples(random, 1.0, units=12))) for _ in range(60)]
    assert np.mean([found.p < 0.05 for found in planted]) > 0.95
    assert np.mean([found.between_sd for found in planted]) == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize(
    ("means", "errors", "df"), [([1.0], [1.0], [5.0]), ([1, 2], [0.0, 1], [5, 5]), ([1, 2], [1, 1], [0, 5])]
)
def test_a_single_unit_or_one_without_error_is_refused(
    means: list[float], errors: list[float], df: list[float]
) -> None:
    with pytest.raises(HeterogeneityError):
        heterogeneity(means, errors, df)
