"""The customers behind one row of a result: listed by the query that counted them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlglot import exp

from peakend.analyses.catalogue import catalogue, find
from peakend.analyses.order import givers
from peakend.analyses.records import latest_records
from peakend.analyses.runner import relations_for, tables_read
from peakend.declaration import Inputs, Settings
from peakend.engine import identifier
from peakend.errors import PeakendError
from peakend.language import Text, meant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakend.declaration import Analysis, ResultTable
    from peakend.engine import Engine, Relation

_MOST_NAMED = 5


class BehindError(PeakendError):
    """There is no list: the result has none, no row or several rows fit, or the cell is hidden.

    `data` has table, and matching (how many rows fit) where that is the reason.
    """

    code = "analyses.behind"


def customers_behind(
    engine: Engine, table: str, where: Mapping[str, Any], analyses: Sequence[Analysis] | None = None
) -> Relation:
    """The customers that the one row of the result `table` with the values `where` counts.

    where: values by column, as many as it takes; text is read as the column's type. A relation, `customer_id`
    first, from the query that made the number, with the settings of its last run. Raises `BehindError`,
    `UnknownAnalysisError`.
    """
    every = catalogue() if analyses is None else tuple(analyses)
    analysis = find(table, every)
    declared = _declared(analysis, table)
    row = _the_row(engine, declared, where)
    if row.get("hidden"):
        raise BehindError(
            Text(
                "This cell is hidden because too few stand behind it; so is its list.",
                "该单元格因人数过少而不公布，名单亦不公布。",
            ),
            table=table,
        )
    assert declared.behind is not None
    present = set(engine.tables())
    gives = {result.name: result for result in (t for a in every for t in a.gives)}
    relations = relations_for(engine, analysis, tables_read(analysis, present), gives)
    return declared.behind(Inputs(engine, relations, _settings(engine, analysis)), row)


def with_lists(analyses: Sequence[Analysis] | None = None) -> tuple[str, ...]:
    """The result tables behind whose rows customers can be listed."""
    by_table = givers(catalogue() if analyses is None else tuple(analyses))
    return tuple(
        table.name
        for analysis in dict.fromkeys(by_table.values())
        for table in analysis.gives
        if table.behind is not None
    )


def _declared(analysis: Analysis, table: str) -> ResultTable:
    listed = [result for result in analysis.gives if result.behind is not None]
    named = [result for result in listed if result.name == table]
    if not named and table == analysis.name and len(listed) == 1:
        named = listed
    if named:
        return named[0]
    names = ", ".join(result.name for result in listed)
    do = Text(f"Name one of: {names}.", f"请指定：{names}。") if listed else None
    raise BehindError(
        Text(f"{table} has no list of customers behind its rows.", f"{table} 的行没有对应的客户名单。"),
        do,
        table=table,
    )


def _the_row(engine: Engine, declared: ResultTable, where: Mapping[str, Any]) -> dict[str, Any]:
    types = {column.name: column.type for column in declared.columns}
    unknown = [name for name in where if name not in types]
    if unknown:
        close = meant(unknown[0], list(types)) or list(types)
        raise BehindError(
            Text(f"{declared.name} has no column {unknown[0]}.", f"{declared.name} 没有 {unknown[0]} 列。"),
            Text(f"Perhaps: {', '.join(close)}.", f"可能是：{'、'.join(close)}。"),
            table=declared.name,
        )
    if not engine.has_table(declared.name):
        raise BehindError(
            Text(f"{declared.name} has not been computed here.", f"此处尚未计算 {declared.name}。"),
            Text("Run the analyses first: `peakend run`.", "请先运行分析：`peakend run`。"),
            table=declared.name,
        )
    found = _matching(engine, declared, {name: _as_type(types[name], name, v) for name, v in where.items()})
    if found.num_rows == 1:
        row: dict[str, Any] = found.to_pylist()[0]
        return row
    raise _not_one(declared, found)


def _matching(engine: Engine, declared: ResultTable, where: Mapping[str, Any]) -> pa.Table:
    query = exp.select("*").from_("t")
    params: dict[str, Any] = {}
    for number, (name, value) in enumerate(where.items()):
        column = exp.column(identifier(name))
        if value is None:
            query = query.where(exp.Is(this=column, expression=exp.Null()))
            continue
        params[f"v{number}"] = value
        query = query.where(exp.EQ(this=column, expression=exp.Placeholder(this=f"v{number}")))
    stored = engine.table(declared.name)
    return stored.query(query.sql("duckdb"), params).to_arrow(declared.schema())


def _as_type(kind: str, name: str, value: object) -> object:
    """`value` as the column's type; text from a command line is read, an empty one is no value."""
    if not isinstance(value, str) or kind == "string":
        return None if value == "" else value
    if value == "":
        return None
    try:
        if kind == "flag":
            return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}[
                value.casefold()
            ]
        shape = {"integer": pa.int64(), "number": pa.float64(), "day": pa.date32()}.get(kind)
        return pa.scalar(value).cast(shape or pa.timestamp("us")).as_py() if kind != "money" else value
    except (KeyError, pa.ArrowException) as cause:
        raise BehindError(
            Text(f"{value!r} is no {kind} for {name}.", f"{value!r} 不是 {name} 应有的 {kind} 值。"),
            column=name,
        ) from cause


def _not_one(declared: ResultTable, found: pa.Table) -> BehindError:
    if not found.num_rows:
        return BehindError(
            Text(f"No row of {declared.name} has these values.", f"{declared.name} 中没有符合这些值的行。"),
            Text(f"See them: `peakend show {declared.name}`.", f"可用 `peakend show {declared.name}` 查看。"),
            table=declared.name,
            matching=0,
        )
    apart = [name for name in declared.key if len(found[name].unique()) > 1]
    named = "; ".join(
        " ".join(f"{name}={'' if row[name] is None else row[name]}" for name in apart)
        for row in found.slice(0, _MOST_NAMED).select(apart).to_pylist()
    )
    return BehindError(
        Text(
            f"{found.num_rows} rows of {declared.name} have these values; name one, by {', '.join(apart)}.",
            f"{declared.name} 中有 {found.num_rows} 行符合，请再用 {'、'.join(apart)} 指明一行。",
        ),
        Text(f"For example: {named}", f"例如：{named}"),
        table=declared.name,
        matching=found.num_rows,
    )


def _settings(engine: Engine, analysis: Analysis) -> Settings:
    record = latest_records(engine, ["done"]).get(analysis.name)
    if record is None:
        return Settings()
    known = {name: v for name, v in record.settings.items() if name in Settings.__dataclass_fields__}
    return Settings(**known)
