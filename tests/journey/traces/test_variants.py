"""Variants: counts, spelling, ties, long journeys, and the native query against the portable one."""

from __future__ import annotations

import gzip
from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peakend.engine import Engine, connect
from peakend.journey.interactions import InteractionsError
from peakend.journey.traces import VariantsError, journey_variants, steps_of, variants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from peakend.engine import Relation

_START = datetime(2024, 3, 30)
_SHAPE = pa.schema(
    [
        ("event_id", pa.string()),
        ("customer_id", pa.string()),
        ("case_id", pa.string()),
        ("at", pa.timestamp("us")),
        ("touchpoint_id", pa.string()),
        ("emotion", pa.float64()),
    ]
)


def events(rows: Iterable[tuple[str, float, str | None]]) -> pa.Table:
    """Rows (customer, hour, touchpoint); event ids in the order given."""
    made = [
        {
            "event_id": f"e{n:05d}",
            "customer_id": c,
            "at": _START + timedelta(hours=h),
            "touchpoint_id": t,
        }
        for n, (c, h, t) in enumerate(rows)
    ]
    return pa.Table.from_pylist(made, schema=_SHAPE)


def found(table: pa.Table | Relation, **options: object) -> list[dict[str, Any]]:
    return variants(table, **options).to_arrow().sort_by("place").to_pylist()  # type: ignore[arg-type]


def test_counts_shares_and_order() -> None:
    log = events([*(("a", h, t) for h, t in enumerate("xyz")), *(("b", h, t) for h, t in enumerate("xyz")),
                  ("c", 0, "x"), ("d", 5, "w"), ("d", 3, "x")])  # fmt: skip
    rows = found(log)
    assert [(r["place"], r["variant"], r["count"], r["customers"], r["steps"]) for r in rows] == [
        (1, "x → y → z", 2, 2, 3),
        (2, "x", 1, 1, 1),
        (3, "x → w", 1, 1, 2),
    ]
    assert [r["share"] for r in rows] == [0.5, 0.25, 0.25]
    assert [r["cumulative_share"] for r in rows] == [0.5, 0.75, 1.0]
    assert [r["median_s"] for r in rows] == [7200.0, 0.0, 7200.0]


def test_feeling_is_the_mean_of_journeys_and_says_how_many() -> None:
    log = events([("a", 0, "x"), ("a", 1, "x"), ("b", 0, "x"), ("b", 1, "x"), ("c", 0, "x"), ("c", 1, "x")])
    log = log.set_column(5, "emotion", pa.array([1.0, 0.0, -0.5, None, None, None]))
    (row,) = found(log)
    assert (row["emotion"], row["emotion_n"]) == (0.0, 2)
    assert row["emotion_sd"] == pytest.approx(0.5 * 2**0.5)


def test_equal_times_go_by_event_id_whatever_the_order_of_storage() -> None:
    log = events([("a", 0, "x"), ("a", 0, "y"), ("a", 0, "z")])
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        assert [r["variant"] for r in found(log.take(order))] == ["x → y → z"]


def test_what_has_no_journey_no_touchpoint_or_no_time_is_left_out() -> None:
    log = events([("a", 0, "x"), ("a", 1, None), ("a", 2, "y")])
    orphan = events([("b", 0, "x")]).set_column(1, "customer_id", pa.nulls(1, pa.string()))
    timeless = events([("a", 0, "q")]).set_column(3, "at", pa.nulls(1, pa.timestamp("us")))
    assert [r["variant"] for r in found(pa.concat_tables([log, orphan, timeless]))] == ["x → y"]


def test_names_may_hold_arrows_plus_signs_and_nothing() -> None:
    names = ["a → b", "→", "→→", "Wi-Fi+", "", " ", "a→", "→b", "值机 🛫"]
    log = events([("c", h, t) for h, t in enumerate(names)])
    (row,) = found(log)
    assert steps_of(row["variant"]) == names
    assert row["steps"] == len(names)


@given(st.lists(st.text(alphabet="→ +a\x1f", max_size=4), min_size=1, max_size=8))
@settings(deadline=None, max_examples=200)
def test_spelling_can_always_be_read_back(names: list[str]) -> None:
    assert steps_of(" → ".join(name.replace("→", "→→") for name in names)) == names


def test_repeats_fold_into_one() -> None:
    log = events([("c", h, t) for h, t in enumerate(["A", "A", "A", "B", "A", "C+", "C+", "D+"])])
    (row,) = found(log, collapse=True)
    assert row["variant"] == "A+ → B → A → C+++ → D++"
    assert (row["steps"], row["median_s"]) == (5, 7 * 3600.0)


def test_a_very_long_journey_is_cut_and_still_told_apart() -> None:
    rows = [(customer, hour, "touch") for customer in "abc" for hour in range(2_000)]
    rows[-1] = ("c", 1_999, "other")
    log = events(rows)
    first, second = found(log, longest=100)
    assert (first["count"], second["count"]) == (2, 1)
    assert len(first["variant"]) < 140
    assert first["variant"][:100] == second["variant"][:100]
    assert journey_variants(log, longest=100).to_arrow()["spelled"].to_pylist() == [False] * 3


def test_a_million_events_of_one_customer() -> None:
    size = 1_000_000
    log = pa.table(
        {
            "event_id": pa.array(np.char.add("e", np.arange(size).astype("U7"))),
            "customer_id": pa.array(["c"] * size),
            "at": pa.array(np.full(size, np.datetime64("2024-01-01", "us"))),
            "touchpoint_id": pa.array(["a long name of a touchpoint"] * size),
        }
    )
    (row,) = found(log)
    assert row["steps"] == size
    assert len(row["variant"]) < 4_100


def _many(seed: int, customers: int = 3_000, ties: bool = True) -> pa.Table:
    random = np.random.default_rng(seed)
    size = customers * 7
    hours = random.integers(0, 40 if ties else 10_000_000, size)
    steps = np.array(["A", "B", "C→D", "E+", None], object)[random.integers(0, 5, size)]
    return pa.table(
        {
            "event_id": pa.array([f"e{n}" for n in random.permutation(size)]),
            "customer_id": pa.array([f"c{n}" for n in random.integers(0, customers, size)]),
            "case_id": pa.array([f"k{n}" if n else None for n in random.integers(0, customers, size)]),
            "at": pa.array(np.datetime64("2024-03-30", "us") + hours.astype("timedelta64[m]")),
            "touchpoint_id": pa.array(steps, pa.string()),
            "emotion": pa.array(
                np.where(random.random(size) < 0.5, random.random(size).round(2), np.nan), from_pandas=True
            ),
        }
    )


@pytest.mark.parametrize("ties", [True, False])
@pytest.mark.parametrize("stored_in_order", [True, False])
@pytest.mark.parametrize("collapse", [True, False])
def test_the_native_query_agrees_with_the_portable_one(
    ties: bool, stored_in_order: bool, collapse: bool
) -> None:
    log = _many(5, ties=ties)
    if stored_in_order:
        log = log.sort_by([("customer_id", "ascending"), ("at", "ascending"), ("event_id", "ascending")])
    for by in ("customer_id", "case_id"):
        tables = []
        for native in (True, False):
            with connect("duckdb://?threads=3") as engine:
                engine.native_files = native
                stored = engine.from_arrow(log).save("interactions")
                tables.append(
                    journey_variants(stored, by, collapse=collapse).to_arrow().sort_by("journey_id")
                )
        assert tables[0].drop_columns("emotion").equals(tables[1].drop_columns("emotion"))
        assert np.allclose(*(np.array(t["emotion"].to_pylist(), float) for t in tables), equal_nan=True)


def test_against_sorting_in_python() -> None:
    log = _many(8)
    journeys: dict[str, list[str]] = {}
    for row in sorted(log.to_pylist(), key=lambda r: (r["at"], r["event_id"])):
        if row["touchpoint_id"] is not None:
            journeys.setdefault(row["customer_id"], []).append(row["touchpoint_id"])
    expected = Counter(tuple(steps) for steps in journeys.values())
    assert {tuple(steps_of(r["variant"])): r["count"] for r in found(log)} == expected


@pytest.mark.parametrize("collapse", [True, False])
def test_every_engine_gives_the_same(engine: Engine, collapse: bool) -> None:
    log = _many(11, 400)
    stored = engine.from_arrow(log)
    rows = found(stored, by="case_id", collapse=collapse, longest=12)
    expected = found(log, by="case_id", collapse=collapse, longest=12)
    assert [(r["variant"], r["count"], r["customers"], r["steps"]) for r in rows] == [
        (r["variant"], r["count"], r["customers"], r["steps"]) for r in expected
    ]
    assert np.allclose([r["median_s"] for r in rows], [r["median_s"] for r in expected])


def test_bad_input_is_told() -> None:
    with pytest.raises(VariantsError):
        variants(events([("a", 0, "x")]), by="touchpoint_id")  # type: ignore[arg-type]
    with pytest.raises(InteractionsError, match="touchpoint_id"):
        variants(events([("a", 0, "x")]).drop_columns("touchpoint_id"))
    with pytest.raises(InteractionsError):
        variants(3)


def test_no_events_no_variants() -> None:
    assert found(events([])) == []


def test_helpdesk_has_226_variants(private_data: Callable[[str], Path]) -> None:
    """4,580 cases, 21,348 events; equal times in the order of the log."""
    rows = []
    with gzip.open(private_data("event_logs") / "Helpdesk.xes.gz") as file:
        for number, trace in enumerate(ElementTree.parse(file).getroot().findall("{*}trace")):
            for event in trace.findall("{*}event"):
                said = {child.get("key"): child.get("value") for child in event}
                rows.append((number, said["concept:name"], said["time:timestamp"]))
    log = pa.table(
        {
            "event_id": [f"{place:06d}" for place in range(len(rows))],
            "case_id": [f"k{case}" for case, _, _ in rows],
            "at": pa.array([datetime.fromisoformat(str(at)) for _, _, at in rows], pa.timestamp("us", "UTC")),
            "touchpoint_id": [name for _, name, _ in rows],
        }
    )
    told = found(log, by="case_id")
    assert (len(rows), sum(r["count"] for r in told), len(told)) == (21_348, 4_580, 226)
    assert told[0]["customers"] == 0
