"""The analyses of this room: what they count is what their lists hold."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from peakend.analyses.catalogue import catalogue
from peakend.declaration import Analysis, Inputs, Settings
from peakend.journey.funnels.analyses import ANALYSES, FLOWS, FUNNELS, PURCHASE_RETENTION, RETENTION

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.engine import Engine

REGISTRY = [
    {"touchpoint_id": "fly", "name": "Flight", "name_zh": "飞行", "stage": "use", "position": 3},
    {"touchpoint_id": "book", "name": "Booking", "stage": "purchase", "position": 2},
    {"touchpoint_id": "search", "name": "Search", "stage": "pre", "position": 1},
]
_VERSIONS = (
    ("1", date(2023, 1, 1), ("search", "fly")),
    ("2", date(2024, 1, 1), ("search", "help", "book", "fly")),
)
DESIGN = [
    {
        "design_id": "trip",
        "version": version,
        "step_id": step,
        "touchpoint_id": step,
        "position": place,
        "optional": step == "help",
        "valid_from": day,
    }
    for version, day, walk in _VERSIONS
    for place, step in enumerate(walk)
]


def steps(seed: int = 4, customers: int = 90) -> list[dict[str, Any]]:
    """Two journeys a customer; half of the customers of segment B stop after the search."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(customers):
        for trip in range(2):
            walk = ["search", "help", "book", "fly"]
            stopped = number % 3 == 1 and random.random() < 0.8
            walk = walk[: 1 if stopped else int(random.integers(2, 5))]
            begun = datetime(2024, 1, 3) + timedelta(days=int(random.integers(0, 300)))
            rows += [
                {
                    "journey_id": f"c{number:03d}/{trip}",
                    "place": place + 1,
                    "event_id": f"e{number}-{trip}-{place}",
                    "customer_id": f"c{number:03d}",
                    "at": begun + timedelta(hours=place),
                    "touchpoint_id": touchpoint,
                }
                for place, touchpoint in enumerate(walk)
            ]
    return rows


@pytest.fixture
def lived(inputs_of: Callable[..., Inputs], memory: Engine) -> Inputs:
    members = [
        {
            "segmentation": "tier",
            "segment": "B" if n % 3 == 1 else "A",
            "subject": "customer",
            "subject_id": f"c{n:03d}",
        }
        for n in range(90)
    ]
    made = inputs_of(
        touchpoints=[row | {"moment_of_truth": True} for row in REGISTRY],
        design_steps=DESIGN,
        segment_members=members,
        transactions=[
            {"transaction_id": r["event_id"], "customer_id": r["customer_id"], "at": r["at"], "kind": "sale"}
            for r in steps()
        ],
    )
    shape = next(t for a in catalogue() for t in a.gives if t.name == "journey_steps").schema()
    table = pa.Table.from_pylist(steps(), shape)
    return Inputs(memory, {**made.relations, "journey_steps": memory.from_arrow(table)}, Settings())


def without(inputs: Inputs, name: str) -> Inputs:
    left = {key: value for key, value in inputs.relations.items() if key != name}
    return Inputs(inputs.engine, left, inputs.settings)


COUNTS = {
    "funnel_steps": "reached",
    "funnel_losses": "lost",
    "flow_steps": "moved",
    "retention_cohorts": "returned",
    "retention_curves": "returned",
    "purchase_cohorts": "returned",
    "purchase_curves": "returned",
}


@pytest.mark.parametrize("analysis", ANALYSES, ids=lambda analysis: analysis.name)
def test_every_list_is_as_long_as_its_number(lived: Inputs, analysis: Analysis) -> None:
    inputs = without(lived, "journey_steps") if analysis is PURCHASE_RETENTION else lived
    results = analysis.compute(inputs)
    for declared in analysis.gives:
        rows = results[declared.name].to_pylist()
        assert any(not row["hidden"] for row in rows), declared.name
        for row in rows[::5]:
            if row[COUNTS[declared.name]] is None:
                continue
            listed = declared.behind(inputs, row).to_arrow()
            assert listed.column_names[0] == "customer_id"
            assert listed.num_rows == row[COUNTS[declared.name]], row


def test_the_funnels_of_the_registry_and_of_the_latest_design(lived: Inputs) -> None:
    rows = FUNNELS.compute(lived)["funnel_steps"].to_pylist()
    everybody = [row for row in rows if row["segment"] == "all"]
    of = {
        name: [r for r in everybody if r["funnel"] == name] for name in ("moments", "stages", "design/trip")
    }
    assert [r["label_en"] for r in of["moments"]] == ["Search", "Booking", "Flight"]
    assert [r["label_en"] for r in of["stages"]] == ["Before the purchase", "Purchase", "Use"]
    assert [r["label_zh"] for r in of["design/trip"]] == ["Search", "Booking", "飞行"]
    assert {r["version"] for r in of["design/trip"]} == {"2"}
    deepest = {row["customer_id"]: 0 for row in steps()}
    for row in steps():
        deepest[row["customer_id"]] = max(
            deepest[row["customer_id"]], {"search": 1, "help": 1, "book": 2, "fly": 3}[row["touchpoint_id"]]
        )
    assert [r["reached"] for r in of["moments"]] == [sum(d >= k for d in deepest.values()) for k in (1, 2, 3)]


def test_a_planted_segment_is_told_apart_and_mirrored(lived: Inputs) -> None:
    rows = FUNNELS.compute(lived)["funnel_steps"].to_pylist()
    told = {(r["segment"], r["step"]): r for r in rows if r["funnel"] == "moments"}
    assert told["B", 2]["verdict"] == "worse"
    assert told["A", 2]["verdict"] == "better"
    assert told["A", 2]["adjusted_p"] == told["B", 2]["adjusted_p"]
    assert told["all", 2]["verdict"] is None


def test_small_segments_are_hidden_with_their_mirror(lived: Inputs) -> None:
    few = Inputs(lived.engine, lived.relations, Settings(minimum_base=31))
    results = FUNNELS.compute(few)
    rows = [r for r in results["funnel_steps"].to_pylist() if r["segmentation"] == "tier"]
    # B has 30 customers: A would give them away.
    assert all(r["hidden"] and r["reached"] is None and r["share_of_previous"] is None for r in rows)
    losses = [r for r in results["funnel_losses"].to_pylist() if r["segmentation"] == "tier"]
    assert all(r["hidden"] and r["lost"] is None for r in losses)


def test_retention_is_of_months_or_of_weeks_where_there_are_few_days(lived: Inputs) -> None:
    assert set(RETENTION.compute(lived)["retention_cohorts"]["period_kind"].to_pylist()) == {"month"}
    short = lived["journey_steps"].query(
        "select s.* from s where s.\"at\" < cast('2024-03-01' as timestamp)", name="s"
    )
    weeks = Inputs(lived.engine, {**lived.relations, "journey_steps": short}, lived.settings)
    assert set(RETENTION.compute(weeks)["retention_cohorts"]["period_kind"].to_pylist()) == {"week"}


def test_without_a_registry_and_without_journeys_the_tables_are_empty(
    inputs_of: Callable[..., Inputs], memory: Engine
) -> None:
    shape = next(t for a in catalogue() for t in a.gives if t.name == "journey_steps").schema()
    made = inputs_of()
    inputs = Inputs(
        memory, {**made.relations, "journey_steps": memory.from_arrow(shape.empty_table())}, Settings()
    )
    for analysis in (FUNNELS, FLOWS, RETENTION):
        assert all(table.num_rows == 0 for table in analysis.compute(inputs).values())
