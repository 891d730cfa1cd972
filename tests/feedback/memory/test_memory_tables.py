"""The memory analyses on canonical tables: delight, recall, and the register that refuses bad targets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from peakend.declaration import Inputs
from peakend.feedback.memory import TargetError, require_target
from peakend.feedback.memory.delight_tables import delight_tables, recall_tables
from peakend.feedback.memory.registry import metric_registry
from peakend.feedback.score_tables import score_tables
from peakend.feedback.trend.trend_tables import score_trends

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pyarrow as pa

QUESTIONS = [
    {
        "question_id": "steady",
        "metric": "nps",
        "overall": True,
        "scale_low": 0,
        "scale_high": 10,
        "text_en": "?",
    },
    {"question_id": "moody", "metric": "rating", "overall": True, "scale_low": 1, "scale_high": 5},
    {"question_id": "rare", "metric": "rating", "scale_low": 1, "scale_high": 5},
    {"question_id": "delight", "metric": "rating", "dimension": "delight", "scale_low": 1, "scale_high": 5},
    {"question_id": "recall", "metric": "choice", "dimension": "recall"},
    {"question_id": "brand", "metric": "choice", "dimension": "attribution"},
]


def company() -> dict[str, Any]:
    """Eighty customers: one visit, the same questions a week later, and what they remember after a month."""
    random = np.random.default_rng(9)
    rows: dict[str, Any] = {
        "surveys": [{"survey_id": s, "programme": s} for s in ("visit", "retest", "recall")],
        "questions": QUESTIONS,
        "responses": [],
        "answers": [],
    }

    def response(name: str, survey: str, person: int, day: int, scores: Mapping[str, Any]) -> None:
        rows["responses"].append(
            {
                "response_id": name,
                "survey_id": survey,
                "customer_id": f"c{person}",
                "event_id": f"e{person}",
                "answered_at": np.datetime64("2025-03-01T12:00:00", "us").astype(object)
                + np.timedelta64(day, "D").astype(object),
            }
        )
        for question, value in scores.items():
            kind = "choice" if isinstance(value, str) else "score"
            rows["answers"].append(
                {"response_id": name, "question_id": question, "state": "answered", kind: value}
            )

    for n in range(80):
        liking = float(random.integers(0, 11))
        mood = [float(random.integers(1, 6)) for _ in range(2)]
        surprise = {"delight": 5.0 if liking > 8 else 3.0}
        rare = {"rare": 3.0} if n < 5 else {}
        response(f"v{n}", "visit", n, 0, {"steady": liking, "moody": mood[0], **surprise, **rare})
        response(f"t{n}", "retest", n, 7, {"steady": liking, "moody": mood[1]})
        response(f"z{n}", "recall", n, 30, {"recall": "remembered" if n % 4 else "nothing", "brand": "us"})
    return rows


@pytest.fixture
def registry(inputs_of: Callable[..., Inputs]) -> list[dict[str, Any]]:
    inputs = inputs_of(**company())
    tables: Mapping[str, pa.Table] = score_tables(inputs)  # type: ignore[assignment]
    relations = {
        **inputs.relations,
        **{name: inputs.engine.from_arrow(table) for name, table in tables.items()},
    }
    trends: pa.Table = score_trends(Inputs(inputs.engine, relations, inputs.settings))["score_trends"]  # type: ignore[assignment]
    relations["score_trends"] = inputs.engine.from_arrow(trends)
    found: pa.Table = metric_registry(Inputs(inputs.engine, relations, inputs.settings))["metric_registry"]  # type: ignore[assignment]
    return [row for row in found.to_pylist() if row["programme"] == "visit"]


def test_delight_is_counted_beside_its_outcome(inputs_of: Callable[..., Inputs]) -> None:
    table: pa.Table = delight_tables(inputs_of(**company()))["delight"]  # type: ignore[assignment]
    (row,) = table.to_pylist()
    assert (row["programme"], row["n"], row["outcome"]) == ("visit", 80, "steady")
    assert row["far_better"] + row["as_expected"] == pytest.approx(1)
    # Delighted are promoters by construction.
    assert row["lift"] > 50
    assert row["adjusted_p"] < 0.001


def test_recall_joins_the_visit_with_what_is_left_of_it(inputs_of: Callable[..., Inputs]) -> None:
    table: pa.Table = recall_tables(inputs_of(**company()))["recall"]  # type: ignore[assignment]
    (row,) = table.to_pylist()
    assert (row["programme"], row["n"], row["recall"], row["branded"]) == ("recall", 80, 0.75, 1.0)
    assert row["days"] == 30
    assert 0 < row["effective"] < row["quality"]


def test_an_unknown_code_is_left_out_and_counted(inputs_of: Callable[..., Inputs]) -> None:
    tables = company()
    odd = next(a for a in tables["answers"] if a["question_id"] == "recall")
    odd["choice"] = "perhaps"
    table: pa.Table = recall_tables(inputs_of(**tables))["recall"]  # type: ignore[assignment]
    (row,) = table.to_pylist()
    assert (row["n"], row["unclear"]) == (79, 1)


def test_a_metric_that_does_not_hold_still_is_refused_as_a_target(registry: list[dict[str, Any]]) -> None:
    by_question = {row["question_id"]: row for row in registry}
    assert by_question["steady"]["stability"] == "stable"
    assert by_question["steady"]["reliability"] == pytest.approx(1.0)
    assert by_question["moody"]["stability"] == "unstable"
    assert require_target(registry, "steady")["usable"]
    with pytest.raises(TargetError, match="answer differently"):
        require_target(registry, "moody")


def test_an_unregistered_metric_and_one_with_few_answers_are_refused(registry: list[dict[str, Any]]) -> None:
    with pytest.raises(TargetError, match="not a registered metric"):
        require_target(registry, "happiness")
    with pytest.raises(TargetError, match="too few"):
        require_target(registry, "rare")


def test_a_metric_nobody_was_asked_twice_about_says_so(registry: list[dict[str, Any]]) -> None:
    row = next(row for row in registry if row["question_id"] == "delight")
    assert (row["stability"], row["retested"], row["usable"]) == ("not_retested", 0, True)


def test_the_register_defines_what_it_lists(registry: list[dict[str, Any]]) -> None:
    row = next(row for row in registry if row["question_id"] == "steady")
    assert (row["formula"], row["unit"], row["source_table"]) == (
        "100 × (promoters − detractors) / n",
        "NPS points",
        "nps_by_touchpoint",
    )
    assert row["definition_en"] == "?"
    assert row["minimum_n"] > row["n"]


def test_without_such_questions_the_tables_are_empty(inputs_of: Callable[..., Inputs]) -> None:
    inputs = inputs_of()
    assert all(len(table) == 0 for table in delight_tables(inputs).values())  # type: ignore[arg-type]
    assert all(len(table) == 0 for table in recall_tables(inputs).values())  # type: ignore[arg-type]
