"""Offers beside competitors': planted truths come back, null twins show nothing, bad rows are counted."""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from peakend.declaration import Settings
from peakend.value.offers.analyses import CHOICES, PREMIUM, RELATIVE
from peakend.value.offers.premium import premium, within_slope
from peakend.value.offers.relative import compared, position
from peakend.value.offers.rivals import OwnRating
from peakend.value.revenue import NoSuchCurrencyError, SeveralCurrenciesError

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.declaration import Analysis, Inputs

    Row = dict[str, Any]

QUARTERS = [date(2023 + n // 4, 1 + 3 * (n % 4), 1) for n in range(8)]


def rows_of(inputs: Inputs, analysis: Analysis, name: str) -> list[Row]:
    result = analysis.compute(inputs)[name]
    found: list[Row] = (result if isinstance(result, pa.Table) else result.to_arrow()).to_pylist()
    return found


def rated(scores: list[float], day: date = date(2024, 11, 5)) -> dict[str, list[Row]]:
    """Answers to one rating question (1 to 5), one a response."""
    return {
        "questions": [
            {
                "question_id": "q", "metric": "rating", "scale_low": 1.0, "scale_high": 5.0, "overall": True,
            },
            # What a factor costs is rated the other way round: no part of our rating.
            {"question_id": "f", "metric": "rating", "scale_low": 1.0, "scale_high": 5.0, "overall": False},
        ],
        "responses": [
            {"response_id": f"r{n}", "survey_id": "s", "answered_at": datetime(day.year, day.month, day.day)}
            for n in range(len(scores))
        ],
        "answers": [
            {"response_id": f"r{n}", "question_id": question, "state": "answered", "score": score}
            for n, given in enumerate(scores)
            for question, score in (("q", given), ("f", 1.0))
        ],
    }  # fmt: skip


def rival(number: int, price: float | None, rating: float | None, **more: object) -> Row:
    return {
        "competitor_id": "rival", "product_id": f"p{number}", "as_of_on": date(2024, 10, 1),
        "price": None if price is None else Decimal(f"{price:.2f}"), "rating": rating, "currency": "CNY",
    } | more  # fmt: skip


def products(*prices: float | None) -> list[Row]:
    return [
        {
            "product_id": f"p{n}", "category": "AB"[n % 2], "currency": "CNY",
            "list_price": None if price is None else Decimal(f"{price:.2f}"),
        }
        for n, price in enumerate(prices)
    ]  # fmt: skip


def test_an_identical_competitor_is_even(inputs_of: Callable[..., Inputs]) -> None:
    inputs = inputs_of(
        **rated([3.0, 4.0, 5.0] * 10),
        products=products(100, 250),
        competitors=[rival(0, 100, 4.0), rival(1, 250, 4.0)],
    )
    (row,) = rows_of(inputs, RELATIVE, "relative_value")
    assert row["relative_quality"] == pytest.approx(1, abs=1e-12)
    assert row["relative_price"] == pytest.approx(1, abs=1e-12)
    assert row["head_to_head"] == pytest.approx(1, abs=1e-12)
    assert row["head_to_head_low"] < 1 < row["head_to_head_high"]
    assert row["position"] == "cannot_tell"
    assert row["responses"] == 30


def test_relative_value_by_hand(inputs_of: Callable[..., Inputs]) -> None:
    """Rated 4 against 3.2; sold at 110 (not the listed 100) against 88, listed 50 against 50."""
    sold = [
        {
            "transaction_id": f"t{n}", "product_id": "p0", "at": datetime(2024, 11, 1), "kind": "sale",
            "unit_price": Decimal(price), "revenue": Decimal(price), "currency": "CNY",
        }
        for n, price in enumerate((100, 120))
    ]  # fmt: skip
    scores = [3.0, 4.0, 5.0] * 10
    inputs = inputs_of(
        **rated(scores),
        products=products(100, 50),
        transactions=sold,
        competitors=[rival(0, 88, 3.0), rival(1, 50, 3.4)],
    )
    (row,) = rows_of(inputs, RELATIVE, "relative_value")
    assert row["own_rating"] == pytest.approx(4)
    assert row["relative_quality"] == pytest.approx(4 / 3.2)
    assert row["relative_price"] == pytest.approx(math.sqrt(110 / 88))
    assert row["head_to_head"] == pytest.approx(1.25 / math.sqrt(1.25))
    half = 2.0452 * np.std(scores, ddof=1) / math.sqrt(30)
    assert row["own_rating_high"] == pytest.approx(4 + half, abs=1e-4)
    assert row["position"] == "premium"
    assert row["sold_prices"] == 1


@pytest.mark.parametrize(
    ("quality", "price", "differs", "expected"),
    [
        (1.1, 0.9, True, "better_value"),
        (1.1, 1.005, True, "better_value"),
        (1.1, 1.2, True, "premium"),
        (0.9, 0.8, True, "economy"),
        (0.9, 1.2, True, "worse_value"),
        (0.9, 0.995, True, "worse_value"),
        (0.9, 1.2, False, "cannot_tell"),
    ],
)
def test_positions(quality: float, price: float, differs: bool, expected: str) -> None:
    assert position(quality, price, differs) == expected


def test_equal_ratings_are_told_apart_no_more_often_than_stated() -> None:
    random = np.random.default_rng(6)
    told = covered = 0
    for _ in range(300):
        scores = random.normal(3.9, 0.6, 60)
        ratings = {QUARTERS[0]: OwnRating(60, float(scores.sum()), float((scores**2).sum()))}
        cells = [cell(name, 0, 0, 1.0, 3.9) for name in ("a", "b", "c")]
        rows = compared(cells, ratings, Settings())
        told += any(row["position"] != "cannot_tell" for row in rows)
        covered += rows[0]["head_to_head_low"] <= 1 <= rows[0]["head_to_head_high"]
    assert told / 300 < 0.08
    assert 0.92 < covered / 300 < 0.98


def cell(name: str, product: int, quarter: int, ratio: float, rating: float) -> Row:
    return {
        "competitor_id": name, "product_id": f"p{product}", "category": "A", "quarter_on": QUARTERS[quarter],
        "prices": 1, "price": 100.0, "rating": rating, "own_price": 100 * ratio, "from_sales": 1,
    }  # fmt: skip


def market(
    random: np.random.Generator, slope: float, noise: float = 0.0
) -> tuple[list[Row], dict[date, OwnRating]]:
    """Two rivals × 8 products × 8 quarters; `noise`: chance in our own rating of a quarter."""
    ours = {day: 4 + random.normal(0, noise) for day in QUARTERS}
    cells = []
    for name, level, base in (("a", 0.05, 3.7), ("b", -0.04, 4.2)):
        for product in range(8):
            for quarter in range(8):
                theirs = base + random.normal(0, 0.15)
                log = level + slope * (4 - theirs) + random.normal(0, 0.02)
                cells.append(cell(name, product, quarter, math.exp(log), theirs))
    ratings = {day: OwnRating(100, 100 * mean, 100 * mean**2 + 30) for day, mean in ours.items()}
    return cells, ratings


@pytest.mark.parametrize("slope", [0.15, 0.0])
def test_a_planted_premium_lies_in_its_interval_as_often_as_stated(slope: float) -> None:
    random = np.random.default_rng(9)
    covered = {"competitor": 0, "competitor_and_quarter": 0}
    for _ in range(200):
        for row in premium(*market(random, slope), Settings()):
            if row["competitor_id"] == "(all)":
                covered[row["effects"]] += row["coefficient_low"] <= slope <= row["coefficient_high"]
    assert all(0.91 < count / 200 < 0.99 for count in covered.values())


def test_chance_in_our_rating_pulls_to_zero_unless_quarters_are_held() -> None:
    random = np.random.default_rng(10)
    found: dict[str, list[float]] = {"competitor": [], "competitor_and_quarter": []}
    for _ in range(40):
        for row in premium(*market(random, 0.15, noise=0.1), Settings()):
            if row["competitor_id"] == "(all)":
                found[row["effects"]].append(row["coefficient"])
    assert np.mean(found["competitor"]) < 0.13
    assert np.mean(found["competitor_and_quarter"]) == pytest.approx(0.15, abs=0.003)


def test_a_price_difference_is_the_sum_of_its_parts() -> None:
    for row in premium(*market(np.random.default_rng(1), 0.15), Settings()):
        assert row["with_rating"] + row["without_rating"] == pytest.approx(row["log_price_difference"])
        assert row["with_rating_low"] <= row["with_rating"] <= row["with_rating_high"]
        if row["competitor_id"] != "(all)":
            assert row["share_with_rating"] == pytest.approx(row["with_rating"] / row["log_price_difference"])
            assert row["errors"] == "cluster"


def test_few_pairs_have_robust_errors_and_nothing_to_learn_gives_no_slope() -> None:
    """HC1 by hand: y = x + (1, −1, −1, 1)/2 about two groups."""
    x, y = np.array([0.0, 2, 5, 7]), np.array([0.5, 1.5, 4.5, 7.5])
    group = np.array([0, 0, 1, 1])
    found = within_slope(y, x, [group], np.arange(4))
    assert found is not None
    demeaned = np.array([-1.0, 1, -1, 1])
    left = np.array([-0.5, 0.5, -1.5, 1.5]) - found.value * demeaned
    assert found.value == pytest.approx(1)
    assert found.errors == "HC1"
    assert found.standard_error == pytest.approx(math.sqrt(4 / (4 - 3) * ((demeaned * left) ** 2).sum()) / 4)
    assert within_slope(y, np.array([1.0, 1, 2, 2]), [group], np.arange(4)) is None


def test_quarters_with_few_ratings_of_ours_are_left_out_and_counted() -> None:
    cells, ratings = market(np.random.default_rng(2), 0.15)
    ratings[QUARTERS[0]] = OwnRating(9, 36.0, 145.0)
    del ratings[QUARTERS[1]]
    rows = premium(cells, ratings, Settings())
    assert {(row["competitor_id"], row["n"], row["left_out"]) for row in rows} == {
        ("(all)", 96, 32), ("a", 48, 16), ("b", 48, 16),
    }  # fmt: skip


def test_prices_that_cannot_be_compared_are_named_and_counted(inputs_of: Callable[..., Inputs]) -> None:
    odd = [
        rival(0, 90, 3.0),
        rival(1, None, 3.0),
        rival(2, 0, 3.0),
        rival(3, 90, None),
        rival(4, 90, 5.5),
        rival(5, 90, 3.0, currency="USD"),
        rival(6, 90, 3.0),
        rival(99, 90, 3.0),
        rival(7, 90, 3.0, as_of_on=date(2999, 1, 1)),
    ]
    inputs = inputs_of(
        **rated([3.0, 4.0] * 10),
        products=products(100, 100, 100, 100, 100, 100, None, 100),
        competitors=odd,
        settings=Settings(currency="CNY"),
    )
    found = {row["problem"]: row["prices"] for row in rows_of(inputs, RELATIVE, "rival_problems")}
    assert found == {
        "sound": 1, "price_missing": 2, "rating_missing": 1, "rating_outside_scale": 1, "other_currency": 1,
        "own_price_missing": 2, "in_future": 1,
    }  # fmt: skip
    (row,) = rows_of(inputs, RELATIVE, "relative_value")
    assert row["prices"] == 1


def test_few_responses_are_hidden_and_none_leave_tables_empty(inputs_of: Callable[..., Inputs]) -> None:
    given = {"products": products(100), "competitors": [rival(0, 90, 3.0)]}
    (row,) = rows_of(inputs_of(**rated([4.0, 5.0] * 4), **given), RELATIVE, "relative_value")
    assert row["hidden"]
    assert row["relative_quality"] is None
    assert row["position"] is None
    for analysis in (RELATIVE, PREMIUM):
        inputs = inputs_of(**given)
        assert rows_of(inputs, analysis, analysis.gives[0].name) == []


def options(
    seed: int, n: int = 400, slope: float = 0.01, attributes: tuple[float, float] = (1.0, -1.0)
) -> list[Row]:
    """n choices between own, a and b by logit on slope × (value − cost), an hour apart."""
    random = np.random.default_rng(seed)
    rows = []
    for choice in range(n):
        value, cost = random.normal(500, 80, 3).round(2), random.normal(400, 60, 3).round(2)
        utility = slope * (attributes[0] * value + attributes[1] * cost) + random.gumbel(size=3)
        rows += [
            {
                "choice_id": f"c{choice:05d}", "option_id": name, "customer_id": f"k{choice}",
                "at": datetime(2024, 1 + choice % 12, 1 + choice // 12 % 28, choice // 336),
                "value": Decimal(f"{value[place]:.2f}"), "cost": Decimal(f"{cost[place]:.2f}"),
                "chosen": bool(place == utility.argmax()), "currency": "CNY",
            }
            for place, name in enumerate(("own", "a", "b"))
        ]  # fmt: skip
    return rows


def test_planted_choices_are_recovered_and_predicted(inputs_of: Callable[..., Inputs]) -> None:
    inputs = inputs_of(choice_options=options(4))
    terms = {r["term"]: r for r in rows_of(inputs, CHOICES, "choice_coefficients")}
    for term, truth in (("value", 0.01), ("cost", -0.01), ("value_less_cost", 0.01)):
        assert terms[term]["coefficient_low"] < truth < terms[term]["coefficient_high"]
        assert terms[term]["choices"] == 280
    assert terms["value_less_cost"]["equality_p"] > 0.05
    judged = {r["model"]: r for r in rows_of(inputs, CHOICES, "choice_predictions")}["value_less_cost"]
    assert judged["used"]
    assert judged["choices_after"] == 120
    assert judged["verdict"] == "better"
    assert judged["chance"] == pytest.approx(1 / 3)
    assert judged["log_loss"] < judged["chance_log_loss"]
    shares = {(r["scenario"], r["option_id"]): r for r in rows_of(inputs, CHOICES, "choice_shares")}
    for scenario in ("now", "own_cost_down_5", "own_value_up_5"):
        assert sum(shares[scenario, name]["share"] for name in ("own", "a", "b")) == pytest.approx(1)
    assert shares["own_cost_down_5", "own"]["change_low"] > 0
    assert shares["own_value_up_5", "own"]["change"] > shares["own_cost_down_5", "own"]["change"]
    assert sum(shares["now", name]["actual"] for name in ("own", "a", "b")) == pytest.approx(1)
    now = shares["now", "own"]
    assert now["actual_low"] < now["share"] < now["actual_high"]


def test_random_choices_show_nothing(inputs_of: Callable[..., Inputs]) -> None:
    shown = better = 0
    for seed in range(20):
        inputs = inputs_of(choice_options=options(100 + seed, n=120, slope=0.0))
        tables = CHOICES.compute(inputs)
        terms = (
            tables["choice_coefficients"].to_arrow()
            if not isinstance(tables["choice_coefficients"], pa.Table)
            else tables["choice_coefficients"]
        )
        net = next(r for r in terms.to_pylist() if r["model"] == "value_less_cost")
        shown += not net["coefficient_low"] <= 0 <= net["coefficient_high"]
        judged = rows_of(inputs, CHOICES, "choice_predictions")
        better += any(r["verdict"] == "better" for r in judged)
    assert shown <= 3
    assert better <= 3


def test_value_and_cost_that_weigh_differently_are_kept_apart(inputs_of: Callable[..., Inputs]) -> None:
    inputs = inputs_of(choice_options=options(5, attributes=(1.0, -3.0)))
    used = [r["model"] for r in rows_of(inputs, CHOICES, "choice_predictions") if r["used"]]
    assert used == ["value_and_cost"]
    assert {r["model"] for r in rows_of(inputs, CHOICES, "choice_shares")} == {"value_and_cost"}


def test_choices_told_apart_without_exception_say_so(inputs_of: Callable[..., Inputs]) -> None:
    rows = options(6, slope=1e6)
    inputs = inputs_of(choice_options=rows)
    predictions = rows_of(inputs, CHOICES, "choice_predictions")
    assert [r["fitted"] for r in predictions] == [False, False]
    assert "infinity" in predictions[0]["note_en"]
    assert "趋于无穷" in predictions[0]["note_zh"]
    assert rows_of(inputs, CHOICES, "choice_coefficients") == []
    assert rows_of(inputs, CHOICES, "choice_shares") == []


def test_choices_that_cannot_be_used_are_named_and_counted(inputs_of: Callable[..., Inputs]) -> None:
    rows = options(7, n=60)
    for row in rows[0:3]:
        row["chosen"] = False
    for row in rows[3:6]:
        row["chosen"] = True
    rows[6]["value"] = None
    rows[9]["cost"] = None
    rows[12]["currency"] = "USD"
    del rows[15:17]
    inputs = inputs_of(choice_options=rows, settings=Settings(currency="CNY"))
    found = {r["problem"]: (r["choices"], r["options"]) for r in rows_of(inputs, CHOICES, "choice_problems")}
    assert found == {
        "none_chosen": (1, 3), "several_chosen": (1, 3), "value_missing": (1, 3), "cost_missing": (1, 3),
        "other_currency": (1, 3), "single_option": (1, 1), "sound": (54, 162),
    }  # fmt: skip
    assert {r["choices"] for r in rows_of(inputs, CHOICES, "choice_coefficients")} == {37}


def test_several_currencies_ask_for_a_choice(inputs_of: Callable[..., Inputs]) -> None:
    rows = options(8, n=4)
    rows[0]["currency"] = "USD"
    with pytest.raises(SeveralCurrenciesError, match="several currencies"):
        CHOICES.compute(inputs_of(choice_options=rows))
    with pytest.raises(NoSuchCurrencyError, match="EUR"):
        RELATIVE.compute(inputs_of(competitors=[rival(0, 1, 3.0)], settings=Settings(currency="EUR")))


def test_without_data_all_tables_are_empty(inputs_of: Callable[..., Inputs]) -> None:
    for analysis in (RELATIVE, CHOICES, PREMIUM):
        for table in analysis.gives:
            assert rows_of(inputs_of(), analysis, table.name) == []
