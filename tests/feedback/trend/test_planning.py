"""How many answers a difference takes, and the smallest difference that so many would show."""

from __future__ import annotations

import numpy as np
import pytest

from peakend.feedback.trend import PlanningError, answers_needed, detectable_difference


def test_the_published_size_for_five_points() -> None:
    assert answers_needed(0.05, 0.61) == 3831


def test_a_design_effect_and_more_comparisons_take_more_answers() -> None:
    assert answers_needed(0.05, 0.61, design_effect=2) == pytest.approx(2 * 3831, abs=2)
    assert answers_needed(0.05, 0.61, comparisons=20) > 1.7 * 3831


def test_the_detectable_difference_is_the_size_turned_round() -> None:
    n = answers_needed(0.05, 0.61)
    se = np.sqrt(0.61 / n)
    assert detectable_difference(se, se) == pytest.approx(0.05, rel=1e-3)


def test_a_detectable_difference_is_detected_with_its_power() -> None:
    random = np.random.default_rng(1)
    found = detectable_difference(0.04, 0.03)
    z = (found + random.normal(0, 0.05, 20_000)) / 0.05
    assert (np.abs(z) > 1.959964).mean() == pytest.approx(0.8, abs=0.01)


@pytest.mark.parametrize(
    "bad",
    [
        {"difference": 0.0},
        {"power": 1.0},
        {"alpha": 0.0},
        {"variance": -1.0},
        {"design_effect": 0.0},
        {"comparisons": 0},
    ],
)
def test_a_sample_size_needs_sensible_questions(bad: dict[str, float]) -> None:
    arguments = {"difference": 5.0, "variance": 0.61} | bad
    with pytest.raises(PlanningError):
        answers_needed(**arguments)  # type: ignore[arg-type]


def test_errors_are_not_negative() -> None:
    with pytest.raises(PlanningError):
        detectable_difference(-1, 1)
