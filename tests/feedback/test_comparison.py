"""Tests of differences: published values, false alarms under the null, power on a planted change."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from peakend.feedback.comparison import Difference, compare, holm, verdicts
from peakend.feedback.moments import (
    Counts,
    Estimates,
    Kind,
    UnitSums,
    estimates,
    moments_of_answers,
    moments_of_counts,
)
from peakend.feedback.trend import answers_needed

Numbers = NDArray[np.float64]


def one(
    y: Numbers, kind: Kind, weights: Numbers | None = None, clusters: NDArray[np.int64] | None = None
) -> Estimates:
    return estimates(moments_of_answers(y, weights, clusters), kind)


def of(promoters: int, passives: int, detractors: int) -> Estimates:
    return one(np.repeat([1.0, 0.0, -1.0], [promoters, passives, detractors]), "nps")


def many(counts: NDArray[np.int64]) -> Estimates:
    """NPS of many cells at once; counts: cells × (promoters, passives, detractors)."""
    n = counts.reshape(-1).astype(float)
    cells = len(counts)
    no = np.zeros(len(n), dtype=bool)
    nothing = UnitSums(np.zeros(0, dtype=np.int64), *(np.zeros(0) for _ in range(4)))
    counted = Counts(np.repeat(np.arange(cells), 3), np.tile([1.0, 0.0, -1.0], cells), n, n, n, n, no, no)
    return estimates(moments_of_counts(counted, nothing, cells), "nps")


def test_twelve_points_more_of_two_hundred_is_not_significant() -> None:
    found = compare(of(116, 52, 32), of(100, 60, 40), "nps")
    assert found.value[0] == pytest.approx(12.0)
    assert found.statistic[0] == pytest.approx(1.5540, abs=5e-5)
    assert found.p[0] == pytest.approx(0.1202, abs=5e-5)
    assert found.low[0] < 0 < 12 < found.high[0]
    assert verdicts(found.value, found.p).tolist() == ["cannot_tell"]


def test_the_raw_z_is_a_little_larger() -> None:
    now, before = of(116, 52, 32), of(100, 60, 40)
    z = (now.value - before.value) / np.hypot(now.se, before.se)
    assert z[0] == pytest.approx(1.5665, abs=5e-5)


def test_means_are_compared_by_welch() -> None:
    random = np.random.default_rng(1)
    a, b = random.integers(1, 6, 80).astype(float), random.integers(2, 6, 35).astype(float)
    found = compare(one(a, "mean"), one(b, "mean"), "mean", reach=4.0)
    expected = stats.ttest_ind(a, b, equal_var=False)
    interval = expected.confidence_interval()
    assert found.p[0] == pytest.approx(expected.pvalue)
    assert found.statistic[0] == pytest.approx(expected.statistic)
    assert (found.low[0], found.high[0]) == pytest.approx((interval.low, interval.high))


def test_shares_are_compared_by_pearson_and_newcombe() -> None:
    # Newcombe (1998), Statistics in Medicine 17, table II (a): 56/70 against 48/80, method 10.
    a, b = np.repeat([1.0, 0.0], [56, 14]), np.repeat([1.0, 0.0], [48, 32])
    found = compare(one(a, "share"), one(b, "share"), "share")
    chi = stats.chi2_contingency([[56, 14], [48, 32]], correction=False)
    assert found.p[0] == pytest.approx(chi.pvalue)
    assert (found.low[0], found.high[0]) == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))


def test_all_satisfied_in_both_periods_is_no_difference() -> None:
    found = compare(one(np.ones(30), "share"), one(np.ones(20), "share"), "share")
    assert (found.value[0], found.p[0]) == (0, 1)


def test_two_means_without_any_variance_cannot_be_compared() -> None:
    found = compare(one(np.full(30, 5.0), "mean"), one(np.full(30, 4.0), "mean"), "mean", reach=4.0)
    assert found.value[0] == 1
    assert np.isnan(found.p[0])
    assert verdicts(found.value, found.p).tolist() == ["cannot_tell"]


def test_clusters_make_a_difference_less_certain() -> None:
    now, before = np.repeat([1.0, 0, -1], [300, 100, 50]), np.repeat([1.0, 0, -1], [250, 120, 80])
    clusters = np.repeat(np.arange(45), 10)
    plain = compare(one(now, "nps"), one(before, "nps"), "nps")
    clustered = compare(one(now, "nps", None, clusters), one(before, "nps", None, clusters), "nps")
    assert clustered.value == plain.value
    assert clustered.p[0] > 10 * plain.p[0]


def test_holm_adjusts_as_in_his_paper() -> None:
    adjusted, compared = holm([0.01, 0.04, 0.03, 0.005])
    assert adjusted == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert compared.tolist() == [4, 4, 4, 4]


def test_holm_keeps_families_apart_and_skips_what_was_not_compared() -> None:
    adjusted, compared = holm([0.02, np.nan, 0.04, 0.02, 0.9], [0, 0, 0, 7, 7])
    assert adjusted[[0, 2, 3, 4]] == pytest.approx([0.04, 0.04, 0.04, 0.9])
    assert np.isnan(adjusted[1])
    assert compared.tolist() == [2, 2, 2, 2, 2]


def test_holm_of_nothing_is_nothing() -> None:
    adjusted, compared = holm([])
    assert (len(adjusted), len(compared)) == (0, 0)


def test_many_families_at_once_equal_each_by_itself() -> None:
    random = np.random.default_rng(5)
    family = random.integers(0, 50, 1000)
    p = np.where(random.random(1000) < 0.1, np.nan, random.random(1000) ** 3)
    adjusted, _ = holm(p, family)
    for number in range(50):
        alone, _ = holm(p[family == number])
        assert adjusted[family == number] == pytest.approx(alone, nan_ok=True)
        assert ((alone >= p[family == number]) | np.isnan(alone)).all()


def test_a_verdict_needs_a_significant_adjusted_p() -> None:
    found = verdicts([3, -3, 3, 0, np.nan], [0.05, 0.001, 0.0501, 0.001, np.nan])
    assert found.tolist() == ["better", "worse", "cannot_tell", "cannot_tell", "cannot_tell"]


FAMILIES, COMPARISONS = 4000, 12


def _families(now: tuple[float, float, float], n: int) -> Difference:
    random = np.random.default_rng(20)
    size = FAMILIES * COMPARISONS
    before = random.multinomial(n, (0.5, 0.3, 0.2), size)
    return compare(many(random.multinomial(n, now, size)), many(before), "nps")


def test_without_any_change_a_family_of_twelve_rarely_raises_an_alarm() -> None:
    found = _families((0.5, 0.3, 0.2), 200)
    family = np.repeat(np.arange(FAMILIES), COMPARISONS)
    adjusted, _ = holm(found.p, family)
    error = 3 * np.sqrt(0.05 * 0.95 / FAMILIES)
    alarms = np.bincount(family, adjusted <= 0.05) > 0
    assert 0.03 < alarms.mean() <= 0.05 + error
    # Left uncorrected, nearly every second family would.
    uncorrected = np.bincount(family, found.p <= 0.05) > 0
    assert uncorrected.mean() == pytest.approx(0.47, abs=0.04)


def test_five_points_are_found_with_the_stated_power() -> None:
    n = answers_needed(0.05, 0.61)
    assert n == 3831
    # 50/30/20 has v = .61; five points more leave it nearly so.
    found = _families((0.525, 0.3, 0.175), n)
    assert found.value.mean() == pytest.approx(5.0, abs=0.05)
    assert (found.p <= 0.05).mean() == pytest.approx(0.80, abs=0.02)
    assert ((found.low <= 5) & (found.high >= 5)).mean() == pytest.approx(0.95, abs=0.005)
