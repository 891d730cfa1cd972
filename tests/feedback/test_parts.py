"""What is a part of the experience, and what judges the whole."""

from __future__ import annotations

import pytest

from peakend.feedback.score_counts import Question
from peakend.feedback.structure.shape import EXPERIENCE, SATISFACTION, role_of


def _question(
    *, overall: bool = False, dimension: str | None = None, touchpoint: str | None = None
) -> Question:
    return Question("Q", "rating", (1.0, 5.0), overall, dimension, touchpoint, "Q", "题")


@pytest.mark.parametrize("dimension", ["delight", "recall", "attribution", "expectation"])
def test_a_comparison_of_the_whole_is_no_part(dimension: str) -> None:
    assert _question(dimension=dimension).of_whole
    assert role_of(_question(dimension=dimension)) is None


def test_a_touchpoint_compared_with_expectation_stays_a_part() -> None:
    assert not _question(dimension="delight", touchpoint="lounge").of_whole


def test_overall_questions_judge_the_whole_and_ratings_their_part() -> None:
    assert _question(overall=True).of_whole
    assert role_of(_question(overall=True)) == SATISFACTION
    assert not _question(dimension="comfort").of_whole
    assert role_of(_question(dimension="comfort")) == EXPERIENCE
