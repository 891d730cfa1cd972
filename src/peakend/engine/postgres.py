"""PostgreSQL: the warehouse is a schema of a database; rows move by ADBC, in Arrow."""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qsl, unquote, urlsplit

import adbc_driver_manager
import adbc_driver_postgresql.dbapi
import pyarrow as pa
from sqlglot import exp

from peakend.engine import postgres_sql, scan
from peakend.engine.errors import ConnectionFailedError, EngineError
from peakend.engine.interface import Engine
from peakend.engine.lending import Lender
from peakend.engine.postgres_sql import quoted
from peakend.engine.relation import Relation, identifier, next_number
from peakend.engine.shape import ArrowData, ShapeError, Stream, numerics, plain
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_DatabaseError = adbc_driver_manager.Error
_LONGEST_NAME = 63
# Without statistics PostgreSQL plans for a handful of rows; its own upkeep comes minutes later, and never to
# temporary tables.
_MANY_ROWS = 1_000
# Which column tells the provider depends on the version: none before 15.
_COLLATION = """
select case when to_jsonb(d) ->> 'datlocprovider' = 'i' then 'icu' else datcollate end
from pg_database d where datname = current_database()
"""
_BY_CODE_POINT = ("C", "POSIX", "C.UTF-8", "C.utf8", "ucs_basic")


class Postgres(Engine):
    """`postgresql://user@host/database`, with libpq's options after a question mark.

    The warehouse is the first schema of the search path (`?options=-csearch_path%3Dcx`). The session runs in
    UTC and text sorts by code point, whatever the database's own zone and collation. ADBC alone runs
    statements and moves rows: no value becomes SQL text or a Python object. Raises `ConnectionFailedError`.
    """

    name: ClassVar[str] = "PostgreSQL"
    dialect: ClassVar[str] = "postgres"

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        shown = _without_password(url)
        _refuse_other_zones(url, shown)
        try:
            self.connection = adbc_driver_postgresql.dbapi.connect(url, autocommit=True)
        except _DatabaseError as cause:
            raise _cannot_connect(shown, cause) from cause
        self.url = shown
        self._lender = Lender()
        self._depth = 0
        self._read_only = read_only
        self._execute("set timezone = 'UTC'")
        if read_only:
            self._execute("set default_transaction_read_only = on")
        self._own_order = self._scalar(_COLLATION) in _BY_CODE_POINT
        if self._scalar("select current_schema()") is None:
            self.close()
            raise _no_schema(shown)

    def respell(self, node: exp.Expr) -> exp.Expr:
        return postgres_sql.respell(super().respell(node))

    def fetch(self, relation: Relation, schema: pa.Schema | None = None) -> pa.Table:
        sql, values = self._bound(relation)
        self._require_utc()
        table = self._read(sql, values, relation.analysis)
        return self.in_shape(numerics(table) if schema is None else table, schema, relation, sql)

    def store(self, relation: Relation, name: str, *, replace: bool = False) -> None:
        self._require_utc()
        tree = relation.statement()
        typed = self.render(postgres_sql.with_null_values(tree.copy(), relation.params))
        sql, values = self._bound(relation)
        # Under another name first: the relation may read the table that it replaces.
        new = f"peakend_new_{next_number()}" if replace else name
        _refuse_long_names([name, *tree.named_selects])
        with self.transaction():
            self._execute(f"create table {quoted(new)} as {typed} with no data", relation.analysis)
            self._sort_by_code_point(new)
            self._execute(f"insert into {quoted(new)} {sql}", relation.analysis, values)
            self._execute(f"analyze {quoted(new)}")
            if replace:
                self._execute(f"drop table if exists {quoted(name)}")
                self._execute(f"alter table {quoted(new)} rename to {quoted(name)}")

    def tables(self) -> list[str]:
        self._drop_returned()
        names = self._read(
            "select c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace "
            "where n.nspname = current_schema() and c.relkind in ('r', 'p', 'v', 'm', 'f') "
            "and c.relname not like 'peakend\\_new\\_%' order by c.relname::text collate \"C\""
        )
        return [str(name) for name in names.column(0).to_pylist()]

    def schema(self, name: str) -> pa.Schema:
        return pa.schema([pa.field(column, kind) for column, kind, _ in self._columns(name)])

    def table(self, name: str) -> Relation:
        stored = super().table(name)
        if self._own_order or not self.has_table(name):
            return stored
        columns = self._columns(name)
        if all(sorts for _, _, sorts in columns):
            return stored
        # Made by someone else, in the database's own collation.
        picked = [
            exp.column(identifier(column))
            if sorts
            else exp.alias_(postgres_sql.by_code_point(exp.column(identifier(column))), identifier(column))
            for column, _, sorts in columns
        ]
        return Relation(self, exp.select(*picked).from_(stored.tree))

    def from_arrow(self, data: ArrowData) -> Relation:
        name = f"peakend_arrow_{next_number()}"
        shape = plain(data.schema)
        _refuse_long_names(shape.names)
        self._drop_returned()
        with self._temporary_tables_allowed():
            self._execute(f"create temp table {quoted(name)} ({postgres_sql.columns(shape)})")
        node = exp.Table(this=identifier(name), db=identifier("pg_temp"))
        self._ingest(name, Stream(data, shape), temporary=True)
        self._execute(f"analyze pg_temp.{quoted(name)}")
        return Relation(self, self._lender.lend(name, node))

    def create(self, name: str, schema: pa.Schema, *, replace: bool = False) -> None:
        _refuse_long_names([name, *schema.names])
        with self.transaction():
            if replace:
                self.drop(name)
            self._execute(f"create table {quoted(name)} ({postgres_sql.columns(plain(schema))})")

    def insert(self, name: str, data: ArrowData) -> int:
        try:
            stored = self.schema(name)
            wanted = pa.schema([stored.field(column) for column in data.schema.names])
        except KeyError as cause:
            raise EngineError(
                engine=self.name, sql=f"copy {quoted(name)} from stdin", cause=f"there is no {cause.args[0]}"
            ) from cause
        written = self._ingest(name, Stream(data, wanted))
        if written >= _MANY_ROWS:
            self._execute(f"analyze {quoted(name)}")
        return written

    def drop(self, name: str) -> None:
        self._execute(f"drop table if exists {quoted(name)}")

    def read_parquet(self, path: str | Path) -> Relation:
        return self.from_arrow(scan.parquet(path))

    def read_csv(self, path: str | Path) -> Relation:
        return self.from_arrow(scan.csv(path))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing for what is stored inside the block; an inner block is part of the outer one."""
        if self._depth == 0:
            self.connection.adbc_connection.set_autocommit(False)
        self._depth += 1
        try:
            yield
        except BaseException:
            self._depth -= 1
            if self._depth == 0:
                self._end(self.connection.adbc_connection.rollback)
            raise
        self._depth -= 1
        if self._depth == 0:
            self._end(self.connection.adbc_connection.commit)

    def close(self) -> None:
        self.connection.close()

    def _bound(self, relation: Relation) -> tuple[str, pa.RecordBatch | None]:
        tree, values = postgres_sql.bound(relation.statement(), relation.params)
        return self.render(tree), values

    def _execute(self, sql: str, analysis: str | None = None, values: pa.RecordBatch | None = None) -> None:
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(sql, values)
        except _DatabaseError as cause:
            raise self._failure(cause, sql, analysis) from cause

    def _read(self, sql: str, values: pa.RecordBatch | None = None, analysis: str | None = None) -> pa.Table:
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(sql, values)
                return cursor.fetch_arrow_table()
        except _DatabaseError as cause:
            raise self._failure(cause, sql, analysis) from cause

    def _failure(self, cause: Exception, sql: str, analysis: str | None) -> EngineError:
        said = str(cause).split("\n\nQuery was:")[0].partition("ERROR:  ")
        return EngineError(engine=self.name, sql=sql, cause=(said[2] or said[0]).strip(), analysis=analysis)

    def _scalar(self, sql: str) -> object:
        return self._read(sql).column(0)[0].as_py()

    def _require_utc(self) -> None:
        zone = self._scalar("select current_setting('timezone')")
        if zone != "UTC":
            raise EngineError(
                engine=self.name, sql="show timezone", cause=f"the session is in {zone}, not in UTC"
            )

    def _ingest(self, name: str, stream: Stream, *, temporary: bool = False) -> int:
        sql = f"copy {quoted(name)} from stdin"
        try:
            with self.transaction(), self.connection.cursor() as cursor:
                return int(cursor.adbc_ingest(name, stream.reader, mode="append", temporary=temporary))
        except _DatabaseError as cause:
            if isinstance(stream.failure, ShapeError):
                raise EngineError(engine=self.name, sql=sql, cause=str(stream.failure)) from stream.failure
            raise stream.failure or self._failure(cause, sql, None) from cause

    def _sort_by_code_point(self, name: str) -> None:
        for column, kind, sorts in self._columns(name):
            if pa.types.is_string(kind) and not sorts:
                self._execute(f'alter table {quoted(name)} alter {quoted(column)} type text collate "C"')

    def _columns(self, name: str) -> list[tuple[str, pa.DataType, bool]]:
        """(name, type, whether it sorts by code point) of every column; KeyError when there is no table."""
        table = pa.record_batch([pa.array([name])], names=["name"])
        rows = self._read(_COLUMNS, table).to_pylist()
        if not rows:
            raise KeyError(name)
        default = self._own_order
        return [
            (row["name"], _arrow_type(row["type"]), default if row["collation"] == "default" else row["is_c"])
            for row in rows
        ]

    def _drop_returned(self) -> None:
        names = self._lender.returned() if self._depth == 0 else ()
        if names:
            with self._temporary_tables_allowed():
                listed = ", ".join(f"pg_temp.{quoted(name)}" for name in names)
                self._execute(f"drop table if exists {listed}")

    @contextmanager
    def _temporary_tables_allowed(self) -> Iterator[None]:
        if not self._read_only:
            yield
            return
        self._execute("set default_transaction_read_only = off")
        try:
            yield
        finally:
            self._execute("set default_transaction_read_only = on")

    def _end(self, how: Callable[[], None]) -> None:
        try:
            how()
        except _DatabaseError as cause:
            raise self._failure(cause, how.__name__, None) from cause
        finally:
            with suppress(_DatabaseError):
                self.connection.adbc_connection.set_autocommit(True)


_COLUMNS = """
select a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type, l.collname::text as collation,
  coalesce(l.collname in ('C', 'POSIX', 'ucs_basic'), true) as is_c
from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
left join pg_collation l on l.oid = a.attcollation
where c.relname = $1 and n.nspname = current_schema() and a.attnum > 0 and not a.attisdropped
order by a.attnum
"""
_ARROW_TYPES = {
    "boolean": pa.bool_(),
    "smallint": pa.int16(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "real": pa.float32(),
    "double precision": pa.float64(),
    "date": pa.date32(),
    "timestamp without time zone": pa.timestamp("us"),
    "timestamp with time zone": pa.timestamp("us", "UTC"),
    # PostgreSQL computes in numbers of any length: room for most, with places to spare.
    "numeric": pa.decimal128(38, 10),
}


def _arrow_type(name: str) -> pa.DataType:
    if found := re.fullmatch(r"numeric\((\d+),(\d+)\)", name):
        return pa.decimal128(min(int(found[1]), 38), int(found[2]))
    return _ARROW_TYPES.get(re.sub(r"\(\d+\)", "", name), pa.string())


def _refuse_long_names(names: list[str]) -> None:
    """PostgreSQL would cut them off without a word."""
    for name in names:
        if len(name.encode()) > _LONGEST_NAME:
            raise EngineError(
                engine="PostgreSQL",
                sql=quoted(name),
                cause=f"the name {name!r} is longer than {_LONGEST_NAME} bytes",
            )


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    if parts.password is None:
        return url
    return parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", "@")).geturl()


def _refuse_other_zones(url: str, shown: str) -> None:
    wanted = " ".join(value for name, value in parse_qsl(urlsplit(url).query) if name == "options")
    found = re.search(r"timezone\s*=\s*(\S+)", unquote(wanted), re.IGNORECASE)
    if found and found[1].strip("'\"").upper() not in {"UTC", "ETC/UTC"}:
        raise ConnectionFailedError(
            Text(f"{shown} asks for the time zone {found[1]}.", f"{shown} 要求使用时区 {found[1]}。"),
            Text("Leave it out: the warehouse works in UTC.", "请去掉该设置：数据仓库一律使用 UTC。"),
            url=shown,
        )


def _cannot_connect(url: str, cause: Exception) -> ConnectionFailedError:
    said = str(cause).replace("\n", " ").strip()
    return ConnectionFailedError(
        Text(f"Nothing answers as asked at {url}: {said}", f"无法连接 {url}：{said}"),
        Text(
            "Check that PostgreSQL runs there, and the user, password and database.",
            "请检查 PostgreSQL 是否在该处运行，以及用户名、密码与库名。",
        ),
        url=url,
    )


def _no_schema(url: str) -> ConnectionFailedError:
    return ConnectionFailedError(
        Text(
            f"No schema of the search path of {url} exists.", f"{url} 的 search_path 中没有任何已存在的模式。"
        ),
        Text("Create it, or correct the search path.", "请先创建该模式，或更正 search_path。"),
        url=url,
    )
