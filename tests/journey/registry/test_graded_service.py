"""Entitlements: decisions equal the matrix, and what was given beyond or below it is counted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from peakend.declaration import Inputs
from peakend.journey import entitled
from peakend.journey.registry.entitled import EntitlementError
from peakend.journey.registry.graded import entitlement_tables
from peakend.journey.registry.graded_columns import ENTITLEMENT_USE
from peakend.journey.stream.columns import JOURNEY_STEPS

if TYPE_CHECKING:
    from collections.abc import Callable

Rows = list[dict[str, Any]]

MATRIX: Rows = [
    {
        "segmentation": "tier",
        "segment": segment,
        "touchpoint_id": touchpoint,
        "channel": channel,
        "entitled": allowed,
        "service_level_s": within,
    }
    for segment, touchpoint, channel, allowed, within in (
        ("gold", "lounge", "hall", True, None),
        ("gold", "desk", "phone", True, 60.0),
        ("basic", "lounge", "hall", False, None),
        ("basic", "desk", "phone", True, 300.0),
    )
]
MEMBERS: Rows = [
    {
        "segmentation": "tier",
        "segment": "gold" if n < 10 else "basic",
        "subject": "customer",
        "subject_id": f"c{n}",
    }
    for n in range(30)
]


def lived() -> pa.Table:
    """Gold in the lounge ten times, two basic ones as well; desk calls of 30 to 120 seconds; one by chat."""
    visits: list[tuple[str, str, str | None, float]] = [(f"c{n}", "lounge", "hall", 900.0) for n in range(10)]
    visits += [(f"c{n}", "lounge", "hall", 900.0) for n in (11, 11, 12)]
    visits += [(f"c{n}", "desk", "phone", 30.0 if n % 2 else 120.0) for n in range(30)]
    visits += [("c1", "desk", "chat", 10.0), ("c1", "desk", None, 10.0), ("c1", "shop", "hall", 10.0)]
    rows = [
        {
            "journey_id": customer,
            "place": 1,
            "event_id": f"e{n}",
            "customer_id": customer,
            "at": datetime(2025, 1, 1) + timedelta(hours=n),
            "touchpoint_id": touchpoint,
            "channel": channel,
            "duration_s": duration,
        }
        for n, (customer, touchpoint, channel, duration) in enumerate(visits)
    ]
    return pa.Table.from_pylist(rows, schema=JOURNEY_STEPS.schema())


@pytest.fixture
def given(inputs_of: Callable[..., Inputs]) -> tuple[Inputs, dict[tuple[str, ...], dict[str, Any]]]:
    base = inputs_of(entitlements=MATRIX, segment_members=MEMBERS)
    steps = {"journey_steps": base.engine.from_arrow(lived())}
    inputs = Inputs(base.engine, {**base.relations, **steps}, base.settings)
    table = entitlement_tables(inputs)["entitlement_use"]
    assert isinstance(table, pa.Table)
    return inputs, {(r["segment"], r["touchpoint_id"], r["channel"]): r for r in table.to_pylist()}


def test_decisions_equal_the_matrix() -> None:
    frame = pa.Table.from_pylist(MATRIX)
    for row in MATRIX:
        where = {name: row[name] for name in ("segmentation", "segment", "touchpoint_id", "channel")}
        found = entitled(frame, **where)
        assert (found.entitled, found.listed) == (row["entitled"], True)
        assert found.service_level_s == row["service_level_s"]


def test_what_is_not_listed_is_nobodys(inputs_of: Callable[..., Inputs]) -> None:
    relation = inputs_of(entitlements=MATRIX)["entitlements"]
    found = entitled(relation, segmentation="tier", segment="silver", touchpoint_id="lounge", channel="hall")
    assert (found.entitled, found.listed) == (False, False)


def test_a_contradiction_and_a_missing_column_are_refused() -> None:
    twice = pa.Table.from_pylist([*MATRIX, MATRIX[0] | {"entitled": False}])
    where = {name: MATRIX[0][name] for name in ("segmentation", "segment", "touchpoint_id", "channel")}
    with pytest.raises(EntitlementError, match="two things"):
        entitled(twice, **where)
    with pytest.raises(EntitlementError, match="entitled"):
        entitled(twice.drop_columns("entitled"), **where)


def test_beyond_and_below_are_counted(given: tuple[Inputs, dict[tuple[str, ...], dict[str, Any]]]) -> None:
    rows = given[1]
    basic = rows["basic", "lounge", "hall"]
    assert (basic["beyond_events"], basic["beyond_customers"], basic["finding"]) == (3, 2, "beyond")
    gold = rows["gold", "desk", "phone"]
    assert (gold["events"], gold["late_events"], gold["late_customers"], gold["finding"]) == (
        10,
        5,
        5,
        "below",
    )
    assert gold["late_share_low"] < 0.5 == gold["late_share"] < gold["late_share_high"]
    assert rows["basic", "desk", "phone"]["finding"] == "as_entitled"
    assert rows["gold", "lounge", "hall"]["finding"] == "as_entitled"
    assert (
        rows["gold", "desk", "chat"] | {"listed": False, "finding": "beyond"} == rows["gold", "desk", "chat"]
    )
    assert ("gold", "desk", "") in rows
    assert not any(touchpoint == "shop" for _, touchpoint, _ in rows)
    assert (basic["members"], gold["members"]) == (20, 10)


def test_the_list_behind_a_cell_is_as_long_as_its_number(
    given: tuple[Inputs, dict[tuple[str, ...], dict[str, Any]]],
) -> None:
    inputs, rows = given
    assert ENTITLEMENT_USE.behind is not None
    for row in rows.values():
        listed = ENTITLEMENT_USE.behind(inputs, row).to_arrow()
        assert listed.column_names[0] == "customer_id"
        assert len(listed) == row["customers"]
