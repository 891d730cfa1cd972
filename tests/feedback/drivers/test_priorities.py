"""The map and the fix-first order: planted parts land where they belong, equal parts are not put in order."""

from __future__ import annotations

import numpy as np
import pytest

from peakend.feedback.drivers.errors import DriverInputError
from peakend.feedback.drivers.priorities import frequency_importance, on_hundred, priorities


def test_planted_parts_land_in_fix_first() -> None:
    random = np.random.default_rng(1)
    importance = np.array([0.25, 0.22, 0.2, 0.13, 0.1, 0.1])
    performance = np.array([40.0, 45.0, 42.0, 85.0, 80.0, 45.0])
    found = priorities(
        importance,
        performance,
        importance + 0.01 * random.standard_normal((300, 6)),
        performance + 1.5 * random.standard_normal((300, 6)),
        names=list("abcdef"),
    )
    assert found.quadrant == ("fix_first", "fix_first", "fix_first", "no_hurry", "no_hurry", "watch")
    assert found.sure[:3].all()
    assert set(np.argsort(found.order.rank)[:3]) == {0, 1, 2}
    assert found.need[0] == pytest.approx(15.0)
    assert (found.order.low <= found.order.rank).all()
    assert (found.order.rank <= found.order.high).all()


def test_equal_parts_are_ordered_no_more_often_than_stated() -> None:
    random = np.random.default_rng(2)
    apart = 0
    for _ in range(500):
        people = np.stack([random.normal(0.25, 0.2, (150, 4)), random.normal(60, 20, (150, 4))])
        drawn = random.multinomial(150, np.full(150, 1 / 150), size=100) @ people / 150
        means = people.mean(axis=1)
        found = priorities(means[0], means[1], drawn[0], np.clip(drawn[1], 0, 100))
        apart += bool(found.order.above.any())
    assert apart / 500 < 0.08


def test_a_part_on_the_crosshair_is_not_sure() -> None:
    random = np.random.default_rng(3)
    importance = np.array([0.4, 0.3, 0.301, 0.2])
    performance = np.array([50.0, 60.0, 70.0, 80.0])
    found = priorities(
        importance,
        performance,
        importance + 0.02 * random.standard_normal((200, 4)),
        performance + random.standard_normal((200, 4)),
    )
    assert found.sure[0]
    assert not found.sure[2]


def test_frequency_and_feeling_are_the_published_example() -> None:
    names = ["booking", "delay notice", "baggage"]
    found = frequency_importance([0.9, 0.25, 0.4], [2, 9, 6], [np.nan, 4.1, 6.0], names)
    assert found.emphasis == pytest.approx([1.8, 2.25, 2.4])
    assert found.priority[1:] == pytest.approx([13.275, 9.6])
    assert np.isnan(found.priority[0])
    assert names[int(np.argmax(found.emphasis))] == "baggage"
    assert names[int(np.nanargmax(found.priority))] == "delay notice"


def test_a_hot_touchpoint_is_frequent_and_stirring() -> None:
    found = frequency_importance([0.9, 0.8, 0.1, 0.1], [9, 1, 9, 1])
    assert found.hot.tolist() == [True, False, False, False]


def test_bad_input_is_told() -> None:
    good = np.array([0.5, 0.5]), np.array([50.0, 60.0])
    draws = np.ones((30, 2))
    for bad in (
        (good[0], good[1][:1], draws, draws),
        (good[0], good[1] + 60, draws, draws),
        (good[0], good[1], draws, draws[:, :1]),
        (good[0][:1], good[1][:1], draws[:, :1], draws[:, :1]),
        (good[0], good[1], draws[:5], draws[:5]),
    ):
        with pytest.raises(DriverInputError):
            priorities(*bad)
    with pytest.raises(DriverInputError):
        frequency_importance([-1.0], [1.0])
    with pytest.raises(DriverInputError):
        frequency_importance([1.0], [1.0, 2.0])
    with pytest.raises(DriverInputError):
        on_hundred([1.0], (5, 5))
    assert on_hundred([1, 3, 5], (1, 5)).tolist() == [0, 50, 100]
