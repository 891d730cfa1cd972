"""Pieces of the SQL that a load runs in DuckDB: names, values, types, hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.engine import identifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from peakend.warehouse.schema import Column, Table

DUCKDB_TYPES = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "money": "DECIMAL(18,4)",
    "day": "DATE",
    "time": "TIMESTAMP",
    "flag": "BOOLEAN",
}
STUB = '{"stub":true}'
"""`attributes` of a row that was made only because other rows refer to it."""


def quoted(name: str) -> str:
    """`name` as an identifier, whatever is in it."""
    return identifier(name).sql("duckdb")


def literal(text: str) -> str:
    """`text` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def listed(names: Iterable[str], prefix: str = "") -> str:
    """Column names, quoted, with commas between; `prefix` is the relation's alias with its dot."""
    return ", ".join(prefix + quoted(name) for name in names)


def typed(column: Column, value: str) -> str:
    """`value` (SQL) in the column's type."""
    return f"cast({value} as {DUCKDB_TYPES[column.type]})"


def hashed(names: Sequence[str], prefix: str = "") -> str:
    """A 64-bit hash over columns; equal content gives an equal hash."""
    return f"hash({listed(names, prefix)})" if names else "0::ubigint"


def same(names: Sequence[str], left: str, right: str) -> str:
    """Whether two rows agree in `names`, NULL being equal to NULL."""
    return (
        " and ".join(f"{left}.{quoted(n)} is not distinct from {right}.{quoted(n)}" for n in names) or "true"
    )


def names_of(table: Table) -> list[str]:
    """All column names of `table` in order."""
    return [column.name for column in table.columns]


def content_of(table: Table) -> list[str]:
    """Columns that make up the content of a row: all but its key and the source it came from."""
    return [name for name in names_of(table) if name not in table.key and name != "source"]
