"""Funnels, flows and retention of the public functions, the same on every engine."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from peakend.engine import connect
from peakend.journey.funnels.flows import flows
from peakend.journey.funnels.funnel import funnel
from peakend.journey.funnels.retention import retention
from peakend.journey.funnels.steps import Exclusion, Step

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.engine import Engine, Relation


FIRST = datetime(2024, 1, 1)
PLACES = ("搜索", "book", "o'fly", "help", None)


def events(size: int = 6000) -> pa.Table:
    """Half-hours that many events share, customers and cases that are null, Chinese names."""
    random = np.random.default_rng(12)
    customers = [f"c{n}" if n < 250 else None for n in random.integers(0, 280, size)]
    hours = np.sort(random.integers(0, 24 * 200 * 2, size))
    return pa.table(
        {
            "event_id": pa.array([f"e{n:05d}" for n in random.permutation(size)]),
            "customer_id": pa.array(customers, pa.string()),
            "case_id": pa.array([None if n % 7 == 0 else f"k{n % 900}" for n in range(size)], pa.string()),
            "at": pa.array(
                [datetime(2024, 1, 1) + timedelta(minutes=30 * int(h)) for h in hours], pa.timestamp("us")
            ),
            "touchpoint_id": pa.array(
                [("搜索", "book", "o'fly", "help", None)[n] for n in random.integers(0, 5, size)]
            ),
            "channel": pa.array([("app", "店", None)[n] for n in random.integers(0, 3, size)], pa.string()),
        }
    )


STEPS: list[Any] = ["搜索", {"touchpoint": "book", "channel": "app"}, ["o'fly", "help"], "搜索"]
DAYS = timedelta(days=20)
ASKED: dict[str, Callable[[Relation], Relation]] = {
    "ordered": lambda i: funnel(i, STEPS, window=DAYS),
    "excluding": lambda i: funnel(
        i, ["搜索", "book", "o'fly"], exclusions=[Exclusion(Step(("help",)), 1, 2)]
    ),
    "strict": lambda i: funnel(i, STEPS, order="strict", window=DAYS),
    "unordered": lambda i: funnel(
        i, ["搜索", "book", "搜索", "o'fly"], order="unordered", window=DAYS, exclusions=["help"]
    ),
    "attempts": lambda i: funnel(i, STEPS, counting="attempts", window=DAYS, exclusions=[]),
    "strict attempts": lambda i: funnel(i, STEPS[:3], counting="attempts", order="strict"),
    "cases": lambda i: funnel(i, STEPS, by="case_id"),
    "flows": lambda i: flows(i, depth=3, kept=3, by="case_id"),
    "flows from": lambda i: flows(i, "book", depth=2),
    "months": lambda i: retention(i),
    "weeks": lambda i: retention(i, "week", kind="rolling"),
    "quarters": lambda i: retention(i, "quarter", first="book", returning=["o'fly", "help"]),
}


def rows(relation: Relation) -> list[dict[str, Any]]:
    def plain(value: object) -> object:
        return round(float(value), 9) if isinstance(value, float) else value

    found = [{name: plain(value) for name, value in row.items()} for row in relation.to_arrow().to_pylist()]
    return sorted(found, key=repr)


@pytest.mark.parametrize("name", ASKED)
def test_every_engine_gives_the_same(engine: Engine, name: str) -> None:
    with connect("duckdb://") as plain:
        plain.native_files = False
        expected = rows(ASKED[name](plain.from_arrow(events())))
    assert expected
    assert rows(ASKED[name](engine.from_arrow(events()))) == expected
