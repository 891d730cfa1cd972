"""Changes that coincide: a planted swap is seen, noise with memory is not, breaks nobody logged are dated."""

from __future__ import annotations

import numpy as np
import pytest

from peakend.feedback.mismatch import break_of, interrupted
from peakend.feedback.mismatch.interruption import (
    Series,
    SeriesError,
    _sup_f,
    against,
    coincidences,
    weekly,
    weeks_of,
)


def series(seed: int, memory: float = 0.3, step: float = 0.0, weeks: int = 40) -> Series:
    random = np.random.default_rng(seed)
    shocks, value = random.normal(size=weeks), np.zeros(weeks)
    for week in range(weeks):
        value[week] = (
            shocks[week] if week == 0 else memory * value[week - 1] + np.sqrt(1 - memory**2) * shocks[week]
        )
    value[weeks // 2 :] += step
    return Series(np.arange(weeks), value, random.integers(20, 60, weeks).astype(float))


def test_noise_with_memory_raises_no_more_alarms_than_stated() -> None:
    p = [interrupted(series(seed), 20, draws=199).p for seed in range(500)]
    assert np.mean(np.array(p) <= 0.05) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 500)


def test_unlogged_breaks_of_noise_are_as_rare_as_stated() -> None:
    found = [break_of(series(seed), draws=199) for seed in range(500)]
    p = np.array([one.p for one in found if one is not None])
    assert np.mean(p <= 0.05) <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / 500)


def test_a_planted_step_is_measured_and_dated() -> None:
    hits, covered, near = 0, 0, 0
    for seed in range(40):
        one = interrupted(series(seed, step=-3.0), 20)
        hits += one.p is not None and one.p <= 0.05
        covered += one.low is not None and one.high is not None and one.low <= -3 <= one.high
        found = break_of(series(seed, step=-3.0), draws=199)
        near += found is not None and found.p <= 0.05 and abs(found.week - 20) <= 2
    assert hits >= 32
    assert covered >= 35
    assert near >= 34


def test_the_statistic_has_andrews_critical_value() -> None:
    """Andrews (1993), table I: sup over the middle 70 %, one parameter, 5 %: 8.85 (long series, no
    memory)."""
    draws = np.random.default_rng(1).standard_normal((4_000, 400))
    statistic, _ = _sup_f(draws, np.ones(400))
    assert np.mean(statistic > 8.85) == pytest.approx(0.05, abs=0.012)


def test_the_rest_of_the_company_takes_out_what_happened_to_all() -> None:
    here, there = series(1, memory=0.0, step=-2.0), series(2, memory=0.0, step=-2.0)
    gone = interrupted(against(here, there), 20)
    assert gone.p is not None
    assert gone.p > 0.05
    assert interrupted(here, 20).p == pytest.approx(1 / 2_000, abs=0.05)


def test_holm_over_the_candidates() -> None:
    found = [interrupted(series(seed, step=step), 20) for seed, step in ((3, -4.0), (4, 0.0), (5, 0.0))]
    adjusted, said = coincidences([*found, interrupted(series(6), 39)])
    assert said == [True, False, False, False]
    assert adjusted[3] is None
    assert adjusted[0] is not None
    assert found[0].p is not None
    assert adjusted[0] == pytest.approx(3 * found[0].p)
    assert coincidences([]) == ([], [])


def test_short_flat_and_exact_series() -> None:
    assert interrupted(series(1, weeks=10), 5).reason == "too_short"
    assert interrupted(series(1), 39).reason == "too_short"
    assert break_of(series(1, weeks=11)) is None
    flat = Series(np.arange(20), np.full(20, 4.0), np.ones(20))
    assert break_of(flat) is None
    assert interrupted(flat, 10).p == 1
    exact = interrupted(Series(flat.week, np.where(flat.week < 10, 4.0, 3.0), flat.base), 10)
    assert (exact.effect, exact.p) == (pytest.approx(-1), 0)


def test_weeks_begin_on_monday_and_gaps_are_left_out() -> None:
    days = np.array(["2024-01-07", "2024-01-08", "NaT", "2024-01-21"], dtype="datetime64[D]")
    weeks, monday = weeks_of(days)
    assert (weeks.tolist(), str(monday)) == ([0, 1, -1, 2], "2024-01-01")
    assert weeks_of(days[2:3])[0].tolist() == [-1]
    found = weekly([0, 0, 2, -1], [1.0, 3.0, 5.0, 9.0])
    assert (found.week.tolist(), found.value.tolist(), found.base.tolist()) == (
        [0, 2],
        [2.0, 5.0],
        [2.0, 1.0],
    )
    with pytest.raises(SeriesError):
        weekly([0], [1.0, 2.0])
