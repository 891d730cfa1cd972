"""A change is said only where its verdict says it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from peakend.language import LANGUAGES
from peakend.report.charts import Basis
from peakend.report.charts.trends import NPS, RATING

Score = Callable[..., dict[str, Any]]
Make = Callable[..., Basis]


def _change(verdict: str, difference: float) -> dict[str, Any]:
    return {
        "previous_period": "2023",
        "difference": difference,
        "difference_low": difference - 0.05,
        "difference_high": difference + 0.05,
        "adjusted_p": 0.0004,
        "verdict": verdict,
    }


def _two_periods(score: Score, **verdicts: str) -> list[dict[str, Any]]:
    rows = []
    for name, verdict in verdicts.items():
        difference = {"better": 0.3, "worse": -0.3}.get(verdict, 0.3)
        rows += [
            score(name, 4.0, period="2023"),
            score(name, 4.0 + difference, **_change(verdict, difference)),
        ]
    return rows


def test_one_period_alone_has_no_trend(basis: Make, score: Score) -> None:
    made = basis(rating_by_touchpoint=[score("Shops", 3.5), score("Signs", 4.0)])
    assert RATING.finding(made, "en") is None
    assert RATING.chart(made, "zh", 680) is None
    assert NPS.finding(basis(), "en") is None


def test_what_got_worse_and_what_got_better_is_named(basis: Make, score: Score) -> None:
    made = basis(rating_by_touchpoint=_two_periods(score, Shops="worse", Signs="better", Food="cannot_tell"))
    english, chinese = RATING.finding(made, "en"), RATING.finding(made, "zh")
    assert english is not None
    assert chinese is not None
    assert english.headline == "Since 2023, Shops got worse and Signs got better"
    assert chinese.headline == "与2023年相比，Shops（中）变差，Signs（中）变好"
    assert {figure.tone for figure in english.figures} == {"act", "good"}
    assert all("worse" in f.note for f in english.figures if f.tone == "act")
    assert "not yet its effect" in english.caution


def test_a_large_difference_without_a_verdict_is_no_change(basis: Make, score: Score) -> None:
    found = RATING.finding(basis(rating_by_touchpoint=_two_periods(score, Shops="cannot_tell")), "en")
    assert found is not None
    assert found.headline == "Whether Shops changed since 2023 cannot be told"
    assert found.lede == "Since 2023, it cannot be told whether it changed."


def test_a_question_that_is_no_longer_asked_says_when_it_was(basis: Make, score: Score) -> None:
    rows = [*_two_periods(score, Shops="cannot_tell"), score("Website", 3.0, period="2023")]
    spec = RATING.chart(basis(rating_by_touchpoint=rows), "en", 680)
    assert spec is not None
    words = [
        value["t"]
        for layer in spec["layer"]
        for value in layer.get("data", {}).get("values", [])
        if "t" in value
    ]
    assert "last asked 2023" in words


def test_a_gap_between_periods_is_not_bridged_by_a_line(basis: Make, score: Score) -> None:
    rows = [score("A", 4.0, period=str(year)) for year in (2020, 2021, 2023)]
    rows += [score("B", 4.0, period=str(year)) for year in (2020, 2021, 2022, 2023)]
    spec = RATING.chart(basis(rating_by_touchpoint=rows), "en", 680)
    assert spec is not None
    runs = {value["run"] for value in spec["data"]["values"] if value["label"] == "A"}
    assert len(runs) == 2


def test_many_periods_and_series_are_drawn_on_one_scale(basis: Make, score: Score) -> None:
    rows = [
        score(f"T{t}", 3 + t / 20, period=f"{2000 + m // 12}-{m % 12 + 1:02}", period_kind="month")
        for t in range(30)
        for m in range(36)
    ]
    made = basis(rating_by_touchpoint=rows)
    for language in LANGUAGES:
        for width in (328, 680):
            spec = RATING.chart(made, language, width)
            assert spec is not None
            assert all(0 <= value["x"] <= width for value in spec["data"]["values"])
    found = RATING.finding(made, "en")
    assert found is not None
    assert "24 of 30" in found.lede
