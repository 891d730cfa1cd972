from __future__ import annotations

import numpy as np
import pytest

from peakend.journey.consistency.control import (
    ControlError,
    individuals_chart,
    mean_chart,
    out_of_control,
    share_chart,
)

FLOW_RATES = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]


def test_individuals_chart_gives_the_limits_of_the_nist_handbook() -> None:
    """NIST/SEMATECH e-Handbook 6.3.2.2: centre 50.81, limits 55.8041 and 45.8159."""
    chart = individuals_chart(FLOW_RATES)
    assert chart.centre == pytest.approx(50.81)
    assert chart.high[0] == pytest.approx(55.8041, abs=5e-3)
    assert chart.low[0] == pytest.approx(45.8159, abs=5e-3)
    assert not chart.beyond.any()


def test_share_chart_is_the_classical_p_chart_where_nothing_else_varies() -> None:
    """Montgomery's orange juice: 347 of 30 × 50 cans, p̄ = .2313, limits .0524 and .4102."""
    hits = np.array([12, 11] * 15)
    hits[:2] += 1
    chart = share_chart(hits, np.full(30, 50))
    assert chart.dispersion == 1
    assert chart.centre == pytest.approx(347 / 1500, abs=1e-4)
    assert chart.low[0] == pytest.approx(0.0524, abs=5e-4)
    assert chart.high[0] == pytest.approx(0.4102, abs=5e-4)


def weeks(
    random: np.random.Generator, shift: float = 0.0, sway: float = 0.3
) -> tuple[np.ndarray, np.ndarray]:
    """52 weekly means of 400 events whose true mean sways from week to week; one week is shifted."""
    truth = random.normal(0, sway, 52)
    truth[30] += shift
    return truth + random.normal(0, 1 / 20, 52), np.full(52, 1 / 20)


def test_a_planted_bad_week_is_found_and_steady_weeks_raise_no_alarm() -> None:
    random = np.random.default_rng(1)
    hits = alarms = 0
    for _ in range(200):
        shifted, steady = mean_chart(*weeks(random, shift=3.0)), mean_chart(*weeks(random))
        found, clean = out_of_control([shifted, steady])
        hits += bool(found[30])
        alarms += bool(clean.any())
    assert hits >= 195
    # Nominal 5 % over both charts; a moving range of 51 is itself uncertain, which costs a little.
    assert alarms <= 200 * 0.09


def test_without_the_sway_of_weeks_the_chart_would_cry_wolf() -> None:
    random = np.random.default_rng(2)
    chart = mean_chart(*weeks(random))
    assert chart.dispersion > 4
    assert chart.beyond.sum() <= 2


def test_eight_points_on_one_side_are_a_run() -> None:
    values = np.array([1.0, -1.0] * 10 + [0.4, 0.5, 0.4, 0.5, 0.4, 0.5, 0.4, 0.5, 0.4] + [-1.0, 1.0] * 10)
    chart = mean_chart(values - values.mean(), np.full(len(values), 0.8))
    assert np.flatnonzero(chart.run).tolist() == [27, 28]


def test_points_that_do_not_vary_are_an_error_and_not_a_verdict() -> None:
    with pytest.raises(ControlError, match="do not vary"):
        individuals_chart([3, 3, 3])
    with pytest.raises(ControlError, match="do not vary"):
        share_chart([5, 5], [5, 5])


@pytest.mark.parametrize("values", [[], [1.0], [1.0, float("nan")], [[1.0, 2.0]]])
def test_fewer_than_two_finite_points_are_an_error(values: list[float]) -> None:
    with pytest.raises(ControlError, match="at least two finite points"):
        individuals_chart(values)


def test_more_hits_than_tries_are_an_error() -> None:
    with pytest.raises(ControlError, match="0 ≤ hits ≤ n"):
        share_chart([3, 9], [5, 5])
