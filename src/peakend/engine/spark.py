"""Apache Spark: the warehouse is a folder of Parquet tables that every executor can reach."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

import pyarrow as pa
from pyspark.errors import PySparkException
from pyspark.sql import functions
from sqlglot import exp

from peakend.engine import scan, spark_session, spark_sql
from peakend.engine.errors import EngineError
from peakend.engine.interface import Engine
from peakend.engine.lending import Lender
from peakend.engine.relation import Relation, identifier, next_number
from peakend.engine.shape import ArrowData, ShapeError, Stream, plain, shaped, without_zone
from peakend.engine.spark_files import Files
from peakend.engine.spark_sql import quoted

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from pyspark.sql import DataFrame

_CHUNK_ROWS = 500_000
_TABLE_NAME = re.compile(r"[a-z0-9_]+", re.IGNORECASE | re.ASCII)


class Spark(Engine):
    """`spark:local[2]` in this machine, `spark://host:port` on a cluster.

    `?warehouse=folder` says where tables live (default: Spark's own warehouse folder), `memory=4g` what the
    driver may take, and options that begin with `spark.` are passed on. A table is a folder of Parquet files
    in versions: a new version is written whole and then put in place, so a relation may read the table that
    it replaces. The session runs in UTC and in ANSI mode. Raises `ConnectionFailedError`.
    """

    name: ClassVar[str] = "Spark"
    dialect: ClassVar[str] = "spark"
    transactional: ClassVar[bool] = False

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        self.session, folder = spark_session.opened(url)
        self._read_only = read_only
        self._lender = Lender()
        self._files = Files(self.session, folder)
        for name, location in self._files.tables().items():
            self._register(name, location)

    def respell(self, node: exp.Expr) -> exp.Expr:
        return spark_sql.respell(super().respell(node))

    def fetch(self, relation: Relation, schema: pa.Schema | None = None) -> pa.Table:
        sql, values = self._bound(relation)
        table = self._collected(sql, relation.analysis, values)
        return self.in_shape(table, schema, relation, sql)

    def store(self, relation: Relation, name: str, *, replace: bool = False) -> None:
        sql, values = self._bound(relation)
        self._require_writable(name, exists=replace)
        frame = self._ran(sql, relation.analysis, values)
        self._publish(name, frame, sql, relation.analysis)

    def tables(self) -> list[str]:
        self._drop_returned()
        # Plain rows, not Arrow: for those Spark starts a job, and every analysis asks several times.
        rows = self._ran("show tables").collect()
        return sorted(row["tableName"] for row in rows if not row["isTemporary"])

    def schema(self, name: str) -> pa.Schema:
        if not self.has_table(name):
            raise KeyError(name)
        return self._collected(f"select * from {quoted(name)} limit 0").schema  # noqa: S608

    def from_arrow(self, data: ArrowData) -> Relation:
        self._drop_returned()
        name = f"peakend_arrow_{next_number()}"
        shape = plain(data.schema)
        if isinstance(data, pa.Table):
            frame = self._frame(shaped(data, shape))
        else:
            frame = self._staged(name, Stream(data, shape), shape)
        frame.createOrReplaceTempView(name)
        return Relation(self, self._lender.lend(name, exp.Table(this=identifier(name))))

    def create(self, name: str, schema: pa.Schema, *, replace: bool = False) -> None:
        self._require_writable(name, exists=replace)
        self._publish(name, self._frame(plain(schema).empty_table()), f"create table {quoted(name)}")

    def insert(self, name: str, data: ArrowData) -> int:
        sql = f"insert into {quoted(name)}"
        self._require_writable(name, exists=True)
        try:
            stored = plain(self.schema(name))
            wanted = [stored.field(column) for column in data.schema.names]
        except KeyError as cause:
            raise EngineError(engine=self.name, sql=sql, cause=f"there is no {cause.args[0]}") from cause
        stage = f"peakend_stage_{next_number()}"
        try:
            schema = pa.schema(wanted)
            staged = self._staged(stage, Stream(data, schema), schema)
            columns = [
                functions.col(quoted(field.name))
                if field.name in schema.names
                else functions.lit(None).cast(spark_sql.column_type(field.type)).alias(field.name)
                for field in stored
            ]
            self._write(staged.select(*columns), self._files.current(name), sql)
            self._ran(f"refresh table {quoted(name)}")
            return int(staged.count())
        except ShapeError as cause:
            raise EngineError(engine=self.name, sql=sql, cause=str(cause)) from cause
        finally:
            self._files.remove_stage(stage)

    def drop(self, name: str) -> None:
        if self.has_table(name):
            self._require_writable(name, exists=True)
            self._ran(f"drop table {quoted(name)}")
            self._files.remove(name)

    def read_parquet(self, path: str | Path) -> Relation:
        return self._view(lambda: self.session.read.parquet(str(path)), f"read parquet {path}")

    def read_csv(self, path: str | Path) -> Relation:
        """A relation over a CSV file; DuckDB finds the types, so that they are those of the other engines."""
        shape = plain(scan.csv(path).schema)
        reader = self.session.read.schema(spark_sql.columns(shape))
        options = {"header": True, "multiLine": True, "escape": '"', "mode": "FAILFAST", "nullValue": ""}
        return self._view(lambda: reader.csv(str(path), **options), f"read csv {path}")

    def transaction(self) -> AbstractContextManager[None]:
        raise EngineError(
            engine=self.name, sql="begin", cause="Spark has no transactions; replace whole tables instead"
        )

    def close(self) -> None:
        self._drop_returned()
        self._files.remove_stages()
        spark_session.release(self.session)

    def _bound(self, relation: Relation) -> tuple[str, dict[str, Any]]:
        tree, values = spark_sql.bound(relation.statement(), relation.params)
        return self.render(tree), values

    def _ran(self, sql: str, analysis: str | None = None, values: dict[str, Any] | None = None) -> DataFrame:
        """The data frame of `sql`: analysed, and run when it is a command."""
        for setting, value in spark_session.REQUIRED.items():
            if (found := str(self.session.conf.get(setting))).lower() != value.lower():
                raise EngineError(engine=self.name, sql=sql, cause=f"{setting} is {found}, not {value}")
        try:
            return self.session.sql(sql, args=values or None)
        except PySparkException as cause:
            raise self._failure(cause, sql, analysis) from cause

    def _collected(
        self, sql: str, analysis: str | None = None, values: dict[str, Any] | None = None
    ) -> pa.Table:
        frame = self._ran(sql, analysis, values)
        try:
            return without_zone(frame.toArrow())
        except PySparkException as cause:
            raise self._failure(cause, sql, analysis) from cause

    def _failure(self, cause: Exception, sql: str, analysis: str | None) -> EngineError:
        said = str(cause).split("JVM stacktrace:")[0].split("\n== SQL")[0].strip()
        return EngineError(engine=self.name, sql=sql, cause=said, analysis=analysis)

    def _frame(self, table: pa.Table) -> DataFrame:
        return self.session.createDataFrame(table, schema=spark_sql.columns(table.schema))

    def _publish(self, name: str, frame: DataFrame, sql: str, analysis: str | None = None) -> None:
        """Write `frame` as the new version of the table `name`, then let the table be that version."""
        folder = self._files.next_version(name)
        self._write(frame, folder, sql, analysis)
        self._ran(f"drop table if exists {quoted(name)}")
        self._register(name, folder)
        self._files.remove_others(name, folder)

    def _write(self, frame: DataFrame, folder: str, sql: str, analysis: str | None = None) -> None:
        try:
            frame.write.mode("append").parquet(folder)
        except PySparkException as cause:
            raise self._failure(cause, sql, analysis) from cause

    def _register(self, name: str, folder: str) -> None:
        place = exp.Literal.string(folder).sql("spark")
        self._ran(f"create table if not exists {quoted(name)} using parquet location {place}")

    def _staged(self, name: str, stream: Stream, schema: pa.Schema) -> DataFrame:
        """The rows of `stream`, written in pieces to a folder of their own."""
        folder = self._files.stage(name)
        pieces: list[pa.RecordBatch] = []
        self._write(self._frame(schema.empty_table()), folder, "stage")
        for batch in stream.batches():
            pieces.append(batch)
            if sum(piece.num_rows for piece in pieces) >= _CHUNK_ROWS:
                self._write(self._frame(pa.Table.from_batches(pieces)), folder, "stage")
                pieces.clear()
        if pieces:
            self._write(self._frame(pa.Table.from_batches(pieces)), folder, "stage")
        return self.session.read.schema(spark_sql.columns(schema)).parquet(folder)

    def _view(self, make: Callable[[], DataFrame], what: str) -> Relation:
        name = f"peakend_file_{next_number()}"
        try:
            make().createOrReplaceTempView(name)
        except PySparkException as cause:
            raise self._failure(cause, what, None) from cause
        return Relation(self, self._lender.lend(name, exp.Table(this=identifier(name))))

    def _drop_returned(self) -> None:
        for name in self._lender.returned():
            self.session.catalog.dropTempView(name)
            self._files.remove_stage(name)

    def _require_writable(self, name: str, *, exists: bool) -> None:
        sql = f"create table {quoted(name)}"
        if self._read_only:
            raise EngineError(engine=self.name, sql=sql, cause="the warehouse was opened for reading only")
        if not _TABLE_NAME.fullmatch(name):
            raise EngineError(
                engine=self.name, sql=sql, cause="Spark's table names have letters, digits and _ only"
            )
        if not exists and self.has_table(name):
            raise EngineError(engine=self.name, sql=sql, cause=f"the table {name} exists already")
