"""SERVQUAL and SERVPERF: the published example, paired intervals, skipped answers, weights, false alarms."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import stats

from peakend.feedback import servperf, servqual
from peakend.feedback.expectation.errors import ItemsError, TooFewItemsError
from peakend.feedback.expectation.servqual import FIVE_DIMENSIONS

PUBLISHED = (-0.65, -1.10, -0.83, -0.70, -1.01)
POINTS = dict(zip(FIVE_DIMENSIONS, (11, 32, 22, 19, 16), strict=True))


def test_the_published_example() -> None:
    expectation = np.array([[6.0, 6.5, 6.2, 6.1, 6.3]])
    found = servqual(expectation + PUBLISHED, expectation, FIVE_DIMENSIONS, POINTS)
    assert [d.gap for d in found.dimensions] == pytest.approx(list(PUBLISHED))
    assert found.total.gap == pytest.approx(-0.858)
    assert found.weighted_total is not None
    assert found.weighted_total.gap == pytest.approx(-0.9007)
    assert [d.weight for d in found.dimensions] == pytest.approx([0.11, 0.32, 0.22, 0.19, 0.16])
    # One respondent has no interval, and no verdict.
    assert (found.total.low, found.total.p, found.total.verdict) == (None, None, "cannot_tell")
    assert found.n == 1


def test_complete_answers_give_the_paired_t_test() -> None:
    random = np.random.default_rng(1)
    expectation = random.integers(4, 8, (60, 4)).astype(float)
    perception = np.clip(expectation - random.integers(0, 3, (60, 4)), 1, 7)
    found = servqual(perception, expectation, {"a": [0, 1], "b": [2, 3]})
    for place, item in enumerate(found.items):
        paired = stats.ttest_rel(perception[:, place], expectation[:, place])
        assert item.p == pytest.approx(paired.pvalue)
        ends = paired.confidence_interval(0.95)
        assert (item.low, item.high) == (pytest.approx(ends.low), pytest.approx(ends.high))
    own = (perception - expectation)[:, 2:].mean(axis=1)
    paired = stats.ttest_1samp(own, 0)
    assert found.dimensions[1].gap == pytest.approx(own.mean())
    assert found.dimensions[1].se == pytest.approx(own.std(ddof=1) / math.sqrt(60))
    assert found.dimensions[1].p == pytest.approx(paired.pvalue)
    assert found.total.gap == pytest.approx((perception - expectation).mean())


def test_a_skipped_answer_takes_its_pair_with_it_and_nothing_else() -> None:
    perception = [[5, None], [6, 3], [None, 4], [4, 5]]
    expectation = [[6, 5], [6, None], [7, 5], [6, 6]]
    found = servqual(perception, expectation, ["x", "x"])
    assert [(i.n, i.gap) for i in found.items] == [(3, pytest.approx(-1.0)), (2, pytest.approx(-1.0))]
    assert (found.items[0].perception, found.items[0].expectation) == (5.0, 6.0)
    assert found.n == 4
    assert found.dimensions[0].gap == pytest.approx(-1.0)


def test_weights_and_clusters_widen_the_interval() -> None:
    random = np.random.default_rng(2)
    cluster = np.repeat(np.arange(20), 10)
    gap = random.normal(0, 1, 20)[cluster] + random.normal(0, 0.5, 200)
    expectation = np.full((200, 1), 5.0)
    plain = servqual(expectation + gap[:, None], expectation, ["x"])
    wide = servqual(expectation + gap[:, None], expectation, ["x"], clusters=cluster.tolist())
    assert plain.total.se is not None
    assert wide.total.se is not None
    assert wide.total.se > 2 * plain.total.se
    weights = np.where(gap > 0, 3.0, 1.0)
    weighted = servqual(expectation + gap[:, None], expectation, ["x"], respondent_weights=weights)
    assert weighted.total.gap == pytest.approx(np.average(gap, weights=weights))


def test_an_item_without_answers_is_said_and_left_to_the_others() -> None:
    found = servqual([[5, np.nan], [4, np.nan]], [[6, 6], [6, 7]], ["x", "y"])
    assert (found.items[1].n, found.items[1].gap, found.items[1].verdict) == (0, None, "cannot_tell")
    assert found.dimensions[1].gap is None
    assert found.total.gap == pytest.approx(-1.5)


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
def test_frames_bring_their_names(make: type) -> None:
    perception = make({"desk": [5.0, 4.0, 3.0], "bags": [2.0, 6.0, 4.0]})
    expectation = make({"desk": [6.0, 6.0, 5.0], "bags": [4.0, 6.0, 6.0]})
    found = servqual(perception, expectation, {"people": ["desk"], "things": ["bags"]})
    assert [item.name for item in found.items] == ["desk", "bags"]
    assert found.dimensions[0].gap == pytest.approx(-5 / 3)


def test_servperf_is_perception_alone() -> None:
    found = servperf([[5, 3], [4, 2], [6, 4]], ["a", "b"], {"a": 3, "b": 1})
    assert [d.value for d in found.dimensions] == pytest.approx([5.0, 3.0])
    assert (found.total.value, found.n) == (pytest.approx(4.0), 3)
    assert found.weighted_total is not None
    assert found.weighted_total.value == pytest.approx(4.5)


def test_alike_gaps_have_no_interval_and_no_verdict() -> None:
    found = servqual([[3, 4]] * 9, [[4, 5]] * 9, ["x", "y"])
    assert (found.total.gap, found.total.low, found.total.verdict) == (-1.0, None, "cannot_tell")


def test_bad_input_is_said() -> None:
    with pytest.raises(ItemsError, match="2 × 2 and expectation"):
        servqual([[1, 2], [3, 4]], [[1, 2]], ["x", "y"])
    with pytest.raises(ItemsError, match="exactly one dimension"):
        servqual([[1, 2]], [[1, 2]], {"x": [0]})
    with pytest.raises(ItemsError, match="one weight"):
        servqual([[1, 2]], [[1, 2]], ["x", "y"], {"x": 1, "z": 2})
    with pytest.raises(ItemsError, match="Not all"):
        servqual([["good", 2]], [[1, 2]], ["x", "y"])
    with pytest.raises(TooFewItemsError):
        servqual(np.zeros((3, 0)), np.zeros((3, 0)), [])
    with pytest.raises(ItemsError, match="finite"):
        servqual([[np.inf]], [[1]], ["x"])


def test_gap_verdicts_keep_the_family_wise_error() -> None:
    """500 surveys without any gap: at least one verdict in about 5 %; a gap of half a point is found."""
    random = np.random.default_rng(3)
    alarms = found = 0
    for _ in range(500):
        latent = random.normal(0, 1, (80, 1))
        expectation = np.clip(np.round(5 + latent + random.normal(0, 0.8, (80, 6))), 1, 7)
        perception = np.clip(np.round(5 + latent + random.normal(0, 0.8, (80, 6))), 1, 7)
        null = servqual(perception, expectation, list("abcdef"))
        alarms += any(item.verdict != "cannot_tell" for item in null.items)
        planted = servqual(perception - 0.6 * (np.arange(6) == 2), expectation, list("abcdef"))
        found += planted.items[2].verdict == "short_of_expectation"
    assert 0.02 < alarms / 500 < 0.08
    assert found / 500 > 0.9
