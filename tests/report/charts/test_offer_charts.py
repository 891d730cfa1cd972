"""Offers beside competitors': the sentences that numbers allow, and drawings in both sizes."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from peakend.language import LANGUAGES
from peakend.report.charts import Basis
from peakend.report.charts.chosen_shares import CHOSEN
from peakend.report.charts.price_premium import PREMIUM
from peakend.report.charts.relative_value import RELATIVE
from peakend.report.draw import DESKTOP_WIDTH, PHONE_WIDTH, svg

Make = Callable[..., Basis]
Row = dict[str, Any]


def beside(rival: str, quality: float, price: float, position: str, **more: object) -> Row:
    ratio = quality / price
    return {
        "competitor_id": rival, "category": "(all)", "from_on": date(2025, 1, 1), "to_on": date(2025, 10, 1),
        "responses": 400, "products": 4, "prices": 16, "sold_prices": 16, "own_rating": 4.0,
        "own_rating_low": 3.9, "own_rating_high": 4.1, "rival_rating": 4 / quality,
        "relative_quality": quality, "relative_quality_low": 0.98 * quality,
        "relative_quality_high": 1.02 * quality, "relative_price": price, "head_to_head": ratio,
        "head_to_head_low": 0.98 * ratio, "head_to_head_high": 1.02 * ratio, "position": position,
        "currency": "CNY", "hidden": False,
    } | more  # fmt: skip


RIVALS = [
    beside("North", 0.95, 1.06, "worse_value"),
    beside("South", 1.06, 1.10, "premium"),
    beside("West", 1.001, 1.0, "cannot_tell"),
    beside("North", 0.9, 1.2, "worse_value", category="Fares"),
]


def test_the_competitor_that_offers_more_for_less_is_named_first(basis: Make) -> None:
    told = RELATIVE.finding(basis(relative_value=RIVALS), "en")
    assert told is not None
    assert told.headline == ("Customers rate us 5.0\u00a0% below North, and our price is 6.0\u00a0% higher")
    assert "Beside South: rated 6.0\u00a0% higher, price 10.0\u00a0% higher." in told.lede
    assert "Ratings do not tell us from West." in told.lede
    assert told.figures[2].tone == "act"


def test_ratings_that_do_not_differ_are_not_said_to(basis: Make) -> None:
    told = RELATIVE.finding(basis(relative_value=[RIVALS[2]]), "zh")
    assert told is not None
    assert told.headline == "我们与 West 的评分尚分不出高下，价格大致相同"
    hidden = dict.fromkeys(RIVALS[0]) | {"category": "(all)", "hidden": True}
    assert RELATIVE.finding(basis(relative_value=[hidden | {"competitor_id": "x"}]), "en") is None


def choices(verdict: str = "better", low: float = 0.002) -> dict[str, list[Row]]:
    shares = [
        {
            "scenario": scenario, "option_id": name, "model": "value_less_cost", "choices": 160,
            "offered": 160, "share": share + gain, "share_low": share + gain - 0.01,
            "share_high": share + gain + 0.01, "change": None if scenario == "now" else gain,
            "change_low": None if scenario == "now" else gain - 0.002,
            "change_high": None if scenario == "now" else gain + 0.002,
            "actual": share - 0.02 if scenario == "now" else None,
        }
        for scenario, gains in (
            ("now", (0.0, 0.0)), ("own_cost_down_5", (0.03, -0.03)), ("own_value_up_5", (0.04, -0.04)),
        )
        for (name, share), gain in zip((("own", 0.4), ("North", 0.6)), gains, strict=True)
    ]  # fmt: skip
    term = {
        "model": "value_less_cost", "term": "value_less_cost", "choices": 380, "coefficient": 0.003,
        "standard_error": 0.0004, "coefficient_low": low, "coefficient_high": 0.004, "currency": "CNY",
    }  # fmt: skip
    judged = {
        "model": "value_less_cost", "used": True, "fitted": True, "choices_before": 380,
        "choices_after": 160, "hit_rate": 0.64, "hit_rate_low": 0.57, "hit_rate_high": 0.71, "chance": 0.5,
        "verdict": verdict,
    }  # fmt: skip
    return {"choice_shares": shares, "choice_coefficients": [term], "choice_predictions": [judged]}


def test_choices_say_how_well_they_are_predicted(basis: Make) -> None:
    told = CHOSEN.finding(basis(**choices()), "en")
    assert told is not None
    assert told.headline == "Value and cost predict 64\u00a0% of later choices; guessing would get 50\u00a0%"
    assert f"{math.exp(0.3):.2f} times the odds of being chosen" in told.lede
    assert "+3.0 points with 5 % less cost and +4.0 points with 5 % more value" in told.lede


def test_choices_without_effect_or_fit_say_so(basis: Make) -> None:
    told = CHOSEN.finding(basis(**choices(low=-0.001)), "en")
    assert told is not None
    assert told.headline == "Value and cost are not shown to decide what customers choose"
    assert "points" not in told.lede
    assert CHOSEN.chart(basis(**choices(low=-0.001)), "en", PHONE_WIDTH) is None
    weak = CHOSEN.finding(basis(**choices("cannot_tell")), "zh")
    assert weak is not None
    assert "并不优于随机" in weak.headline
    failed = {"model": "value_and_cost", "used": False, "fitted": False, "note_en": "no", "note_zh": "无"}
    none = basis(choice_shares=[], choice_coefficients=[], choice_predictions=[failed])
    told = CHOSEN.finding(none, "zh")
    assert told is not None
    assert told.lede == "无"
    assert CHOSEN.chart(none, "zh", PHONE_WIDTH) is None


def premium(rival: str, effects: str, coefficient: float | None, **more: object) -> Row:
    row: Row = {
        "effects": effects, "competitor_id": rival, "n": 160, "quarters": 8, "left_out": 0,
        "rating_difference": 0.3, "log_price_difference": 0.06,
    }  # fmt: skip
    if coefficient is not None:
        row |= {
            "coefficient": coefficient, "coefficient_low": coefficient - 0.02,
            "coefficient_high": coefficient + 0.02, "with_rating": 0.3 * coefficient,
            "with_rating_low": 0.3 * coefficient - 0.006, "with_rating_high": 0.3 * coefficient + 0.006,
            "without_rating": 0.06 - 0.3 * coefficient, "share_with_rating": 5 * coefficient,
            "share_with_rating_low": 5 * coefficient - 0.1, "share_with_rating_high": 5 * coefficient + 0.1,
        }  # fmt: skip
    return row | more


def test_a_premium_is_told_with_its_part_in_the_difference(basis: Make) -> None:
    rows = [
        premium(name, effects, size)
        for effects, size in (("competitor", 0.11), ("competitor_and_quarter", 0.15))
        for name in ("(all)", "North")
    ]
    told = PREMIUM.finding(basis(price_premium=rows), "en")
    assert told is not None
    assert told.headline == "A tenth of a point more in rating goes with a price 1.5\u00a0% higher"
    assert told.lede == (
        "We are 6.2\u00a0% dearer than North; 75\u00a0% of that (65 to 85\u00a0%) goes with the rating."
    )
    # Where quarters cannot be held as well, competitors alone are.
    rows[2:] = [premium(name, "competitor_and_quarter", None) for name in ("(all)", "North")]
    told = PREMIUM.finding(basis(price_premium=rows), "zh")
    assert told is not None
    assert told.headline == "评分每高 0.1 分，价格相应高 1.1%"


def test_no_premium_is_said_to_be_none(basis: Make) -> None:
    rows = [premium(name, "competitor", 0.01) for name in ("(all)", "North")]
    told = PREMIUM.finding(basis(price_premium=rows), "en")
    assert told is not None
    assert told.headline == "No price premium is shown to go with better ratings"
    assert told.lede == ""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [PHONE_WIDTH, DESKTOP_WIDTH])
def test_offers_are_drawn_in_both_sizes(basis: Make, language: Any, width: int) -> None:  # noqa: ANN401
    rows = [premium(name, "competitor_and_quarter", 0.15) for name in ("(all)", "North")]
    one = basis(relative_value=RIVALS, price_premium=rows, **choices())
    for exhibit in (RELATIVE, CHOSEN, PREMIUM):
        spec = exhibit.chart(one, language, width)
        assert spec is not None
        assert svg(spec, "…", "c").startswith("<svg")
        name, behind = exhibit.behind(one)
        assert behind.num_rows > 0
        assert name in exhibit.needs
