"""The staged scales: a planted sense goes with satisfaction, the others do not; what nobody asks is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from peakend.declaration import Inputs, Settings
from peakend.journey.stream.analyses import STAGING
from peakend.journey.stream.staging import staging_table

if TYPE_CHECKING:
    from collections.abc import Callable

SENSES = ("sight", "hearing", "smell", "taste", "touch")
_SCALE = {"scale_low": 1.0, "scale_high": 5.0}


def audit(seed: int, people: int, weight: float, items: tuple[str, ...] = SENSES) -> dict[str, Any]:
    """Answers to the items and to the whole, which follows the first of them as far as `weight`."""
    random = np.random.default_rng(seed)
    felt = random.normal(size=(people, len(items)))
    whole = weight * felt[:, 0] + random.normal(size=people)
    questions = [{"question_id": i, "metric": "rating", "dimension": i, **_SCALE} for i in items]
    questions.append({"question_id": "whole", "metric": "csat", "overall": True, **_SCALE})
    scored = {**dict(zip(items, felt.T, strict=True)), "whole": whole}
    return {
        "surveys": [{"survey_id": "s", "programme": "p"}],
        "questions": questions,
        "responses": [
            {"response_id": f"r{n}", "survey_id": "s", "customer_id": f"c{n}"} for n in range(people)
        ],
        "answers": [
            {
                "response_id": f"r{n}",
                "question_id": name,
                "state": "answered",
                "score": float(np.clip(np.rint(3 + value), 1, 5)),
            }
            for name, values in scored.items()
            for n, value in enumerate(values)
        ],
    }


def rows(inputs: Inputs) -> dict[str, dict[str, Any]]:
    table = staging_table(inputs)["staging"]
    assert isinstance(table, pa.Table)
    return {row["item"]: row for row in table.to_pylist() if row["scope"] == "programme"}


def test_a_planted_sense_is_found_and_a_null_one_is_not(inputs_of: Callable[..., Inputs]) -> None:
    planted = rows(inputs_of(**audit(1, 300, 1.0)))
    assert planted["sight"]["adjusted_p"] < 0.001
    assert planted["sight"]["correlation_low"] > 0.4
    alarms = 0
    for seed in range(20):
        null = rows(inputs_of(**audit(100 + seed, 60, 0.0)))
        alarms += any(row["adjusted_p"] <= 0.05 for row in null.values())
    assert alarms <= 4


def test_the_mean_and_the_correlation_are_the_plain_ones(inputs_of: Callable[..., Inputs]) -> None:
    given = audit(3, 80, 0.5)
    scores = {
        name: np.array([a["score"] for a in given["answers"] if a["question_id"] == name])
        for name in ("smell", "whole")
    }
    found = rows(inputs_of(**given))["smell"]
    assert found["value"] == pytest.approx(25 * (scores["smell"].mean() - 1))
    assert found["correlation"] == pytest.approx(np.corrcoef(scores["smell"], scores["whole"])[0, 1])
    assert found["value_low"] < found["value"] < found["value_high"]


def test_a_stage_that_nobody_asks_about_is_flagged(inputs_of: Callable[..., Inputs]) -> None:
    found = rows(inputs_of(**audit(4, 40, 0.5, ("comfort", "赞叹"))))
    assert {item: row["missing"] for item, row in found.items()} == {
        "comfort": False,
        "admiration": False,
        "appreciation": True,
        "aftertaste": True,
    }


def test_one_item_alone_is_an_ordinary_dimension(inputs_of: Callable[..., Inputs]) -> None:
    assert rows(inputs_of(**audit(5, 40, 0.5, ("comfort",)))) == {}


def test_a_sense_that_does_not_vary_has_no_correlation(inputs_of: Callable[..., Inputs]) -> None:
    given = audit(6, 40, 0.5)
    for answer in given["answers"]:
        if answer["question_id"] == "taste":
            answer["score"] = 4.0
    found = rows(inputs_of(**given))["taste"]
    assert (found["correlation"], found["value"], found["value_low"]) == (None, pytest.approx(75.0), None)


def test_checks_of_a_visit_are_scored_beside_the_satisfaction_of_their_event(
    inputs_of: Callable[..., Inputs],
) -> None:
    given = audit(7, 60, 0.0, ("comfort",))
    for number, response in enumerate(given["responses"]):
        response["event_id"] = f"e{number}"
    checks = [
        {
            "check_id": f"k{n}",
            "item": f"{sense} {part}",
            "aspect": sense,
            "score": float(n % 2),
            "weight": 1.0 + part,
            "touchpoint_id": "lobby",
            "event_id": f"e{n}",
            "customer_id": f"c{n}",
        }
        for n in range(60)
        for sense in ("sight", "smell")
        for part in (0, 1)
    ]
    found = rows(inputs_of(**given, service_checks=checks))
    assert (found["sight"]["n"], found["sight"]["value"], found["sight"]["pairs"]) == (
        60,
        pytest.approx(50.0),
        60,
    )
    assert found["touch"]["missing"]


def test_small_cells_are_hidden_and_the_list_behind_is_as_long_as_its_number(
    inputs_of: Callable[..., Inputs],
) -> None:
    few = rows(inputs_of(**audit(8, 5, 0.5)))
    assert all(row["hidden"] and row["value"] is None and row["n"] is None for row in few.values())
    inputs = inputs_of(Settings(minimum_base=1), **audit(8, 25, 0.5))
    (table,) = STAGING.gives
    assert table.behind is not None
    for row in rows(inputs).values():
        assert table.behind(inputs, row).to_arrow().num_rows == row["customers"] == 25
