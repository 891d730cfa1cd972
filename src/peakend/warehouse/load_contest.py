"""Keys that occur more than once, or are in the warehouse with other content: which row holds, and why.

Within one file the first row of a key holds: the same content again is dropped, other content is refused.
Between files of one load: the rows of a fact must be equal; a row of any other table may be completed by a
further file in columns that the first leaves empty, and is refused where it contradicts it. Rows derived
from facts never contradict: whatever exists stays. Against the warehouse: facts never change; other rows
follow their source in the columns it gives, and what they said before goes to `row_history`.
"""

# Names are quoted and values are literals; nothing else enters the SQL here.
# ruff: noqa: S608

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.warehouse.load_sql import (
    STUB,
    content_of,
    hashed,
    listed,
    literal,
    names_of,
    quoted,
    same,
)

if TYPE_CHECKING:
    from peakend.warehouse.load_stage import Stage


def resolve(stage: Stage) -> None:
    """Decide over the contested keys: fills `resolved`, `replaced` and `load_refused`, and counts."""
    if not stage.contested_keys:
        return
    _collect(stage)
    _judge(stage)
    _merge(stage)
    _compare(stage)
    _tally(stage)


def _collect(stage: Stage) -> None:
    """All sound rows of contested keys, from every file."""
    special = f"(select key from {stage.name('special')})"
    whole = hashed(content_of(stage.table), "i.")
    sieves, parts = [], []
    for number, load in enumerate(stage.loads):
        # Materialised, so that the sieve comes first and the many other rows cost nothing more.
        close = f"select row from {stage.name('screen')} where load = {number} and ok and key in {special}"
        sieves.append(
            f"near{number} as materialized "
            f"(select * from {stage.rows(number)} where {stage.among(number, close)})"
        )
        parts.append(
            f"select {number}::smallint as __load, __row, {load.on_conflict == 'keep'} as __keep, "
            f"{listed(names_of(stage.table))}, {whole} as __whole "
            f"from near{number} i where __ok and __key in {special}"
        )
    stage.run(
        f"create or replace temp table {stage.name('contested')} as "
        f"with {', '.join(sieves)} {' union all '.join(parts)}"
    )


def _judge(stage: Stage) -> None:
    """Mark every contested row: winner, duplicate, refused, or one that may complete it ('merged')."""
    key = listed(stage.table.key)
    alone = "'refused'" if stage.table.append_only else "'merged'"
    stage.run(
        f"create or replace temp table {stage.name('judged')} as with ranked as (select *, "
        "row_number() over own as __nth, row_number() over every as __rank, "
        "first_value(__whole) over own as __own_whole, first_value(__row) over own as __own_row, "
        "first_value(__whole) over every as __first_whole, first_value(__row) over every as __first_row, "
        f"first_value(__load) over every as __first_load from {stage.name('contested')} "
        f"window own as (partition by {key}, __load order by __row), "
        f"every as (partition by {key} order by __keep, __load, __row)) "
        "select * exclude (__own_whole, __first_whole, __nth, __rank, __own_row, __first_row, __first_load), "
        "case when __nth > 1 and not __keep then __load else __first_load end as __other_load, "
        "case when __nth > 1 and not __keep then __own_row else __first_row end as __other_row, "
        "case when __rank = 1 then 'winner' when __keep then 'duplicate' "
        "when __nth > 1 then case when __whole = __own_whole then 'duplicate' else 'refused' end "
        f"when __whole = __first_whole then 'duplicate' else {alone} end as __mark from ranked"
    )


def _merge(stage: Stage) -> None:
    """One row a key out of its winner and those that complete it; what contradicts is refused."""
    content = [name for name in content_of(stage.table) if name != "attributes"]
    judged, merged, table = stage.name("judged"), stage.name("merged"), stage.table
    stage.run(f"create or replace temp table {merged} as {_merged_sql(stage)}")
    against = " or ".join(f"(j.{quoted(c)} is not null and j.{quoted(c)} <> m.{quoted(c)})" for c in content)
    if table.append_only or not against:
        return
    refused = stage.number(
        f"select count(*) from {judged} j join {merged} m on {same(table.key, 'j', 'm')} "
        f"where j.__mark = 'merged' and ({against})"
    )
    if refused:
        stage.run(
            f"update {judged} j set __mark = 'refused' from {merged} m where {same(table.key, 'j', 'm')} "
            f"and j.__mark = 'merged' and ({against})"
        )
        stage.run(f"create or replace temp table {merged} as {_merged_sql(stage)}")


def _merged_sql(stage: Stage) -> str:
    """SQL: per key the first value of every column among winner and completing rows, and who maps what."""
    table = stage.table
    columns = [
        f"arg_min({quoted(name)}, __load) as {quoted(name)}"
        for name in [*content_of(table), "source"]
        if name != "attributes"
    ]
    patched = (
        "list_reduce(list(attributes order by __load desc) filter (attributes is not null), "
        "lambda a, b: json_merge_patch(a, b)::varchar)"
    )
    columns.append(f"case when count(attributes) < 2 then min(attributes) else {patched} end as attributes")
    for name in content_of(table):
        loads = ", ".join(str(n) for n, load in enumerate(stage.loads) if name in stage.mapped(load))
        mapped = f"bool_or(__load in ({loads}))" if loads else "false"
        columns.append(f"{mapped} as {quoted('__mapped_' + name)}")
    return (
        f"select {listed(table.key)}, {', '.join(columns)}, bool_and(__keep) as __keep "
        f"from {stage.name('judged')} where __mark in ('winner', 'merged') group by {listed(table.key)}"
    )


def _compare(stage: Stage) -> None:
    """Set the merged rows against what is stored: new, the same, to be updated, or (a fact) to be refused."""
    table, merged = stage.table, stage.name("merged")
    resolved, replaced = stage.name("resolved"), stage.name("replaced")
    names = names_of(table)
    if not stage.exists:
        stage.run(
            f"create or replace temp table {resolved} as "
            f"select {listed(names)}, 'new' as __fate from {merged}"
        )
        stage.run(
            f"create or replace temp table {replaced} as select {listed(table.key)} from {merged} limit 0"
        )
        return
    stub = f"(e.attributes is not distinct from {literal(STUB)})"
    content = content_of(table)
    after = ", ".join(f"{_after(name, stub)} as {quoted(name)}" for name in [*content, "source"])
    keys = ", ".join(f"m.{quoted(name)} as {quoted(name)}" for name in table.key)
    before = ", ".join(f"e.{quoted(name)} as {quoted('__old_' + name)}" for name in content)
    equal = (
        " and ".join(f"{quoted(c)} is not distinct from {quoted('__old_' + c)}" for c in content) or "true"
    )
    changed = "'refused'" if table.append_only else "'updated'"
    stage.run(
        f"create or replace temp table {resolved} as with compared as (select {keys}, {after}, {before}, "
        f"e.{quoted(table.key[0])} is not null as __there, m.__keep and not {stub} as __stays "
        f"from {merged} m left join {quoted(table.name)} e on {same(table.key, 'm', 'e')}) "
        f"select {listed(names)}, case when not __there then 'new' "
        f"when __stays or ({equal}) then 'unchanged' else {changed} end as __fate from compared"
    )
    stage.run(
        f"create or replace temp table {replaced} as select {listed(table.key)} from {resolved} "
        "where __fate = 'updated'"
    )
    if table.append_only:
        stage.run(
            f"update {stage.name('judged')} j set __mark = 'differs' from {resolved} r "
            f"where r.__fate = 'refused' and j.__mark = 'winner' and {same(table.key, 'j', 'r')}"
        )


def _after(name: str, stub: str) -> str:
    """SQL: the value of column `name` once the merged row `m` has met the stored row `e`."""
    new, old = f"m.{quoted(name)}", f"e.{quoted(name)}"
    if name == "source":
        return f"coalesce({new}, {old})"
    if name == "attributes":
        together = f"json_merge_patch({old}, {new})::varchar"
        return (
            f"case when {old} is null or {new} = {old} or {stub} then {new} "
            f"when {new} is null then {old} else {together} end"
        )
    return f"case when {quoted('__mapped_' + name)} or {old} is null then {new} else {old} end"


def _tally(stage: Stage) -> None:
    marks = dict(stage.run(f"select __mark, count(*) from {stage.name('judged')} group by 1"))
    fates = dict(stage.run(f"select __fate, count(*) from {stage.name('resolved')} group by 1"))
    count = stage.count
    count.duplicates += marks.get("duplicate", 0)
    count.merged += marks.get("merged", 0)
    count.refused += marks.get("refused", 0) + marks.get("differs", 0)
    count.updated += fates.get("updated", 0)
    count.unchanged += fates.get("unchanged", 0)
    stage.run(f"delete from {stage.name('resolved')} where __fate not in ('new', 'updated')")
