"""Segments are named only where they stand apart after looking at all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from peakend.language import Text
from peakend.report.charts import Basis
from peakend.report.charts.segments import SEGMENTS

Score = Callable[..., dict[str, Any]]
Make = Callable[..., Basis]


def _rows(score: Score, half: float = 3.0, **segments: float | None) -> list[dict[str, Any]]:
    asked = {"overall": True, "question_id": "nps", "touchpoint_id": None, "segmentation": "age_band"}
    rows = [score("Recommend", 40.0, overall=True, question_id="nps")]
    return rows + [
        score("Recommend", value, half=half, **asked, segment=name) for name, value in segments.items()
    ]


def test_the_lowest_segment_is_named_with_its_cut(basis: Make, score: Score) -> None:
    found = SEGMENTS.finding(basis(nps_by_touchpoint=_rows(score, young=45.0, middle=44.0, old=10.0)), "en")
    assert found is not None
    assert found.headline == "By age band, the Net Promoter Score is lowest for old"
    assert "not an effect of belonging" in found.caution


def test_of_two_segments_one_is_lower_not_lowest(basis: Make, score: Score) -> None:
    made = basis(nps_by_touchpoint=_rows(score, young=45.0, old=10.0))
    english, chinese = SEGMENTS.finding(made, "en"), SEGMENTS.finding(made, "zh")
    assert english is not None
    assert chinese is not None
    assert english.headline == "By age band, the Net Promoter Score is lower for old than for young"
    assert chinese.headline == "按“Age band”划分，“old”的净推荐值低于“young”"


def test_overlapping_segments_are_not_ranked(basis: Make, score: Score) -> None:
    found = SEGMENTS.finding(
        basis(nps_by_touchpoint=_rows(score, 8.0, young=45.0, middle=44.0, old=38.0)), "zh"
    )
    assert found is not None
    assert found.headline == "没有分群与其他分群明显不同"


def test_hidden_segments_are_named_as_hidden(basis: Make, score: Score) -> None:
    found = SEGMENTS.finding(basis(nps_by_touchpoint=_rows(score, young=45.0, middle=44.0, tiny=None)), "en")
    assert found is not None
    assert "Not shown: tiny (Age band)" in found.caution


def test_titles_and_labels_of_the_mapping_are_used(basis: Make, score: Score) -> None:
    made = replace(
        basis(nps_by_touchpoint=_rows(score, young=45.0, old=10.0)),
        cuts={"age_band": Text("Age", "年龄")},
        segments={("age_band", "old"): Text("old", "老年"), ("age_band", "young"): Text("young", "青年")},
    )
    found = SEGMENTS.finding(made, "zh")
    assert found is not None
    assert found.headline == "按“年龄”划分，“老年”的净推荐值低于“青年”"


def test_ratings_are_cut_where_there_is_no_promoter_question(basis: Make, score: Score) -> None:
    rows = [row | {"value": 4.0, "low": 3.9, "high": 4.1} for row in _rows(score, young=4.0, old=4.0)]
    name, table = SEGMENTS.behind(basis(rating_by_touchpoint=rows))
    assert (name, table.num_rows) == ("rating_by_touchpoint", 2)


def test_no_segments_no_sentence(basis: Make, score: Score) -> None:
    assert SEGMENTS.finding(basis(), "en") is None
    assert SEGMENTS.finding(basis(nps_by_touchpoint=_rows(score)), "en") is None
    assert SEGMENTS.finding(basis(nps_by_touchpoint=_rows(score, one=40.0)), "en") is None
    assert SEGMENTS.behind(basis())[1].num_rows == 0
