"""Agreement of test and retest, against the published table, planted reliabilities and bad input."""

from __future__ import annotations

import numpy as np
import pytest

from peakend.feedback.memory import RetestError, agreement, answers_for_margin

# Shrout & Fleiss (1979), table 2: six targets, four judges.
JUDGES = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], dtype=float
)


def test_the_published_table() -> None:
    found = agreement(*JUDGES.T)
    assert found.value == pytest.approx(0.29, abs=0.005)
    assert (found.low, found.high) == (pytest.approx(0.019, abs=5e-4), pytest.approx(0.761, abs=5e-4))


@pytest.mark.parametrize("reliability", [0.0, 0.3, 0.8])
def test_the_interval_holds_the_planted_reliability(reliability: float) -> None:
    """600 simulations of 60 people; 95 % ± 3 standard errors."""
    random = np.random.default_rng(3)
    holds = 0
    for _ in range(600):
        person = np.sqrt(reliability) * random.normal(size=60)
        first, second = (person + np.sqrt(1 - reliability) * random.normal(size=60) for _ in range(2))
        found = agreement(first, second)
        assert found.low is not None
        assert found.high is not None
        holds += found.low <= reliability <= found.high
    assert 0.923 <= holds / 600 <= 0.98


def test_a_shift_between_occasions_lowers_absolute_agreement() -> None:
    random = np.random.default_rng(1)
    first = random.normal(size=200)
    second = first + 0.1 * random.normal(size=200)
    same, moved = agreement(first, second), agreement(first, second + 2)
    assert same.value is not None
    assert moved.value is not None
    assert same.value > 0.95
    assert moved.value < 0.5
    assert moved.shift == pytest.approx(2, abs=0.05)


def test_identical_answers_agree_and_equal_ones_say_nothing() -> None:
    assert agreement([1, 2, 3, 4], [1, 2, 3, 4]).value == pytest.approx(1.0)
    alike = agreement([5, 5, 5], [5, 5, 5])
    assert alike.no_variance
    assert alike.value is None


def test_people_who_lack_an_answer_are_left_out() -> None:
    assert agreement([1, 2, 3, np.nan], [1, 2, 4, 4]).n == 3


@pytest.mark.parametrize("occasions", [([1.0, 2, 3],), ([1.0, 2, 3], [1.0, 2]), ([1.0, 2], [1.0, 2])])
def test_what_cannot_be_compared_is_refused(occasions: tuple[list[float], ...]) -> None:
    with pytest.raises(RetestError):
        agreement(*occasions)


def test_answers_for_a_margin() -> None:
    """Cochran's 385 for a share of one half within five points at 95 %."""
    assert answers_for_margin(0.25, 0.05) == 385
    with pytest.raises(RetestError):
        answers_for_margin(0.25, 0)
