"""Transactions as the functions of this room take them: a relation, a path, or any data frame."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pyarrow as pa
from sqlglot import exp

from peakend.engine import Engine, Relation, connect, identifier
from peakend.errors import PeakendError
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Transactions = Any
"""A relation, the path of a Parquet or CSV file, an Arrow table, or anything with the Arrow PyCapsule
interface (pandas, Polars, DuckDB)."""

NO_CURRENCY = "XXX"
"""ISO 4217 for money of no currency: what amounts are in where nothing tells."""

_MONEY = pa.decimal128(18, 4)
_TYPES = {
    "transaction_id": pa.string(),
    "order_id": pa.string(),
    "customer_id": pa.string(),
    "product_id": pa.string(),
    "at": pa.timestamp("us"),
    "kind": pa.string(),
    "quantity": pa.float64(),
    "revenue": _MONEY,
    "currency": pa.string(),
}
_SQL_TYPES = {pa.string(): "varchar", pa.timestamp("us"): "timestamp", pa.float64(): "double"}
# More than this is no amount; infinity and not-a-number are beyond it too, on every engine.
_LARGEST = 10**13


class TransactionsError(PeakendError):
    """What was given is no table of transactions, or lacks a column. `data` has missing."""

    code: ClassVar[str] = "value.transactions"


def relation_of(data: Transactions, *, engine: Engine | None = None) -> Relation:
    """`data` as a relation: itself, or a file or frame read by `engine` (none: a new DuckDB in memory).

    Raises `TransactionsError`.
    """
    if isinstance(data, Relation):
        return data
    reader = engine or connect("duckdb://")
    if isinstance(data, (str, Path)):
        csv = Path(data).suffix.lower() in {".csv", ".txt"}
        return reader.read_csv(data) if csv else reader.read_parquet(data)
    try:
        table = data if isinstance(data, pa.Table) else pa.table(data)
    except (TypeError, ValueError, pa.ArrowException) as cause:
        raise TransactionsError(
            Text(
                f"Transactions come as a relation, a file or a data frame, not as {type(data).__name__}.",
                f"交易数据应为关系、文件或数据框，而不是 {type(data).__name__}。",
            )
        ) from cause
    return reader.from_arrow(_in_utc(table))


def transactions_of(
    data: Transactions,
    *,
    customer_id: str = "customer_id",
    at: str = "at",
    monetary_value: str | None = "revenue",
    engine: Engine | None = None,
) -> Relation:
    """`data` with the columns of the canonical table that purchases are made of, in their types.

    customer_id, at, monetary_value: what `data` calls them (monetary_value None: amounts are not known, each
    line counts as 1). transaction_id, order_id, product_id and quantity are null where `data` lacks them;
    kind is then refund for amounts below zero and sale for others; currency is `NO_CURRENCY`. An amount
    beyond 10¹³, or not a number, is none. Raises `TransactionsError`.
    """
    relation = relation_of(data, engine=engine)
    given = relation.query("select * from t limit 0").to_arrow().schema
    named = {"customer_id": customer_id, "at": at}
    if monetary_value is not None:
        named["revenue"] = monetary_value
    if missing := [name for name in named.values() if name not in given.names]:
        raise _lacking(missing, given.names)
    canonical = all(name in given.names and given.field(name).type == kind for name, kind in _TYPES.items())
    if canonical and all(name == known for known, name in named.items()):
        return relation
    sources = {name: name for name in _TYPES if name in given.names} | named
    if monetary_value is None:
        sources.pop("revenue", None)
    columns = [exp.alias_(_value(name, sources), name, quoted=True) for name in _TYPES]
    return relation.query(exp.select(*columns).from_("t").sql("duckdb"))


def _value(name: str, sources: Mapping[str, str]) -> exp.Expr:
    if name == "revenue":
        return _amount(sources)
    kind = _SQL_TYPES[_TYPES[name]]
    found = exp.cast(_column(sources[name]) if name in sources else exp.Null(), kind)
    if name == "currency":
        return exp.Coalesce(this=found, expressions=[exp.Literal.string(NO_CURRENCY)])
    if name == "kind":
        return exp.Coalesce(this=found, expressions=[_kind(sources)])
    return found


def _kind(sources: Mapping[str, str]) -> exp.Expr:
    """What a line is where nothing says so: a refund below zero, else a sale."""
    if "revenue" not in sources:
        return exp.Literal.string("sale")
    refund = exp.LT(this=_amount(sources), expression=exp.Literal.number(0))
    return exp.case().when(refund, exp.Literal.string("refund")).else_(exp.Literal.string("sale"))


def _amount(sources: Mapping[str, str]) -> exp.Expr:
    money = exp.DataType.build("decimal(18, 4)")
    if "revenue" in sources:
        column = _column(sources["revenue"])
        size = exp.Abs(this=exp.cast(column.copy(), "double"))
        inside = exp.LT(this=size, expression=exp.Literal.number(_LARGEST))
        return exp.case().when(inside, exp.cast(column, money)).else_(exp.Null())
    one = exp.cast(exp.Literal.number(1), money)
    if "kind" not in sources:
        return one
    refund = exp.EQ(this=_column(sources["kind"]), expression=exp.Literal.string("refund"))
    return exp.case().when(refund, exp.Neg(this=one.copy())).else_(one)


def _column(name: str) -> exp.Column:
    return exp.Column(this=identifier(name))


def _lacking(missing: Sequence[str], given: Sequence[str]) -> TransactionsError:
    return TransactionsError(
        Text(
            f"The transactions lack {', '.join(missing)}; they have {', '.join(given)}.",
            f"交易数据缺少列：{'、'.join(missing)}；现有列：{'、'.join(given)}。",
        ),
        Text(
            "Say what your columns are called: customer_id=…, at=…, monetary_value=….",
            "请指明各列的名称：`customer_id=…`、`at=…`、`monetary_value=…`。",
        ),
        missing=list(missing),
    )


def _in_utc(table: pa.Table) -> pa.Table:
    """Times in UTC to the microsecond, as the engine keeps them."""
    for place, column in enumerate(table.schema):
        if pa.types.is_timestamp(column.type) and column.type != pa.timestamp("us"):
            values = table[column.name]
            if column.type.tz is not None:
                values = values.cast(pa.timestamp(column.type.unit, "UTC"))
            table = table.set_column(place, column.name, values.cast(pa.timestamp("us"), safe=False))
    return table
