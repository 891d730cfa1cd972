"""DuckDB, the default engine: one file, this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import pyarrow as pa
from sqlglot import exp

from peakend.engine.errors import ConnectionFailedError, EngineError, WarehouseLockedError
from peakend.engine.interface import ArrowData, Engine
from peakend.engine.relation import Relation, identifier, next_number
from peakend.language import Text


class DuckDB(Engine):
    """`duckdb:///relative.duckdb`, `duckdb:////absolute.duckdb`, `duckdb://` in memory."""

    name: ClassVar[str] = "DuckDB"
    dialect: ClassVar[str] = "duckdb"

    def __init__(self, path: str = ":memory:", *, read_only: bool = False) -> None:
        try:
            self.connection = duckdb.connect(path, read_only=read_only)
        except duckdb.IOException as cause:
            raise _cannot_open(path, str(cause)) from cause
        except duckdb.Error as cause:
            raise ConnectionFailedError(
                Text(f"{path} is not a DuckDB warehouse: {cause}", f"{path} 不是 DuckDB 数据仓库:{cause}")
            ) from cause
        self.path = path
        self.connection.execute("set timezone = 'UTC'")

    def _run(self, sql: str, params: dict[str, Any] | None = None, analysis: str | None = None) -> Any:
        try:
            return self.connection.execute(sql, params or None)
        except duckdb.Error as cause:
            raise EngineError(engine=self.name, sql=sql, cause=str(cause), analysis=analysis) from cause

    def fetch(self, relation: Relation, schema: pa.Schema | None = None) -> pa.Table:
        sql = self.render(relation.statement())
        table = self._run(sql, relation.params, relation.analysis).to_arrow_table()
        return table if schema is None else table.select(schema.names).cast(schema)

    def store(self, relation: Relation, name: str, *, replace: bool = False) -> None:
        verb = "create or replace table" if replace else "create table"
        sql = f"{verb} {_quoted(name)} as {self.render(relation.statement())}"
        self._run(sql, relation.params, relation.analysis)

    def tables(self) -> list[str]:
        rows = self._run(
            "select table_name from information_schema.tables "
            "where table_schema = 'main' and table_catalog = current_database() order by 1"
        ).fetchall()
        return [row[0] for row in rows]

    def schema(self, name: str) -> pa.Schema:
        if not self.has_table(name):
            raise KeyError(name)
        return self._run(f"select * from {_quoted(name)} limit 0").to_arrow_table().schema  # noqa: S608

    def from_arrow(self, data: ArrowData) -> Relation:
        name = f"arrow_{next_number()}"
        self.connection.register(name, data)
        return Relation(self, exp.Table(this=identifier(name)))

    def create(self, name: str, schema: pa.Schema, *, replace: bool = False) -> None:
        self.store(self.from_arrow(schema.empty_table()), name, replace=replace)

    def insert(self, name: str, data: ArrowData) -> int:
        relation = self.from_arrow(data)
        source = relation.tree.sql("duckdb")
        row = self._run(f"insert into {_quoted(name)} by name select * from {source}").fetchone()  # noqa: S608
        self.connection.unregister(relation.tree.name)
        return int(row[0])

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
        self._run("begin transaction")
        try:
            yield
        except BaseException:
            self.connection.execute("rollback")
            raise
        self._run("commit")

    def interrupt(self) -> None:
        self.connection.interrupt()

    def close(self) -> None:
        self.connection.close()


def _quoted(name: str) -> str:
    return identifier(name).sql("duckdb")


def _cannot_open(path: str, cause: str) -> ConnectionFailedError:
    if "lock" in cause.lower():
        return WarehouseLockedError(
            Text(f"{path} is in use by another process: {cause}", f"{path} 正被另一个进程使用:{cause}"),
            Text("Wait until it has finished, or stop it, and try again.", "请等它结束或将其停止,然后重试。"),
            path=path,
        )
    return ConnectionFailedError(
        Text(f"{path} cannot be opened: {cause}", f"无法打开 {path}:{cause}"),
        Text("Check the path and its permissions.", "请检查路径与权限。"),
        path=path,
    )
