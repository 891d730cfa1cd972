"""Retention by hand, against counting in Python, and what cannot be asked."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from peakend.journey.funnels.retention import (
    Kind,
    Period,
    RetentionError,
    first_day,
    followed,
    number_of,
    retention,
)
from peakend.journey.funnels.steps import UnknownTouchpointError

if TYPE_CHECKING:
    from peakend.engine import Relation


def table(rows: list[tuple[str, datetime, str]]) -> pa.Table:
    names = ("customer_id", "at", "touchpoint_id")
    return pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


DAYS = [
    ("a", datetime(2024, 1, 31, 23, 59), "buy"),
    ("a", datetime(2024, 2, 1), "visit"),
    ("a", datetime(2024, 4, 2), "buy"),
    ("b", datetime(2024, 1, 5), "visit"),
    ("b", datetime(2024, 3, 5), "buy"),
    ("c", datetime(2024, 3, 9), "buy"),
    ("c", datetime(2024, 4, 29), "visit"),
]


def cells(found: Relation) -> dict[tuple[date, int], tuple[Any, ...]]:
    return {
        (row["cohort_on"], row["period"]): (row["state"], row["size"], row["returned"])
        for row in found.to_arrow().to_pylist()
    }


def test_classic_months() -> None:
    told = cells(retention(table(DAYS)))
    january, march = date(2024, 1, 1), date(2024, 3, 1)
    assert [told[january, n] for n in range(4)] == [
        ("observed", 2, 2),
        ("observed", 2, 1),
        ("observed", 2, 1),
        ("incomplete", 2, None),
    ]
    assert told[march, 0] == ("observed", 1, 1)
    # The data end on 29 April: one day is missing, so the month is open; May has not begun.
    assert told[march, 1] == ("incomplete", 1, None)
    assert told[march, 2] == ("future", 1, None)


def test_the_last_day_of_a_month_closes_it() -> None:
    told = cells(retention(table(DAYS), until=date(2024, 4, 30)))
    assert told[date(2024, 1, 1), 3] == ("observed", 2, 1)
    assert told[date(2024, 3, 1), 1] == ("observed", 1, 1)


def test_rolling_counts_whoever_comes_later() -> None:
    told = cells(retention(table(DAYS), kind="rolling", until=date(2024, 4, 30)))
    assert [told[date(2024, 1, 1), n][2] for n in range(4)] == [2, 2, 2, 1]


def test_first_and_returning_touchpoints() -> None:
    told = cells(retention(table(DAYS), first="buy", returning=["buy"], until=date(2024, 4, 30)))
    assert told[date(2024, 1, 1), 0] == ("observed", 1, 1)
    assert [told[date(2024, 1, 1), n][2] for n in (1, 2, 3)] == [0, 0, 1]
    assert told[date(2024, 3, 1), 1] == ("observed", 2, 0)


@pytest.mark.parametrize("period", ["month", "week", "quarter"])
@pytest.mark.parametrize("kind", ["classic", "rolling"])
def test_against_counting_one_by_one(period: Period, kind: Kind) -> None:
    random = np.random.default_rng(8)
    rows = [
        (
            f"c{random.integers(40)}",
            datetime(2023, 11, 20) + timedelta(hours=int(random.integers(24 * 200))),
            "x",
        )
        for _ in range(300)
    ]
    times: dict[str, set[int]] = {}
    for customer, at, _ in rows:
        times.setdefault(customer, set()).add(number_of(at.date(), period))
    told = cells(retention(table(rows), period, kind=kind))
    last = max(at for _, at, _ in rows).date()
    for (start, n), (state, size, returned) in told.items():
        cohort = [seen for seen in times.values() if min(seen) == number_of(start, period)]
        assert size == len(cohort)
        at = number_of(start, period) + n
        over = first_day(at + 1, period) - timedelta(days=1) <= last
        assert (state == "observed") == over
        if over:
            came = [seen for seen in cohort if (max(seen) >= at if kind == "rolling" else at in seen)]
            assert returned == len(came)
    assert {start for start, _ in told} == {first_day(min(seen), period) for seen in times.values()}


def test_first_days() -> None:
    for period in ("month", "week", "quarter"):
        for day in (date(2023, 12, 31), date(2024, 1, 1), date(2024, 2, 29), date(1969, 12, 30)):
            start = first_day(number_of(day, period), period)
            assert start <= day < first_day(number_of(day, period) + 1, period)


def test_the_rows_behind_a_cell() -> None:
    rows = followed(table(DAYS)).periods.to_arrow().to_pylist()
    came = {
        r["customer_id"]
        for r in rows
        if (r["cohort_on"], r["period_on"]) == (date(2024, 1, 1), date(2024, 3, 1))
    }
    assert came == {"b"}


def test_nobody_and_what_cannot_be_asked() -> None:
    assert retention(table(DAYS).slice(0, 0)).to_arrow().num_rows == 0
    with pytest.raises(RetentionError, match="period is one of"):
        retention(table(DAYS), "day")  # type: ignore[arg-type]
    with pytest.raises(RetentionError, match="kind is one of"):
        retention(table(DAYS), kind="later")  # type: ignore[arg-type]
    with pytest.raises(RetentionError, match="a touchpoint or several"):
        retention(table(DAYS), first=[])
    with pytest.raises(UnknownTouchpointError, match="Did you mean visit"):
        retention(table(DAYS), returning="vist")


def test_a_planted_share_is_inside_its_interval_nineteen_times_in_twenty() -> None:
    random = np.random.default_rng(2)
    inside = 0
    for _ in range(40):
        rows = [(f"c{n}", datetime(2024, 1, 10), "x") for n in range(200)]
        rows += [(f"c{n}", datetime(2024, 2, 10), "x") for n in range(200) if random.random() < 0.3]
        row = retention(table(rows), until=date(2024, 2, 29)).to_arrow().to_pylist()[1]
        inside += row["share_low"] <= 0.3 <= row["share_high"]
    assert inside >= 34
