from __future__ import annotations

import numpy as np
import pytest

from peakend.journey.endings.erosion import Erosion, ErosionError, erosion, recent, verdict
from peakend.journey.endings.weights import MemoryWeights

WEIGHTS = MemoryWeights(np.array([0.0, 0.4, 0.6]), np.diag([0.0, 0.02, 0.02]) ** 2, 5_000, 24)


def watched(
    random: np.random.Generator, slope: float, months: int = 12, wobble: float = 0.02, overall: float = 0.3
) -> Erosion:
    """Monthly ends of 200 journeys each that start at 0.4 and change by `slope` a month."""
    times = np.arange(months)
    ends = 0.4 + slope * times + random.normal(0, wobble, months) + random.normal(0, 0.02, months)
    return erosion(times, ends, [0.02] * months, [200] * months, (overall, 0.02), 0.5, WEIGHTS)


def test_a_planted_decline_is_alerted_before_the_whole_falls_below_neutral() -> None:
    """Whole = .4 · peak + .6 · end with peak .5: from .44 it crosses 0 when the end is −1/3, in month 24."""
    random, alerted = np.random.default_rng(1), []
    for _ in range(40):
        ends: list[float] = []
        for month in range(30):
            ends.append(0.4 - 0.03 * month + float(random.normal(0, 0.028)))
            if month < 5:
                continue
            now = (0.4 * 0.5 + 0.6 * ends[-1], 0.02)
            found = erosion(
                np.arange(month + 1), ends, [0.02] * (month + 1), [200] * (month + 1), now, 0.5, WEIGHTS
            )
            if verdict(found.slope, found.p, 0.05) == "eroding":
                alerted.append(month)
                break
    assert len(alerted) == 40
    assert max(alerted) < 24
    assert np.median(alerted) <= 12


def test_steady_ends_raise_no_alarm_beyond_the_stated_rate() -> None:
    random = np.random.default_rng(2)
    alarms = [verdict(found.slope, found.p, 0.05) for found in (watched(random, 0.0) for _ in range(400))]
    assert alarms.count("eroding") <= 400 * 0.045
    assert alarms.count("cannot_tell") >= 400 * 0.92


def test_the_projection_holds_what_comes() -> None:
    """Six months on, the whole has changed by .6 · 6 · slope; its interval holds that in 95 of 100."""
    random = np.random.default_rng(3)
    covered = [
        found.change_low <= 0.6 * 6 * -0.02 <= found.change_high
        for found in (watched(random, -0.02) for _ in range(200))
    ]
    assert np.mean(covered) >= 0.92


def test_months_until_the_end_has_eaten_the_peak_follow_from_the_line() -> None:
    times = np.arange(12)
    ends = 0.4 - 0.02 * times
    found = erosion(times, ends, [0.01] * 12, [100] * 12, (0.3, 0.001), 0.5, WEIGHTS)
    end_now = 0.4 - 0.22
    assert found.end_now == pytest.approx(end_now)
    assert found.months_to_eaten == pytest.approx((0.4 * 0.5 + 0.6 * end_now) / (0.6 * 0.02))
    assert found.months_to_threshold == pytest.approx(0.3 / (0.6 * 0.02))
    assert found.months_to_threshold_low is not None
    assert found.months_to_threshold_low <= 0.3 / (0.6 * 0.02)
    assert found.projected == pytest.approx(0.3 - 0.6 * 0.02 * 6)


def test_an_improving_end_is_not_heading_anywhere_bad() -> None:
    found = watched(np.random.default_rng(4), 0.02)
    assert found.months_to_threshold is None
    assert found.months_to_eaten is None
    assert verdict(found.slope, found.p, 0.05) == "improving"


@pytest.mark.parametrize(
    "given",
    [
        {"months": [0, 1, 2, 3, 4]},
        {"errors": [0.0] + [0.1] * 11},
        {"months": [0] * 12},
        {"horizon": 0.0},
    ],
)
def test_too_few_months_no_error_and_no_order_are_refused(given: dict[str, object]) -> None:
    times = given.get("months", list(range(12)))
    size = len(times)  # type: ignore[arg-type]
    errors = given.get("errors", [0.1] * size)
    horizon = given.get("horizon", 6.0)
    with pytest.raises(ErosionError):
        erosion(
            times,  # type: ignore[arg-type]
            [0.1] * size,
            errors,  # type: ignore[arg-type]
            [50] * size,
            (0.1, 0.01),
            0.5,
            WEIGHTS,
            horizon=horizon,  # type: ignore[arg-type]
        )


def test_the_whole_now_is_that_of_the_last_three_months_with_answers() -> None:
    found = recent([0, 1, 2, 3, 4], [9, 1.0, 2.0, 0, 3.0], [9, 1.0, 4.0, 0, 9.0], [9, 1, 1, 0, 1])
    assert found is not None
    assert found[0] == pytest.approx(2.0)
    assert found[1] == pytest.approx(1 / np.sqrt(3))
    assert recent([0, 1], [0, 1.0], [0, 1.0], [0, 1]) is None
