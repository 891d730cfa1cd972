"""Files as Arrow readers for engines that run elsewhere; DuckDB reads them, so that types agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from peakend.engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def parquet(path: str | Path) -> pa.RecordBatchReader:
    """The rows of Parquet files (a path or a glob), batch by batch."""
    return _read("read_parquet", path)


def csv(path: str | Path) -> pa.RecordBatchReader:
    """The rows of a comma-separated UTF-8 file with a header, with the types DuckDB finds in it."""
    return _read("read_csv", path)


def _read(reader: str, path: str | Path) -> pa.RecordBatchReader:
    sql = f"select * from {reader}($path)"  # noqa: S608
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    try:
        rows = connection.sql(sql, params={"path": str(path)}).to_arrow_reader()
    except duckdb.Error as cause:
        raise EngineError(engine="DuckDB", sql=sql, cause=str(cause)) from cause

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            yield from rows
        except duckdb.Error as cause:
            raise EngineError(engine="DuckDB", sql=sql, cause=str(cause)) from cause
        finally:
            connection.close()

    return pa.RecordBatchReader.from_batches(rows.schema, batches())
