"""Which scores are said to stand apart: planted ones are found, chance is not."""

from __future__ import annotations

import numpy as np
import pytest

from peakend.report.standing import detectable_change, pairs, standing

Z = 1.959963984540054


def _drawn(means: list[float], n: int, generator: np.random.Generator) -> list[tuple[float, float, float]]:
    """Means of `n` normal answers with standard deviation 1, with their 95 % intervals."""
    samples = generator.normal(np.array(means)[:, None], 1.0, size=(len(means), n))
    centre, half = samples.mean(axis=1), Z * samples.std(axis=1, ddof=1) / np.sqrt(n)
    return [(float(c), float(c - h), float(c + h)) for c, h in zip(centre, half, strict=True)]


def test_a_planted_lowest_pair_is_found() -> None:
    generator = np.random.default_rng(5)
    scores = _drawn([4.0] * 10 + [3.5, 3.5], 800, generator)
    assert set(standing(scores).lowest) == {10, 11}
    assert standing(scores).highest == ()


def test_among_equal_scores_something_stands_out_in_at_most_five_of_a_hundred_draws() -> None:
    generator = np.random.default_rng(11)
    alarms = 0
    for _ in range(400):
        found = standing(_drawn([4.0] * 20, 400, generator))
        alarms += bool(found.lowest or found.highest)
    assert alarms / 400 <= 0.05


def test_intervals_that_overlap_plainly_allow_no_claim() -> None:
    found = standing([(4.0, 3.9, 4.1), (4.05, 3.95, 4.15), (4.1, 4.0, 4.2)])
    assert (found.lowest, found.highest) == ((), ())
    assert found.among_lowest == (0, 1, 2)


def test_equal_scores_without_any_spread_do_not_stand_apart() -> None:
    found = standing([(4.0, 4.0, 4.0)] * 3)
    assert (found.lowest, found.highest) == ((), ())


def test_a_score_without_an_interval_cannot_be_told_from_any_other() -> None:
    found = standing([(1.0, None, None), (4.0, 3.99, 4.01), (5.0, 4.99, 5.01)])
    assert found.lowest == ()
    assert set(found.among_lowest) == {0, 1, 2}


def test_most_of_the_scores_are_no_group_that_stands_out() -> None:
    found = standing([(1.0, 0.99, 1.01), (4.0, 3.9, 4.1), (4.0, 3.9, 4.1)])
    assert found.lowest == (0,)
    assert found.highest == ()


def test_more_looks_make_the_claim_harder() -> None:
    scores = [(4.0, 3.93, 4.07), (4.2, 4.13, 4.27)]
    assert standing(scores).lowest == (0,)
    assert standing(scores, looks=1000).lowest == ()


@pytest.mark.parametrize("scores", [[], [(4.0, 3.9, 4.1)]])
def test_one_score_or_none_stands_apart_from_nothing(scores: list[tuple[float, float, float]]) -> None:
    assert standing(scores).lowest == ()


def test_the_detectable_change_is_cohens() -> None:
    """Cohen 1988 table 2.4.1: d = .20 at a two-sided 5 % with power .80 needs n = 393 a group."""
    half = Z / np.sqrt(393)
    assert detectable_change(-half, half) == pytest.approx(0.2, abs=0.0005)


def test_pairs_are_counted_once() -> None:
    assert [pairs(k) for k in (0, 1, 2, 22)] == [0, 0, 1, 231]
