"""The sentence about promoters and detractors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from peakend.report.charts import Basis
from peakend.report.charts.nps import SHARES

Score = Callable[..., dict[str, Any]]
Make = Callable[..., Basis]
WHOLE: dict[str, Any] = {"overall": True, "scale_low": 0.0, "scale_high": 10.0}
PARTS: dict[str, Any] = {"promoters": 0.523, "passives": 0.352, "detractors": 0.125}


def test_without_an_earlier_period_no_change_is_invented(basis: Make, score: Score) -> None:
    made = basis(nps_by_touchpoint=[score("Recommend", 39.8, half=2.6, **WHOLE, **PARTS)])
    english, chinese = SHARES.finding(made, "en"), SHARES.finding(made, "zh")
    assert english is not None
    assert chinese is not None
    assert english.headline == "Promoters outnumber detractors: the Net Promoter Score is 39.8"
    assert "No earlier period asked this question" in english.lede
    assert "此前没有一期问过这道题" in chinese.lede
    assert english.figures[0].note == "95\u00a0% 37.2 to 42.4 · n = 500 · no previous period"
    assert english.figures[0].tone == "plain"


def test_the_weighted_score_stands_beside_the_raw_one(basis: Make, score: Score) -> None:
    weighted = {
        "weighted_value": 40.4,
        "weighted_low": 37.3,
        "weighted_high": 43.4,
        "effective_n": 2267.0,
        "clusters": 211,
    }
    made = basis(nps_by_touchpoint=[score("Recommend", 39.8, half=2.6, **WHOLE, **PARTS, **weighted)])
    found = SHARES.finding(made, "en")
    assert found is not None
    assert [figure.value for figure in found.figures] == ["39.8", "40.4"]
    assert "effective n = 2,267" in found.figures[1].note
    assert "211 clusters" in found.figures[1].note


@pytest.mark.parametrize(
    ("value", "start"),
    [
        (3.0, "Whether promoters outnumber"),
        (-3.0, "Whether promoters outnumber"),
        (-30.0, "Detractors outnumber"),
    ],
)
def test_the_sign_is_claimed_only_where_the_interval_leaves_zero(
    basis: Make, score: Score, value: float, start: str
) -> None:
    found = SHARES.finding(basis(nps_by_touchpoint=[score("R", value, half=5.0, **WHOLE, **PARTS)]), "en")
    assert found is not None
    assert found.headline.startswith(start)


def test_a_fall_with_a_verdict_calls_for_action_in_words(basis: Make, score: Score) -> None:
    change = {"previous_period": "2024-Q1", "difference": -6.2, "verdict": "worse"}
    rows = [
        score("R", 36.0, half=2.0, **WHOLE, **PARTS, period="2024-Q1"),
        score("R", 29.8, half=2.0, **WHOLE, **PARTS, **change, period="2024-Q2"),
    ]
    english, chinese = (SHARES.finding(basis(nps_by_touchpoint=rows), language) for language in ("en", "zh"))
    assert english is not None
    assert chinese is not None
    assert english.headline == "The Net Promoter Score fell by 6.2 points since Q1 2024: worse"
    assert chinese.headline == "净推荐值较2024年第一季度下降 6.2 分：变差"
    assert english.figures[0].tone == "act"


def test_hidden_scores_are_not_told(basis: Make, score: Score) -> None:
    assert SHARES.finding(basis(nps_by_touchpoint=[score("R", None, **WHOLE)]), "en") is None


@pytest.mark.parametrize("detractors", [0.0, 0.002, 0.5, 1.0])
@pytest.mark.parametrize("width", [328, 680])
def test_the_labels_of_the_bar_stay_inside_it(
    basis: Make, score: Score, detractors: float, width: int
) -> None:
    parts = {"promoters": (1 - detractors) / 2, "passives": (1 - detractors) / 2, "detractors": detractors}
    spec = SHARES.chart(basis(nps_by_touchpoint=[score("R", 0.0, **WHOLE, **parts)]), "en", width)
    assert spec is not None
    labels = [value for layer in spec["layer"][1:] for value in layer["data"]["values"]]
    assert [label["align"] for label in labels] == ["left", "center", "right"]
    assert all(0 <= label["x"] <= width for label in labels)
    assert labels[1]["y"] != labels[0]["y"]
