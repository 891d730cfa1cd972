"""Interactions as every function of this package takes them: a relation, or any data frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pyarrow as pa
from sqlglot import exp

from peakend.engine import Engine, Relation, connect, identifier
from peakend.errors import PeakendError
from peakend.language import Text
from peakend.warehouse.schema import canonical_table

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

Interactions = Any
"""A relation, an Arrow table, or anything with the Arrow PyCapsule interface (pandas, Polars, DuckDB)."""


_NEEDED = ("event_id", "at")
_SQL_TYPES = {"string": "varchar", "time": "timestamp", "number": "double"}


class InteractionsError(PeakendError):
    """What was given is no table of interactions, or lacks a column. `data` has missing."""

    code: ClassVar[str] = "journey.interactions"


def relation_of(
    interactions: Interactions, needed: Collection[str] = (), *, engine: Engine | None = None
) -> Relation:
    """`interactions` as a relation: itself, or a frame lent to `engine` (default: a new one in memory).

    needed: columns a frame must have; of a relation the engine says so when it runs. Raises
    `InteractionsError`.
    """
    if isinstance(interactions, Relation):
        return interactions
    try:
        table = interactions if isinstance(interactions, pa.Table) else pa.table(interactions)
    except (TypeError, ValueError, pa.ArrowException) as cause:
        raise InteractionsError(
            Text(
                f"Interactions come as a relation or a data frame, not as {type(interactions).__name__}.",
                f"互动数据应为关系或数据框，而不是 {type(interactions).__name__}。",
            )
        ) from cause
    missing = [name for name in needed if name not in table.column_names]
    if missing:
        raise _lacking(missing)
    return (engine or connect("duckdb://")).from_arrow(_in_shape(table))


def canonical(interactions: Interactions) -> Relation:
    """`interactions` with the columns of the canonical table and their types; those it lacks are null.

    Numbers as keys become text, a day becomes its midnight, a time with a zone becomes UTC (one without is
    UTC). Needs event_id and at. Raises `InteractionsError`.
    """
    relation = relation_of(interactions, _NEEDED)
    given = relation.query("select * from t limit 0").to_arrow().schema.names
    if missing := [name for name in _NEEDED if name not in given]:
        raise _lacking(missing)
    columns: list[exp.Expr] = []
    for column in canonical_table("interactions").columns:
        value = exp.Column(this=identifier(column.name)) if column.name in given else exp.Null()
        columns.append(exp.alias_(exp.cast(value, _SQL_TYPES[column.type]), column.name, quoted=True))
    return relation.query(exp.select(*columns).from_("t").sql("duckdb"))


def _lacking(missing: Sequence[str]) -> InteractionsError:
    listed = ", ".join(missing)
    return InteractionsError(
        Text(f"The interactions lack {listed}.", f"互动数据缺少列：{listed}。"),
        Text(
            "Name the columns as the canonical table does: event_id, customer_id, at, touchpoint_id.",
            "请按标准表命名各列：event_id、customer_id、at、touchpoint_id。",
        ),
        missing=list(missing),
    )


def _in_shape(table: pa.Table) -> pa.Table:
    """Times in UTC to the microsecond, as the engine keeps them."""
    for place, column in enumerate(table.schema):
        if pa.types.is_timestamp(column.type) and column.type != pa.timestamp("us"):
            values = table[column.name]
            if column.type.tz is not None:
                values = values.cast(pa.timestamp(column.type.unit, "UTC"))
            table = table.set_column(place, column.name, values.cast(pa.timestamp("us"), safe=False))
    return table
