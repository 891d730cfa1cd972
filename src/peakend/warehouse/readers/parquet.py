"""Parquet files, scanned where they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.warehouse.readers.integrity import fingerprint
from peakend.warehouse.readers.naming import literal, quoted
from peakend.warehouse.readers.source import ROW, ReadOptions, SourceColumn, SourceFile
from peakend.warehouse.readers.temporary import Room, described

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb


def open_parquet(
    path: Path, options: ReadOptions, connection: duckdb.DuckDBPyConnection, name: str
) -> SourceFile:
    """`path` as a view with its own column types; a file cut short is told when it is opened."""
    digest, unchanged = fingerprint(path)
    room = Room(connection)
    # hive_partitioning would turn folder names into columns that the file does not have.
    scan = f"read_parquet({literal(str(path))}, hive_partitioning=false"
    relation = room.view(f"select * from {scan})", path)
    columns = described(connection, relation)
    connection.execute(f"drop view {relation}")
    if any(column.casefold() == "file_row_number" for column, _ in columns):
        numbered = f"select *, row_number() over () - 1 as {quoted(ROW)} from {scan})"
    else:
        numbered = f"select * rename (file_row_number as {quoted(ROW)}) from {scan}, file_row_number=true)"
    relation = room.view(numbered, path)
    rows = connection.execute(
        f"select coalesce(sum(num_rows), 0) from parquet_file_metadata({literal(str(path))})"
    ).fetchone()
    return SourceFile(
        path=path,
        name=name,
        format="parquet",
        relation=relation,
        columns=tuple(SourceColumn(column, kind) for column, kind in columns),
        fingerprint=digest,
        connection=connection,
        rows=int(rows[0]) if rows else None,
        unchanged=unchanged,
        release=room.clear,
    )
