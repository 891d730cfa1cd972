"""The checks a row must pass before it is loaded: those of the mapping, and those the schema asks for."""

# Names are quoted and values are literals; nothing else enters the SQL here.
# ruff: noqa: S608

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.warehouse import refusals
from peakend.warehouse.load_sql import DUCKDB_TYPES, literal, quoted
from peakend.warehouse.schema import Column, Table

if TYPE_CHECKING:
    from peakend.warehouse.mapping_loads import TableLoad


@dataclass(frozen=True, slots=True)
class RowCheck:
    """A row for which `ok` (SQL over the alias `i`, boolean, never NULL) is false is refused.

    `value` is SQL giving the offending value as text, `value_zh` where Chinese writes it otherwise; it stands
    where `reason` says `{value}`.
    """

    column: str
    ok: str
    code: str
    reason: Text
    value: str
    value_zh: str | None = None


def mapping_checks(load: TableLoad) -> list[RowCheck]:
    """The mapping's own checks, over the columns `__c0`, `__v0`, … that `load_view.inner` computes."""
    pairs = [(column.name, check) for column in load.columns for check in column.checks]
    return [
        RowCheck(name, f'i."__c{number}"', check.code, check.reason, f'i."__v{number}"')
        for number, (name, check) in enumerate(pairs)
    ]


def schema_checks(table: Table) -> list[RowCheck]:
    """What the canonical schema asks of every row of `table`."""
    return [check for column in table.columns for check in _column_checks(column)]


def _column_checks(column: Column) -> list[RowCheck]:
    name = f"i.{quoted(column.name)}"
    text = _shown(name) if column.type in {"number", "money"} else f"cast({name} as varchar)"
    checks: list[RowCheck] = []
    if column.required:
        checks.append(_check(column, f"{name} is not null", refusals.MISSING, "''"))
    if column.choices:
        among = ", ".join(literal(choice) for choice in column.choices)
        ok = f"({name} is null or {name} in ({among}))"
        checks.append(_check(column, ok, refusals.NOT_A_CHOICE, text, choices=", ".join(column.choices)))
    if column.type == "number":
        ok = f"({name} is null or isfinite({name}))"
        checks.append(_check(column, ok, refusals.NOT_FINITE, text))
    for limit, sign, code in (
        (column.minimum, ">=", refusals.BELOW_MINIMUM),
        (column.maximum, "<=", refusals.ABOVE_MAXIMUM),
    ):
        if limit is not None:
            bound = f"cast({limit!r} as {DUCKDB_TYPES[column.type]})"
            ok = f"({name} is null or {name} {sign} {bound})"
            checks.append(_check(column, ok, code, text, limit=f"{limit:g}"))
    return checks


def scale_checks() -> list[RowCheck]:
    """Checks of an answer against its question, whose scale the alias `s` gives."""
    column = Column("score", "number", Text("Score", "分值"))
    within = " and ".join(
        f"(i.score is null or s.{limit} is null or i.score {sign} s.{limit})"
        for limit, sign in (("scale_low", ">="), ("scale_high", "<="))
    )
    answered = "(i.score is null or i.state is null or i.state = 'answered')"
    text, low, high = (_shown(name) for name in ("i.score", "s.scale_low", "s.scale_high"))
    limits = f"coalesce({low}, '') || '…' || coalesce({high}, '')"
    english, chinese = f"{text} || ' (' || {limits} || ')'", f"{text} || '（' || {limits} || '）'"
    return [
        replace(_check(column, f"({within})", refusals.OUTSIDE_SCALE, english), value_zh=chinese),
        _check(column, answered, refusals.SCORE_WITHOUT_ANSWER, text),
    ]


def _shown(number: str) -> str:
    """SQL: a number as a person writes it, 11 rather than 11.0."""
    return f"regexp_replace(cast({number} as varchar), '\\.0$', '')"


def reference_check(column: Column, referred: Table, there: bool) -> RowCheck:
    """`column` must hold a key of the stored table `referred`; `there`: it has rows."""
    name = f"i.{quoted(column.name)}"
    known = f"{name} in (select {quoted(referred.key[0])} from {quoted(referred.name)})" if there else "false"
    return _check(column, f"({name} is null or {known})", refusals.UNKNOWN_REFERENCE, name, target=column.ref)


def _check(column: Column, ok: str, code: str, value: str, **facts: object) -> RowCheck:
    reason = refusals.REASONS[code].format(value="{value}", **facts)
    return RowCheck(column.name, ok, code, reason, value)


def reason_struct(check: RowCheck) -> str:
    """SQL: NULL where the check holds, else a struct of column, code, and the reason in both languages."""
    return (
        f"case when not {check.ok} then {{'column': {literal(check.column)}, 'code': {literal(check.code)}, "
        f"'en': {_english(check)}, 'zh': {_chinese(check)}}} end"
    )


def _english(check: RowCheck) -> str:
    """SQL for `column: reason`, with the offending value in it as the source wrote it."""
    return _sentence(f"{check.column}: ", check.reason.en.rstrip("."), check.value, ("'", "'"), (" (", ")"))


def _chinese(check: RowCheck) -> str:
    # Full-width quotation marks bring their own space.
    reason = check.reason.zh.rstrip("。").replace("{value} ", "{value}").replace(" {value}", "{value}")
    return _sentence(f"{check.column}：", reason, check.value_zh or check.value, ("“", "”"), ("（", "）"))


def _sentence(
    start: str, template: str, value: str, quotes: tuple[str, str], brackets: tuple[str, str]
) -> str:
    """SQL: the template with the value in `quotes` in its place, else after it in `brackets`."""
    before, found, after = template.partition("{value}")
    (left, right), (opened, closed) = quotes, brackets
    shown = f"{literal(left)} || coalesce({value}, '') || {literal(right)}"
    if not found:
        inside = f"{literal(opened)} || {shown} || {literal(closed)}"
        return (
            f"{literal(start + template)} || case when coalesce({value}, '') = '' then '' else {inside} end"
        )
    return f"{literal(start + before)} || {shown} || {literal(after)}"
