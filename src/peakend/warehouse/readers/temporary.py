"""Relations and files that live as long as a source is open."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from peakend.engine.relation import next_number
from peakend.warehouse.readers.integrity import cannot_read
from peakend.warehouse.readers.naming import quoted

if TYPE_CHECKING:
    import pyarrow as pa


class Room:
    """A folder (made when first asked for) and temporary relations, all gone with `clear`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._folder: Path | None = None
        self._drops: list[str] = []
        self.name = f"source_{next_number()}"

    def file(self, name: str) -> Path:
        """A path for a temporary file called `name`."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="peakend-"))
        return self._folder / name

    def view(self, sql: str, path: Path) -> str:
        """A temporary view over `sql`; its name. DuckDB opens the file here, so a broken one is told here."""
        return self._make("view", sql, path)

    def table(self, data: pa.Table | pa.RecordBatchReader, path: Path) -> str:
        """A temporary table filled from Arrow data; its name."""
        holder = f"{self.name}_arrow"
        self._connection.register(holder, data)
        try:
            return self._make("table", f"select * from {quoted(holder)}", path)
        finally:
            self._connection.unregister(holder)

    def _make(self, kind: str, sql: str, path: Path) -> str:
        try:
            self._connection.execute(f"create temp {kind} {quoted(self.name)} as {sql}")
        except duckdb.Error as cause:
            self.clear()
            raise cannot_read(path, cause) from cause
        self._drops.append(f"drop {kind} if exists {quoted(self.name)}")
        return quoted(self.name)

    def also_drop(self, table: str) -> None:
        self._drops.append(f"drop table if exists {quoted(table)}")

    def clear(self) -> None:
        """Drop everything; a connection that is closed already has dropped its part."""
        for statement in self._drops:
            with contextlib.suppress(duckdb.Error):
                self._connection.execute(statement)
        self._drops.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


def described(connection: duckdb.DuckDBPyConnection, relation: str) -> list[tuple[str, str]]:
    """(name, DuckDB type) of every column of `relation`."""
    return [(row[0], str(row[1])) for row in connection.execute(f"describe {relation}").fetchall()]


Release = Callable[[], None]
