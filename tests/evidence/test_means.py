"""Differences of means match published examples, power matches Cohen's tables, bad samples are refused."""

from __future__ import annotations

import pytest

from peakend.evidence import (
    EvidenceError,
    Sample,
    detectable_difference,
    difference_of_means,
    n_for_means,
    sample,
)
from peakend.evidence.means import power_of_shift, spread_of

# Cushny & Peebles (1905), as Student (1908) used them: additional hours of sleep under two drugs.
FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def test_students_sleep_by_welch() -> None:
    one, other = sample(FIRST), sample(SECOND)
    assert spread_of([one, other])[1] == pytest.approx(17.776, abs=5e-4)
    assert difference_of_means(one, other) == pytest.approx((-1.58, -3.3654832, 0.2054832), abs=5e-7)


def test_mileage_of_the_nist_handbook() -> None:
    # NIST/SEMATECH e-Handbook, 1.3.5.3: T = -12.94627 on 136.8750 degrees of freedom.
    american, japanese = Sample(249, 20.14458, 6.41470), Sample(79, 30.48101, 6.10771)
    se, df = spread_of([american, japanese])
    assert (american.mean - japanese.mean) / se == pytest.approx(-12.94627, abs=5e-4)
    assert df == pytest.approx(136.8750, abs=5e-4)


@pytest.mark.parametrize(("size", "n"), [(0.2, 394), (0.5, 64), (0.8, 26)])
def test_sizes_of_cohens_table(size: float, n: int) -> None:
    # Cohen (1988), table 2.4.1, two-sided .05 at 80 %, 393, 64 and 26; the exact t needs one more at .2.
    assert n_for_means(size) == n


def test_power_matches_the_example_of_r() -> None:
    assert power_of_shift((20 / 2) ** 0.5, 38) == pytest.approx(0.8689528, abs=5e-7)
    assert n_for_means(1, power=0.9) == 23  # 22.02110, rounded up


def test_the_detectable_difference_is_the_one_n_was_made_for() -> None:
    like = Sample(64, 0, 2)
    assert detectable_difference([like, like]) == pytest.approx(1.0, abs=0.005)
    assert detectable_difference([Sample(5, 1, 0), Sample(5, 1, 0)]) is None


def test_nothing_is_claimed_where_nothing_varies() -> None:
    assert difference_of_means(Sample(9, 3, 0), Sample(9, 2, 0)) == (1, None, None)


@pytest.mark.parametrize(
    ("n", "mean", "sd"), [(1, 0.0, 1.0), (5, float("nan"), 1.0), (5, 0.0, -1.0), (5, 0.0, float("inf"))]
)
def test_no_sample_is_refused(n: int, mean: float, sd: float) -> None:
    with pytest.raises(EvidenceError):
        Sample(n, mean, sd)
    with pytest.raises(EvidenceError):
        sample([3.0])
    with pytest.raises(EvidenceError):
        n_for_means(0)
