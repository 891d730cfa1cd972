from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from peakend.journey.consistency.published_facts import Told, conflicts, fact_conflicts, same, why_invalid

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.declaration import Inputs


@pytest.mark.parametrize(
    ("attribute", "one", "other"),
    [
        ("phone", "0571-8888 0000", "+86 571 8888 0000"),
        ("price", "CNY 1,280.00", "1280"),
        ("link", "https://Example.com/fees/", "example.com/fees"),
        ("hours", "Mon–Fri  9:00–17:00", "mon–fri 9:00–17:00"),
    ],
)
def test_two_ways_to_write_one_thing_are_the_same(attribute: str, one: str, other: str) -> None:
    assert same(attribute, one) == same(attribute, other)


@pytest.mark.parametrize("number", ["0571-8888 0000", "400-820-8820", "95583", "12306", "+1 650 253 0000"])
def test_numbers_that_can_be_called_are_valid(number: str) -> None:
    assert why_invalid("phone", number) is None


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("phone", "0571-888"),
        ("fax", "010-1234567"),
        ("phone", "call us"),
        ("email", "service.example.com"),
        ("link", "not a link"),
        ("price", "free of charge?"),
    ],
)
def test_what_cannot_be_right_is_said(attribute: str, value: str) -> None:
    assert why_invalid(attribute, value) is not None


def test_the_place_that_tells_it_otherwise_is_named_with_what_the_others_say() -> None:
    told = [Told("Lounge", "price", place, "200") for place in ("app", "web", "counter")]
    (row,) = conflicts([*told, Told("Lounge", "Price", "phone", "CNY 180")])
    assert (row["told_at"], row["told"], row["told_elsewhere"]) == ("phone", "CNY 180", "200")
    assert (row["places"], row["agreeing"], row["kind"]) == (4, 1, "conflict")


def test_where_two_versions_are_told_equally_often_both_are_listed() -> None:
    rows = conflicts([Told("x", "hours", "app", "9–17"), Told("x", "hours", "web", "8–18")])
    assert [row["told_at"] for row in rows] == ["app", "web"]


def test_consistent_facts_raise_no_alarm() -> None:
    assert conflicts([Told("x", "phone", place, "0571 8888 0000") for place in "abc"]) == []


def test_only_what_a_place_told_last_counts(inputs_of: Callable[..., Inputs]) -> None:
    def fact(number: int, channel: str, value: str, day: int) -> dict[str, object]:
        return {
            "fact_id": f"f{number}",
            "subject": "Seat choice",
            "attribute": "price",
            "value": value,
            "channel": channel,
            "seen_at": datetime(2025, 1, day),
            "source": "audit",
        }

    given = [
        fact(1, "app", "60", 1),
        fact(2, "app", "80", 2),
        fact(3, "web", "80", 1),
        fact(4, "web", "80", 1),
    ]
    found = fact_conflicts(inputs_of(published_facts=given))
    assert found["fact_conflicts"].num_rows == 0
    assert found["facts_checked"].to_pylist() == [
        {"attribute": "price", "facts": 1, "conflicting": 0, "told": 2, "invalid": 0}
    ]
    wrong = fact_conflicts(inputs_of(published_facts=[*given, fact(5, "phone", "60", 3)]))
    assert [row["told_at"] for row in wrong["fact_conflicts"].to_pylist()] == ["phone"]
