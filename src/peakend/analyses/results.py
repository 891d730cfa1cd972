"""An analysis' results held against its declaration, and saved with its record: all or nothing."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from peakend.analyses.errors import ResultError
from peakend.analyses.fingerprints import row_count
from peakend.engine import Engine, Relation, identifier
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from peakend.declaration import Analysis, ResultColumn, Results, ResultTable

_SQL_TYPES: Mapping[str, str] = {
    "string": "text",
    "integer": "bigint",
    "number": "double",
    "money": "decimal(18, 4)",
    "day": "date",
    "time": "timestamp",
    "flag": "boolean",
}


def declared_results(engine: Engine, analysis: Analysis, results: Results) -> dict[str, Relation]:
    """A relation for every table that `analysis` gives, with the declared columns in order and type.

    Raises `ResultError`, naming analysis, table and column, when `results` are not what was declared. The key
    of a result that is a relation is not checked: that would cost another scan.
    """
    _same_tables(analysis, results)
    checked: dict[str, Relation] = {}
    for table in analysis.gives:
        result = results[table.name]
        if isinstance(result, Relation):
            found = result.query("select * from t limit 0").to_arrow().schema
            _same_columns(analysis, table, found)
            checked[table.name] = _cast(result, table)
        else:
            _same_columns(analysis, table, result.schema)
            arrow = _cast_arrow(analysis, table, result)
            _unique_key(analysis, table, arrow)
            checked[table.name] = engine.from_arrow(arrow)
    return checked


def save(engine: Engine, relations: Mapping[str, Relation], made: Results | None = None) -> dict[str, int]:
    """Replace the result tables; rows of each. Call it within `all_or_nothing`.

    made: the results as the analysis returned them. One that others are made from is saved before them, and
    they read the saved table instead of computing it again.
    """
    parts = {name: result for name, result in (made or {}).items() if isinstance(result, Relation)}
    used = {name: _used_by(relation, parts) - {name} for name, relation in relations.items()}
    for name in sorted(relations, key=lambda table: len(used[table])):
        relation = relations[name]
        for part in used[name]:
            _read_saved(relation, parts[part].name, engine.table(part))
        engine.store(relation, name, replace=True)
    return {name: row_count(engine, name) for name in relations}


def _used_by(relation: Relation, parts: Mapping[str, Relation]) -> set[str]:
    return {name for name, part in parts.items() if part.name in relation.ctes}


def _read_saved(relation: Relation, part: str, saved: Relation) -> None:
    """Put `saved` in the place of the CTE `part`, and drop what only that needed."""
    relation.ctes[part] = saved.statement()
    bodies, needed = [relation.tree], set[str]()
    values = set[str]()
    while bodies:
        body = bodies.pop()
        values |= {placeholder.name for placeholder in body.find_all(exp.Placeholder)}
        found = {table.name for table in body.find_all(exp.Table)} & set(relation.ctes)
        bodies += [relation.ctes[name] for name in found - needed]
        needed |= found
    relation.ctes = {name: body for name, body in relation.ctes.items() if name in needed}
    relation.params = {name: value for name, value in relation.params.items() if name in values}


@contextmanager
def all_or_nothing(engine: Engine) -> Iterator[None]:
    """A transaction where the engine has them; elsewhere nothing (the caller leaves a mark first)."""
    if not engine.transactional:
        yield
        return
    with engine.transaction():
        yield


def _same_tables(analysis: Analysis, results: Results) -> None:
    declared = {table.name for table in analysis.gives}
    if wrong := sorted(declared ^ set(results)):
        missing = wrong[0] in declared
        en = "did not return the table" if missing else "returned an undeclared table"
        zh = "没有返回已声明的表" if missing else "返回了未声明的表"
        raise ResultError(
            Text(f"{analysis.name} {en} {wrong[0]}.", f"{analysis.name} {zh} {wrong[0]}。"),
            analysis=analysis.name,
            table=wrong[0],
            column=None,
        )


def _same_columns(analysis: Analysis, table: ResultTable, found: pa.Schema) -> None:
    declared = [column.name for column in table.columns]
    if missing := [name for name in declared if name not in found.names]:
        raise _wrong(analysis, table, missing[0], "is missing", "缺失")
    if extra := [name for name in found.names if name not in declared]:
        raise _wrong(analysis, table, extra[0], "was not declared", "未声明")
    for column in table.columns:
        if column.type == "integer" and pa.types.is_floating(found.field(column.name).type):
            raise _wrong(
                analysis, table, column.name, "is declared integer but is floating", "声明为整数，却是浮点数"
            )


def _cast(relation: Relation, table: ResultTable) -> Relation:
    columns = [_cast_column(column) for column in table.columns]
    return relation.query(exp.select(*columns).from_("t").sql("duckdb"))


def _cast_column(column: ResultColumn) -> exp.Alias:
    name = identifier(column.name)
    to = exp.DataType.build(_SQL_TYPES[column.type], dialect="duckdb")
    return exp.Alias(this=exp.cast(exp.Column(this=name.copy()), to), alias=name)


def _cast_arrow(analysis: Analysis, table: ResultTable, result: pa.Table) -> pa.Table:
    arrays = []
    for field in table.schema():
        try:
            arrays.append(result.column(field.name).cast(field.type))
        except pa.ArrowException as cause:
            raise _wrong(
                analysis, table, field.name, f"does not fit its type: {cause}", f"与声明的类型不符：{cause}"
            ) from cause
    return pa.Table.from_arrays(arrays, schema=table.schema())


def _unique_key(analysis: Analysis, table: ResultTable, arrow: pa.Table) -> None:
    if not table.key:
        return
    counted = arrow.group_by(list(table.key)).aggregate([([], "count_all")])
    repeated = counted.filter(pc.greater(counted.column("count_all"), 1))
    if repeated.num_rows:
        first = {name: repeated.column(name)[0].as_py() for name in table.key}
        raise ResultError(
            Text(
                f"{analysis.name}: {table.name} has {repeated.num_rows} keys more than once, e.g. {first}.",
                f"{analysis.name}：{table.name} 有 {repeated.num_rows} 个键重复，例如 {first}。",
            ),
            analysis=analysis.name,
            table=table.name,
            column=table.key[0],
        )


def _wrong(analysis: Analysis, table: ResultTable, column: str, en: str, zh: str) -> ResultError:
    return ResultError(
        Text(
            f"{analysis.name}: the column {table.name}.{column} {en}.",
            f"{analysis.name}：列 {table.name}.{column} {zh}。",
        ),
        Text(
            "This is a fault of the analysis, not of the data; its author has to correct it.",
            "这是分析本身的问题，与数据无关，需由其作者修正。",
        ),
        analysis=analysis.name,
        table=table.name,
        column=column,
    )
