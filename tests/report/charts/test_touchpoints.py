"""The sentence about touchpoints claims no more than the intervals allow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from peakend.language import LANGUAGES, Language
from peakend.report.charts import Basis
from peakend.report.charts.touchpoints import CES, CSAT, RATING
from peakend.report.draw import svg

Score = Callable[..., dict[str, Any]]
Make = Callable[..., Basis]


def test_a_clearly_lowest_touchpoint_is_named_in_both_languages(basis: Make, score: Score) -> None:
    made = basis(
        rating_by_touchpoint=[score(n, v) for n, v in (("Shops", 3.5), ("Signs", 4.1), ("Screens", 4.12))]
    )
    english, chinese = RATING.finding(made, "en"), RATING.finding(made, "zh")
    assert english is not None
    assert chinese is not None
    assert english.headline == "Shops is rated lowest"
    assert chinese.headline == "Shops（中）评分最低"
    assert english.figures[0].tone == "act"


def test_two_that_cannot_be_told_apart_are_lowest_together(basis: Make, score: Score) -> None:
    names = (("Shops", 3.50), ("Food", 3.52), ("Signs", 4.1), ("Screens", 4.12))
    found = RATING.finding(basis(rating_by_touchpoint=[score(n, v) for n, v in names]), "en")
    assert found is not None
    assert found.headline.startswith("Shops and Food are rated lowest")


@pytest.mark.parametrize("values", [(4.0, 4.0, 4.0), (4.0, 4.02, 4.05), (4.0, 4.06, 4.12, 4.18)])
def test_overlapping_or_equal_scores_are_never_called_lowest(
    basis: Make, score: Score, values: tuple[float, ...]
) -> None:
    made = basis(rating_by_touchpoint=[score(f"T{i}", v, half=0.1) for i, v in enumerate(values)])
    english, chinese = RATING.finding(made, "en"), RATING.finding(made, "zh")
    assert english is not None
    assert chinese is not None
    assert english.headline == "No touchpoint stands clearly above or below the others"
    assert chinese.headline == "没有接触点明显高于或低于其他接触点"
    assert all(figure.tone == "plain" for figure in english.figures)


def test_a_single_touchpoint_is_said_to_be_the_only_one(basis: Make, score: Score) -> None:
    found = RATING.finding(basis(rating_by_touchpoint=[score("Shops", 3.5), score("Lounge", None)]), "en")
    assert found is not None
    assert found.headline == "Only Shops has enough answers: 3.50"
    assert "Lounge" in found.caution


def test_when_everything_is_hidden_the_page_says_from_when_on_scores_appear(
    basis: Make, score: Score
) -> None:
    made = basis(rating_by_touchpoint=[score("Lounge", None), score("Spa", None)])
    for language in LANGUAGES:
        found = RATING.finding(made, language)
        assert found is not None
        assert "10" in found.lede
        assert "Lounge" in found.caution
        assert RATING.chart(made, language, 680) is None


def test_nothing_is_said_where_nothing_was_asked(basis: Make) -> None:
    assert RATING.finding(basis(), "en") is None
    assert CSAT.finding(basis(), "zh") is None
    assert RATING.chart(basis(), "en", 680) is None


def test_only_the_last_period_with_scores_is_shown(basis: Make, score: Score) -> None:
    rows = [score("Shops", 2.0, period="2023"), score("Signs", 2.0, period="2023")]
    rows += [score("Shops", 3.5), score("Signs", 4.1), score("New", None, period="2025")]
    found = RATING.finding(basis(rating_by_touchpoint=rows), "en")
    assert found is not None
    assert found.lede.startswith("In 2024, the mean rating runs from 3.50 (Shops) to 4.10 (Signs)")


def test_months_are_put_in_the_order_of_their_first_day(basis: Make, score: Score) -> None:
    from datetime import date

    rows = [
        score(name, value, period=label, period_kind="month", period_start=day)
        for label, day, low in (("2024-02", date(2024, 2, 1), 3.0), ("2023-11", date(2023, 11, 1), 2.0))
        for name, value in (("Shops", low), ("Signs", low + 1))
    ]
    found = RATING.finding(basis(rating_by_touchpoint=rows), "zh")
    assert found is not None
    assert found.lede.startswith("2024年2月")


def test_weighted_scores_are_shown_where_the_survey_has_weights(basis: Make, score: Score) -> None:
    weighted = {"weighted_value": 3.9, "weighted_low": 3.8, "weighted_high": 4.0}
    found = RATING.finding(
        basis(rating_by_touchpoint=[score("Shops", 3.5, **weighted), score("Signs", 4.5)]), "en"
    )
    assert found is not None
    assert "from 3.90 (Shops)" in found.lede
    assert "Weighted" in found.reading


def test_one_question_asked_at_many_touchpoints_is_called_by_the_touchpoint(
    basis: Make, score: Score
) -> None:
    asked = {"question_id": "ease", "label_en": "How easy was it?", "label_zh": "是否省力？"}
    rows = [score(name, value, **asked) for name, value in (("Desk", 3.0), ("Gate", 4.0))]
    rows = [row | {"touchpoint_en": row["touchpoint_id"][2:]} for row in rows]
    found = CES.finding(basis(ces_by_touchpoint=rows), "en")
    assert found is not None
    assert found.headline.startswith("Desk is scored lowest")


def test_two_questions_with_one_label_are_told_apart(basis: Make, score: Score) -> None:
    rows = [
        score("Shops", 3.0, dimension="price"),
        score("Shops", 4.0, dimension="service", question_id="q2"),
    ]
    spec = RATING.chart(basis(rating_by_touchpoint=rows), "en", 680)
    assert spec is not None
    labels = {row["label"] for row in spec["data"]["values"]}
    assert labels == {"Shops · price", "Shops · service"}


def test_two_questions_on_one_touchpoint_are_not_counted_as_two_touchpoints(
    basis: Make, score: Score
) -> None:
    rows = [score("Shops", 3.5), score("Prices", 3.6, touchpoint_id="t_Shops"), score("Signs", 4.1)]
    english = RATING.finding(basis(rating_by_touchpoint=rows), "en")
    chinese = RATING.finding(basis(rating_by_touchpoint=rows[::2]), "zh")
    assert english is not None
    assert chinese is not None
    assert "over 3 questions" in english.lede
    assert "2 个接触点" in chinese.lede


def test_satisfied_shares_are_written_in_percent(basis: Make, score: Score) -> None:
    rows = [score("Shops", 0.6, half=0.02), score("Signs", 0.9, half=0.02)]
    found = CSAT.finding(basis(csat_by_touchpoint=rows), "en")
    assert found is not None
    assert "from 60\u00a0% (Shops) to 90\u00a0% (Signs)" in found.lede
    assert found.headline == "Shops is least satisfying; Signs most satisfying"


def test_a_score_on_another_scale_is_not_drawn_among_the_others(basis: Make, score: Score) -> None:
    rows = [score("Shops", 3.5), score("Signs", 4.1), score("Old", 9.0, scale_low=0.0, scale_high=10.0)]
    spec = RATING.chart(basis(rating_by_touchpoint=rows), "en", 680)
    assert spec is not None
    assert {row["label"] for row in spec["data"]["values"]} == {"Shops", "Signs"}


def test_the_owner_of_a_touchpoint_is_the_one_who_acts(basis: Make, score: Score) -> None:
    from dataclasses import replace

    made = replace(
        basis(rating_by_touchpoint=[score("Shops", 3.5), score("Signs", 4.1)]),
        owners={"t_Shops": "Retail team"},
    )
    found = RATING.finding(made, "en")
    assert found is not None
    assert found.next_step is not None
    assert found.next_step.who == "Retail team"
    assert "not what causes it" in found.next_step.what


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "name", ['"; drop table answers; --', "<script>alert(1)</script>", "🛫" * 30, "餐饮" * 60, "x" * 120, " "]
)
def test_strange_names_are_drawn_and_told_without_breaking(
    basis: Make, score: Score, name: str, language: Language
) -> None:
    made = basis(rating_by_touchpoint=[score(name, 3.5), score("Signs", 4.1)])
    found = RATING.finding(made, language)
    assert found is not None
    for width in (328, 680):
        spec = RATING.chart(made, language, width)
        assert spec is not None
        assert "<script" not in svg(spec, found.headline, "c")


def test_the_rows_behind_the_chart_are_those_of_the_chart(basis: Make, score: Score) -> None:
    rows = [score("Shops", 3.5), score("Signs", 4.1), score("Airport", 4.0, overall=True)]
    rows.append(score("Shops", 1.0, segmentation="age", segment="old"))
    name, table = RATING.behind(basis(rating_by_touchpoint=rows))
    assert name == "rating_by_touchpoint"
    assert table["label_en"].to_pylist() == ["Airport", "Signs", "Shops"]
