"""Differences of shares match the published tables, hold their coverage and refuse what is no share."""

from __future__ import annotations

import numpy as np
import pytest

from peakend.evidence import (
    Counted,
    EvidenceError,
    detectable_rise,
    difference_of_proportions,
    n_for_proportions,
    power_of_proportions,
)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [  # Newcombe (1998), Statistics in Medicine 17, table II, method 10
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_newcombes_own_examples(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    _, found_low, found_high = difference_of_proportions(Counted(*one), Counted(*other))
    assert (found_low, found_high) == pytest.approx((low, high), abs=5e-5)


def test_power_and_n_match_the_examples_of_r() -> None:
    assert power_of_proportions(0.5, 0.75, 50, 50) == pytest.approx(0.740, abs=5e-4)
    assert n_for_proportions(0.5, 0.75, power=0.9) == pytest.approx(76.7, abs=0.05)
    assert n_for_proportions(0.25, 0.40) == pytest.approx(151.87, abs=0.01)


def test_the_detectable_rise_is_the_one_that_has_the_power() -> None:
    rise = detectable_rise(0.1, 500, 250)
    assert rise is not None
    assert power_of_proportions(0.1 + rise, 0.1, 500, 250) == pytest.approx(0.8, abs=1e-9)
    assert detectable_rise(1.0, 500, 500) is None
    assert detectable_rise(0.5, 2, 2) is None


@pytest.mark.parametrize(("p1", "p2"), [(0.1, 0.1), (0.3, 0.1), (0.02, 0.02)])
def test_the_interval_holds_the_truth_as_often_as_it_says(p1: float, p2: float) -> None:
    rng = np.random.default_rng(20261)
    held = 0
    for a, b in zip(rng.binomial(120, p1, 1500), rng.binomial(80, p2, 1500), strict=True):
        _, low, high = difference_of_proportions(Counted(int(a), 120), Counted(int(b), 80))
        held += low <= p1 - p2 <= high
    assert 0.935 <= held / 1500 <= 0.995


@pytest.mark.parametrize(("hits", "n"), [(1, 0), (3, 2), (-1, 5), (0, 0)])
def test_no_share_is_refused(hits: int, n: int) -> None:
    with pytest.raises(EvidenceError):
        Counted(hits, n)


def test_settings_out_of_range_are_refused() -> None:
    fine = Counted(1, 2)
    for confidence in (0.0, 1.0, float("nan")):
        with pytest.raises(EvidenceError):
            difference_of_proportions(fine, fine, confidence)
    with pytest.raises(EvidenceError):
        n_for_proportions(0.4, 0.4)
    with pytest.raises(EvidenceError):
        power_of_proportions(1.2, 0.4, 5, 5)
    with pytest.raises(EvidenceError):
        power_of_proportions(0.2, 0.4, 0, 5)
