"""Journeys cut by gap, case and touchpoints; the same whatever the order of rows; and odd events."""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peakend.journey import Between, ByCase, Gap, LifeCycle, RuleError, episodes, left_out

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from peakend.journey.stream.rules import Rule

START = datetime(2024, 1, 1)
NOW = datetime(2026, 1, 1)
_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("event_id", "customer_id", "case_id", "touchpoint_id", "kind")),
        ("at", pa.timestamp("us")),
    ]
)


def events(*rows: tuple[str, str | None, float, str | None], cases: dict[str, str] | None = None) -> pa.Table:
    """(event, customer, days after the start, touchpoint) each."""
    return pa.Table.from_pylist(
        [
            {
                "event_id": event,
                "customer_id": customer,
                "at": START + timedelta(days=days),
                "touchpoint_id": touchpoint,
                "case_id": (cases or {}).get(event),
            }
            for event, customer, days, touchpoint in rows
        ],
        schema=_SCHEMA,
    )


def journeys(table: pa.Table, rule: Rule | None = None) -> dict[str, list[str]]:
    """Journey -> its events in order."""
    found = episodes(table, now=NOW) if rule is None else episodes(table, rule, now=NOW)
    told: dict[str, list[str]] = defaultdict(list)
    for row in sorted(found.to_arrow().to_pylist(), key=lambda row: (row["journey_id"], row["place"])):
        assert row["place"] == len(told[row["journey_id"]]) + 1
        told[row["journey_id"]].append(row["event_id"])
    return dict(told)


def test_a_pause_longer_than_the_gap_ends_a_journey() -> None:
    table = events(("a", "x", 0, "t"), ("b", "x", 30, "t"), ("c", "x", 60.001, "t"), ("d", "y", 1, "t"))
    assert journeys(table, Gap(days=30)) == {"x/1": ["a", "b"], "x/2": ["c"], "y/1": ["d"]}
    assert journeys(table, Gap(seconds=60)) == {"x/1": ["a"], "x/2": ["b"], "x/3": ["c"], "y/1": ["d"]}
    assert journeys(table, LifeCycle()) == {"x/1": ["a", "b", "c"], "y/1": ["d"]}


def test_a_case_is_one_journey_whatever_its_pauses_and_the_rest_is_cut_by_gap() -> None:
    table = events(
        ("a", "x", 0, "t"),
        ("b", "x", 90, "t"),
        ("c", "x", 91, "t"),
        ("d", None, 500, "t"),
        cases={"a": "k", "c": "k", "d": "k"},
    )
    assert journeys(table) == {"k": ["a", "c", "d"], "x/1": ["b"]}
    assert journeys(table, ByCase()) == {"k": ["a", "c", "d"]}
    assert left_out(table, ByCase(), now=NOW).to_arrow().to_pylist() == [
        {"reason": "outside", "events": 1, "customers": 1}
    ]


def test_a_case_and_a_customer_of_one_name_stay_apart() -> None:
    table = events(("a", "x", 0, "t"), ("b", "y", 1, "t"), cases={"b": "x"})
    assert journeys(table) == {"x": ["b"], "x/1": ["a"]}


def test_a_journey_opens_at_a_start_and_closes_with_an_end() -> None:
    table = events(
        ("a", "x", 0, "other"),
        ("b", "x", 1, "search"),
        ("c", "x", 2, "search"),
        ("d", "x", 3, "other"),
        ("e", "x", 4, "buy"),
        ("f", "x", 5, "other"),
        ("g", "x", 6, "buy"),
        ("h", "x", 7, "search"),
        ("i", "x", 90, "other"),
    )
    rule = Between(("search",), ("buy",))
    assert journeys(table, rule) == {"x/1": ["b", "c", "d", "e"], "x/2": ["h", "i"]}
    assert left_out(table, rule, now=NOW).to_arrow()["events"].to_pylist() == [3]
    paused = Between(("search",), ("buy",), gap=Gap(days=30))
    assert journeys(table, paused) == {"x/1": ["b", "c", "d", "e"], "x/2": ["h"]}


def test_cases_first_and_between_touchpoints_for_the_rest() -> None:
    table = events(
        ("a", "x", 0, "s"), ("b", "x", 1, "e"), ("c", "x", 2, "e"), ("d", "x", 3, "s"), cases={"b": "k"}
    )
    rule = ByCase(otherwise=Between(("s",), ("e",)))
    assert journeys(table, rule) == {"k": ["b"], "x/1": ["a", "c"], "x/2": ["d"]}


_rows = st.lists(
    st.tuples(st.sampled_from("xyz"), st.integers(0, 6), st.sampled_from("abc")), min_size=1, max_size=120
)


@given(
    _rows,
    st.randoms(use_true_random=False),
    st.sampled_from([Gap(days=1), Between(("a",), ("b",)), ByCase(Gap(days=2))]),
)
@settings(max_examples=12, deadline=None)
def test_the_order_of_rows_changes_nothing(rows: list[Any], shuffled: random.Random, rule: Rule) -> None:
    """Times are days, so that many are equal; ties are told apart by event_id."""
    named = [(f"e{n:02d}", who, float(day), where) for n, (who, day, where) in enumerate(rows)]
    other = list(named)
    shuffled.shuffle(other)
    assert journeys(events(*named), rule) == journeys(events(*other), rule)


@given(_rows, st.integers(1, 4), st.booleans())
@settings(max_examples=12, deadline=None)
def test_the_rules_against_a_plain_loop(rows: list[Any], gap: int, between: bool) -> None:
    named = [(f"e{n:02d}", who, float(day), where) for n, (who, day, where) in enumerate(rows)]
    expected: dict[str, list[str]] = {}
    for customer in sorted({who for _, who, _, _ in named}):
        number, before, is_open = 0, None, not between
        for event, _, day, where in sorted(
            (r for r in named if r[1] == customer), key=lambda r: (r[2], r[0])
        ):
            paused = before is None or day - before > gap
            if between:
                is_open = is_open and not paused
                if not is_open and where == "a":
                    is_open, number = True, number + 1
            elif paused:
                number += 1
            if is_open:
                expected.setdefault(f"{customer}/{number}", []).append(event)
            if between and where == "b":
                is_open = False
            before = day
    rule: Rule = Between(("a",), ("b",), gap=Gap(days=gap)) if between else Gap(days=gap)
    assert journeys(events(*named), rule) == expected


def test_what_can_stand_in_no_journey_is_counted_by_its_first_reason() -> None:
    table = events(
        ("a", "x", 0, "t"),
        ("b", "x", 3000, "t"),
        ("c", "x", -30000, "t"),
        ("d", None, 1, "t"),
        ("e", "y", 1, None),
        ("f", "y", 9000, None),
        ("g", "z", 2, "a touchpoint nobody registered"),
    )
    assert journeys(table) == {"x/1": ["a"], "z/1": ["g"]}
    found = {row["reason"]: row for row in left_out(table, now=NOW).to_arrow().to_pylist()}
    assert {reason: (row["events"], row["customers"]) for reason, row in found.items()} == {
        "future": (2, 2),
        "before_1970": (1, 1),
        "nobody": (1, 0),
        "no_touchpoint": (1, 1),
    }


def test_what_happened_stands_for_a_touchpoint_that_is_not_named() -> None:
    table = events(("a", "x", 0, None)).set_column(4, "kind", pa.array(["call"]))
    assert episodes(table, now=NOW).to_arrow()["touchpoint_id"].to_pylist() == ["call"]


def test_all_at_one_instant_are_one_journey_in_the_order_of_their_ids() -> None:
    assert journeys(events(*((f"e{n}", "x", 0.0, "t") for n in (3, 1, 2)))) == {"x/1": ["e1", "e2", "e3"]}


def test_one_event_a_customer_is_a_journey_each() -> None:
    found = journeys(events(*((f"e{n}", f"c{n}", 0.0, "t") for n in range(50))))
    assert len(found) == 50


@pytest.mark.parametrize("zoned", [True, False])
def test_a_clock_change_in_the_middle_moves_nothing(zoned: bool) -> None:
    """Berlin, 27 October 2024: 02:30 comes twice, an hour apart. Half an hour is the gap."""
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2024, 10, 27, 2, 30, tzinfo=berlin, fold=0).astimezone(UTC)
    moments = [first, first + timedelta(minutes=20), first + timedelta(minutes=60)]
    at = pa.array(moments, pa.timestamp("us", "Europe/Berlin"))
    if not zoned:
        at = pa.array([moment.replace(tzinfo=None) for moment in moments], pa.timestamp("us"))
    table = pa.table({"event_id": ["a", "b", "c"], "customer_id": ["x"] * 3, "at": at, "kind": ["t"] * 3})
    assert journeys(table, Gap(seconds=1800)) == {"x/1": ["a", "b"], "x/2": ["c"]}


def test_many_events_of_one_customer_take_no_longer_than_of_many() -> None:
    size = 200_000
    at = pa.array([60_000_000 * (n // 2) for n in range(size)], pa.timestamp("us"))
    table = pa.table(
        {
            "event_id": [f"e{n:06d}" for n in range(size)],
            "customer_id": ["x"] * size,
            "at": at,
            "kind": ["t"] * size,
        }
    )
    began = time.process_time()
    found = episodes(table, Gap(seconds=30), now=NOW).query("select count(distinct journey_id) as n from t")
    assert found.to_arrow()["n"].to_pylist() == [size // 2]
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Gap(),
        lambda: Gap(days=0),
        lambda: Gap(days=1, seconds=1),
        lambda: Gap(seconds=float("nan")),
        lambda: Gap(days=True),
        lambda: Between((), ("e",)),
        lambda: Between(("s",), ()),
    ],
)
def test_a_rule_that_cuts_nothing_is_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(RuleError):
        wrong()


def test_one_touchpoint_may_be_given_as_a_word() -> None:
    assert Between("search", "buy") == Between(("search",), ("buy",))  # type: ignore[arg-type]
