"""Under- and over-service: planted ones found, none accused where surplus pays or is not shown to be idle."""

from __future__ import annotations

import numpy as np
import pytest

from peakend.feedback.expectation.errors import ItemsError
from peakend.feedback.expectation.overservice import ServiceLevel, service_levels


def _survey(
    random: np.random.Generator, n: int, shift: tuple[float, ...], worth: tuple[float, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Items on 0–100: how far perception lies above expectation, and what a point of surplus brings."""
    size = len(shift)
    mood = random.normal(0, 8, (n, 1))
    expectation = 50 + 0.5 * mood + 10 * random.normal(0, 1, (n, size))
    perception = expectation + np.array(shift) + 0.5 * mood + 12 * random.normal(0, 1, (n, size))
    expectation, perception = np.clip(expectation, 0, 100), np.clip(perception, 0, 100)
    surplus = np.maximum(perception - expectation, 0)
    met = np.minimum(perception, expectation)
    overall = met.mean(axis=1) + surplus @ np.array(worth) + 8 * random.normal(0, 1, n)
    return perception, expectation, np.clip(overall, 0, 100)


def _levels(survey: tuple[np.ndarray, ...], **more: object) -> tuple[ServiceLevel, ...]:
    perception, expectation, overall = survey
    return service_levels(perception, expectation, overall, scale=(0, 100), **more)  # type: ignore[arg-type]


def test_each_kind_of_service_is_found() -> None:
    survey = _survey(np.random.default_rng(30), 3000, (-12, 15, 15, 0), (0.3, 0.0, 0.4, 0.2))
    assert [level.service for level in _levels(survey)] == [
        "under_serviced",
        "over_serviced",
        "surplus_pays",
        "cannot_tell",
    ]


def test_over_service_keeps_its_error_at_the_border_and_finds_what_is_planted() -> None:
    """500 surveys where surplus is worth just the margin: at most 5 % accused; idle surplus mostly found."""
    random = np.random.default_rng(32)
    accused = found = 0
    for _ in range(500):
        border = _survey(random, 500, (12, 12, 12), (0.1, 0.1, 0.1))
        accused += any(level.service == "over_serviced" for level in _levels(border))
        planted = _survey(random, 1500, (12, 12, 12), (0.0, 0.3, 0.3))
        found += _levels(planted)[0].service == "over_serviced"
    assert accused / 500 <= 0.06
    assert found / 500 > 0.8


def test_without_a_gap_nothing_is_called_under_or_over() -> None:
    random = np.random.default_rng(33)
    alarms = 0
    for _ in range(500):
        null = _survey(random, 200, (0, 0, 0, 0), (0.0, 0.0, 0.0, 0.0))
        alarms += any(level.service != "cannot_tell" for level in _levels(null))
    assert alarms / 500 < 0.08


def test_the_saving_is_gap_times_cost_times_volume() -> None:
    survey = _survey(np.random.default_rng(34), 2000, (15, 0), (0.0, 0.3))
    over, other = _levels(survey, unit_cost=[0.02, None], volume=10_000)
    assert over.service == "over_serviced"
    assert over.gap is not None
    assert over.saving == pytest.approx(over.gap * 0.02 * 10_000)
    assert over.saving_low is not None
    assert over.saving_high is not None
    assert over.saving_low < over.saving < over.saving_high  # type: ignore[operator]
    assert (other.saving, other.saving_low) == (None, None)


def test_without_an_overall_score_surplus_stays_unclear() -> None:
    perception, expectation, _ = _survey(np.random.default_rng(35), 400, (-12, 15), (0.0, 0.0))
    levels = service_levels(perception, expectation, scale=(0, 100))
    assert [level.service for level in levels] == ["under_serviced", "surplus_unclear"]
    assert {level.reason for level in levels} == {"no_overall"}


def test_why_the_worth_is_not_known() -> None:
    random = np.random.default_rng(36)
    perception, expectation, overall = _survey(random, 200, (5, 5, 5), (0.1, 0.1, 0.1))
    perception[:, 0] = expectation[:, 0] - 1
    perception[10:, 1] = np.nan
    levels = service_levels(perception, expectation, overall, scale=(-1, 100), overall_scale=(0, 100))
    assert [level.reason for level in levels] == ["no_surplus", "too_few", None]
    assert levels[0].gap is not None
    assert (levels[0].low, levels[0].service) == (None, "cannot_tell")
    empty = service_levels(np.full((5, 1), np.nan), np.full((5, 1), 3.0), np.ones(5), scale=(1, 5))
    assert (empty[0].n, empty[0].gap, empty[0].service) == (0, None, "cannot_tell")
    with pytest.raises(ItemsError):
        service_levels([[1, 2]], [[1]], scale=(1, 5))
    with pytest.raises(ItemsError):
        service_levels([[1, 2]], [[1, 2]], [1, 2], scale=(1, 5))
