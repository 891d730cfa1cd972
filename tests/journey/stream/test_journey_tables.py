"""The analyses of this room on canonical tables, and the customers behind each of their numbers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from peakend.declaration import Inputs, Settings
from peakend.engine import Relation
from peakend.journey.stream.analyses import ANALYSES
from peakend.journey.stream.cutting import journey_tables
from peakend.journey.stream.overview import dwell_tables, journey_lengths
from peakend.journey.stream.staging import scene_tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.declaration import Results

START = datetime(2024, 1, 1)
DECLARED = {table.name: table for analysis in ANALYSES for table in analysis.gives}


def company() -> dict[str, Any]:
    """Eighty customers; queues of a known length at two touchpoints; visitors, cases, and odd events."""
    random = np.random.default_rng(11)
    events: list[dict[str, Any]] = []
    for number in range(80):
        at = START + timedelta(days=float(random.uniform(0, 300)))
        for place, touchpoint in enumerate(["desk", "gate", "desk"][: random.integers(1, 4)]):
            known = touchpoint == "gate" or random.random() < 0.7
            events.append(
                {
                    "event_id": f"e{number}-{place}",
                    "customer_id": f"c{number % 60}",
                    "at": at + timedelta(minutes=15 * place),
                    "touchpoint_id": touchpoint,
                    "duration_s": float(random.integers(60, 900)) if known else None,
                    "site_id": "s1" if number % 2 else None,
                    "employee_id": "w1" if number % 3 else None,
                }
            )
    events += [
        {"event_id": "v1", "visitor_id": "v", "at": START, "touchpoint_id": "web"},
        {"event_id": "v2", "visitor_id": "v", "customer_id": "c1", "at": START, "touchpoint_id": "web"},
        {"event_id": "v3", "visitor_id": "w", "at": START, "touchpoint_id": "web"},
        {"event_id": "k1", "case_id": "k", "at": START, "touchpoint_id": "web"},
        {"event_id": "odd1", "customer_id": "c1", "at": datetime(2099, 1, 1), "touchpoint_id": "web"},
        {"event_id": "odd2", "at": START, "touchpoint_id": "web"},
    ]
    return {
        "interactions": events,
        "touchpoints": [
            {"touchpoint_id": "desk", "name": "Desk", "position": 1, "service_level_s": 300.0},
            {"touchpoint_id": "gate", "name": "Gate", "position": 2},
        ],
        "transactions": [
            {"transaction_id": f"t{n}", "customer_id": e["customer_id"], "at": e["at"], "product_id": "p"}
            for n, e in enumerate(events)
            if e.get("customer_id") and n % 4 == 0
        ],
        "questions": [
            {"question_id": "q", "metric": "csat", "overall": True, "scale_low": 1.0, "scale_high": 5.0}
        ],
        "responses": [
            {"response_id": f"r{n}", "event_id": f"e{n}-0", "customer_id": f"c{n % 60}", "survey_id": "s"}
            for n in range(0, 80, 5)
        ],
        "answers": [
            {"response_id": f"r{n}", "question_id": "q", "state": "answered", "score": 4.0}
            for n in range(0, 80, 5)
        ],
    }


@pytest.fixture
def inputs(inputs_of: Callable[..., Inputs]) -> Inputs:
    """With the journeys cut, and one answer enough to publish."""
    canonical = inputs_of(Settings(minimum_base=1), **company())
    relations = dict(canonical.relations)
    for name, found in journey_tables(canonical).items():
        assert isinstance(found, Relation)
        relations[name] = canonical.engine.from_arrow(found.to_arrow(DECLARED[name].schema()))
    return Inputs(canonical.engine, relations, canonical.settings)


def rows(results: Results, name: str) -> list[dict[str, Any]]:
    found = results[name]
    table = found.to_arrow(DECLARED[name].schema()) if isinstance(found, Relation) else found
    listed: list[dict[str, Any]] = table.to_pylist()
    return listed


def test_every_event_is_accounted_for(inputs: Inputs) -> None:
    found = rows(journey_lengths(inputs), "journey_events")
    assert sum(row["events"] for row in found) == inputs["interactions"].to_arrow().num_rows
    kept = {row["fate"]: row["kept"] for row in found}
    assert kept == {
        "customer": True,
        "login": True,
        "visitor": True,
        "case": True,
        "future": False,
        "nobody": False,
    }


def test_the_classes_of_length_are_all_journeys(inputs: Inputs) -> None:
    found = rows(journey_lengths(inputs), "journey_lengths")
    whole = next(row for row in found if row["steps_from"] == 0)
    parts = [row for row in found if row["steps_from"]]
    steps = sorted(row["events"] for row in inputs["journeys"].to_arrow().to_pylist())
    assert whole["journeys"] == sum(row["journeys"] for row in parts) == len(steps)
    assert sum(row["share"] for row in parts) == pytest.approx(1)
    assert whole["median_steps"] == steps[(len(steps) + 1) // 2 - 1]
    assert whole["p90_steps"] == steps[-(-9 * len(steps) // 10) - 1]
    assert whole["anonymous"] == 2


def test_dwell_is_the_nearest_rank_of_what_is_known(inputs: Inputs) -> None:
    found = {row["touchpoint_id"]: row for row in rows(dwell_tables(inputs), "dwell")}
    stays: list[float] = []
    unknown = 0
    by_journey: dict[str, list[dict[str, Any]]] = {}
    for step in inputs["journey_steps"].to_arrow().to_pylist():
        by_journey.setdefault(step["journey_id"], []).append(step)
    for steps in by_journey.values():
        steps.sort(key=lambda step: step["place"])
        for step, after in zip(steps, [*steps[1:], None], strict=True):
            if step["touchpoint_id"] != "desk":
                continue
            if step["duration_s"] is not None:
                stays.append(step["duration_s"])
            elif after is not None:
                stays.append((after["at"] - step["at"]).total_seconds())
            else:
                unknown += 1
    stays.sort()
    desk = found["desk"]
    assert (desk["n"], desk["unknown"]) == (len(stays), unknown)
    assert desk["median_s"] == stays[(len(stays) + 1) // 2 - 1]
    assert desk["p90_s"] == stays[-(-9 * len(stays) // 10) - 1]
    assert desk["median_s_low"] <= desk["median_s"] <= desk["median_s_high"]
    assert desk["longer_share"] == pytest.approx(sum(stay > 300 for stay in stays) / len(stays))
    assert found["gate"]["longer_share"] is None
    assert found["gate"]["measured_share"] == 1


def test_a_touchpoint_with_few_stays_is_hidden(inputs: Inputs) -> None:
    few = Inputs(inputs.engine, inputs.relations, Settings(minimum_base=1000))
    assert {(row["hidden"], row["median_s"]) for row in rows(dwell_tables(few), "dwell")} == {(True, None)}


def test_a_median_lies_in_its_interval_as_often_as_stated(inputs_of: Callable[..., Inputs]) -> None:
    """400 touchpoints of 60 stays with a median of 1,000 s; 95 % less three standard errors."""
    random = np.random.default_rng(4)
    steps = [
        {"touchpoint_id": f"t{t}", "event_id": f"e{t}-{n}", "journey_id": "j", "duration_s": float(stay)}
        for t in range(400)
        for n, stay in enumerate(1000 * np.exp(random.normal(0, 1, 60)))
    ]
    inputs = inputs_of()
    steps_table = DECLARED["journey_steps"].schema()
    import pyarrow as pa

    relation = inputs.engine.from_arrow(pa.Table.from_pylist(steps, schema=steps_table))
    given = Inputs(inputs.engine, {**inputs.relations, "journey_steps": relation}, inputs.settings)
    found = rows(dwell_tables(given), "dwell")
    covered = np.mean([row["median_s_low"] <= 1000 <= row["median_s_high"] for row in found])
    assert 0.917 <= covered <= 0.99


def test_a_scene_has_what_is_on_record(inputs: Inputs) -> None:
    results = scene_tables(inputs)
    scenes = rows(results, "experience_scenes")
    parts = {row["touchpoint_id"]: row for row in rows(results, "scene_parts")}
    assert len(scenes) == parts[None]["journeys"]
    for column, part in (("stage", "stage"), ("props", "props"), ("actors", "actors"), ("memory", "memory")):
        has = sum(scene[column] is not None for scene in scenes) / len(scenes)
        assert parts[None][part] == pytest.approx(has)
        assert 0 < has < 1
    assert all(
        scene["missing"] == sum(scene[name] is None for name in ("stage", "props", "actors", "memory"))
        for scene in scenes
    )


@pytest.mark.parametrize(
    ("name", "compute", "number"),
    [
        ("journey_lengths", journey_lengths, "customers"),
        ("dwell", dwell_tables, "customers"),
        ("scene_parts", scene_tables, "customers"),
        ("journey_events_kept", journey_tables, "customers"),
        ("journey_events_left_out", journey_tables, "customers"),
    ],
)
def test_the_list_behind_a_number_is_as_long_as_it(
    inputs: Inputs, name: str, compute: Callable[[Inputs], Results], number: str
) -> None:
    behind = DECLARED[name].behind
    assert behind is not None
    found = rows(compute(inputs), name)
    assert found
    for row in found:
        listed = behind(inputs, row).to_arrow()
        assert listed.column_names[0] == "customer_id"
        assert listed.num_rows == row[number]


def test_a_journey_and_a_scene_have_one_customer_or_none(inputs: Inputs) -> None:
    for name, results in (("journeys", journey_tables(inputs)), ("experience_scenes", scene_tables(inputs))):
        behind = DECLARED[name].behind
        assert behind is not None
        for row in rows(results, name)[:3]:
            listed = behind(inputs, row).to_arrow()["customer_id"].to_pylist()
            assert listed == ([row["customer_id"]] if row["customer_id"] else [])
