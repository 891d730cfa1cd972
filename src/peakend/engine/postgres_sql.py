"""Portable SQL in PostgreSQL's spelling."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlglot import exp

from peakend.engine.relation import identifier

if TYPE_CHECKING:
    from collections.abc import Mapping

_TEXT = exp.DataType.TEXT_TYPES
# What a literal stands beside when its collation cannot matter, or where none may be written.
_PLACES_WITHOUT_COLLATION = (exp.EQ, exp.NEQ, exp.In, exp.Like, exp.Interval, exp.Collate, exp.TimestampTrunc)
_TYPES = {
    pa.string(): 'text collate "C"',
    pa.int64(): "bigint",
    pa.float64(): "double precision",
    pa.timestamp("us"): "timestamp",
    pa.date32(): "date",
    pa.bool_(): "boolean",
}


def respell(node: exp.Expr) -> exp.Expr:
    """One node in PostgreSQL's spelling. Text carries COLLATE "C": it sorts by code point in any database."""
    if isinstance(node, exp.Anonymous) and node.name.lower() == "epoch_us":
        return _epoch_us(node.expressions[0])
    if isinstance(node, exp.Lower):
        # Under "C" only ASCII has lower case.
        return by_code_point(exp.Lower(this=_collated(node.this, "und-x-icu")))
    if isinstance(node, exp.Literal) and not node.is_string and "e" in node.name.lower():
        return exp.cast(node.copy(), "double")
    if isinstance(node, exp.Cast) and node.to.this in _TEXT:
        return by_code_point(node)
    if isinstance(node, exp.Literal) and node.is_string and _is_value(node):
        return by_code_point(node)
    return node


def by_code_point(node: exp.Expr) -> exp.Expr:
    """`node` sorted and compared by code point, whatever the database's collation is."""
    return exp.Paren(this=_collated(node, "C"))


def bound(tree: exp.Query, params: Mapping[str, Any]) -> tuple[exp.Query, pa.RecordBatch | None]:
    """(`tree` with `$1`, `$2`, … for its placeholders, the values as one row).

    None is written as NULL: PostgreSQL has to know the type of what it binds.
    """
    names = sorted({p.name for p in tree.find_all(exp.Placeholder) if params[p.name] is not None})
    for placeholder in list(tree.find_all(exp.Placeholder)):
        value = params[placeholder.name]
        if value is None:
            placeholder.replace(exp.null())
            continue
        position = exp.Parameter(this=exp.Literal.number(names.index(placeholder.name) + 1))
        text = isinstance(value, str) and _is_value(placeholder)
        placeholder.replace(by_code_point(position) if text else position)
    if not names:
        return tree, None
    arrays = [pa.array([params[name]], _parameter_type(params[name])) for name in names]
    return tree, pa.record_batch(arrays, names=names)


def with_null_values(tree: exp.Query, params: Mapping[str, Any]) -> exp.Query:
    """`tree` with a typed NULL for every placeholder: enough to learn the types of its result."""
    for placeholder in list(tree.find_all(exp.Placeholder)):
        value = params[placeholder.name]
        null = exp.null() if value is None else exp.cast(exp.null(), _SQL_TYPES[type(value)])
        placeholder.replace(by_code_point(null) if isinstance(value, str) else null)
    return tree


def column_type(kind: pa.DataType) -> str:
    """The column type for a plain Arrow type (see `shape.plain`)."""
    if pa.types.is_decimal(kind):
        return f"numeric({kind.precision}, {kind.scale})"
    return _TYPES[kind]


def columns(schema: pa.Schema) -> str:
    """Column definitions for CREATE TABLE."""
    return ", ".join(f"{quoted(field.name)} {column_type(field.type)}" for field in schema)


def quoted(name: str) -> str:
    return identifier(name).sql("postgres")


_SQL_TYPES: Mapping[type, str] = {
    bool: "boolean",
    int: "bigint",
    float: "double",
    str: "text",
    Decimal: "decimal",
    datetime: "timestamp",
    date: "date",
}


def _parameter_type(value: object) -> pa.DataType | None:
    if isinstance(value, bool):
        return pa.bool_()
    if isinstance(value, int):
        return pa.int64()
    if isinstance(value, datetime):
        return pa.timestamp("us")
    return None


def _epoch_us(value: exp.Expr) -> exp.Expr:
    seconds = exp.Extract(this=exp.var("epoch"), expression=value.copy())
    return exp.cast(exp.Mul(this=seconds, expression=exp.Literal.number(1_000_000)), "bigint")


def _collated(node: exp.Expr, collation: str) -> exp.Collate:
    return exp.Collate(this=node.copy(), expression=identifier(collation))


def _is_value(node: exp.Expr) -> bool:
    """Whether the text may come out of the query or be put in order, so that its collation matters."""
    parent = node.parent
    return parent is not None and not isinstance(parent, (*_PLACES_WITHOUT_COLLATION, exp.Cast))
