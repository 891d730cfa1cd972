"""Made to measure (ACT-18): "if these facts of the profile, then suggest that". Pure; no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peakend.server.care.words import FACTS, NUMBERS, OPERATORS

Value = str | float


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known of a customer since `at`: `fact` is its code, `attribute:coffee` for an attribute."""

    fact: str
    value: Value
    at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """`fact op value`. A fact that is not known meets no condition."""

    fact: str
    op: str
    value: Value

    def holds(self, facts: Mapping[str, Fact]) -> bool:
        """Whether the facts meet it."""
        known = facts.get(self.fact)
        if known is None:
            return False
        if self.op in ("is", "is_not"):
            return (_same(known.value, self.value)) is (self.op == "is")
        try:
            left, right = float(known.value), float(self.value)
        except ValueError:
            return False
        return left >= right if self.op == "at_least" else left <= right


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A rule that applies, with the facts it rests on."""

    rule: Any
    facts: tuple[Fact, ...]


def conditions_of(stored: Iterable[Mapping[str, Any]]) -> tuple[Condition, ...]:
    """Conditions as a rule keeps them."""
    return tuple(Condition(one["fact"], one["op"], one["value"]) for one in stored)


def suggest(rules: Iterable[tuple[Any, Sequence[Condition]]], facts: Mapping[str, Fact]) -> list[Suggestion]:
    """Every rule whose conditions all hold, in the order given. A rule without conditions never applies."""
    return [
        Suggestion(rule, tuple(facts[one.fact] for one in {each.fact: each for each in wanted}.values()))
        for rule, wanted in rules
        if wanted and all(one.holds(facts) for one in wanted)
    ]


def problem(condition: Condition) -> str:
    """What is wrong with a condition: fact, op, value or nothing."""
    kind, _, name = condition.fact.partition(":")
    if kind not in FACTS or (kind == "attribute") is not bool(name.strip()):
        return "fact"
    if condition.op not in OPERATORS or (condition.op.startswith("at_") and not _countable(kind)):
        return "op"
    if kind in NUMBERS or condition.op.startswith("at_"):
        try:
            number = float(condition.value)
        except ValueError:
            return "value"
        return "" if abs(number) < 1e9 else "value"
    return "" if str(condition.value).strip() else "value"


def _countable(kind: str) -> bool:
    return kind in NUMBERS or kind == "attribute"


def _same(known: Value, wanted: Value) -> bool:
    if isinstance(known, str):
        return known.strip().casefold() == str(wanted).strip().casefold()
    try:
        return float(known) == float(wanted)
    except ValueError:
        return False
