"""Interactions as every function of this package takes them: a relation, or any data frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pyarrow as pa

from peakend.engine import Relation, connect
from peakend.errors import PeakendError
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Collection

Interactions = Any
"""A relation, an Arrow table, or anything with the Arrow PyCapsule interface (pandas, Polars, DuckDB)."""


class InteractionsError(PeakendError):
    """What was given is no table of interactions, or lacks a column. `data` has missing."""

    code: ClassVar[str] = "journey.interactions"


def relation_of(interactions: Interactions, needed: Collection[str] = ()) -> Relation:
    """`interactions` as a relation: itself, or a frame lent to an engine in memory.

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
        listed = ", ".join(missing)
        raise InteractionsError(
            Text(f"The interactions lack {listed}.", f"互动数据缺少列：{listed}。"),
            Text(
                "Name the columns as the canonical table does: event_id, customer_id, at, touchpoint_id.",
                "请按标准表命名各列：event_id、customer_id、at、touchpoint_id。",
            ),
            missing=missing,
        )
    return connect("duckdb://").from_arrow(_in_shape(table))


def _in_shape(table: pa.Table) -> pa.Table:
    """Times in UTC to the microsecond, as the engine keeps them."""
    for place, column in enumerate(table.schema):
        if pa.types.is_timestamp(column.type) and column.type != pa.timestamp("us"):
            values = table[column.name]
            if column.type.tz is not None:
                values = values.cast(pa.timestamp(column.type.unit, "UTC"))
            table = table.set_column(place, column.name, values.cast(pa.timestamp("us"), safe=False))
    return table
