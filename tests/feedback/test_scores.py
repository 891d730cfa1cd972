"""Scores of arrays: published values, weights and clusters, what is not an answer, bad input."""

from __future__ import annotations

import csv
import math
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

from peakend.feedback import ces, csat, nps, rating_mean, top_box
from peakend.feedback.scales import ScoreOutsideScaleError
from peakend.feedback.scores import AnswersError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HUNDRED = [10] * 100 + [8] * 60 + [3] * 40


def test_nps_of_the_textbook_case() -> None:
    found = nps(HUNDRED)
    assert (found.value, found.n, found.effective_n) == (pytest.approx(30.0), 200, 200)
    assert found.se == pytest.approx(5.5227, abs=5e-5)
    assert (found.low, found.high) == (pytest.approx(18.815, abs=5e-4), pytest.approx(40.298, abs=5e-4))
    assert (found.promoters, found.passives, found.detractors) == pytest.approx((0.5, 0.3, 0.2))


def test_weights_bring_a_lopsided_sample_back() -> None:
    # Population 70/30; 300 answers with P .4, D .3 and 100 with P .6, D .1: raw 20, weighted 22.
    large = [10] * 120 + [8] * 90 + [0] * 90
    small = [10] * 60 + [8] * 30 + [0] * 10
    weights = [0.7 / 300] * 300 + [0.3 / 100] * 100
    assert nps(large + small).value == pytest.approx(20.0)
    found = nps(large + small, weights)
    assert found.value == pytest.approx(22.0)
    assert found.effective_n == pytest.approx(394.737, abs=5e-4)
    # Weights alone do not tell that the two samples were drawn apart: with strata the error is 3.9141.
    kish = 100 * math.sqrt((0.46 + 0.24 - 0.22**2) / 394.737)
    assert found.se is not None
    assert 3.9141 < found.se < kish


def test_the_size_of_weights_does_not_matter() -> None:
    scores, weights = HUNDRED, np.linspace(0.5, 2, 200)
    one, thousand = nps(scores, weights), nps(scores, weights * 1000)
    assert one.value == pytest.approx(thousand.value)
    assert (one.low, one.high) == pytest.approx((thousand.low, thousand.high))


def test_clusters_of_one_change_next_to_nothing() -> None:
    alone = nps(HUNDRED, clusters=range(200))
    plain = nps(HUNDRED)
    assert alone.value == plain.value
    assert (alone.low, alone.high) == pytest.approx((plain.low, plain.high), abs=0.1)


def test_answers_that_come_in_clusters_widen_the_interval() -> None:
    clusters = np.repeat(np.arange(20), 10)
    assert nps(HUNDRED, clusters=clusters).se > 2 * nps(HUNDRED).se


@pytest.mark.private_data
def test_the_sfo_survey_of_2017(private_data: Callable[[str], Path]) -> None:
    path = private_data("sfo_survey") / "2017_SFO_Customer_Survey.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["NETPRO"].strip() not in ("", "11")]
    scores = [int(row["NETPRO"]) for row in rows]
    weights = [float(row["WEIGHT"]) for row in rows]
    runs = [row["RUNID"] for row in rows]
    plain, clustered, weighted = nps(scores), nps(scores, clusters=runs), nps(scores, weights)
    assert (plain.value, plain.n, plain.se) == (
        pytest.approx(39.8, abs=0.05),
        2746,
        pytest.approx(1.334, abs=5e-4),
    )
    assert clustered.se == pytest.approx(1.538, abs=5e-4)
    assert weighted.value == pytest.approx(40.4, abs=0.05)
    assert weighted.effective_n == pytest.approx(2267, abs=0.5)
    both = nps(scores, weights, runs)
    assert both.se > weighted.se
    assert both.high - both.low > weighted.high - weighted.low > plain.high - plain.low


def test_csat_is_the_top_two_boxes_and_the_mean() -> None:
    found = csat([1, 2, 3, 4, 5, 5, 4, 4])
    assert found.value == pytest.approx(5 / 8)
    assert found.mean.value == pytest.approx(3.5)
    assert csat([1, 9, 10, 8], scale=(1, 10)).value == pytest.approx(0.5)


def test_ces_is_the_mean_and_the_share_above_the_middle() -> None:
    found = ces([1, 4, 5, 7, 7])
    assert found.value == pytest.approx(4.8)
    assert found.easy.value == pytest.approx(0.6)


def test_the_mean_and_its_interval_are_students() -> None:
    scores = [1, 2, 2, 3, 4, 4, 5, 3, 3, 2]
    found = rating_mean(scores)
    expected = stats.t.interval(0.95, 9, np.mean(scores), stats.sem(scores))
    assert (found.low, found.high) == pytest.approx(expected)


def test_no_answer_is_never_a_zero() -> None:
    with_gaps = [10, None, 8, float("nan"), 3, None]
    assert nps(with_gaps) == nps([10, 8, 3])
    assert nps(with_gaps, weights=[1, None, 2, None, 3, None]) == nps([10, 8, 3], weights=[1, 2, 3])
    assert rating_mean([None, 4, None]).value == 4


def test_nobody_answered() -> None:
    for found in (nps([]), nps([None, None]), csat([]), ces([]), rating_mean([]), top_box([])):
        assert (found.value, found.n, found.low, found.high, found.se) == (None, 0, None, None, None)


def test_no_variance_is_said() -> None:
    found = rating_mean([5, 5, 5])
    assert found.no_variance
    assert (found.value, found.low, found.high) == (5, None, None)
    alike = nps([10] * 10)
    assert alike.no_variance
    assert alike.low == pytest.approx(47.504, abs=5e-4)
    assert not rating_mean([5, 4]).no_variance
    assert not nps([]).no_variance


def test_a_single_answer_has_no_interval_of_the_mean() -> None:
    assert (rating_mean([4]).low, rating_mean([4]).high) == (None, None)


def test_one_cluster_has_no_interval() -> None:
    found = nps(HUNDRED, clusters=["flight 1"] * 200)
    assert found.value == pytest.approx(30)
    assert (found.low, found.high, found.se) == (None, None, None)


@pytest.mark.parametrize("bad", [11, -1, 10.5])
def test_a_score_outside_its_scale_is_an_error(bad: float) -> None:
    with pytest.raises(ScoreOutsideScaleError) as caught:
        nps([10, bad, bad, 3])
    assert caught.value.data["scores"] == {float(bad): 2}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([10, "ten"],), "not all numbers"),
        (([[10, 9]],), "one list"),
        (([10, 9], [1]), "2 scores but 1 weights"),
        (([10, 9], None, ["a"]), "2 scores but 1 clusters"),
        (([10, 9], [1, -1]), "1 weights"),
        (([10, 9], [1, None]), "1 weights"),
        (([10, 9], [1, float("inf")]), "1 weights"),
        (([10, 9], [0, 0]), "All weights are zero"),
    ],
)
def test_bad_answers_are_refused_with_a_sentence(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(AnswersError, match=message) as caught:
        nps(*arguments)  # type: ignore[arg-type] # what people may hand over
    assert caught.value.in_("zh")


def test_arrow_and_numpy_are_taken_as_they_are() -> None:
    expected = nps([10, 8, 3])
    assert nps(pa.array([10, None, 8, 3])) == expected
    assert nps(np.array([10, np.nan, 8, 3])) == expected
    assert nps(pa.chunked_array([[10, 8], [None, 3]])) == expected
    pandas = pytest.importorskip("pandas")
    assert nps(pandas.Series([10, None, 8, 3])) == expected
    assert nps(pandas.array([10, None, 8, 3], dtype="Int64")) == expected


def test_a_missing_cluster_is_a_cluster_of_its_own() -> None:
    assert nps(HUNDRED, clusters=[None] * 200).se == pytest.approx(nps(HUNDRED, clusters=range(200)).se)
