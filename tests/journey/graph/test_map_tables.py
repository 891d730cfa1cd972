"""The analysis `journey_map`: figures, small cells, and the lists of customers behind them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from peakend.declaration import Inputs, Settings
from peakend.journey.graph.analyses import JOURNEY_MAP
from peakend.journey.graph.columns import JOURNEY_EDGES, JOURNEY_NODES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.engine import Engine

_AT = datetime(2024, 1, 1)


def steps(journeys: Mapping[str, tuple[str | None, str]], feeling: float | None = None) -> pa.Table:
    """journeys: id -> (customer, letters)."""
    rows = [
        {
            "journey_id": journey,
            "place": place + 1,
            "event_id": f"{journey}.{place:03d}",
            "customer_id": customer,
            "at": _AT + timedelta(hours=place),
            "touchpoint_id": letter,
            "emotion": feeling,
        }
        for journey, (customer, letters) in journeys.items()
        for place, letter in enumerate(letters)
    ]
    names = ("journey_id", "event_id", "customer_id", "touchpoint_id")
    schema = pa.schema(
        [
            *((name, pa.string()) for name in names),
            ("place", pa.int64()),
            ("at", pa.timestamp("us")),
            ("emotion", pa.float64()),
        ]
    )
    return pa.Table.from_pylist(rows, schema=schema)


def members(given: Mapping[str, str]) -> pa.Table:
    return pa.table(
        {
            "segmentation": ["tier"] * len(given),
            "segment": list(given.values()),
            "subject": ["customer"] * len(given),
            "subject_id": list(given),
        },
        schema=pa.schema(
            [(name, pa.string()) for name in ("segmentation", "segment", "subject", "subject_id")]
        ),
    )


def inputs(
    engine: Engine, given: pa.Table, cut: Mapping[str, str] | None = None, minimum: int = 10
) -> Inputs:
    relations = {
        "journey_steps": engine.from_arrow(given),
        "segment_members": engine.from_arrow(members(cut or {})),
    }
    return Inputs(engine, relations, Settings(minimum_base=minimum))


def tables(made: Inputs) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    results = JOURNEY_MAP.compute(made)
    nodes, edges = results["journey_nodes"], results["journey_edges"]
    assert nodes.schema == JOURNEY_NODES.schema()
    assert edges.schema == JOURNEY_EDGES.schema()
    return nodes.to_pylist(), edges.to_pylist()


def test_nodes_and_edges(memory: Engine) -> None:
    journeys = {f"j{n}": (f"c{n % 40:02d}", "ABC" if n % 4 else "ABAB") for n in range(80)}
    nodes, edges = tables(inputs(memory, steps(journeys, 0.5)))
    node = {row["touchpoint_id"]: row for row in nodes}
    assert (node["A"]["events"], node["A"]["journeys"], node["A"]["customers"]) == (100, 80, 40)
    assert (node["A"]["starts"], node["A"]["ends"], node["C"]["ends"]) == (80, 0, 60)
    assert node["B"]["drop_off"] == pytest.approx(20 / 80)
    assert node["B"]["drop_off_low"] < 0.25 < node["B"]["drop_off_high"]
    assert node["A"]["rework"] == pytest.approx(20 / 80)
    assert (node["A"]["mean_place"], node["C"]["mean_place"]) == (1, 3)
    # Everybody feels the same: a mean, and no interval.
    assert (node["A"]["emotion"], node["A"]["emotion_low"], node["A"]["emotion_n"]) == (0.5, None, 100)
    edge = {(row["kind"], row["from_touchpoint_id"], row["to_touchpoint_id"]): row for row in edges}
    assert edge["step", "B", "C"]["share"] == pytest.approx(60 / 100)
    assert edge["step", "B", "A"]["there_and_back"] == 20
    assert edge["step", "B", "C"]["wait_median_s"] == 3600


def test_a_share_is_as_sure_as_its_customers_not_as_its_journeys(memory: Engine) -> None:
    # Each customer always does the same, ten times over: that is worth 40 answers, not 400.
    journeys = {f"j{n}": (f"c{n % 40:02d}", "AB" if n % 40 < 20 else "A") for n in range(400)}
    nodes, _ = tables(inputs(memory, steps(journeys)))
    row = next(row for row in nodes if row["touchpoint_id"] == "A")
    assert row["drop_off"] == 0.5
    assert row["drop_off_high"] - row["drop_off_low"] > 0.28


def test_small_cells_are_hidden_and_a_main_way_never_with_a_rare_one(memory: Engine) -> None:
    journeys = {f"j{n}": (f"c{n:02d}", "AC" if n < 4 else "AB" if n < 30 else "AD") for n in range(60)}
    cut = {f"c{n:02d}": "gold" if n < 12 else "basic" for n in range(60)}
    nodes, edges = tables(inputs(memory, steps(journeys), cut))
    edge = {
        (r["segmentation"], r["segment"], r["from_touchpoint_id"], r["to_touchpoint_id"]): r for r in edges
    }
    assert edge["all", "all", "A", "C"]["hidden"]
    assert edge["all", "all", "A", "C"]["transitions"] is None
    # Nearly all go from A to B or D: a map without these ways would be none.
    assert not edge["all", "all", "A", "B"]["hidden"]
    assert not edge["all", "all", "A", "D"]["hidden"]
    for row in (*nodes, *edges):
        if row["hidden"]:
            assert row["customers"] is None
        else:
            assert row["customers"] >= 10
    # C is reached by four customers: how many end there is not told by the touchpoint either.
    assert next(r for r in nodes if r["touchpoint_id"] == "C" and r["segment"] == "all")["ends"] is None


def test_the_list_is_as_long_as_the_number(memory: Engine) -> None:
    random = np.random.default_rng(3)
    journeys = {
        f"j{n}": (
            None if n % 9 == 0 else f"c{random.integers(60):02d}",
            "".join(random.choice(list("ABCD"), 5)),
        )
        for n in range(300)
    }
    cut = {f"c{n:02d}": "gold" if n % 3 else "basic" for n in range(60)}
    made = inputs(memory, steps(journeys), cut)
    nodes, edges = tables(made)
    for declared, rows in ((JOURNEY_NODES, nodes), (JOURNEY_EDGES, edges)):
        assert declared.behind is not None
        shown = [row for row in rows if not row["hidden"]]
        for row in shown[:: max(len(shown) // 8, 1)]:
            listed = declared.behind(made, row).to_arrow()
            assert listed.column_names[0] == "customer_id"
            assert listed.num_rows == row["customers"] == len(listed["customer_id"].unique())


def test_no_journeys_no_rows(memory: Engine) -> None:
    assert tables(inputs(memory, steps({}))) == ([], [])
