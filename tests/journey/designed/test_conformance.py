"""Conformance, deviations and hand-off gaps on planted journeys, and nothing where nothing was planted."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from peakend.declaration import Inputs, Settings
from peakend.journey.designed.columns import DESIGN_CONFORMANCE, DESIGN_DEVIATIONS, HANDOFF_GAPS
from peakend.journey.designed.conformance import designed_tables
from peakend.journey.designed.gaps import handoff_tables
from peakend.journey.stream.analyses import JOURNEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Row = dict[str, Any]
_CHANNELS = {"search": "web", "book": "web", "board": "gate", "fly": "cabin", "chat": "app"}


def steps_and_flows(
    chain: str = "search book board fly", version: str = "1", since: date | None = None, design: str = "trip"
) -> tuple[list[Row], list[Row]]:
    names = chain.split()
    common = {"design_id": design, "version": version}
    ways = list(zip(["start", *names], [*names, "end"], strict=True))
    return (
        [common | {"step_id": n, "touchpoint_id": n, "position": p, "valid_from": since}
         for p, n in enumerate(names)],
        [common | {"from_step": a, "to_step": b, "handoff": (a, b) == ("book", "board"),
                   "within_s": 7_200.0 if a == "book" else None} for a, b in ways],
    )  # fmt: skip


def lived(ways: list[str], start: datetime = datetime(2024, 5, 1), feeling: float | None = None) -> list[Row]:
    """One journey a way; a customer has two."""
    return [
        {
            "event_id": f"{number:04d}-{place}",
            "customer_id": f"c{number // 2:04d}",
            "case_id": f"j{number:04d}",
            "at": start + timedelta(hours=place),
            "touchpoint_id": touchpoint,
            "channel": _CHANNELS.get(touchpoint, "web"),
            "emotion": feeling,
        }
        for number, way in enumerate(ways)
        for place, touchpoint in enumerate(way.split())
    ]


def given(inputs_of: Callable[..., Inputs], **tables: list[Row]) -> Inputs:
    inputs = inputs_of(**tables)
    made = JOURNEYS.compute(inputs)
    more = {n: t if not hasattr(t, "column_names") else inputs.engine.from_arrow(t) for n, t in made.items()}
    return Inputs(inputs.engine, {**inputs.relations, **more}, Settings())


def compared(
    inputs_of: Callable[..., Inputs], ways: list[str], **tables: list[Row]
) -> tuple[Inputs, list[Row], list[Row]]:
    if not tables:
        steps, flows = steps_and_flows()
        tables = {"design_steps": steps, "design_flows": flows}
    inputs = given(inputs_of, **{"interactions": lived(ways), **tables})
    found = designed_tables(inputs)
    return inputs, found["design_conformance"].to_pylist(), found["design_deviations"].to_pylist()


_WHOLE = "search book board fly"
_WAYS = [
    *[_WHOLE] * 60,
    *["search board fly"] * 20,
    *["search book book board fly"] * 24,
    *["search board book fly"] * 26,
    *["search book chat board fly"] * 30,
]


def test_planted_deviations_are_found_and_counted(inputs_of: Callable[..., Inputs]) -> None:
    inputs, conformance, told = compared(inputs_of, _WAYS)
    (own,) = conformance
    assert (own["journeys"], own["checked"], own["conforming"]) == (160, 160, 60)
    assert own["share_low"] < own["share"] == 60 / 160 < own["share_high"]
    counts = {(r["kind"], r["touchpoint_id"]): r["journeys"] for r in told}
    assert counts["skipped", "book"] == 20
    assert counts["repeated", "book"] == 24
    assert counts["unexpected", "chat"] == 30
    assert sum(n for (kind, _), n in counts.items() if kind == "out_of_order") == 26
    assert {r["example_1"] for r in told if r["kind"] == "skipped"} == {"j0060"}
    for table, rows in ((DESIGN_CONFORMANCE, conformance), (DESIGN_DEVIATIONS, told)):
        assert table.behind is not None
        for row in rows:
            behind = table.behind(inputs, row).to_arrow()
            assert behind.column_names[0] == "customer_id"
            assert len(behind) == row["customers"]


def test_journeys_as_designed_have_no_deviations(inputs_of: Callable[..., Inputs]) -> None:
    _, conformance, told = compared(inputs_of, [_WHOLE] * 40)
    assert (conformance[0]["share"], conformance[0]["fitness"]) == (1.0, 1.0)
    assert told == []


def test_the_version_that_held_when_the_journey_began_is_the_one_compared(
    inputs_of: Callable[..., Inputs],
) -> None:
    old, new = steps_and_flows(), steps_and_flows("search board fly", "2", date(2024, 6, 1))
    early, late = lived([_WHOLE] * 20), lived(["search board fly"] * 30, datetime(2024, 6, 1))
    for row in late:
        row |= {name: "n" + row[name] for name in ("event_id", "customer_id", "case_id")}
    _, conformance, told = compared(
        inputs_of,
        [],
        interactions=[*early, *late],
        design_steps=old[0] + new[0],
        design_flows=old[1] + new[1],
    )
    assert [(r["version"], r["journeys"], r["share"]) for r in conformance] == [
        ("1", 20, 1.0),
        ("2", 30, 1.0),
    ]
    assert told == []


def test_a_journey_belongs_to_the_design_that_fits_best_or_to_none(inputs_of: Callable[..., Inputs]) -> None:
    trip, help_ = steps_and_flows(), steps_and_flows("call book chat", design="help")
    _, conformance, _ = compared(
        inputs_of,
        [*[_WHOLE] * 20, *["call book"] * 12, *["walk past"] * 10],
        interactions=lived([*[_WHOLE] * 20, *["call book"] * 12, *["walk past"] * 10]),
        design_steps=trip[0] + help_[0],
        design_flows=trip[1] + help_[1],
    )
    assert [(r["design_id"], r["state"], r["journeys"]) for r in conformance] == [
        *(("", "none", None), ("help", "checked", None), ("trip", "checked", 20)),
    ]


def test_a_faulty_design_is_said_to_be_one(inputs_of: Callable[..., Inputs]) -> None:
    steps, flows = steps_and_flows()
    _, conformance, told = compared(
        inputs_of, [], interactions=lived([_WHOLE] * 20), design_steps=steps, design_flows=flows[:-1]
    )
    assert [(r["design_id"], r["state"], r["journeys"]) for r in conformance] == [
        ("", "none", 20),
        ("trip", "broken", 0),
    ]
    assert told == []


def test_later_than_designed(inputs_of: Callable[..., Inputs]) -> None:
    events = lived([_WHOLE] * 40)
    for row in events:
        if row["case_id"] < "j0020" and row["touchpoint_id"] in ("board", "fly"):
            row["at"] += timedelta(hours=2)
    steps, flows = steps_and_flows()
    _, _, told = compared(inputs_of, [], interactions=events, design_steps=steps, design_flows=flows)
    assert [(r["kind"], r["step_id"], r["journeys"]) for r in told] == [("late", "board", 20)]


def handed_over(
    inputs_of: Callable[..., Inputs], missing: float, cost: float, seed: int = 3, journeys: int = 400
) -> tuple[Inputs, list[Row]]:
    random = np.random.default_rng(seed)
    events = lived([_WHOLE] * journeys)
    records = []
    for number in range(journeys):
        own = [row for row in events if row["case_id"] == f"j{number:04d}"]
        fails = random.random() < missing
        for row in own:
            row["emotion"] = float(
                np.clip(
                    random.normal(0.2 - (cost if fails and row["touchpoint_id"] == "board" else 0), 0.3),
                    -1,
                    1,
                )
            )
        if not fails:
            at = own[1]["at"]
            records.append(
                {
                    "handoff_id": f"h{number}",
                    "at": at,
                    "customer_id": own[0]["customer_id"],
                    "case_id": f"j{number:04d}",
                    "from_channel": "web",
                    "to_channel": "gate",
                    "accepted_at": at + timedelta(minutes=30),
                }
            )
    steps, flows = steps_and_flows()
    inputs = given(inputs_of, interactions=events, handoffs=records, design_steps=steps, design_flows=flows)
    return inputs, handoff_tables(inputs)["handoff_gaps"].to_pylist()


def test_a_planted_gap_is_found(inputs_of: Callable[..., Inputs]) -> None:
    inputs, rows = handed_over(inputs_of, 0.3, 0.5)
    (gap,) = [row for row in rows if row["designed"]]
    assert (gap["from_channel"], gap["to_channel"], gap["n"]) == ("web", "gate", 400)
    assert gap["share_low"] < 0.3 < gap["share_high"]
    assert gap["missing"] == gap["gaps"]
    assert gap["verdict"] == "worse"
    assert gap["difference_low"] < -0.5 < gap["difference_high"]
    (other,) = [row for row in rows if not row["designed"]]
    assert (other["from_channel"], other["to_channel"], other["n"], other["gaps"]) == (
        "gate",
        "cabin",
        400,
        None,
    )
    assert HANDOFF_GAPS.behind is not None
    for row in rows:
        assert len(HANDOFF_GAPS.behind(inputs, row).to_arrow()) == row["customers"]


def test_without_gaps_nothing_is_found(inputs_of: Callable[..., Inputs]) -> None:
    _, rows = handed_over(inputs_of, 0.0, 0.0)
    (gap,) = [row for row in rows if row["designed"]]
    assert (gap["gaps"], gap["share"], gap["verdict"]) == (0, 0.0, None)


@pytest.mark.parametrize("seed", range(5))
def test_a_gap_that_costs_nothing_is_not_said_to(inputs_of: Callable[..., Inputs], seed: int) -> None:
    _, rows = handed_over(inputs_of, 0.4, 0.0, seed, 120)
    (gap,) = [row for row in rows if row["designed"]]
    assert gap["verdict"] == "cannot_tell"


def _one(inputs_of: Callable[..., Inputs], record: Mapping[str, Any]) -> Row:
    start = datetime(2024, 5, 1, 1)
    steps, flows = steps_and_flows()
    records = [
        {"handoff_id": f"h{n}", "case_id": f"j{n:04d}", "at": start, "accepted_at": start, **record}
        for n in range(20)
    ]
    events = lived([_WHOLE] * 20)
    found = handoff_tables(
        given(inputs_of, interactions=events, handoffs=records, design_steps=steps, design_flows=flows)
    )
    return next(row for row in found["handoff_gaps"].to_pylist() if row["designed"])


@pytest.mark.parametrize(
    ("record", "state"),
    [
        ({}, None),
        ({"accepted_at": None}, "not_accepted"),
        ({"accepted_at": datetime(2024, 5, 1, 5)}, "late"),
        ({"at": datetime(2024, 4, 1)}, "missing"),
        ({"at": datetime(2024, 5, 2)}, "missing"),
        ({"to_channel": "phone"}, "missing"),
        ({"from_touchpoint_id": "search"}, "missing"),
        ({"from_touchpoint_id": "book", "to_touchpoint_id": "board"}, None),
    ],
)
def test_what_makes_a_hand_off_a_gap(
    inputs_of: Callable[..., Inputs], record: Mapping[str, Any], state: str | None
) -> None:
    row = _one(inputs_of, record)
    assert {name: row[name] for name in ("missing", "not_accepted", "late")} == {
        name: 20 if name == state else 0 for name in ("missing", "not_accepted", "late")
    }


def test_no_designs_no_rows(inputs_of: Callable[..., Inputs]) -> None:
    inputs = given(inputs_of, interactions=lived([_WHOLE] * 20))
    assert [row["designed"] for row in handoff_tables(inputs)["handoff_gaps"].to_pylist()] == [False, False]
    assert designed_tables(inputs)["design_deviations"].num_rows == 0
