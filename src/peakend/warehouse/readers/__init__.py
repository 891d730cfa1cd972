"""Open CSV, Parquet, XLSX, SPSS and XES files as relations in a DuckDB connection."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from peakend.warehouse.readers.errors import EncodingError, NoSourcesError, SourceChangedError, SourceError
from peakend.warehouse.readers.source import ROW, ReadOptions, RefusedLine, SourceColumn, SourceFile

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "ROW",
    "EncodingError",
    "NoSourcesError",
    "ReadOptions",
    "RefusedLine",
    "SourceChangedError",
    "SourceColumn",
    "SourceError",
    "SourceFile",
    "find_sources",
    "read_source",
]


def find_sources(folder: Path) -> list[str]:
    """Names (relative, POSIX, sorted) of the files below `folder` that can be read; `NoSourcesError` when none."""
    raise NotImplementedError


def read_source(
    path: Path, options: ReadOptions | None, connection: duckdb.DuckDBPyConnection, *, name: str | None = None
) -> SourceFile:
    """Open `path`; the format is told by its name (.csv .tsv .txt .parquet .xlsx .sav .xes, .gz, .zip with one file)."""
    raise NotImplementedError
