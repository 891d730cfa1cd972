"""Write a screened table in its order, keep what updated rows said before, make stubs for references."""

# Names are quoted and values are literals; nothing else enters the SQL here.
# ruff: noqa: S608

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.warehouse.load_sql import STUB, listed, literal, names_of, quoted, same, typed
from peakend.warehouse.load_stage import Stage, execute
from peakend.warehouse.schema import Column, Table, canonical_table

if TYPE_CHECKING:
    import duckdb

_LITERAL = re.compile(r"(?i:null)(::\w+)?|'([^']|'')*'(::\w+)?")

ROW_HISTORY = pa.schema(
    [
        pa.field("table_name", pa.string()),
        pa.field("key", pa.string()),
        pa.field("valid_until", pa.timestamp("us")),
        pa.field("load_id", pa.string()),
        pa.field("row_json", pa.string()),
    ]
)
"""What a row said until a load changed it. `key` is a JSON array of the key's values as text, in order."""


def write(stage: Stage) -> None:
    """Store the table with the new and the changed rows, sorted; without any, leave it alone."""
    table, count = stage.table, stage.count
    straight = count.read - count.refused - count.duplicates - count.merged - count.updated - count.unchanged
    count.kept = straight
    if not (count.kept or count.updated):
        return
    if count.updated:
        _keep_history(stage)
    names = names_of(table)
    parts = [stage.fresh()]
    if stage.exists:
        kept = f"select {listed(names, 'e.')} from {quoted(table.name)} e"
        if count.updated:
            kept += f" anti join {stage.name('replaced')} r on {same(table.key, 'e', 'r')}"
        parts.insert(0, kept)
    sorted_rows = f"select * from ({' union all '.join(parts)}) order by {listed(table.sort)}"
    # The order of a sort inside a subquery holds only as long as DuckDB keeps the order of insertion.
    stage.run("set preserve_insertion_order = true")
    stage.run(
        f"create or replace table {quoted(table.name)} as select {_columns(stage)} from ({sorted_rows})"
    )
    stage.run("set preserve_insertion_order = false")
    stage.written = True


def _columns(stage: Stage) -> str:
    """SQL: the table's columns over the sorted rows.

    What is the same in every row is added after the sort, because what is sorted is paid for.
    """
    alone = not (stage.exists or stage.contested_keys)
    return ", ".join(
        f"{typed(column, value)} as {quoted(column.name)}"
        if alone and (value := _constant(stage, column.name)) is not None
        else quoted(column.name)
        for column in stage.table.columns
    )


def _constant(stage: Stage, name: str) -> str | None:
    """SQL of the one value that every load gives column `name`: NULL, or a literal; else None."""
    given = {column.value if (column := load.column(name)) else "NULL" for load in stage.loads}
    value = given.pop()
    return value if not given and _LITERAL.fullmatch(value) else None


def _keep_history(stage: Stage) -> None:
    table = stage.table
    stage.run(
        f"insert into load_history select {literal(table.name)}, {key_json(table, 'e')}, "
        f"{row_json(table, 'e')} from {quoted(table.name)} e "
        f"join {stage.name('replaced')} r on {same(table.key, 'e', 'r')}"
    )


def key_json(table: Table, alias: str) -> str:
    """SQL: the key of a row as a JSON array of texts."""
    values = ", ".join(f"cast({alias}.{quoted(name)} as varchar)" for name in table.key)
    return f"to_json([{values}])::varchar"


def row_json(table: Table, alias: str) -> str:
    """SQL: a whole row as a JSON object, every value as text so that nothing is rounded."""
    pairs = ", ".join(f"{literal(c)}, cast({alias}.{quoted(c)} as varchar)" for c in names_of(table))
    return f"json_object({pairs})::varchar"


def can_be_stubbed(table: Table) -> bool:
    """Whether a row of `table` can stand on its key alone (a question's metric is told from its answers)."""
    needed = {column.name for column in table.columns if column.required} - {*table.key, "source"}
    return len(table.key) == 1 and needed <= ({"metric"} if table.name == "questions" else set())


def make_stubs(
    connection: duckdb.DuckDBPyConnection, target: Table, referring: list[tuple[Table, Column]]
) -> int:
    """Add to `target` a row for every key that `referring` columns hold and it lacks; how many were added."""
    key, name = quoted(target.key[0]), quoted(target.name)
    wanted = " union all ".join(
        f"select {quoted(column.name)} as value, source, {_metric(table, target)} as metric "
        f"from {quoted(table.name)} where {quoted(column.name)} is not null"
        for table, column in referring
    )
    existing = _exists(connection, target.name)
    lacking = f" where value not in (select {key} from {name})" if existing else ""
    files = [table.name for table, _ in referring]
    execute(
        connection,
        "create or replace temp table load_stubs as "
        "select value, min(source) as source, min(metric) as metric "
        f"from ({wanted}){lacking} group by value",
        target.name,
        files,
    )
    made = int(execute(connection, "select count(*) from load_stubs", target.name, files)[0][0])
    if not made:
        return 0
    given = {target.key[0]: "value", "source": "source", "metric": "metric[2:]", "attributes": literal(STUB)}
    columns = ", ".join(f"{typed(c, given.get(c.name, 'NULL'))} as {quoted(c.name)}" for c in target.columns)
    stored = f"select {listed(names_of(target))} from {name} union all " if existing else ""
    execute(
        connection,
        f"create or replace table {name} as select * from ({stored}select {columns} from load_stubs) "
        f"order by {listed(target.sort)}",
        target.name,
        files,
    )
    return made


def _metric(table: Table, target: Table) -> str:
    if target.name != "questions" or table.name != "answers":
        return "NULL::varchar"
    # The smallest over all answers counts: a score before a choice before words.
    return (
        "case when score is not null then '1rating' when choice is not null then '2choice' else '3text' end"
    )


def _exists(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    found = connection.execute(
        "select count(*) from duckdb_tables() where table_name = $1 and not temporary and not internal",
        [table],
    ).fetchall()
    return bool(found[0][0])


def references(table: Table) -> list[tuple[Column, Table]]:
    """Every column of `table` that holds another table's key, with that table."""
    return [(column, canonical_table(column.ref)) for column in table.columns if column.ref]
