"""Two groups compared: a planted difference is found, a null twin stays silent, wrong groups are told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from peakend.declaration import Inputs, Settings
from peakend.engine import connect
from peakend.journey import ContrastError, compare_journeys
from peakend.journey.graph.analyses import JOURNEY_CONTRASTS_ANALYSIS, JOURNEY_MAP
from peakend.journey.graph.columns import JOURNEY_CONTRASTS
from peakend.journey.graph.contrasts import contrasts, corrected, groups_of
from peakend.journey.graph.following import cut_passages, edges_of, steps_of

_AT = datetime(2024, 1, 1)


def simulated(seed: int, planted: bool, customers: int = 300) -> tuple[pa.Table, list[str], list[str]]:
    """Each customer makes a few journeys booking → (lounge | shop) → gate and has habits of their own.

    Planted: b go to the lounge more often (.6 instead of .4), and wait twice as long for the gate.
    """
    random = np.random.default_rng(seed)
    rows: dict[str, list[Any]] = {
        "event_id": [],
        "customer_id": [],
        "case_id": [],
        "at": [],
        "touchpoint_id": [],
    }
    groups: tuple[list[str], list[str]] = ([], [])
    number = 0
    for one in range(customers):
        side = one % 2
        who = f"c{one:04d}"
        groups[side].append(who)
        change = planted and side == 1
        habit = random.beta(3, 2) if change else random.beta(2, 3)
        slow = np.exp(random.normal(0, 0.5)) * (2.0 if change else 1.0)
        for trip in range(random.integers(1, 6)):
            at = _AT
            middle = "lounge" if random.random() < habit else "shop"
            for place, touchpoint in enumerate(("booking", middle, "gate")):
                at += timedelta(minutes=float(30 * slow * random.exponential() if place == 2 else 60))
                values = (f"e{number:06d}", who, f"{who}.{trip}", at, touchpoint)
                for name, value in zip(rows, values, strict=True):
                    rows[name].append(value)
                number += 1
    return pa.table({**rows, "at": pa.array(rows["at"], pa.timestamp("us"))}), *groups


def compared(seed: int, planted: bool) -> dict[tuple[str, str, str], dict[str, Any]]:
    table, a, b = simulated(seed, planted)
    found = compare_journeys(table, b, a, by="case_id").to_arrow().to_pylist()
    return {(row["measure"], row["from_touchpoint_id"], row["to_touchpoint_id"]): row for row in found}


def test_what_was_planted_is_found() -> None:
    found = compared(1, planted=True)
    lounge = found["share", "booking", "lounge"]
    assert lounge["verdict"] == "higher"
    assert lounge["difference_low"] < 0.2 < lounge["difference_high"]
    assert lounge["difference_low"] > 0
    wait = found["wait", "lounge", "gate"]
    assert wait["verdict"] == "higher"
    assert wait["against_value_low"] < wait["against_value"] < wait["against_value_high"]
    assert wait["value"] / wait["against_value"] == pytest.approx(2, rel=0.35)
    assert found["share", "lounge", "gate"]["verdict"] == "cannot_tell"


def test_the_null_twin_stays_silent_at_the_stated_rate() -> None:
    # Sixty random halves of the same customers: nothing about a half has anything to do with its journeys.
    table, a, b = simulated(7, planted=False, customers=400)
    random, everybody, rounds = np.random.default_rng(8), sorted([*a, *b]), 60
    drawn = {f"split {n:02d}": random.permutation(len(everybody)) % 2 for n in range(rounds)}
    rows = [
        (name, "ab"[side], who)
        for name, sides in drawn.items()
        for side, who in zip(sides, everybody, strict=True)
    ]
    members = {
        "segmentation": [row[0] for row in rows],
        "segment": [row[1] for row in rows],
        "subject": ["customer"] * len(rows),
        "subject_id": [row[2] for row in rows],
    }
    with connect("duckdb://") as engine:
        steps = steps_of(engine.from_arrow(table), "case_id")
        listed = engine.from_arrow(pa.table(members))
        edges = edges_of(engine, cut_passages(engine, steps, listed)).to_arrow().to_pylist()
        groups = groups_of(engine, steps, listed, [{**row, "hidden": False} for row in edges], 0.95)
    found = [contrasts(one, other, 10, 0.95) for one, other in zip(groups[::2], groups[1::2], strict=True)]
    assert len(found) == rounds
    for rows_of_one in found:
        corrected(rows_of_one, 0.05)
    p_values = np.array(
        [row["p_value"] for rows_of_one in found for row in rows_of_one if row["p_value"] is not None]
    )
    assert 0.02 < np.mean(p_values < 0.05) < 0.09
    # Two families a split, each at 5 %: six alarms on average.
    assert sum(any(row["verdict"] != "cannot_tell" for row in one) for one in found) <= 13
    covered = [
        row["difference_low"] <= 0 <= row["difference_high"] for one in found for row in one if row["p_value"]
    ]
    assert np.mean(covered) > 0.9


def test_an_edge_that_one_group_never_takes_is_compared() -> None:
    table, a, b = simulated(5, planted=False, customers=120)
    keep = [not (who in set(a) and t == "lounge") for who, t in zip(
        table["customer_id"].to_pylist(), table["touchpoint_id"].to_pylist(), strict=True)]  # fmt: skip
    rows = compare_journeys(table.filter(pa.array(keep)), a, b, by="case_id").to_arrow().to_pylist()
    row = next(r for r in rows if r["measure"] == "share" and r["to_touchpoint_id"] == "lounge")
    assert (row["value"], row["verdict"]) == (0.0, "lower")


def test_wrong_groups_are_told() -> None:
    table, a, b = simulated(2, planted=False, customers=40)
    with pytest.raises(ContrastError) as told:
        compare_journeys(table, a, [*b, a[0]])
    assert told.value.data["shared"] == 1
    with pytest.raises(ContrastError):
        compare_journeys(table, a, ["nobody"])


def test_groups_may_be_relations() -> None:
    table, a, b = simulated(2, planted=False, customers=80)
    with connect("duckdb://") as engine:
        events = engine.from_arrow(table)
        sides = [engine.from_arrow(pa.table({"customer_id": side})) for side in (a, b)]
        found = compare_journeys(events, *sides, by="case_id").to_arrow()
    assert found.num_rows > 5


def analysed(cut: dict[str, str], table: pa.Table) -> list[dict[str, Any]]:
    """The analysis over `table`, customers in the segments of `cut`."""
    with connect("duckdb://") as engine:
        steps = table.rename_columns({"case_id": "journey_id"})
        steps = steps.append_column("emotion", pa.nulls(len(steps), pa.float64()))
        members = {
            "segmentation": ["tier"] * len(cut),
            "segment": list(cut.values()),
            "subject": ["customer"] * len(cut),
            "subject_id": list(cut),
        }
        relations = {
            "journey_steps": engine.from_arrow(steps),
            "segment_members": engine.from_arrow(pa.table(members)),
        }
        made = Inputs(engine, relations, Settings())
        edges = JOURNEY_MAP.compute(made)["journey_edges"]
        assert isinstance(edges, pa.Table)
        relations["journey_edges"] = engine.from_arrow(edges)
        result = JOURNEY_CONTRASTS_ANALYSIS.compute(made)["journey_contrasts"]
    assert isinstance(result, pa.Table)
    assert result.schema == JOURNEY_CONTRASTS.schema()
    rows: list[dict[str, Any]] = result.to_pylist()
    return rows


def test_the_analysis_compares_with_the_largest_segment() -> None:
    table, a, b = simulated(1, planted=True)
    rows = analysed({**dict.fromkeys(a, "basic"), **dict.fromkeys(b, "gold")}, table)
    assert {(row["segment"], row["against"]) for row in rows} == {("gold", "basic")}
    assert any(row["verdict"] == "higher" and row["to_touchpoint_id"] == "lounge" for row in rows)


def test_what_the_map_hides_is_not_compared() -> None:
    # Five customers are a segment of their own: by subtraction they would be told, so gold is hidden too.
    table, a, b = simulated(1, planted=True)
    cut = {**dict.fromkeys(a, "basic"), **dict.fromkeys(b[5:], "gold"), **dict.fromkeys(b[:5], "tiny")}
    assert not [row for row in analysed(cut, table) if row["segment"] == "tiny"]
