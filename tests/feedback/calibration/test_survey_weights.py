"""Surveys with a known population are raked in the engine; scores then use the new weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from peakend.declaration import Inputs
from peakend.engine import Relation
from peakend.feedback.calibration.survey_weights import survey_weights
from peakend.feedback.score_tables import score_tables

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa


def survey(sizes: dict[str, float], **changed: Any) -> dict[str, Any]:  # noqa: ANN401 - tables of a company
    """300 answers from group a (NPS 10) and 100 from b (NPS 50)."""
    scores = [10] * 120 + [8] * 90 + [3] * 90 + [10] * 60 + [8] * 30 + [3] * 10
    groups = ["a"] * 300 + ["b"] * 100
    tables: dict[str, Any] = {
        "surveys": [{"survey_id": "s", "programme": "p", "wave": "1"}],
        "questions": [{"question_id": "q", "metric": "nps", "overall": True}],
        "responses": [{"response_id": f"r{n:03}", "survey_id": "s"} for n in range(400)],
        "answers": [
            {"response_id": f"r{n:03}", "question_id": "q", "state": "answered", "score": score}
            for n, score in enumerate(scores)
        ],
        "segment_members": [
            {"segmentation": "g", "segment": group, "subject": "response", "subject_id": f"r{n:03}"}
            for n, group in enumerate(groups)
        ],
        "populations": [
            {"survey_id": "s", "segmentation": "g", "segment": segment, "size": size}
            for segment, size in sizes.items()
        ],
    }
    return tables | changed


def computed(inputs: Inputs) -> tuple[list[dict[str, Any]], pa.Table]:
    found = survey_weights(inputs)
    weights = found["survey_weights"]
    assert isinstance(weights, Relation)
    summary = found["weighting"]
    assert not isinstance(summary, Relation)
    return summary.to_pylist(), weights.to_arrow()


def test_the_published_weighting_reaches_the_score(inputs_of: Callable[..., Inputs]) -> None:
    inputs = inputs_of(**survey({"a": 700, "b": 300}))
    rows, weights = computed(inputs)
    whole = rows[0]
    assert (whole["n"], whole["status"]) == (400, "calibrated")
    assert whole["effective_n"] == pytest.approx(394.737, abs=5e-4)
    assert [row["weighted_share"] for row in rows[1:]] == pytest.approx([0.7, 0.3])
    assert [row["sample_share"] for row in rows[1:]] == pytest.approx([0.75, 0.25])
    weighted = inputs.relations | {"survey_weights": inputs.engine.from_arrow(weights)}
    tables = score_tables(Inputs(inputs.engine, weighted, inputs.settings))
    score = tables["nps_by_touchpoint"].to_pylist()[0]
    assert score["value"] == pytest.approx(20.0)
    assert score["weighted_value"] == pytest.approx(22.0)


def test_a_segment_without_answers_is_named_and_its_share_left_to_the_others(
    inputs_of: Callable[..., Inputs],
) -> None:
    rows, _ = computed(inputs_of(**survey({"a": 0.35, "b": 0.15, "c": 0.5})))
    by_segment = {row["segment"]: row for row in rows}
    assert by_segment["c"]["status"] == "nobody_answered"
    assert by_segment["c"]["population_share"] == pytest.approx(0.5)
    assert by_segment["a"]["weighted_share"] == pytest.approx(0.7)


def test_too_few_responses_are_not_weighted(inputs_of: Callable[..., Inputs]) -> None:
    tables = survey({"a": 1, "b": 1})
    tables["responses"] = tables["responses"][:9]
    rows, weights = computed(inputs_of(**tables))
    assert [row["status"] for row in rows] == ["too_few"]
    assert len(weights) == 0


def test_a_small_segment_is_hidden(inputs_of: Callable[..., Inputs]) -> None:
    tables = survey({"a": 1, "b": 1})
    tables["responses"] = tables["responses"][:305]
    rows, _ = computed(inputs_of(**tables))
    assert {row["segment"]: row["hidden"] for row in rows} == {"all": False, "a": True, "b": True}
    assert all(row["n"] is None for row in rows if row["hidden"])


def test_without_a_population_there_are_no_weights(inputs_of: Callable[..., Inputs]) -> None:
    rows, weights = computed(inputs_of(**survey({})))
    assert rows == []
    assert len(weights) == 0


def test_own_weights_are_the_start(inputs_of: Callable[..., Inputs]) -> None:
    """Weights that the survey has are kept within a segment, and a response without one stays without."""
    tables = survey({"a": 700, "b": 300})
    for n, row in enumerate(tables["responses"]):
        row["weight"] = None if n == 0 else 2.0 if n == 1 else 1.0
    _, weights = computed(inputs_of(**tables))
    found = {row["response_id"]: row["weight"] for row in weights.to_pylist()}
    assert "r000" not in found
    assert found["r001"] == pytest.approx(2 * found["r002"])
    assert sum(found.values()) == pytest.approx(399)
