"""The audit of the questionnaire: emotional share, coverage, and series broken by wording or scale."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from peakend.analyses import run
from peakend.declaration import Inputs
from peakend.feedback.expectation.analyses import QUESTIONNAIRE
from peakend.warehouse import open_warehouse

if TYPE_CHECKING:
    from pathlib import Path

Row = dict[str, Any]
Build = Callable[..., Inputs]
WAVES = ("2022", "2023", "2024")


def question(name: str, text: str, **columns: object) -> Row:
    return {
        "question_id": name,
        "metric": "rating",
        "scale_low": 1.0,
        "scale_high": 5.0,
        "text_en": text,
    } | columns


def given(
    questions: list[Row], scores: Callable[[str, str, int], float | None], n: int = 120
) -> dict[str, Any]:
    """Three yearly waves of n responses each; `scores(wave, question, number)`: None is not asked."""
    answers = []
    for wave in WAVES:
        for number in range(n):
            for one in questions:
                score = scores(wave, one["question_id"], number)
                if score is not None:
                    answers.append(
                        {
                            "response_id": f"{wave}-{number}",
                            "question_id": one["question_id"],
                            "state": "answered",
                            "score": float(score),
                        }
                    )
    return {
        "surveys": [
            {"survey_id": wave, "programme": "P", "wave": wave, "starts_on": date(int(wave), 5, 1)}
            for wave in WAVES
        ],
        "questions": questions,
        "responses": [{"response_id": f"{w}-{i}", "survey_id": w} for w in WAVES for i in range(n)],
        "answers": answers,
    }


def tables(inputs: Inputs) -> dict[str, list[Row]]:
    return {name: table.to_pylist() for name, table in QUESTIONNAIRE.compute(inputs).items()}  # type: ignore[union-attr]


FUNCTIONAL = [question("clean", "How clean was it?"), question("fast", "How quick was it?")]


def test_an_all_functional_form_scores_nothing_emotional(inputs_of: Build) -> None:
    found = tables(inputs_of(**given(FUNCTIONAL, lambda _w, _q, i: 1 + i % 5)))
    (whole,) = (row for row in found["questionnaire_dimensions"] if row["kind"] == "all")
    assert (whole["items"], whole["emotional"], whole["emotional_share"]) == (2, 0, 0.0)
    uncovered = [r["dimension"] for r in found["questionnaire_dimensions"] if r["covered"] is False]
    assert len(uncovered) == 13
    asked = [*FUNCTIONAL, question("joy", "Did you enjoy it?", attributes='{"nature": "emotional"}')]
    found = tables(inputs_of(**given(asked, lambda _w, _q, i: 1 + i % 5)))
    (whole,) = (row for row in found["questionnaire_dimensions"] if row["kind"] == "all")
    assert whole["emotional_share"] == pytest.approx(1 / 3)


def test_series_that_stop_start_and_pause(inputs_of: Build) -> None:
    questions = [*FUNCTIONAL, question("new", "New"), question("gone", "Gone"), question("odd", "Odd")]
    skipped = {("2022", "new"), ("2023", "new"), ("2024", "gone"), ("2023", "odd")}
    found = tables(
        inputs_of(**given(questions, lambda w, q, i: None if (w, q) in skipped else 1 + (i * 7 + len(q)) % 5))
    )
    items = {row["question_id"]: row for row in found["questionnaire_items"]}
    assert {q: (r["series"], r["core"], r["asked"]) for q, r in items.items()} == {
        "clean": ("unbroken", True, 3),
        "fast": ("unbroken", True, 3),
        "gone": ("unbroken", False, 2),
        "new": ("one_period", False, 1),
        "odd": ("interrupted", False, 2),
    }
    series = {(r["period"], r["question_id"]): r["status"] for r in found["questionnaire_series"]}
    assert series["2023", "odd"] == "not_asked"
    assert series["2024", "odd"] == "resumed"


def test_a_scale_recoded_half_way_is_seen_in_the_answers(inputs_of: Build) -> None:
    random = np.random.default_rng(44)
    mood = random.normal(0, 1, (3, 120))
    noise = random.normal(0, 0.5, (3, 3, 120))

    def score(wave: str, name: str, number: int) -> float:
        year, place = WAVES.index(wave), ("clean", "fast", "same").index(name)
        five = float(np.clip(round(3 + mood[year, number] + noise[place, year, number]), 1, 5))
        if name == "clean" and wave == "2024":
            return 2 * five
        return 6 - five if name == "fast" and wave == "2024" else five

    questions = [
        question("clean", "How clean?", scale_high=None),
        question("fast", "How quick?"),
        question("same", "Staff"),
    ]
    found = tables(inputs_of(**given(questions, score)))
    items = {row["question_id"]: row for row in found["questionnaire_items"]}
    assert (items["clean"]["series"], items["clean"]["broken_by"]) == ("broken", "levels_changed")
    assert (items["fast"]["series"], items["fast"]["broken_by"]) == ("broken", "scale_turned")
    assert (items["same"]["series"], items["same"]["broken_in"]) == ("unbroken", None)
    (row,) = (
        r for r in found["questionnaire_series"] if (r["period"], r["question_id"]) == ("2024", "clean")
    )
    assert row["detail"] == "+6 +8 +10 -1 -3 -5"
    assert row["p"] < 0.001


MAPPING = """
peakend: 1
source: shop
rows:
  surveys:
{SURVEYS}
  questions:
    - {question_id: q, metric: rating, scale_low: 1, scale_high: {HIGH}, text_en: "{TEXT}"}
files:
{FILES}
"""


def _load_wave(folder: Path, waves: tuple[str, ...], text: str, high: int = 5) -> None:
    surveys = "\n".join(
        f'    - {{survey_id: "{w}", programme: P, wave: "{w}", starts_on: {w}-05-01}}' for w in waves
    )
    files = "\n".join(
        f"  - match: w{w}.csv\n    survey:\n      survey: {{value: '{w}'}}\n      response: '{w}-{{id}}'\n"
        "      answers: {q: a}"
        for w in waves
    )
    mapping = MAPPING.replace("{SURVEYS}", surveys).replace("{FILES}", files)
    mapping = mapping.replace("{TEXT}", text).replace("{HIGH}", str(high))
    (folder / "mapping.yaml").write_text(mapping, "utf-8")
    for wave in waves:
        rows = "\n".join(f"{number},{1 + number % 5}" for number in range(60))
        (folder / f"w{wave}.csv").write_text(f"id,a\n{rows}\n", "utf-8")


@pytest.mark.parametrize(
    ("text", "high", "expected"),
    [
        ("How clean was it really?", 5, ("broken", "wording_changed", 2)),
        ("how clean was it", 5, ("unbroken", None, 1)),
        ("How clean was it?", 7, ("broken", "scale_changed", 2)),
    ],
)
def test_a_wording_that_a_later_load_changed_breaks_the_series(
    tmp_path: Path, text: str, high: int, expected: tuple[str, str | None, int]
) -> None:
    with open_warehouse("duckdb://") as warehouse:
        _load_wave(tmp_path, ("2022", "2023"), "How clean was it?")
        warehouse.load(tmp_path)
        _load_wave(tmp_path, ("2022", "2023", "2024"), text, high)
        warehouse.load(tmp_path)
        run(warehouse, only=["questionnaire"])
        (item,) = warehouse.table("questionnaire_items").to_arrow().to_pylist()
    assert (item["series"], item["broken_by"], item["wordings"]) == expected
    if item["series"] == "broken":
        assert item["broken_in"] == "2024"
