"""Funnels against a reference that tries every series of events."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise, permutations
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from peakend.engine import connect
from peakend.journey.funnels.funnel import funnel, funnel_reaches
from peakend.journey.funnels.steps import Exclusion, Order, Step

START = datetime(2024, 1, 1)
Event = tuple[int, str, str | None]
_ENGINE = connect("duckdb://")
# Each example is a company of many customers, and a query of its own that is parsed and planned.
EXAMPLES = 15
_KNOWN = ["a", "b", "c", "x", "y"]

# Few times and few touchpoints: ties, repeats and spans of exactly the window are common.
events = st.lists(
    st.tuples(
        st.integers(0, 5), st.sampled_from(["a", "b", "c", "x", "y"]), st.sampled_from([None, "app", "web"])
    ),
    max_size=7,
)
companies = st.lists(events, min_size=1, max_size=20)
steps = st.lists(
    st.builds(
        Step,
        st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=2, unique=True).map(tuple),
        st.sampled_from([(), (), ("app",)]),
    ),
    min_size=2,
    max_size=4,
)
windows = st.one_of(st.none(), st.integers(1, 4))


def as_table(company: list[list[Event]]) -> pa.Table:
    """One customer for each list of (time, touchpoint, channel); event_id keeps the order of the list."""
    rows = [
        {
            "event_id": f"e{place:03d}",
            "customer_id": f"c{number}",
            "at": START + timedelta(microseconds=event[0]),
            "touchpoint_id": event[1],
            "channel": event[2],
            "journey_id": f"c{number}/{place % 2}",
        }
        for number, customer in enumerate(company)
        for place, event in enumerate(customer)
    ]
    shape = pa.schema(
        [
            ("event_id", pa.string()),
            ("customer_id", pa.string()),
            ("at", pa.timestamp("us")),
            ("touchpoint_id", pa.string()),
            ("channel", pa.string()),
            ("journey_id", pa.string()),
        ]
    )
    return pa.Table.from_pylist(rows, shape)


def is_it(event: Event, step: Step) -> bool:
    return event[1] in step.touchpoints and (not step.channels or event[2] in step.channels)


def broken(events: list[Event], chosen: tuple[int, ...], exclusions: list[Exclusion], order: str) -> bool:
    """Whether an excluded event lies between the steps it is excluded from."""
    for one in exclusions:
        if order == "unordered":
            low, high = min(chosen), max(chosen)
        elif len(chosen) <= one.after:
            continue
        else:
            low, high = chosen[one.after - 1], chosen[min(one.before or 99, len(chosen)) - 1]
        if any(is_it(events[place], one.what) for place in range(low + 1, high)):
            return True
    return False


def attempts(
    events: list[Event], steps: list[Step], window: int | None, exclusions: list[Exclusion], order: str
) -> list[tuple[int, ...]]:
    """Every series of different events that is a whole attempt at `steps`, by the places of its events."""
    found = []
    for chosen in permutations(range(len(events)), len(steps)):
        if order != "unordered" and list(chosen) != sorted(chosen):
            continue
        if order == "strict" and any(b - a != 1 for a, b in pairwise(chosen)):
            continue
        if not all(is_it(events[place], step) for place, step in zip(chosen, steps, strict=True)):
            continue
        times = [events[place][0] for place in chosen]
        if window is not None and max(times) - min(times) > window:
            continue
        if not broken(events, chosen, exclusions, order):
            found.append(chosen)
    return found


def expected(
    company: list[list[Event]],
    steps: list[Step],
    window: int | None,
    exclusions: list[Exclusion],
    order: Order,
) -> set[tuple[Any, ...]]:
    """(customer, step, depth, wait in microseconds), by trying everything."""
    rows = []
    for number, customer in enumerate(company):
        events = sorted(customer, key=lambda event: event[0])
        waits: list[int | None] = []
        for depth in range(1, len(steps) + 1):
            found = attempts(events, steps[:depth], window, exclusions, order)
            if not found:
                break
            end = min(max(chosen) for chosen in found)
            ways = [chosen for chosen in found if max(chosen) == end]
            # Steps that ask for the same stand for each other: this one was the last if it may have been.
            ways = [chosen for chosen in ways if chosen[-1] == end] or ways
            if depth == 1:
                waits.append(None)
            elif order == "unordered":
                latest = max(max(events[p][0] for p in chosen[:-1]) for chosen in ways)
                waits.append(events[end][0] - latest)
            else:
                waits.append(events[end][0] - max(events[chosen[-2]][0] for chosen in ways))
        rows += [(f"c{number}", step, len(waits), wait) for step, wait in enumerate(waits, start=1)]
    return set(rows)


def found(
    company: list[list[Event]],
    steps: list[Step],
    window: int | None,
    exclusions: list[Exclusion],
    order: Order,
) -> set[tuple[Any, ...]]:
    ordered = [sorted(customer, key=lambda event: event[0]) for customer in company]
    reaches = funnel_reaches(
        _ENGINE.from_arrow(as_table(ordered)),
        steps,
        order=order,
        window=None if window is None else timedelta(microseconds=window),
        exclusions=exclusions,
        known=_KNOWN,
    ).to_arrow()
    assert reaches.group_by(["customer_id", "step"]).aggregate([]).num_rows == reaches.num_rows
    return set(
        zip(*(reaches[c].to_pylist() for c in ("customer_id", "step", "depth", "wait_us")), strict=True)
    )


@settings(max_examples=EXAMPLES, deadline=None)
@given(companies, steps, windows, st.data())
def test_ordered(
    company: list[list[Event]], steps: list[Step], window: int | None, data: st.DataObject
) -> None:
    places = st.tuples(st.integers(1, len(steps)), st.integers(1, len(steps))).filter(lambda p: p[0] < p[1])
    one = st.builds(
        lambda what, channel, where: Exclusion(Step((what,), channel), *where),
        st.sampled_from(["x", "y"]),
        st.sampled_from([(), ("web",)]),
        places,
    )
    exclusions = data.draw(st.lists(one, max_size=2))
    arguments = (company, steps, window, exclusions, "ordered")
    assert found(*arguments) == expected(*arguments)


@settings(max_examples=EXAMPLES, deadline=None)
@given(companies, steps, windows)
def test_strict(company: list[list[Event]], steps: list[Step], window: int | None) -> None:
    arguments = (company, steps, window, [], "strict")
    assert found(*arguments) == expected(*arguments)


# Steps of an unordered funnel are the same or apart.
_apart = st.lists(
    st.sampled_from([Step(("a",)), Step(("b", "c"), ("app",)), Step(("b",), ("web",)), Step(("y",))]),
    min_size=2,
    max_size=4,
)


@settings(max_examples=EXAMPLES, deadline=None)
@given(companies, _apart, windows, st.booleans())
def test_unordered(
    company: list[list[Event]], steps: list[Step], window: int | None, excluding: bool
) -> None:
    exclusions = [Exclusion(Step(("x",)), 1, len(steps))] if excluding else []
    arguments = (company, steps, window, exclusions, "unordered")
    assert found(*arguments) == expected(*arguments)


def counted_by_hand(
    events: list[Event], steps: list[Step], window: int | None, exclusions: list[Exclusion]
) -> list[int]:
    """Attempts that reach each step: an event continues the open attempt that began last."""
    began: dict[int, set[int]] = {step: set() for step in range(1, len(steps) + 1)}
    for depth in range(1, len(steps) + 1):
        every = attempts(events, steps[:depth], None, exclusions, "ordered")
        for end in {chosen[-1] for chosen in every}:
            start = max(chosen[0] for chosen in every if chosen[-1] == end)
            if window is None or events[end][0] - events[start][0] <= window:
                began[depth].add(start)
    return [len(began[step]) for step in began]


@settings(max_examples=EXAMPLES, deadline=None)
@given(companies, steps, windows, st.booleans())
def test_attempts(company: list[list[Event]], steps: list[Step], window: int | None, excluding: bool) -> None:
    ordered = [sorted(customer, key=lambda event: event[0]) for customer in company]
    exclusions = [Exclusion(Step(("x",)), 1, len(steps))] if excluding else []
    told = funnel(
        _ENGINE.from_arrow(as_table(ordered)),
        steps,
        window=None if window is None else timedelta(microseconds=window),
        exclusions=exclusions,
        counting="attempts",
        known=_KNOWN,
    ).to_arrow()
    totals = [counted_by_hand(customer, steps, window, exclusions) for customer in ordered]
    assert told["reached"].to_pylist() == [sum(column) for column in zip(*totals, strict=True)]


@settings(max_examples=EXAMPLES, deadline=None)
@given(companies, steps, windows)
def test_a_customer_counts_by_the_deepest_journey(
    company: list[list[Event]], steps: list[Step], window: int | None
) -> None:
    """Journeys here are the even and the odd events of a customer."""
    ordered = [sorted(customer, key=lambda event: event[0]) for customer in company]
    told = funnel_reaches(
        _ENGINE.from_arrow(as_table(ordered)),
        steps,
        window=None if window is None else timedelta(microseconds=window),
        by="journey_id",
        known=_KNOWN,
    ).to_arrow()
    depths = {row["customer_id"]: row["depth"] for row in told.to_pylist()}
    for number, customer in enumerate(ordered):
        deepest = max(
            (
                depth
                for part in (customer[::2], customer[1::2])
                for depth in range(1, len(steps) + 1)
                if attempts(part, steps[:depth], window, [], "ordered")
            ),
            default=0,
        )
        assert depths.get(f"c{number}", 0) == deepest
