"""Hard care is wiped out where the soft side is ignored."""

from __future__ import annotations

import pytest

from peakend.server.care.score import SOFT_LEAST, care_score, is_alarming


@pytest.mark.parametrize(
    ("hard", "soft", "care"), [(10, 0, 0), (0, 10, 0), (10, 10, 10), (8, 5, 4), (10, 7.5, 7.5)]
)
def test_the_two_sides_multiply(hard: float, soft: float, care: float) -> None:
    assert care_score(hard, soft) == care


def test_a_soft_side_under_the_threshold_is_alarming() -> None:
    assert is_alarming(SOFT_LEAST - 0.1)
    assert not is_alarming(SOFT_LEAST)


@pytest.mark.parametrize(("hard", "soft"), [(-1, 5), (5, 11), (float("nan"), 5)])
def test_a_part_lies_between_nothing_and_ten(hard: float, soft: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 10"):
        care_score(hard, soft)
