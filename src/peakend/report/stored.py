"""The first rows of a stored result: some have a row an event, and a page or a sheet ends somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from peakend.analyses.fingerprints import row_count
from peakend.engine import identifier

if TYPE_CHECKING:
    import pyarrow as pa

    from peakend.declaration import ResultTable
    from peakend.engine import Engine


def first_rows(engine: Engine, declared: ResultTable, most: int) -> pa.Table:
    """The stored result `declared` as it lies; where it has more than `most` rows, the first by its key."""
    stored = engine.table(declared.name)
    if not declared.key or row_count(engine, declared.name) <= most:
        return stored.to_arrow(declared.schema()).slice(0, most)
    names = [exp.column(identifier(column.name)) for column in declared.columns]
    keys = [exp.column(identifier(name)) for name in declared.key]
    query = exp.select(*names).from_("t").order_by(*keys).limit(most)
    # The portable subset asks what makes the order total.
    text = f"-- key: {', '.join(declared.key)}\n{query.sql('duckdb')}"
    return stored.query(text).to_arrow(declared.schema())
