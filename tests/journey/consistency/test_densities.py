from __future__ import annotations

import numpy as np
import pytest

from peakend.journey.consistency.densities import DensityError, against_the_rest, dispersion, rate_interval


def test_the_interval_of_a_poisson_count_is_garwoods() -> None:
    """Garwood's table at 95 %: 0 → (0, 3.689), 5 → (1.623, 11.668), 10 → (4.795, 18.390)."""
    low, high = rate_interval([0, 5, 10], [1, 1, 1])
    assert low == pytest.approx([0, 1.6235, 4.7954], abs=1e-3)
    assert high == pytest.approx([3.6889, 11.6683, 18.3904], abs=1e-3)


def test_the_interval_covers_as_often_as_it_says_also_when_counts_are_overdispersed() -> None:
    random = np.random.default_rng(5)
    covered = 0
    for _ in range(400):
        monthly = random.poisson(random.gamma(4, 5, 24))
        over = dispersion(monthly, np.full(24, monthly.mean()))
        low, high = rate_interval([monthly.sum()], [24.0], dispersion=over)
        covered += low[0] <= 20 <= high[0]
    assert covered >= 0.92 * 400


def test_a_place_with_more_defects_stands_out_and_equal_places_do_not() -> None:
    random = np.random.default_rng(6)
    ratio, p = against_the_rest([10, 12, 60], [1000, 1000, 1000])
    assert ratio[2] == pytest.approx((60.5 / 1000) / (22.5 / 2000))
    assert p[2] < 1e-6
    rejected = [against_the_rest(random.poisson(30, 3), [1000] * 3)[1][0] < 0.05 for _ in range(800)]
    assert 0.03 <= np.mean(rejected) <= 0.07


def test_the_only_place_has_no_rest() -> None:
    ratio, p = against_the_rest([3], [100])
    assert np.isnan(ratio[0])
    assert np.isnan(p[0])


@pytest.mark.parametrize(("count", "exposure"), [([-1], [10]), ([1], [0]), ([1, 2], [10])])
def test_negative_counts_and_no_exposure_are_errors(count: list[int], exposure: list[int]) -> None:
    with pytest.raises(DensityError):
        rate_interval(count, exposure)
