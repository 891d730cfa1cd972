"""Delight, recall, stable metrics and weighting: the sentences that numbers allow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from peakend.language import LANGUAGES
from peakend.report.charts import Basis
from peakend.report.charts.delight import DELIGHT
from peakend.report.charts.metric_stability import STABILITY
from peakend.report.charts.recall import RECALL
from peakend.report.charts.weighting import WEIGHTING
from peakend.report.draw import svg

Make = Callable[..., Basis]
Row = dict[str, Any]


def delighted(period: str, **more: object) -> Row:
    return {
        "programme": "p",
        "period": period,
        "period_kind": "wave",
        "question_id": "d",
        "n": 400,
        "far_better": 0.1,
        "far_better_low": 0.07,
        "far_better_high": 0.13,
        "as_expected": 0.6,
        "worse": 0.2,
        "lift": 40.0,
        "lift_low": 30.0,
        "lift_high": 50.0,
        "n_delighted": 40,
        "n_as_expected": 240,
        "adjusted_p": 0.001,
        "hidden": False,
    } | more


def metric(name: str, stability: str, value: float | None, **more: object) -> Row:
    return {
        "programme": "p",
        "question_id": name,
        "label_en": name.capitalize(),
        "label_zh": f"{name}（中）",
        "metric": "rating",
        "n": 100,
        "minimum_n": 400,
        "retested": 60 if value is not None else 0,
        "reliability": value,
        "reliability_low": None if value is None else value - 0.1,
        "reliability_high": None if value is None else value + 0.1,
        "stability": stability,
        "usable": stability != "unstable",
    } | more


def group(segment: str, sample: float | None, population: float, status: str = "calibrated") -> Row:
    return {
        "programme": "p",
        "period": "2024",
        "survey_id": "s",
        "segmentation": "age",
        "segment": segment,
        "n": None if sample is None else int(1000 * sample),
        "sample_share": sample,
        "population_share": population,
        "mean_weight": None if sample is None else population / sample,
        "status": status,
        "hidden": False,
    }


WHOLE = {
    "programme": "p",
    "period": "2024",
    "survey_id": "s",
    "segmentation": "all",
    "segment": "all",
    "n": 1000,
    "effective_n": 800.0,
    "status": "calibrated",
    "hidden": False,
}


def test_delight_is_told_with_what_goes_with_it(basis: Make) -> None:
    found = DELIGHT.finding(basis(delight=[delighted("2023"), delighted("2024")]), "en")
    assert found is not None
    assert found.headline.startswith(
        "10\u00a0% found it far better than expected in 2024; their score of the"
    )
    assert "40.0 points above" in found.headline
    quiet = DELIGHT.finding(basis(delight=[delighted("2024", adjusted_p=0.3)]), "zh")
    assert quiet is not None
    assert quiet.headline == "2024年有 10%的人觉得远好于预期"


def test_hidden_delight_is_not_told(basis: Make) -> None:
    assert DELIGHT.finding(basis(delight=[delighted("2024", hidden=True, far_better=None)]), "en") is None


def test_recall_says_how_much_and_whose(basis: Make) -> None:
    row = {"programme": "recall", "n": 200, "days": 30.0, "recall": 0.5, "branded": 0.6, "quality": 0.7}
    row |= {"effective": 0.2, "vivid_gap": 0.2, "vivid_gap_low": 0.1, "vivid_gap_high": 0.3, "hidden": False}
    row |= {f"{name}_{end}": 0.1 for name in ("recall", "branded", "effective") for end in ("low", "high")}
    found = RECALL.finding(basis(recall=[row]), "en")
    assert found is not None
    assert found.headline == "After 30 days 50\u00a0% still remember it, 30\u00a0% as ours"
    assert found.lede.startswith("Strong moments")
    assert RECALL.finding(basis(recall=[row | {"hidden": True}]), "en") is None


def test_an_unstable_metric_is_named_before_all(basis: Make) -> None:
    rows = [
        metric("nps", "stable", 0.9),
        metric("ease", "unstable", 0.3),
        metric("safety", "not_retested", None),
    ]
    found = STABILITY.finding(basis(metric_registry=rows), "en")
    assert found is not None
    assert found.headline == "Ease does not hold still and cannot be a target"
    assert found.lede.startswith("2 of 3 metrics may be targets")
    untested = STABILITY.finding(basis(metric_registry=rows[2:]), "zh")
    assert untested is not None
    assert untested.headline == "1 项指标的稳定性未知：没有人被问过两次"


def test_weighting_names_who_answered_too_rarely(basis: Make) -> None:
    rows = [
        WHOLE,
        group("young", 0.2, 0.5),
        group("old", 0.8, 0.5),
        group("gone", None, 0.1, "nobody_answered"),
    ]
    found = WEIGHTING.finding(basis(weighting=rows), "en")
    assert found is not None
    assert found.headline == "Age: young answered too rarely and counts 2.50-fold"
    assert "20\u00a0% of them. Nobody answered from Age: gone." in found.lede
    alike = WEIGHTING.finding(basis(weighting=[WHOLE, group("young", 0.5, 0.5)]), "zh")
    assert alike is not None
    assert alike.headline == "应答者的构成与总体相近"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [328, 680])
def test_every_picture_draws(basis: Make, language: Any, width: int) -> None:  # noqa: ANN401 - a language
    given = basis(
        delight=[delighted("2023"), delighted("2024")],
        metric_registry=[metric("nps", "stable", 0.9), metric("ease", "unstable", 0.3)],
        weighting=[WHOLE, group("young", 0.2, 0.5), group("old", 0.8, 0.5)],
    )
    for exhibit in (DELIGHT, STABILITY, WEIGHTING):
        spec = exhibit.chart(given, language, width)
        assert spec is not None
        assert svg(spec, "x", "c").startswith("<svg")
        assert exhibit.behind(given)[1].num_rows > 0
