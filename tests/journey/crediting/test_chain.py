"""Removal effects: worked examples, against removal by hand, and what a short memory cannot see."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from peakend.journey.crediting import AttributionError, removal_effects


def test_the_worked_example_of_three_channels() -> None:
    """C1 → C2 → C3 buys; C1 and C2 → C3 do not: a third buys; without C1 a sixth, without C2 or C3 nobody."""
    found = removal_effects([(("C1", "C2", "C3"), 1, 0), (("C1",), 0, 1), (("C2", "C3"), 0, 1)])
    assert found.probability == pytest.approx(1 / 3)
    assert found.effect == pytest.approx([1 / 2, 1, 1])
    assert found.share == pytest.approx([0.2, 0.4, 0.4])


def _removed(paths: list[tuple[tuple[str, ...], float, float]], gone: str) -> float:
    """Probability of the outcome when whoever would step on `gone` is lost, by many steps of the chain."""
    states = sorted({name for path, _, _ in paths for name in path})
    place = {name: number for number, name in enumerate(states)}
    size = len(states)
    chain = np.zeros((size + 3, size + 3))
    start, won_at, lost_at = size, size + 1, size + 2
    for path, won, lost in paths:
        walked = [start, *(place[name] for name in path)]
        for here, there in pairwise(walked):
            chain[here, there] += won + lost
        chain[walked[-1], won_at] += won
        chain[walked[-1], lost_at] += lost
    chain[won_at, won_at] = chain[lost_at, lost_at] = 1
    chain /= chain.sum(axis=1, keepdims=True)
    if gone:
        chain[:, lost_at] += chain[:, place[gone]]
        chain[:, place[gone]] = 0
    return float(np.linalg.matrix_power(chain, 4096)[start, won_at])


def test_it_equals_removing_a_touchpoint_and_walking_on() -> None:
    random = np.random.default_rng(4)
    paths = [
        (
            tuple(random.choice(list("abcde"), random.integers(1, 7))),
            float(random.integers(0, 9)),
            float(random.integers(0, 9)),
        )
        for _ in range(40)
    ]
    found = removal_effects(paths)
    whole = _removed(paths, "")
    assert found.probability == pytest.approx(whole)
    expected = [1 - _removed(paths, name) / whole for name in found.touchpoints]
    assert found.effect == pytest.approx(expected)


def test_a_touchpoint_met_again_and_again_counts_as_once() -> None:
    once = removal_effects([(("a", "b"), 3, 1), (("b",), 1, 4)])
    again = removal_effects([(("a", "a", "a", "b"), 3, 1), (("b",), 1, 4)])
    assert again.effect == pytest.approx(once.effect)


def test_an_early_effect_behind_a_common_step_needs_a_longer_memory() -> None:
    """With "demo" 40 of 100 buy, without it 10; all end at "pay", which is all that memory 1 knows."""
    paths = [(("demo", "pay"), 40.0, 60.0), (("search", "pay"), 10.0, 90.0)]
    short, long = removal_effects(paths), removal_effects(paths, order=2)
    assert short.touchpoints == ("demo", "pay", "search")
    assert short.effect == pytest.approx([0.5, 1, 0.5])
    assert long.effect == pytest.approx([0.8, 1, 0.2])


def test_what_cannot_be_attributed_is_refused() -> None:
    with pytest.raises(AttributionError, match="No path has the outcome"):
        removal_effects([(("a",), 0, 3)])
    for wrong in ([((), 1.0, 0.0)], [(("a",), -1.0, 2.0)]):
        with pytest.raises(AttributionError, match="at least one touchpoint"):
            removal_effects(wrong)
    with pytest.raises(AttributionError, match="order"):
        removal_effects([(("a",), 1, 0)], order=0)
