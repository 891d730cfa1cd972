"""What a row said at a time in the past: from `row_history`, which loads only ever add to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlglot import exp

from peakend.engine import identifier
from peakend.warehouse.load_write import ROW_HISTORY
from peakend.warehouse.schema import canonical_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from peakend.engine import Engine
    from peakend.warehouse.schema import Table


def as_of(engine: Engine, table: str, key: Sequence[object], at: datetime) -> dict[str, Any] | None:
    """The row of canonical `table` with `key` (values in key order) as the warehouse had it at `at` (UTC).

    Values have the types of the schema. None when there is no such row now and there was none. A time before
    the row was first loaded gives its first version: the warehouse does not know when it became true.
    """
    known = canonical_table(table)
    if len(key) != len(known.key):
        raise ValueError(f"the key of {table} is {known.key}")
    return _past(engine, known, key, at) or _present(engine, known, key)


def _past(engine: Engine, table: Table, key: Sequence[object], at: datetime) -> dict[str, Any] | None:
    """The version that held at `at` and does so no longer."""
    if not engine.has_table("row_history"):
        return None
    written = json.dumps([str(part) for part in key], ensure_ascii=False, separators=(",", ":"))
    found = engine.query(
        "warehouse/versions_since",
        {"table": table.name, "key": written, "at": at},
        row_history=engine.table("row_history"),
    ).to_arrow(pa.schema([ROW_HISTORY.field("row_json")]))
    if not found.num_rows:
        return None
    texts = json.loads(found["row_json"][0].as_py())
    return {
        column.name: pa.array([texts.get(column.name)], pa.string()).cast(column.arrow)[0].as_py()
        for column in table.columns
    }


def _present(engine: Engine, table: Table, key: Sequence[object]) -> dict[str, Any] | None:
    """The row as it is stored now."""
    if not engine.has_table(table.name):
        return None
    matches = [
        exp.column(identifier(name)).eq(exp.Placeholder(this=f"key{number}"))
        for number, name in enumerate(table.key)
    ]
    query = exp.select("*").from_("stored").where(*matches).sql("duckdb")
    values = {f"key{number}": part for number, part in enumerate(key)}
    rows = engine.query(query, values, stored=engine.table(table.name)).to_arrow(table.schema()).to_pylist()
    return rows[0] if rows else None
