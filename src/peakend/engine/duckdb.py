"""DuckDB, the default engine: one file, this process."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import duckdb
import pyarrow as pa
from sqlglot import exp

from peakend.engine.address import flag, split
from peakend.engine.errors import ConnectionFailedError, EngineError, WarehouseLockedError
from peakend.engine.interface import Engine
from peakend.engine.lending import Lender
from peakend.engine.relation import Relation, identifier, next_number
from peakend.engine.shape import ArrowData, ShapeError, Stream, plain, shaped
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_KEPT = "kept_"
OPTIONS = frozenset({"memory_limit", "threads", "temp_directory", "max_temp_directory_size"})


class DuckDB(Engine):
    """`duckdb:///relative.duckdb`, `duckdb:////absolute.duckdb`, `duckdb://` in memory.

    `options` are DuckDB's settings of those names. What does not fit in memory spills into a folder beside
    the file. Raises `ConnectionFailedError`; `WarehouseLockedError` while another process has the file open.
    """

    name: ClassVar[str] = "DuckDB"
    dialect: ClassVar[str] = "duckdb"

    def __init__(
        self, path: str = ":memory:", *, read_only: bool = False, options: Mapping[str, str] | None = None
    ) -> None:
        self.path = path
        self.connection = _opened(path, read_only, dict(options or {}))
        self._lender = Lender()
        self._depth = 0

    def _run(
        self, sql: str, params: Mapping[str, Any] | None = None, analysis: str | None = None
    ) -> duckdb.DuckDBPyRelation:
        """Run a statement now; a DuckDB relation over what a query gives."""
        try:
            self._drop_returned()
            return self.connection.sql(sql, params=params or None)
        except (duckdb.Error, RuntimeError) as cause:
            raise self._failure(cause, sql, analysis) from cause

    def _drop_returned(self) -> None:
        for name in self._lender.returned():
            if name.startswith(_KEPT):
                self.connection.execute(f"drop table if exists temp.main.{name}")
            else:
                self.connection.unregister(name)

    def _failure(self, cause: Exception, sql: str, analysis: str | None) -> BaseException:
        if isinstance(cause, duckdb.InterruptException) or str(cause) == "Query interrupted":
            return KeyboardInterrupt()
        if not isinstance(cause, duckdb.Error):
            return cause
        return EngineError(engine=self.name, sql=sql, cause=str(cause), analysis=analysis)

    def _table(
        self, sql: str, params: Mapping[str, Any] | None = None, analysis: str | None = None
    ) -> pa.Table:
        try:
            return self._run(sql, params, analysis).to_arrow_table()
        except (duckdb.Error, RuntimeError) as cause:
            raise self._failure(cause, sql, analysis) from cause

    def fetch(self, relation: Relation, schema: pa.Schema | None = None) -> pa.Table:
        sql = self.render(relation.statement())
        table = self._table(sql, relation.params, relation.analysis)
        return self.in_shape(table, schema, relation, sql)

    def batches(self, relation: Relation, schema: pa.Schema | None = None) -> Iterator[pa.RecordBatch]:
        sql = self.render(relation.statement())
        try:
            for batch in self._run(sql, relation.params, relation.analysis).to_arrow_reader():
                yield from self.in_shape(pa.Table.from_batches([batch]), schema, relation, sql).to_batches()
        except (duckdb.Error, RuntimeError) as cause:
            raise self._failure(cause, sql, relation.analysis) from cause

    def store(self, relation: Relation, name: str, *, replace: bool = False) -> None:
        verb = "create or replace table" if replace else "create table"
        sql = f"{verb} {_quoted(name)} as {self.render(relation.statement())}"
        self._run(sql, relation.params, relation.analysis)

    def tables(self) -> list[str]:
        names = self._table(
            "select table_name from information_schema.tables "
            "where table_schema = 'main' and table_catalog = current_database() order by 1"
        )
        return [str(name) for name in names.column(0).to_pylist()]

    def schema(self, name: str) -> pa.Schema:
        if not self.has_table(name):
            raise KeyError(name)
        return self._table(f"select * from {_quoted(name)} limit 0").schema  # noqa: S608

    def from_arrow(self, data: ArrowData) -> Relation:
        kept = isinstance(data, pa.RecordBatchReader)
        name = f"{_KEPT if kept else 'arrow_'}{next_number()}"
        if kept:
            # A reader can be read once, a relation any number of times.
            self._streamed(f"create temp table {name} as", Stream(data, plain(data.schema)))
        else:
            self.connection.register(name, shaped(data, plain(data.schema)))
        return Relation(self, self._lender.lend(name, exp.Table(this=identifier(name))))

    def create(self, name: str, schema: pa.Schema, *, replace: bool = False) -> None:
        self.store(self.from_arrow(schema.empty_table()), name, replace=replace)

    def insert(self, name: str, data: ArrowData) -> int:
        into = f"insert into {_quoted(name)} by name"
        try:
            stored = self.schema(name)
            wanted = [stored.field(column) for column in data.schema.names]
        except KeyError as cause:
            raise EngineError(engine=self.name, sql=into, cause=f"there is no {cause.args[0]}") from cause
        return self._streamed(into, Stream(data, pa.schema(wanted)))

    def _streamed(self, into: str, stream: Stream) -> int:
        """Run `into` followed by a SELECT over `stream`; rows written."""
        source = f"arrow_{next_number()}"
        self.connection.register(source, stream.reader)
        try:
            return int(self._table(f"{into} select * from {source}").column(0)[0].as_py())  # noqa: S608
        except EngineError as cause:
            if isinstance(stream.failure, ShapeError):
                raise EngineError(engine=self.name, sql=into, cause=str(stream.failure)) from stream.failure
            raise stream.failure or cause from cause
        finally:
            self.connection.unregister(source)

    def drop(self, name: str) -> None:
        self._run(f"drop table if exists {_quoted(name)}")

    def read_parquet(self, path: str | Path) -> Relation:
        return self._scan("read_parquet", path)

    def read_csv(self, path: str | Path) -> Relation:
        return self._scan("read_csv", path)

    def _scan(self, reader: str, path: str | Path) -> Relation:
        call = exp.Anonymous(this=reader, expressions=[exp.Literal.string(str(path))])
        return Relation(self, exp.select("*").from_(exp.Table(this=call)))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing for what is stored inside the block; an inner block is part of the outer one."""
        if self._depth == 0:
            self._run("begin transaction")
        self._depth += 1
        try:
            yield
        except BaseException:
            self._depth -= 1
            if self._depth == 0:
                self.connection.execute("rollback")
            raise
        self._depth -= 1
        if self._depth == 0:
            self._run("commit")

    def interrupt(self) -> None:
        self.connection.interrupt()

    def close(self) -> None:
        self.connection.close()


def at(url: str, *, read_only: bool = False) -> DuckDB:
    """The engine at a `duckdb://` URL, with its options."""
    place, options = split(url, OPTIONS | {"read_only"})
    path = place.removeprefix("duckdb://").removeprefix("/")
    asked = flag(options, "read_only")
    return DuckDB(path or ":memory:", read_only=read_only or asked, options=options)


def _opened(path: str, read_only: bool, options: dict[str, str]) -> duckdb.DuckDBPyConnection:
    parent = Path(path).absolute().parent
    if path != ":memory:" and not parent.is_dir():
        raise ConnectionFailedError(
            Text(f"There is no folder {parent}.", f"文件夹 {parent} 不存在。"),
            Text("Make the folder, or correct the path.", "请先创建该文件夹，或更正路径。"),
            path=path,
        )
    in_memory = Path(tempfile.gettempdir(), f"peakend-{os.getpid()}-{next_number()}")
    spill = in_memory if path == ":memory:" else f"{path}.tmp"
    config: dict[str, Any] = {
        "temp_directory": str(spill),
        "python_enable_replacements": "false",
        **options,
    }
    try:
        connection = duckdb.connect(path, read_only=read_only, config=config)
        connection.execute("set timezone = 'UTC'")
        connection.execute("set enable_progress_bar = false")
    except duckdb.Error as cause:
        raise _cannot_open(path, str(cause)) from cause
    return connection


def _quoted(name: str) -> str:
    return identifier(name).sql("duckdb")


def _cannot_open(path: str, cause: str) -> ConnectionFailedError:
    first = cause.splitlines()[0]
    if "set lock on file" in first:
        return WarehouseLockedError(
            Text(f"{path} is in use by another process: {first}", f"{path} 正被另一个进程使用：{first}"),
            Text(
                "Wait until it has finished, or stop it, and try again.", "请等它结束或将其停止，然后重试。"
            ),
            path=path,
        )
    if "different configuration" in first:
        return WarehouseLockedError(
            Text(
                f"{path} is open already in this process, with other settings.",
                f"{path} 已在本进程中以其他设置打开。",
            ),
            Text("Close it first.", "请先将其关闭。"),
            path=path,
        )
    if "not a valid DuckDB database" in first:
        return ConnectionFailedError(
            Text(
                f"{path} is not a DuckDB warehouse, or is damaged.",
                f"{path} 不是 DuckDB 数据仓库，或已损坏。",
            ),
            Text("Name another file, or restore this one from a copy.", "请指定其他文件，或从备份恢复。"),
            path=path,
        )
    return ConnectionFailedError(
        Text(f"{path} cannot be opened: {first}", f"无法打开 {path}：{first}"),
        Text("Check the path, its permissions and the options.", "请检查路径、权限与选项。"),
        path=path,
    )
