"""Keep the rows that a load does not take: with the reasons, and whole, as the source has them."""

# Names are quoted and values are literals; expressions come from the mapping, which builds SQL.
# ruff: noqa: S608

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.language import LANGUAGES
from peakend.warehouse import refusals
from peakend.warehouse.load_checks import mapping_checks, reason_struct
from peakend.warehouse.load_sql import literal, same
from peakend.warehouse.load_stage import view_sql

if TYPE_CHECKING:
    from peakend.language import Language
    from peakend.warehouse.load_stage import Stage


def refuse(stage: Stage) -> None:
    """Put every row of `stage` that failed a check or lost a contest into `load_refused`.

    Sources are read once more, and only where they have such rows; nothing is made of the others.
    """
    for number, load in enumerate(stage.loads):
        lost = _lost(stage, number)
        losers = stage.number(f"select count(*) from {lost}") if stage.contested_keys else 0
        if not (stage.failing[number] or losers):
            continue
        rows = [f"select row from {stage.name('screen')} where load = {number} and not ok"]
        rows += [f"select __row from {lost}"] if losers else []
        near, sieve = stage.name("near"), stage.among(number, " union all ".join(rows))
        stage.run(f"create or replace temp table {near} as {view_sql(stage.table, load, sieve)}")
        if stage.failing[number]:
            _refuse_unsound(stage, number, near)
        if losers:
            _refuse_losers(stage, number, near)
    stage.drop_parts("near")


def _lost(stage: Stage, number: int) -> str:
    """SQL: contested rows of load `number` that do not hold."""
    losing = f"__load = {number} and __mark in ('refused', 'differs')"
    return f"(select * from {stage.name('judged')} where {losing})"


def _refuse_unsound(stage: Stage, number: int, near: str) -> None:
    """Rows that fail a check, with the first reason of every column."""
    load = stage.loads[number]
    reasons = ", ".join(reason_struct(check) for check in [*mapping_checks(load), *stage.checks])
    stage.run(
        "insert into load_refused select "
        f"{literal(load.source.name)}, __row + 1, {literal(stage.table.name)}, "
        "why[1]['column'], why[1]['code'], "
        "array_to_string(list_transform(why, lambda w: w['en']), '; '), "
        "array_to_string(list_transform(why, lambda w: w['zh']), '；'), __raw from ("
        "select __row, __raw, list_filter(every, lambda w, n: n = list_position("
        "list_transform(every, lambda x: x['column']), w['column'])) as why from ("
        f"select i.__row, i.__raw, list_filter([{reasons}], lambda w: w is not null) as every "
        f"from {near} i {stage.joined})) where len(why) > 0 order by __row"
    )


def _refuse_losers(stage: Stage, number: int, near: str) -> None:
    """Rows of contested keys that do not hold, each with the row that does."""
    load = stage.loads[number]
    column = ", ".join(stage.table.key)
    first = _first_row(stage)
    reasons = ", ".join(
        f"{literal(column + ': ')} || case when j.__mark = 'differs' "
        f"then {literal(refusals.REASONS[refusals.ALREADY_LOADED].in_(language))} "
        f"else {_filled(refusals.REASONS[refusals.DUPLICATE_KEY].in_(language), first[language])} end"
        for language in LANGUAGES
    )
    code = (
        f"case when j.__mark = 'differs' then {literal(refusals.ALREADY_LOADED)} "
        f"else {literal(refusals.DUPLICATE_KEY)} end"
    )
    stage.run(
        f"insert into load_refused select {literal(load.source.name)}, j.__row + 1, "
        f"{literal(stage.table.name)}, {literal(column)}, {code}, {reasons}, i.__raw "
        f"from {near} i join {_lost(stage, number)} j on j.__row = i.__row "
        f"and {same(stage.table.key, 'i', 'j')} order by j.__row"
    )


def _first_row(stage: Stage) -> dict[Language, str]:
    """SQL in both languages: file and number of the row that holds."""
    file = " ".join(
        f"when {number} then {literal(load.source.name)}" for number, load in enumerate(stage.loads)
    )
    name = f"case j.__other_load {file} end"
    return {
        "en": f"{name} || ', row ' || cast(j.__other_row + 1 as varchar)",
        "zh": f"{name} || ' 第 ' || cast(j.__other_row + 1 as varchar) || ' 行'",
    }


def _filled(template: str, first: str) -> str:
    before, _, after = template.partition("{first}")
    return f"{literal(before)} || {first} || {literal(after)}"
