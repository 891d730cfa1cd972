"""The analysis `structural_index`: planted companies, what is said where there is nothing to say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from peakend.declaration import Settings
from peakend.feedback.structure.analyses import STRUCTURAL_INDEX

if TYPE_CHECKING:
    from peakend.declaration import Inputs

Row = dict[str, Any]
Build = Callable[..., "Inputs"] if TYPE_CHECKING else Any
QUESTIONS = {
    "clean_floor": ("rating", "cleanliness", False),
    "clean_room": ("rating", "cleanliness", False),
    "staff_kind": ("rating", "staff", False),
    "staff_fast": ("rating", "staff", False),
    "price": ("rating", None, False),
    "overall": ("csat", None, True),
    "recommend": ("nps", None, True),
}


def question_rows() -> list[Row]:
    return [
        {
            "question_id": key,
            "metric": metric,
            "dimension": dimension,
            "overall": overall,
            "scale_low": 0.0 if metric == "nps" else 1.0,
            "scale_high": 10.0,
            "label_en": key.replace("_", " ").capitalize(),
            "label_zh": "题",
        }
        for key, (metric, dimension, overall) in QUESTIONS.items()
    ]


def answered(n: int = 600, seed: int = 1, mean: float = 6.5, partial: float = 0.0) -> dict[str, np.ndarray]:
    """Staff and cleanliness move satisfaction, price does not; recommendation follows satisfaction."""
    random = np.random.default_rng(seed)
    clean, staff, price = random.multivariate_normal(np.zeros(3), 0.7 * np.eye(3) + 0.3, n).T

    def noise(size: float = 0.4) -> np.ndarray:
        return size * random.standard_normal(n)

    overall = 0.3 * clean + 0.6 * staff + noise(0.5)
    raw = {
        "clean_floor": clean + noise(),
        "clean_room": clean + noise(),
        "staff_kind": staff + noise(),
        "staff_fast": staff + noise(),
        "price": price,
        "overall": overall,
        "recommend": 0.8 * overall + partial * staff + noise(0.5),
    }
    return {key: np.clip(np.round(mean + 1.6 * column, 2), 1, 10) for key, column in raw.items()}


def tables(waves: dict[str, dict[str, np.ndarray]], **more: object) -> dict[str, Any]:
    """The canonical tables of a programme with one survey a wave."""
    responses: list[Row] = []
    answers: list[Row] = []
    for wave, scores in waves.items():
        for i in range(len(scores["overall"])):
            key = f"{wave}-{i:05d}"
            at = datetime(int(wave), 3, 1) + timedelta(hours=i)
            responses.append(
                {"response_id": key, "survey_id": f"s{wave}", "answered_at": at, "customer_id": f"c{i:05d}"}
            )
            answers += [
                {"response_id": key, "question_id": q, "state": "answered", "score": float(column[i])}
                for q, column in scores.items()
                if not np.isnan(column[i])
            ]
    return {
        "surveys": [
            {"survey_id": f"s{wave}", "programme": "P", "wave": wave, "starts_on": date(int(wave), 3, 1)}
            for wave in waves
        ],
        "questions": question_rows(),
        "responses": responses,
        "answers": answers,
        **more,
    }


def computed(inputs: Inputs) -> dict[str, list[Row]]:
    found = STRUCTURAL_INDEX.compute(inputs)
    assert {t.name: t.schema() for t in STRUCTURAL_INDEX.gives} == {
        name: table.schema for name, table in found.items() if isinstance(table, pa.Table)
    }
    return {name: table.to_pylist() for name, table in found.items() if isinstance(table, pa.Table)}


def one(rows: list[Row], **where: object) -> Row:
    (row,) = (row for row in rows if all(row[key] == value for key, value in where.items()))
    return row


def test_what_is_planted_is_found_and_what_is_not_is_left_open(inputs_of: Build) -> None:
    found = computed(inputs_of(**tables({"2024": answered()})))
    blocks = {row["block"]: row for row in found["structural_index"]}
    assert list(blocks) == [
        "experience:cleanliness",
        "experience:price",
        "experience:staff",
        "satisfaction",
        "loyalty",
    ]
    assert blocks["experience:staff"]["items"] == "staff_fast,staff_kind"
    assert blocks["experience:staff"]["block_en"] == "Staff"
    assert blocks["experience:price"]["block_en"] == "Price"
    for row in blocks.values():
        assert row["index_low"] < row["index"] < row["index_high"]
        assert 50 < row["index"] < 70
        assert row["reason"] is None
        assert row["verdict"] == "no_previous_period"
    effects = {row["cause"]: row for row in found["structural_effects"] if row["outcome"] == "satisfaction"}
    assert effects["experience:staff"]["verdict"] == effects["experience:cleanliness"]["verdict"] == "higher"
    assert effects["experience:price"]["verdict"] == "cannot_tell"
    assert effects["experience:staff"]["rise"] > effects["experience:cleanliness"]["rise"] > 1.5


def test_satisfaction_carries_what_it_was_planted_to_carry(inputs_of: Build) -> None:
    full = computed(inputs_of(**tables({"2024": answered(1500)})))["mediation"]
    row = one(full, outcome="loyalty", experience="experience:staff")
    assert row["verdict"] == "full"
    assert abs(row["direct"]) < 0.2 * row["indirect"]
    assert row["indirect"] + row["direct"] == pytest.approx(row["whole"])
    partial = computed(inputs_of(**tables({"2024": answered(1500, partial=0.4)})))["mediation"]
    row = one(partial, outcome="loyalty", experience="experience:staff")
    assert row["verdict"] == "partial"
    assert 0.3 < row["proportion"] < 0.8
    assert one(partial, outcome="loyalty", experience="experience:price")["verdict"] == "none"


def test_an_index_is_compared_with_the_same_questions_of_the_wave_before(inputs_of: Build) -> None:
    before, now = answered(seed=1), answered(seed=2, mean=7.2)
    now["price"] = answered(seed=3)["price"]
    now["staff_fast"] = np.full(600, np.nan)
    rows = computed(inputs_of(**tables({"2023": before, "2024": now})))["structural_index"]
    clean, price, staff = (
        one(rows, period="2024", block=f"experience:{b}") for b in ("cleanliness", "price", "staff")
    )
    assert clean["verdict"] == "better"
    assert clean["difference_low"] < 7.8 < clean["difference_high"]
    assert clean["previous_period"] == "2023"
    assert price["verdict"] == "cannot_tell"
    assert (staff["verdict"], staff["difference"]) == ("other_questions", None)


def sales(scores: dict[str, np.ndarray], strength: float, loyal: float = 0.0) -> list[Row]:
    """Two orders a customer, before and after the answer; the second follows satisfaction by `strength`."""
    random = np.random.default_rng(4)
    n = len(scores["overall"])
    base = random.normal(0, 10, n)
    after = 100 + strength * (scores["overall"] - 6.5) + base + random.normal(0, 5, n)
    before = 100 + loyal * (scores["overall"] - 6.5) + base
    rows = []
    for i in range(n):
        at = datetime(2024, 3, 1) + timedelta(hours=i)
        for part, (days, amount) in enumerate(((-40, before[i]), (40, after[i]))):
            rows.append(
                {
                    "transaction_id": f"t{i}-{part}",
                    "customer_id": f"c{i:05d}",
                    "at": at + timedelta(days=days),
                    "kind": "sale",
                    "revenue": Decimal(f"{amount:.2f}"),
                    "currency": "CNY",
                }
            )
    ends = [(-400, "0"), (400, "1")]
    return rows + [
        {
            "transaction_id": f"e{k}",
            "customer_id": "other",
            "at": datetime(2024, 3, 1) + timedelta(days=d),
            "kind": "sale",
            "revenue": Decimal(1),
            "currency": "CNY",
        }
        for d, k in ends
    ]


def test_revenue_after_the_answer_is_linked_naive_and_with_revenue_before_held_equal(
    inputs_of: Build,
) -> None:
    scores = answered(800)
    given = tables({"2024": scores}, transactions=sales(scores, 6.0))
    rows = [row for row in computed(inputs_of(**given))["mediation"] if row["outcome"] == "revenue"]
    assert [row["adjusted_for"] for row in rows] == ["", "revenue_before"]
    for row in rows:
        assert (row["unit"], row["days"], row["n"]) == ("CNY", 180, 800)
        # 6 CNY a scale point are 6 · 9 / 100 an index point.
        assert row["to_outcome_low"] < 0.54 < row["to_outcome_high"]
        assert row["verdict"] == "full"
    # What customers always spend is noise here, and holding it equal sharpens the link.
    width = [row["to_outcome_high"] - row["to_outcome_low"] for row in rows]
    assert width[1] < width[0]


def test_no_revenue_link_is_planted_and_none_is_found(inputs_of: Build) -> None:
    scores = answered(800)
    given = tables({"2024": scores}, transactions=sales(scores, 0.0))
    rows = [row for row in computed(inputs_of(**given))["mediation"] if row["outcome"] == "revenue"]
    assert [row["verdict"] for row in rows] == ["none", "none"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            {"questions": [q for q in question_rows() if q["question_id"] != "overall"]},
            "no_satisfaction_question",
        ),
        ({"questions": [q for q in question_rows() if q["overall"]]}, "no_experience_question"),
    ],
)
def test_what_is_missing_is_said(inputs_of: Build, change: Row, reason: str) -> None:
    found = computed(inputs_of(**(tables({"2024": answered()}) | change)))
    assert [row["reason"] for row in found["structural_index"]] == [reason]
    assert found["structural_effects"] == []
    assert {row["reason"] for row in found["mediation"]} >= {"no_linked_revenue"}


def test_too_few_answers_equal_answers_and_doubled_dimensions_are_reasons_not_numbers(
    inputs_of: Build,
) -> None:
    few = computed(inputs_of(**tables({"2024": answered(60)})))["structural_index"]
    assert [(row["reason"], row["index"]) for row in few] == [("too_few_answers", None)]
    same = answered()
    same = {key: np.full(600, 7.0) for key in same}
    assert computed(inputs_of(**tables({"2024": same})))["structural_index"][0]["reason"] == "too_few_answers"
    twin = answered()
    twin["price"] = twin["staff_fast"] = twin["staff_kind"]
    assert (
        computed(inputs_of(**tables({"2024": twin})))["structural_index"][0]["reason"]
        == "cannot_be_told_apart"
    )


def test_several_currencies_are_not_added_up(inputs_of: Build) -> None:
    scores = answered(300)
    orders = sales(scores, 6.0)
    orders[0]["currency"] = "USD"
    given = tables({"2024": scores}, transactions=orders)
    row = one(computed(inputs_of(**given))["mediation"], outcome="revenue")
    assert row["reason"] == "several_currencies"
    chosen = computed(inputs_of(settings=Settings(currency="CNY"), **given))["mediation"]
    assert {row["unit"] for row in chosen if row["outcome"] == "revenue"} == {"CNY"}


def test_the_order_of_rows_and_no_chance_change_the_result(inputs_of: Build) -> None:
    given = tables({"2024": answered(200)})
    turned = given | {"responses": given["responses"][::-1], "answers": given["answers"][::-1]}
    assert computed(inputs_of(**given)) == computed(inputs_of(**turned))
