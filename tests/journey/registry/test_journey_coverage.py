"""Stages and designed steps against touchpoints: what is uncovered is flagged, layers come with evidence."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from peakend.declaration import Inputs
from peakend.journey.registry.coverage import LAYERS, coverage_tables
from peakend.journey.registry.coverage_columns import COVERAGE
from peakend.journey.stream.columns import JOURNEY_STEPS

if TYPE_CHECKING:
    from collections.abc import Callable

Rows = list[dict[str, Any]]

TOUCHPOINTS: Rows = [
    {"touchpoint_id": "web", "name": "Web", "position": 1, "stage": "pre"},
    {"touchpoint_id": "web_en", "name": "Web, English", "position": 2, "stage": "pre", "parent_id": "web"},
    {"touchpoint_id": "till", "name": "Till", "name_zh": "收银台", "position": 3, "stage": "purchase"},
    {"touchpoint_id": "fax", "name": "Fax", "position": 4, "stage": "service"},
]
STEPS: Rows = [
    {"design_id": "d", "version": "1", "step_id": step, "touchpoint_id": touchpoint, "position": place}
    | {layer: f"{layer} of {step}" for layer in LAYERS}
    for place, (step, touchpoint) in enumerate(
        [("look", "web"), ("pay", "till"), ("ask", "fax"), ("call", "phone")], start=1
    )
]


def lived() -> pa.Table:
    rows = [
        {
            "journey_id": f"j{n}",
            "place": 1,
            "event_id": f"e{n}",
            "customer_id": f"c{n % 15}",
            "at": datetime(2025, 1, 1) + timedelta(hours=n),
            "touchpoint_id": "till" if n % 2 else "web_en",
            "emotion": 0.5 if n % 3 else -0.1,
        }
        for n in range(60)
    ]
    return pa.Table.from_pylist(rows, schema=JOURNEY_STEPS.schema())


@pytest.fixture
def covered(inputs_of: Callable[..., Inputs]) -> tuple[Inputs, Rows]:
    base = inputs_of(touchpoints=TOUCHPOINTS, design_steps=STEPS)
    steps = {"journey_steps": base.engine.from_arrow(lived())}
    inputs = Inputs(base.engine, {**base.relations, **steps}, base.settings)
    table = coverage_tables(inputs)["journey_coverage"]
    assert isinstance(table, pa.Table)
    return inputs, table.to_pylist()


def test_uncovered_steps_and_stages_are_flagged_with_a_reason(covered: tuple[Inputs, Rows]) -> None:
    found = {row["step_id"]: (row["covered"], row["reason"]) for row in covered[1]}
    assert found["pay"] == (True, None)
    assert found["ask"] == (False, "never_met")
    assert found["call"] == (False, "not_registered")
    assert found["use"] == (False, "no_touchpoint")
    assert found["purchase"] == (True, None)


def test_a_step_is_supported_by_the_parts_of_its_touchpoint(covered: tuple[Inputs, Rows]) -> None:
    cells = {row["touchpoint_id"]: row["cell"] for row in covered[1] if row["step_id"] == "look"}
    assert cells == {"web": "never_met", "web_en": "covered"}
    assert all(row["covered"] for row in covered[1] if row["step_id"] == "look")


def test_the_five_layers_come_with_their_evidence(covered: tuple[Inputs, Rows]) -> None:
    for row in covered[1]:
        if row["kind"] == "step":
            assert [row[layer] for layer in LAYERS] == [f"{layer} of {row['step_id']}" for layer in LAYERS]
    pay = next(row for row in covered[1] if row["step_id"] == "pay")
    assert (pay["events"], pay["customers"], pay["felt"]) == (30, 15, 30)
    assert pay["feeling"] == pytest.approx(0.3)
    assert pay["feeling_low"] < 0.3 < pay["feeling_high"]
    assert pay["touchpoint_zh"] == "收银台"


def test_the_list_behind_a_cell_is_as_long_as_its_number(covered: tuple[Inputs, Rows]) -> None:
    inputs, rows = covered
    assert COVERAGE.behind is not None
    for row in rows:
        listed = COVERAGE.behind(inputs, row).to_arrow()
        assert listed.column_names[0] == "customer_id"
        assert len(listed) == row["customers"]
