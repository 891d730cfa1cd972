"""Portable SQL in Spark's spelling."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlglot import exp

from peakend.engine.relation import identifier

if TYPE_CHECKING:
    from collections.abc import Mapping

_TYPES = {
    pa.string(): "string",
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.timestamp("us"): "timestamp_ntz",
    pa.date32(): "date",
    pa.bool_(): "boolean",
}


def respell(node: exp.Expr) -> exp.Expr:
    """One node in Spark's spelling."""
    if isinstance(node, exp.Anonymous) and node.name.lower() == "epoch_us":
        instant = exp.cast(node.expressions[0].copy(), "timestampltz", dialect="spark")
        return exp.Anonymous(this="unix_micros", expressions=[instant])
    if isinstance(node, (exp.Floor, exp.Ceil)):
        # Spark makes an integer of a double that was rounded down or up.
        return exp.cast(node.copy(), "double")
    return node


def bound(tree: exp.Query, params: Mapping[str, Any]) -> tuple[exp.Query, dict[str, Any]]:
    """(`tree` with a cast around every placeholder, the values).

    Times travel as text: Spark would read a Python datetime in the time zone of the machine.
    """
    values: dict[str, Any] = {}
    for placeholder in list(tree.find_all(exp.Placeholder)):
        value = params[placeholder.name]
        if value is None:
            placeholder.replace(exp.null())
            continue
        kind, values[placeholder.name] = _typed(value)
        placeholder.replace(exp.cast(placeholder.copy(), kind, dialect="spark"))
    return tree, values


def columns(schema: pa.Schema) -> str:
    """Column definitions of plain Arrow types (see `shape.plain`) in Spark's DDL."""
    return ", ".join(f"{quoted(field.name)} {column_type(field.type)}" for field in schema)


def quoted(name: str) -> str:
    return identifier(name).sql("spark")


def column_type(kind: pa.DataType) -> str:
    """The type for a plain Arrow type in Spark's DDL."""
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision}, {kind.scale})"
    return _TYPES[kind]


def _typed(value: object) -> tuple[str, object]:
    if isinstance(value, bool):
        return "boolean", value
    if isinstance(value, int):
        return "bigint", value
    if isinstance(value, float):
        return "double", value
    if isinstance(value, datetime):
        return "timestamp_ntz", value.isoformat(sep=" ")
    if isinstance(value, date):
        return "date", value.isoformat()
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        return f"decimal(38, {max(0, -exponent) if isinstance(exponent, int) else 0})", str(value)
    return "string", str(value)
