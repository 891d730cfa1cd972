"""How much of a drafted mapping a person would have kept: column by column against a mapping made by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp

from peakend.warehouse.mapping_plan import questions
from peakend.warehouse.mapping_sql import placeholders

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from peakend.warehouse.mapping import Mapping
    from peakend.warehouse.mapping_model import FileRule, Rule, Survey

ATTRIBUTES = "attributes"
_SCORED = frozenset({"csat", "ces", "rating"})


@dataclass(frozen=True, slots=True)
class Agreement:
    """Counts of columns. right: both mappings send the column to the same places. placed: the hand-made
    one has a place for it; placed_right: so does the draft, the same. drafted: the draft has a place
    for it."""

    columns: int
    right: int
    placed: int
    placed_right: int
    drafted: int

    def __add__(self, other: Agreement) -> Agreement:
        return Agreement(
            self.columns + other.columns,
            self.right + other.right,
            self.placed + other.placed,
            self.placed_right + other.placed_right,
            self.drafted + other.drafted,
        )

    @property
    def accuracy(self) -> float:
        """Share of all columns that are right."""
        return self.right / self.columns

    @property
    def recall(self) -> float:
        """Share of the columns that have a place which the draft finds."""
        return self.placed_right / self.placed

    @property
    def precision(self) -> float:
        """Share of the places the draft gives that are right."""
        return self.placed_right / self.drafted


def agreement(drafted: Mapping, right: Mapping, name: str, columns: Sequence[str]) -> Agreement:
    """The agreement on the file `name` with `columns`."""
    mine, theirs = targets(drafted, name), targets(right, name)
    nothing = frozenset({ATTRIBUTES})
    pairs = [(mine.get(column, nothing), theirs.get(column, nothing)) for column in columns]
    return Agreement(
        columns=len(pairs),
        right=sum(a == b for a, b in pairs),
        placed=sum(b != nothing for _, b in pairs),
        placed_right=sum(a == b != nothing for a, b in pairs),
        drafted=sum(a != nothing for a, _ in pairs),
    )


def targets(mapping: Mapping, name: str) -> dict[str, frozenset[str]]:
    """Where each source column goes: "transactions.quantity", "answers.score", "segment_members",
    "attributes".

    Questions count by how they are answered (score, nps, choice, text): what a question is called is a
    person's choice.
    """
    rule = mapping.rule(name)
    found: dict[str, set[str]] = {}
    if rule is not None:
        for column, target in _pairs(mapping, rule):
            found.setdefault(column, set()).add(target)
    return {column: frozenset(places) for column, places in found.items()}


def _pairs(mapping: Mapping, rule: FileRule) -> Iterator[tuple[str, str]]:
    for table, rules in rule.tables.items():
        for one in rules if isinstance(rules, list) else [rules]:
            for canonical, spec in one.columns.items():
                yield from ((column, f"{table}.{canonical}") for column in _columns(spec))
            if isinstance(one.attributes, list):
                yield from ((column, ATTRIBUTES) for column in one.attributes)
    if rule.survey is not None:
        yield from _survey_pairs(mapping, rule.survey)


def _survey_pairs(mapping: Mapping, survey: Survey) -> Iterator[tuple[str, str]]:
    yield from ((column, "responses.response_id") for column in _columns(survey.response))
    for canonical, spec in survey.columns.items():
        yield from ((column, f"responses.{canonical}") for column in _columns(spec))
    declared = questions(mapping.form)
    for question, answer in survey.answers.items():
        metric = declared[question].metric
        yield answer.column, f"answers.{'score' if metric in _SCORED else metric}"
    for spec in survey.segments.values():
        yield from ((column, "segment_members") for column in _columns(spec))


def _columns(spec: Rule) -> list[str]:
    """Source columns that a rule takes its value from (not those that only decide between constants)."""
    if spec.column is not None:
        return [spec.column]
    if spec.template is not None:
        return [name for name in placeholders(spec.template) if name != "#"]
    if spec.calc is not None:
        return [node.name for node in sqlglot.parse_one(spec.calc, read="duckdb").find_all(exp.Column)]
    return []
