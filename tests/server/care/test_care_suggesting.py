"""If these facts, then that: every suggestion names the facts it rests on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from peakend.server.care.suggesting import Condition, Fact, problem, suggest

AT = datetime(2026, 11, 1, tzinfo=UTC)
FACTS = {
    one.fact: one
    for one in (
        Fact("tier", "Gold", AT),
        Fact("days_since_last", 120.0, AT),
        Fact("attribute:seats", 2.0, AT),
        Fact("attribute:diet", "vegan", AT),
    )
}


@pytest.mark.parametrize(
    ("fact", "op", "value", "holds"),
    [
        ("tier", "is", "gold ", True),
        ("tier", "is_not", "gold", False),
        ("tier", "is_not", "silver", True),
        ("days_since_last", "at_least", 90, True),
        ("days_since_last", "at_least", "120", True),
        ("days_since_last", "at_most", 90, False),
        ("days_since_last", "is", 120, True),
        ("attribute:seats", "is", "2", True),
        ("attribute:seats", "is", "two", False),
        ("attribute:diet", "at_least", 3, False),
        ("last_score", "at_most", 10, False),
        ("last_score", "is_not", 3, False),
    ],
)
def test_conditions(fact: str, op: str, value: str | float, holds: bool) -> None:
    assert Condition(fact, op, value).holds(FACTS) is holds


def test_all_conditions_must_hold_and_each_fact_is_cited_once() -> None:
    gold, long_ago = Condition("tier", "is", "gold"), Condition("days_since_last", "at_least", 90)
    rules = [
        ("both", [gold, long_ago, Condition("tier", "is_not", "silver")]),
        ("one fails", [gold, Condition("last_score", "at_most", 6)]),
        ("none", []),
    ]
    (found,) = suggest(rules, FACTS)
    assert found.rule == "both"
    assert found.facts == (FACTS["tier"], FACTS["days_since_last"])


@pytest.mark.parametrize(
    ("fact", "op", "value", "wrong"),
    [
        ("tier", "is", "gold", ""),
        ("attribute:diet", "is", "vegan", ""),
        ("last_score", "at_most", "6", ""),
        ("shoe", "is", "1", "fact"),
        ("attribute:", "is", "1", "fact"),
        ("tier:x", "is", "1", "fact"),
        ("tier", "at_least", "1", "op"),
        ("tier", "like", "1", "op"),
        ("last_score", "is", "six", "value"),
        ("last_score", "is", float("nan"), "value"),
        ("last_score", "is", float("inf"), "value"),
        ("tier", "is", " ", "value"),
    ],
)
def test_a_condition_that_makes_no_sense_is_named(fact: str, op: str, value: str | float, wrong: str) -> None:
    assert problem(Condition(fact, op, value)) == wrong
