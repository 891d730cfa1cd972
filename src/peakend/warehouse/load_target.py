"""Where a load writes: straight into DuckDB, or by way of a private DuckDB into another engine.

PostgreSQL takes a load in one transaction. Spark has none: every changed table is first written whole under a
name of its own and then put in place, table by table, and the account of the load comes last; a load that is
killed in between is completed by loading again, because rows are known by their keys.
"""

# Names are quoted; nothing else enters the SQL here.
# ruff: noqa: S608

from __future__ import annotations

import contextlib
import shutil
import tempfile
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from peakend.engine.duckdb import DuckDB
from peakend.warehouse.identity.moves import as_loaded, merges_suspended
from peakend.warehouse.load_sql import listed, names_of, quoted
from peakend.warehouse.load_stage import execute
from peakend.warehouse.schema import Table, canonical_table
from peakend.warehouse.versions import count_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyarrow as pa

    from peakend.engine import Engine

MEMORY = "1400MB"
"""What DuckDB may hold while it loads; beyond it sorting goes to disk, at no measurable cost in CPU."""
BATCH = 100_000


class Target(ABC):
    """A DuckDB connection in which the warehouse's tables are read and replaced, and the way back."""

    def __init__(self, engine: Engine, connection: duckdb.DuckDBPyConnection) -> None:
        self.engine = engine
        self.connection = connection

    @abstractmethod
    def session(self) -> AbstractContextManager[None]:
        """Everything of a load happens inside; an error leaves the warehouse as it was."""

    @abstractmethod
    def commit(self) -> AbstractContextManager[None]:
        """The part of the session in which the engine itself is written."""

    def as_sources_say(self, tables: Iterable[str]) -> AbstractContextManager[None]:
        """Inside, `tables` hold what their sources delivered, as if no customers had been merged."""
        return nullcontext()

    @abstractmethod
    def bring(self, table: Table) -> bool:
        """Make the stored `table` readable in `connection`; whether it exists and has rows."""

    @abstractmethod
    def publish(self, tables: Iterable[str]) -> None:
        """Carry the changed canonical tables to the engine."""

    @abstractmethod
    def append(self, name: str, schema: pa.Schema, sql: str) -> None:
        """Append the rows of `sql` (over `connection`) to the bookkeeping table `name`."""


def target_of(engine: Engine) -> Target:
    """The way to load into `engine`."""
    return DirectTarget(engine) if isinstance(engine, DuckDB) else StagedTarget(engine)


@contextmanager
def _settings(connection: duckdb.DuckDBPyConnection, **wanted: str) -> Iterator[None]:
    """DuckDB's settings for the time of a load."""
    before = {name: _setting(connection, name) for name in wanted}
    try:
        for name, value in wanted.items():
            connection.execute(f"set {name} = '{value}'")
        yield
    finally:
        with contextlib.suppress(duckdb.Error):
            for name, value in before.items():
                connection.execute(f"set {name} = '{value}'")


def _setting(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    return str(connection.execute(f"select current_setting('{name}')").fetchall()[0][0])


class DirectTarget(Target):
    """DuckDB: files go straight into the tables, in one transaction."""

    def __init__(self, engine: DuckDB) -> None:
        super().__init__(engine, engine.connection)
        self._in_memory = engine.path == ":memory:"

    @contextmanager
    def session(self) -> Iterator[None]:
        limits = {} if self._in_memory else {"memory_limit": MEMORY}
        with (
            _settings(self.connection, preserve_insertion_order="false", **limits),
            self.engine.transaction(),
        ):
            yield

    def commit(self) -> AbstractContextManager[None]:
        return nullcontext()

    def as_sources_say(self, tables: Iterable[str]) -> AbstractContextManager[None]:
        return merges_suspended(self.engine, sorted(tables))

    def bring(self, table: Table) -> bool:
        return table.name in self.engine.tables() and count_rows(self.engine, table.name) > 0

    def publish(self, tables: Iterable[str]) -> None:
        """Nothing to do: the tables were written in place."""

    def append(self, name: str, schema: pa.Schema, sql: str) -> None:
        if name not in self.engine.tables():
            self.engine.create(name, schema)
        execute(self.connection, f"insert into {quoted(name)} by name {sql}", name, [])


class StagedTarget(Target):
    """Any other engine: the load happens in a private DuckDB file, and what changed is sent over as Arrow."""

    def __init__(self, engine: Engine) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="peakend-load-"))
        connection = duckdb.connect(str(self._folder / "stage.duckdb"))
        connection.execute("set timezone = 'UTC'")
        super().__init__(engine, connection)

    @contextmanager
    def session(self) -> Iterator[None]:
        try:
            with _settings(self.connection, preserve_insertion_order="false", memory_limit=MEMORY):
                yield
        finally:
            self.connection.close()
            shutil.rmtree(self._folder, ignore_errors=True)

    @contextmanager
    def commit(self) -> Iterator[None]:
        if not self.engine.transactional:
            yield
            return
        with self.engine.transaction():
            yield

    def bring(self, table: Table) -> bool:
        if table.name not in self.engine.tables() or count_rows(self.engine, table.name) == 0:
            return False
        stored = as_loaded(self.engine, table.name).to_arrow(table.schema())
        self.connection.register("load_brought", stored)
        self.connection.execute(f"create table {quoted(table.name)} as select * from load_brought")
        self.connection.unregister("load_brought")
        return True

    def publish(self, tables: Iterable[str]) -> None:
        names = list(tables)
        with merges_suspended(self.engine, names):
            self._replace(names)

    def _replace(self, names: list[str]) -> None:
        if self.engine.transactional:
            for name in names:
                self._send(name, name)
            return
        for name in names:
            self._send(name, f"{name}__loading")
        for name in names:
            self.engine.store(self.engine.table(f"{name}__loading"), name, replace=True)
            self.engine.drop(f"{name}__loading")

    def _send(self, name: str, stored_as: str) -> None:
        table = canonical_table(name)
        columns = listed(names_of(table))
        rows = self.connection.sql(f"select {columns} from {quoted(name)} order by {listed(table.sort)}")
        self.engine.create(stored_as, table.schema(), replace=True)
        self.engine.insert(stored_as, rows.to_arrow_reader(BATCH))

    def append(self, name: str, schema: pa.Schema, sql: str) -> None:
        if name not in self.engine.tables():
            self.engine.create(name, schema)
        rows = self.connection.sql(f"select {listed(schema.names)} from ({sql})")
        self.engine.insert(name, rows.to_arrow_reader(BATCH))
