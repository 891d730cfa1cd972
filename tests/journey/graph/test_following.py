"""The directly-follows graph: by hand, by brute force, on public logs as pm4py finds them, on bad input."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peakend.engine import Engine, connect
from peakend.journey import ByError, directly_follows
from peakend.journey.graph.following import cut_passages, cut_visits, edges_of, nodes_of, steps_of
from peakend.journey.interactions import InteractionsError
from peakend.journey.traces import variants
from peakend.warehouse.readers import read_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from peakend.journey.graph.following import By

_START = datetime(2024, 3, 30, 20)
_ORACLES = json.loads((Path(__file__).parent / "event_logs.json").read_text("utf-8"))["logs"]


def events(rows: Iterable[tuple[str, float, str | None]], **more: list[Any]) -> pa.Table:
    """Rows (customer, hour, touchpoint); event ids in the order given."""
    given_rows = list(rows)
    return pa.table(
        {
            "event_id": pa.array([f"e{n:05d}" for n in range(len(given_rows))], pa.string()),
            "customer_id": pa.array([c for c, _, _ in given_rows], pa.string()),
            "at": pa.array([_START + timedelta(hours=h) for _, h, _ in given_rows], pa.timestamp("us")),
            "touchpoint_id": pa.array([t for _, _, t in given_rows], pa.string()),
            **more,
        }
    )


def walked(**journeys: str) -> pa.Table:
    """One customer a journey; its letters are touchpoints, an hour apart."""
    return events((who, hour, t) for who, letters in journeys.items() for hour, t in enumerate(letters))


def graph(table: pa.Table, by: By = "customer_id") -> dict[tuple[str, str, str], dict[str, Any]]:
    rows = directly_follows(table, by).to_arrow().to_pylist()
    return {(row["kind"], row["from_touchpoint_id"], row["to_touchpoint_id"]): row for row in rows}


def plain(table: pa.Table, by: By = "customer_id") -> dict[tuple[str, str], int]:
    rows = directly_follows(table, by, plain=True).to_arrow().to_pylist()
    return {(row["from_touchpoint_id"], row["to_touchpoint_id"]): row["transitions"] for row in rows}


def test_counts_loops_returns_starts_and_ends() -> None:
    found = graph(walked(a="ABCBD", b="ABD", c="AAB", d="D"))
    assert {key: row["transitions"] for key, row in found.items()} == {
        ("start", "start", "A"): 3,
        ("start", "start", "D"): 1,
        ("step", "A", "A"): 1,
        ("step", "A", "B"): 3,
        ("step", "B", "C"): 1,
        ("step", "B", "D"): 2,
        ("step", "C", "B"): 1,
        ("end", "B", "end"): 1,
        ("end", "D", "end"): 3,
    }
    assert [key for key, row in found.items() if row["self_loop"]] == [("step", "A", "A")]
    assert {key[1:]: row["rework"] for key, row in found.items() if row["rework"]} == {
        ("A", "A"): 1,
        ("C", "B"): 1,
    }
    assert {key[1:] for key, row in found.items() if row["there_and_back"]} == {("C", "B")}
    assert found["step", "B", "D"]["share"] == pytest.approx(2 / 4)
    assert found["start", "start", "A"]["share"] == pytest.approx(3 / 4)


def test_waits_are_nearest_ranks_and_cross_a_clock_change() -> None:
    # The clocks of Europe jump at 01:00 UTC on 31 March 2024: an hour stays an hour.
    table = events([row for n in range(10) for row in ((f"c{n}", 0.0, "A"), (f"c{n}", float(n + 1), "B"))])
    row = graph(table)["step", "A", "B"]
    assert row["wait_median_s"] == 5 * 3600
    assert row["wait_p90_s"] == 9 * 3600
    assert (row["journeys"], row["customers"]) == (10, 10)


def test_feeling_on_arrival_has_an_interval_between_customers() -> None:
    rows = [
        ("a", 0.0, "A"),
        ("a", 1.0, "B"),
        ("b", 0.0, "A"),
        ("b", 1.0, "B"),
        ("c", 0.0, "A"),
        ("c", 1.0, "B"),
    ]
    table = events(rows, emotion=[None, 0.2, None, 0.4, None, 0.6])
    row = graph(table)["step", "A", "B"]
    assert row["emotion"] == pytest.approx(0.4)
    # Student's t, 2 degrees of freedom: 0.4 ± 4.303 × 0.2 / √3; the expansion is within 4 % of it there.
    assert row["emotion_low"] == pytest.approx(0.4 - 4.303 * 0.2 / 3**0.5, abs=0.02)
    assert row["emotion_n"] == 3
    assert graph(table)["step", "A", "B"]["emotion_high"] <= 1.0


def test_journeys_by_case_and_equal_times_in_the_order_of_event_ids() -> None:
    table = events([("a", 1.0, "B"), ("a", 1.0, "A"), ("a", 1.0, "C"), (None, 1.0, "Z")])  # type: ignore[list-item]
    assert plain(table) == {("B", "A"): 1, ("A", "C"): 1}
    cases = table.append_column("case_id", pa.array(["x", "y", "x", "y"]))
    assert plain(cases, by="case_id") == {("B", "C"): 1, ("A", "Z"): 1}
    row = graph(cases, by="case_id")["step", "A", "Z"]
    assert (row["journeys"], row["customers"]) == (1, 0)


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["甲", "乙", "c"]), st.integers(0, 5), st.sampled_from(["x", "y", "投诉", None])
        ),
        max_size=30,
    )
)
def test_agrees_with_brute_force(rows: list[tuple[str, int, str | None]]) -> None:
    table = events([(c, float(h), t) for c, h, t in rows])
    journeys: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for number, (customer, hour, touchpoint) in enumerate(rows):
        if touchpoint is not None:
            journeys[customer].append((hour, number, touchpoint))
    counts: Counter[tuple[str, str]] = Counter()
    rework: Counter[tuple[str, str]] = Counter()
    waits: dict[tuple[str, str], list[int]] = defaultdict(list)
    for steps in journeys.values():
        steps.sort()
        seen = {steps[0][2]}
        for (hour, _, one), (later, _, other) in pairwise(steps):
            counts[one, other] += 1
            rework[one, other] += other in seen
            waits[one, other].append((later - hour) * 3600)
            seen.add(other)
    assert plain(table) == dict(counts)
    found = {key[1:]: row for key, row in graph(table).items() if key[0] == "step"}
    assert {key: row["rework"] for key, row in found.items()} == {key: rework[key] for key in counts}
    for key, row in found.items():
        ranked = sorted(waits[key])
        assert row["wait_median_s"] == ranked[ceil(0.5 * len(ranked)) - 1]
        assert row["wait_p90_s"] == ranked[ceil(0.9 * len(ranked)) - 1]


def test_the_native_queries_agree_with_the_portable_ones() -> None:
    rows = [(f"c{n % 40:02d}", float(n * 7 % 101), "ABCDE"[(n * 31 + n // 7) % 5]) for n in range(900)]
    feeling = [((n * 13) % 21 - 10) / 10 if n % 3 else None for n in range(900)]
    answers = []
    for native in (True, False):
        with connect("duckdb://") as engine:
            engine.native_files = native
            steps = steps_of(engine.from_arrow(events(rows, emotion=feeling)))
            edges = edges_of(engine, cut_passages(engine, steps)).to_arrow()
            nodes = nodes_of(engine, cut_visits(engine, steps)).to_arrow()
            answers.append(
                (
                    edges.sort_by([(name, "ascending") for name in edges.column_names[2:5]]).to_pylist(),
                    nodes.sort_by("touchpoint_id").to_pylist(),
                )
            )
    for one, other in zip(answers[0], answers[1], strict=True):
        assert len(one) == len(other) > 4
        for row, again in zip(one, other, strict=True):
            assert row == pytest.approx(again, nan_ok=True)


@pytest.mark.private_data
@pytest.mark.parametrize("name", list(_ORACLES))
def test_public_logs_equal_pm4py(private_data: Callable[[str], Path], name: str) -> None:
    facts = _ORACLES[name]
    with duckdb.connect() as connection:
        source = read_source(private_data("event_logs") / facts["file"], None, connection)
        query = (
            f'select case_id, position as event_id, "at", activity as touchpoint_id from {source.relation}'  # noqa: S608
        )
        log = connection.sql(query).to_arrow_table()
    assert log.num_rows == facts["events"]
    assert len(log["case_id"].unique()) == facts["cases"]
    assert plain(log, by="case_id") == {(a, b): n for a, b, n in facts["edges"]}
    found = graph(log, by="case_id")
    steps = {key[1:]: row["transitions"] for key, row in found.items() if key[0] == "step"}
    assert steps == {(a, b): n for a, b, n in facts["edges"]}
    starts = {key[2]: row["journeys"] for key, row in found.items() if key[0] == "start"}
    ends = {key[1]: row["journeys"] for key, row in found.items() if key[0] == "end"}
    assert variants(log, "case_id").to_arrow().num_rows == facts["variants"]
    assert starts == dict(facts["starts"])
    assert ends == dict(facts["ends"])


def test_the_stored_figures_are_those_of_the_references() -> None:
    helpdesk = _ORACLES["helpdesk"]
    assert (helpdesk["events"], helpdesk["cases"], helpdesk["variants"]) == (21_348, 4_580, 226)
    assert (len(helpdesk["edges"]), sum(n for *_, n in helpdesk["edges"])) == (55, 16_768)
    assert (_ORACLES["sepsis"]["events"], _ORACLES["sepsis"]["cases"]) == (15_214, 1_050)
    assert (_ORACLES["incidents"]["events"], _ORACLES["incidents"]["cases"]) == (65_533, 7_554)
    assert (_ORACLES["closed_problems"]["events"], _ORACLES["closed_problems"]["cases"]) == (6_660, 1_487)


def test_odd_streams() -> None:
    assert graph(events([])) == {}
    assert plain(events([("a", 0.0, "A")])) == {}
    assert set(graph(events([("a", 0.0, "A")]))) == {("start", "start", "A"), ("end", "A", "end")}
    early = events([("a", -600_000.0, "A"), ("a", 600_000.0, "B")])
    assert graph(early)["step", "A", "B"]["wait_median_s"] == 1_200_000 * 3600
    many = events([("a", 0.0, "AB"[n % 2]) for n in range(20_000)])
    assert plain(many) == {("A", "B"): 10_000, ("B", "A"): 9_999}
    # A touchpoint may be called as the ends are.
    named = graph(events([("a", 0.0, "start"), ("a", 1.0, "end"), ("a", 2.0, "start")]))
    assert named["step", "start", "end"]["share"] == 0.5
    assert named["start", "start", "start"]["share"] == 1.0


def test_what_is_wrong_is_told(memory: Engine) -> None:
    with pytest.raises(ByError):
        directly_follows(events([]), by="visitor")  # type: ignore[arg-type]
    with pytest.raises(InteractionsError):
        directly_follows(events([]), by="case_id")
    with pytest.raises(InteractionsError):
        directly_follows([1, 2])
