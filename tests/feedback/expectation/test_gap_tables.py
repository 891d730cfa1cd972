"""The analysis of gaps: pairing, scales, small bases; and what the Oddjob airline's customers say."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyreadstat
import pytest
from scipy import stats

from peakend.analyses import run
from peakend.declaration import Inputs
from peakend.feedback.expectation.analyses import EXPECTATION_GAPS
from peakend.feedback.expectation.pairs import read_pairs
from peakend.feedback.scales import ScoreOutsideScaleError
from peakend.warehouse import open_warehouse

if TYPE_CHECKING:
    from pathlib import Path

Row = dict[str, Any]
Build = Callable[..., Inputs]


def question(name: str, metric: str, **columns: object) -> Row:
    return {"question_id": name, "metric": metric, "scale_low": 1.0, "scale_high": 5.0} | columns


def given(answers: dict[str, np.ndarray], questions: list[Row]) -> dict[str, Any]:
    """One survey; NaN is no answer."""
    n = len(next(iter(answers.values())))
    return {
        "surveys": [{"survey_id": "s", "programme": "P", "wave": "2024"}],
        "questions": questions,
        "responses": [{"response_id": f"r{i:04d}", "survey_id": "s"} for i in range(n)],
        "answers": [
            {"response_id": f"r{i:04d}", "question_id": name, "state": "answered", "score": float(score)}
            for name, scores in answers.items()
            for i, score in enumerate(scores)
            if not np.isnan(score)
        ],
    }


def gaps(inputs: Inputs, **where: object) -> list[Row]:
    found = EXPECTATION_GAPS.compute(inputs)["expectation_gaps"].to_pylist()
    return [row for row in found if all(row[name] == value for name, value in where.items())]


QUESTIONS = [
    question("e_desk", "expectation", touchpoint_id="desk", dimension="people"),
    question("p_desk", "rating", touchpoint_id="desk", dimension="people", label_en="Desk", label_zh="柜台"),
    question("e_food", "expectation", touchpoint_id="food", scale_low=0.0, scale_high=10.0),
    question("p_food", "csat", touchpoint_id="food", scale_low=1.0, scale_high=7.0),
    question("all", "rating", overall=True),
]


def test_gaps_of_different_scales_meet_on_a_hundred(inputs_of: Build) -> None:
    answers = {
        "e_desk": np.array([5, 5, 4, 4, 5, 4] * 5),
        "p_desk": np.array([3, 4, 4, 3, 4, 2] * 5),
        "e_food": np.array([5, 6, 5, 4, 5, 5] * 5),
        "p_food": np.array([4, 5, 4, 3, 4, 7] * 5),
        "all": np.array([3, 4, 4, 3, 4, 3] * 5),
    }
    rows = gaps(inputs_of(**given(answers, QUESTIONS)))
    by_item = {row["item"]: row for row in rows}
    assert list(by_item) == ["p_desk", "p_food", "not declared", "people", "all"]
    desk = by_item["p_desk"]
    assert desk["gap"] == pytest.approx(25 * (20 / 6 - 27 / 6))
    assert (desk["n"], desk["verdict"], desk["service"]) == (30, "short_of_expectation", "under_serviced")
    assert desk["worse"] == pytest.approx(5 / 6)
    assert desk["worse"] + desk["as_expected"] + desk["better"] == pytest.approx(1)
    assert (desk["expectation_id"], desk["label_zh"]) == ("e_desk", "柜台")
    food = by_item["p_food"]
    assert food["expectation"] == pytest.approx(50)
    assert food["perception"] == pytest.approx(np.mean([50, 200 / 3, 50, 100 / 3, 50, 100]))
    assert by_item["all"]["gap"] == pytest.approx((desk["gap"] + food["gap"]) / 2)
    assert by_item["all"]["overall_id"] == "all"


def test_pairs_are_stated_or_the_only_ones_that_fit(inputs_of: Build) -> None:
    questions = [
        question("e1", "expectation", attributes=json.dumps({"pairs_with": "p2"})),
        question("p1", "rating", dimension="x"),
        question("p2", "rating", dimension="x", attributes=json.dumps({"cost_per_point": 0.02})),
        question("e3", "expectation", dimension="x"),
        question("e4", "expectation"),
        question("e5", "expectation", touchpoint_id="t"),
        question("p5", "ces", touchpoint_id="t", dimension="ease"),
        question("e6", "expectation", touchpoint_id="u", scale_high=None),
        question("p6", "rating", touchpoint_id="u"),
    ]
    pairs = read_pairs(inputs_of(questions=questions))
    assert [(p.expectation.question_id, p.perception.question_id) for p in pairs] == [
        ("e1", "p2"),
        ("e5", "p5"),
    ]
    assert [p.cost_per_point for p in pairs] == [0.02, None]


def test_small_bases_are_hidden_and_do_not_count_as_tested(inputs_of: Build) -> None:
    random = np.random.default_rng(1)
    few = np.full(40, np.nan)
    few[:5] = 3
    answers = {
        "e_desk": random.integers(3, 6, 40).astype(float),
        "p_desk": random.integers(2, 5, 40).astype(float),
        "e_food": few,
        "p_food": few,
    }
    rows = {row["item"]: row for row in gaps(inputs_of(**given(answers, QUESTIONS)))}
    food = rows["p_food"]
    assert food["hidden"]
    assert [food[name] for name in ("n", "gap", "worse", "worth", "service")] == [None] * 5
    assert rows["p_desk"]["compared"] == 1
    assert rows["all"]["adds_reason"] == "no_overall"


def test_months_are_also_put_together(inputs_of: Build) -> None:
    random = np.random.default_rng(2)
    tables = given(
        {"e_desk": random.integers(1, 6, 60) * 1.0, "p_desk": random.integers(1, 6, 60) * 1.0}, QUESTIONS
    )
    tables["surveys"] = [{"survey_id": "s", "programme": "P"}]
    for number, response in enumerate(tables["responses"]):
        response["answered_at"] = datetime(2024, 1 + number % 2, 3)
    rows = gaps(inputs_of(**tables), item="p_desk")
    assert [(r["period"], r["period_kind"], r["n"]) for r in rows] == [
        ("2024-01", "month", 30),
        ("2024-02", "month", 30),
        ("all", "all", 60),
    ]


def test_without_expectations_there_is_no_row(inputs_of: Build) -> None:
    assert gaps(inputs_of(**given({"p_desk": np.array([1.0, 2, 3])}, QUESTIONS))) == []
    only = [q for q in QUESTIONS if q["metric"] != "expectation"]
    assert gaps(inputs_of(**given({"p_desk": np.array([1.0, 2, 3])}, only))) == []


def test_a_score_outside_its_scale_is_an_error(inputs_of: Build) -> None:
    answers = {"e_desk": np.array([3.0] * 20), "p_desk": np.array([3.0] * 10 + [9.0] * 10)}
    with pytest.raises(ScoreOutsideScaleError, match="p_desk"):
        gaps(inputs_of(**given(answers, QUESTIONS)))


def test_all_alike_has_a_gap_and_no_verdict(inputs_of: Build) -> None:
    answers = {"e_desk": np.full(20, 4.0), "p_desk": np.full(20, 3.0), "all": np.full(20, 3.0)}
    rows = {row["item"]: row for row in gaps(inputs_of(**given(answers, QUESTIONS)))}
    assert (rows["p_desk"]["gap"], rows["p_desk"]["gap_low"]) == (-25.0, None)
    assert rows["p_desk"]["verdict"] == "cannot_tell"
    assert rows["all"]["adds_reason"] == "nothing_varies"


ODDJOB = """
peakend: 1
source: oddjob
rows:
  surveys:
    - {survey_id: oddjob, programme: oddjob, wave: "1"}
  questions:
{QUESTIONS}
    - {question_id: overall, metric: csat, overall: true, scale_low: 1, scale_high: 7}
files:
  - match: Oddjob.sav
    survey:
      survey: {value: oddjob}
      response: {template: "{country}-{#}", number_by: [country]}
      answers:
{ANSWERS}
        overall: sat1
"""


def _oddjob_mapping() -> str:
    questions, answers = [], []
    for number in range(1, 24):
        common = "scale_low: 1, scale_high: 100"
        stated = f'attributes: \'{{"pairs_with": "s{number}"}}\''
        questions.append(f"    - {{question_id: e{number}, metric: expectation, {common}, {stated}}}")
        questions.append(f"    - {{question_id: s{number}, metric: rating, {common}}}")
        answers += [f"        {kind}{number}: {kind}{number}" for kind in "es"]
    return ODDJOB.replace("{QUESTIONS}", "\n".join(questions)).replace("{ANSWERS}", "\n".join(answers))


def test_the_oddjob_airline(private_data: Callable[[str], Path], tmp_path: Path) -> None:
    """23 items, 1,065 customers, sliders from 1 to 100, through the ordinary loader."""
    (tmp_path / "mapping.yaml").write_text(_oddjob_mapping(), "utf-8")
    (tmp_path / "Oddjob.sav").symlink_to(private_data("oddjob_airways") / "Oddjob.sav")
    with open_warehouse("duckdb://") as warehouse:
        warehouse.load(tmp_path)
        run(warehouse, only=["expectation_gaps"])
        rows = warehouse.table("expectation_gaps").to_arrow().to_pylist()
    by_item = {row["item"]: row for row in rows}
    answers, _ = pyreadstat.read_sav(tmp_path / "Oddjob.sav", usecols=["e4", "s4", "sat1"])
    own = (100 / 99 * (answers["s4"] - answers["e4"])).dropna()
    # Reliable schedules fall shortest, and the outside of the aircraft least.
    worst = by_item["s4"]
    assert (worst["n"], worst["gap"]) == (1035, pytest.approx(own.mean(), abs=1e-9))
    ends = stats.ttest_1samp(own, 0).confidence_interval(0.95)
    assert (worst["gap_low"], worst["gap_high"]) == (pytest.approx(ends.low), pytest.approx(ends.high))
    items = [row for row in rows if row["level"] == "item"]
    assert min(items, key=lambda row: row["gap"])["item"] == "s4"
    assert max(items, key=lambda row: row["gap"])["item"] == "s12"
    assert {row["verdict"] for row in items} == {"short_of_expectation"}
    assert {row["service"] for row in items} == {"under_serviced"}
    # At equal perception, expectation says nothing more about the overall judgement (p .43).
    whole = by_item["all"]
    assert whole["gap"] == pytest.approx(-21.5, abs=0.01)
    assert whole["adds_p"] == pytest.approx(0.432, abs=0.001)
    assert whole["explained_by_both"] - whole["explained_by_perception"] < 0.002
