"""Data quality of every column: completeness, validity, uniqueness, timeliness, and what was refused.

Each table is scanned once, whatever its number of columns. Definitions (n rows, f of them filled):
completeness = f / n; validity = share of the f that meet the schema's rule (choices, limits, a reference that
exists, the scale of the question); uniqueness of key columns = distinct keys / n; age = days from the newest
value of a time column to the last change of the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlglot import exp

from peakend.declaration import Inputs, ResultColumn, Results, ResultTable
from peakend.engine import identifier
from peakend.language import Text
from peakend.warehouse.schema import Column, Table, canonical_tables
from peakend.warehouse.versions import TABLE_VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peakend.engine import Engine, Relation


def _column(name: str, kind: str, en: str, zh: str, unit: str | None = None) -> ResultColumn:
    return ResultColumn(name, kind, Text(en, zh), unit)


DATA_QUALITY = ResultTable(
    "data_quality",
    (
        _column("table_name", "string", "Table", "表"),
        _column("column_name", "string", "Column (*: the table as a whole)", "列（* 表示整表）"),
        _column("rows", "integer", "Rows of the table", "表的行数", "rows"),
        _column("filled", "integer", "Rows that have a value", "有值的行数", "rows"),
        _column("completeness", "number", "Share of rows that have a value", "完整率：有值的占比", "share"),
        _column(
            "invalid",
            "integer",
            "Values that break the column's rule: choices, limits, existing reference, scale of the question",
            "不符合规则的值：可选值、上下限、引用存在、题目量表",
            "rows",
        ),
        _column(
            "validity",
            "number",
            "Share of the values that meet the rule (empty: no rule, or no value)",
            "有效率：有值中符合规则的占比（空为无规则或无值）",
            "share",
        ),
        _column(
            "uniqueness",
            "number",
            "Different keys per row (columns of the key and the table as a whole; 1: no key twice)",
            "唯一率：不同编号数与行数之比（仅键列与整表；1 表示无重复）",
            "share",
        ),
        _column("newest_at", "time", "Newest value of a time column", "时间列的最新值"),
        _column(
            "age_days",
            "number",
            "Timeliness: days from the newest value to the table's last change (negative: in the future)",
            "时效：最新值距该表最近一次变更的天数（负数表示在未来）",
            "days",
        ),
        _column(
            "refused",
            "integer",
            "Rows refused at loading, first for this column (* counts every refusal of the table)",
            "载入时首先因该列被拒绝的行数（* 为整表全部拒绝数）",
            "rows",
        ),
    ),
    ("table_name", "column_name"),
    Text(
        "How complete, valid, unique and recent every column of every canonical table is.",
        "各标准表每一列的完整率、有效率、唯一率与时效。",
    ),
)
WHOLE = "*"


@dataclass(frozen=True, slots=True)
class _Lookup:
    """A relation beside the scanned table: the keys that `column` may refer to, or the questions' scales."""

    column: Column
    alias: str
    relation: str


def data_quality(inputs: Inputs) -> Results:
    """`DATA_QUALITY` over every canonical table that is present."""
    present = [table for name, table in canonical_tables().items() if name in inputs.relations]
    changed = _last_changes(inputs.engine)
    refused = _refusals(inputs.engine)
    rows = [row for table in present for row in _table_rows(inputs, table, changed, refused)]
    return {"data_quality": pa.Table.from_pylist(rows, schema=DATA_QUALITY.schema())}


def _table_rows(
    inputs: Inputs,
    table: Table,
    changed: dict[str, datetime],
    refused: dict[tuple[str, str | None], int],
) -> Iterator[dict[str, Any]]:
    stored = set(inputs.engine.schema(table.name).names)
    columns = [column for column in table.columns if column.name in stored]
    measured = _measured(inputs, table, columns)
    n = measured["n"]
    unique = _share(measured["keys"], n)
    of_table = {key[1]: count for key, count in refused.items() if key[0] == table.name}
    yield _row(table, WHOLE, n, uniqueness=unique, refused=sum(of_table.values()))
    for number, column in enumerate(columns):
        filled = measured[f"f{number}"]
        invalid = measured.get(f"i{number}")
        newest = _as_time(measured.get(f"t{number}"))
        age = (
            (changed[table.name] - newest).total_seconds() / 86400
            if newest and table.name in changed
            else None
        )
        yield _row(
            table,
            column.name,
            n,
            filled=filled,
            completeness=_share(filled, n),
            invalid=invalid,
            validity=None if invalid is None else _share(filled - invalid, filled),
            uniqueness=unique if column.name in table.key else None,
            newest_at=newest,
            age_days=age,
            refused=of_table.get(column.name, 0),
        )


def _row(table: Table, column: str, rows: int, **values: object) -> dict[str, Any]:
    empty = dict.fromkeys(DATA_QUALITY.schema().names)
    return {**empty, "table_name": table.name, "column_name": column, "rows": rows, **values}


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _as_time(value: date | datetime | None) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day)


def _measured(inputs: Inputs, table: Table, columns: list[Column]) -> dict[str, Any]:
    """Every count of `table` in one row: n, keys, and f0, i0, t0, … by the number of the column."""
    lookups = list(_lookups(inputs, table, columns))
    relations: dict[str, Relation] = {"scanned": inputs[table.name]}
    query = exp.select(*_aggregates(table, columns, lookups)).from_(
        exp.alias_(exp.to_table("scanned"), "t", table=True)
    )
    for lookup in lookups:
        relations[lookup.relation] = inputs[lookup.relation]
        query = query.join(
            _keys_of(lookup),
            on=_field(lookup.alias, "k").eq(_field("t", lookup.column.name)),
            join_type="left",
        )
    counted = inputs.engine.query(query.sql("duckdb"), None, analysis="data_quality", **relations)
    row = counted.to_arrow().to_pylist()[0]
    return {
        name: int(value) if name[0] != "t" and value is not None else value for name, value in row.items()
    }


def _lookups(inputs: Inputs, table: Table, columns: list[Column]) -> Iterator[_Lookup]:
    for number, column in enumerate(columns):
        if column.ref and column.ref in inputs.relations and column.ref != table.name:
            yield _Lookup(column, f"r{number}", column.ref)


def _keys_of(lookup: _Lookup) -> exp.Subquery:
    """The different keys of the table that is referred to; of questions also their scales."""
    referred = canonical_tables()[lookup.relation]
    key = exp.column(identifier(referred.key[0]))
    chosen = [exp.Min(this=key.copy()).as_("k")]
    if lookup.relation == "questions":
        chosen += [
            exp.Min(this=exp.column(identifier(name))).as_(name) for name in ("scale_low", "scale_high")
        ]
    return exp.select(*chosen).from_(lookup.relation).group_by(key).subquery(lookup.alias)


def _aggregates(table: Table, columns: list[Column], lookups: list[_Lookup]) -> list[exp.Expr]:
    found = [exp.Count(this=exp.Star()).as_("n"), _keys(table).as_("keys")]
    aliases = {lookup.column.name: lookup.alias for lookup in lookups}
    for number, column in enumerate(columns):
        value = _field("t", column.name)
        found.append(exp.Count(this=value).as_(f"f{number}"))
        broken = _broken(table, column, value, aliases)
        if broken is not None:
            found.append(_counted(broken).as_(f"i{number}"))
        if column.type in {"day", "time"}:
            found.append(exp.Max(this=value.copy()).as_(f"t{number}"))
    return found


def _keys(table: Table) -> exp.Expr:
    """Different keys. Of several columns, lengths and texts are put together so that no two keys merge."""
    parts = [exp.cast(_field("t", name), "text") for name in table.key]
    if len(parts) == 1:
        return exp.Count(this=exp.Distinct(expressions=[_field("t", table.key[0])]))
    joined: exp.Expr = exp.Literal.string("")
    for part in parts:
        length = exp.cast(exp.Length(this=part.copy()), "text")
        for piece in (length, exp.Literal.string(":"), part):
            joined = exp.DPipe(this=joined, expression=piece)
    return exp.Count(this=exp.Distinct(expressions=[joined]))


def _broken(table: Table, column: Column, value: exp.Column, aliases: dict[str, str]) -> exp.Expr | None:
    """When the filled `value` breaks its rule; None where the column has none."""
    rules: list[exp.Expr] = []
    if column.choices:
        rules.append(value.isin(*column.choices).not_())
    if column.minimum is not None:
        rules.append(exp.LT(this=value, expression=exp.Literal.number(column.minimum)))
    if column.maximum is not None:
        rules.append(exp.GT(this=value, expression=exp.Literal.number(column.maximum)))
    if column.name in aliases:
        rules.append(exp.Is(this=_field(aliases[column.name], "k"), expression=exp.null()))
    if table.name == "answers" and column.name == "score" and "question_id" in aliases:
        scale = aliases["question_id"]
        rules.append(exp.LT(this=value, expression=_field(scale, "scale_low")))
        rules.append(exp.GT(this=value, expression=_field(scale, "scale_high")))
    if not rules:
        return None
    filled = exp.Is(this=value, expression=exp.null()).not_()
    return exp.and_(filled, exp.or_(*[rule.copy() for rule in rules]))


def _counted(condition: exp.Expr) -> exp.Expr:
    one, none = exp.Literal.number(1), exp.Literal.number(0)
    total = exp.Sum(this=exp.case().when(condition, one).else_(none))
    return exp.cast(exp.Coalesce(this=total, expressions=[none.copy()]), "bigint")


def _field(relation: str, column: str) -> exp.Column:
    return exp.column(identifier(column), table=relation)


def _last_changes(engine: Engine) -> dict[str, datetime]:
    """When each table was changed last, where that was written down."""
    if not engine.has_table("table_versions"):
        return {}
    rows = engine.table("table_versions").to_arrow(TABLE_VERSIONS).to_pylist()
    return {row["table_name"]: row["changed_at"] for row in rows}


def _refusals(engine: Engine) -> dict[tuple[str, str | None], int]:
    """Refused rows by table and by the (first) column they were refused for."""
    if not engine.has_table("refused_rows"):
        return {}
    counted = engine.query("warehouse/refusal_counts", refused_rows=engine.table("refused_rows")).to_arrow()
    counts: dict[tuple[str, str | None], int] = {}
    for row in counted.to_pylist():
        first = (row["column_name"] or "").split(", ")[0] or None
        place = (row["table_name"], first)
        counts[place] = counts.get(place, 0) + int(row["n"])
    return counts
