"""What every engine can do; `duckdb`, `postgres` and `spark` say how."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, ClassVar, Self

from sqlglot import ErrorLevel, exp, parse
from sqlglot.errors import SqlglotError

from peakend.engine.errors import EngineError, PortabilityError
from peakend.engine.portable import check_portable
from peakend.engine.relation import Relation, identifier, next_number
from peakend.engine.shape import ArrowData, ShapeError, shaped
from peakend.engine.spelling import everywhere, respelled
from peakend.errors import PeakendError
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path
    from types import TracebackType

    import pyarrow as pa

_QUERY_NAME = re.compile(r"[a-z_]+(/[a-z_0-9]+)+")


class Engine(ABC):
    """Runs portable SQL (a checked subset of DuckDB's dialect) on one database.

    `query` is the only way in: tables are never named in SQL text but handed over as relations, so a query
    composes on any of them and a user's table name never reaches SQL unquoted. For one thread.

    name: what people call it. dialect: sqlglot's word for its SQL.
    """

    name: ClassVar[str]
    dialect: ClassVar[str]
    transactional: ClassVar[bool] = True
    """Whether `transaction` keeps its promise; where not, callers leave marks that tell a killed write."""

    native_files: bool = True
    """Whether a native SQL file may stand in for the portable one; tests turn it off to compare the two."""

    def query(
        self,
        sql: str,
        params: Mapping[str, Any] | None = None,
        *,
        analysis: str | None = None,
        **relations: Relation,
    ) -> Relation:
        """A relation from `sql`: a SELECT, or the name of an SQL file of the package ("feedback/nps_counts").

        `$name` in the text binds `params["name"]`; a table name binds the relation of that keyword. Raises
        `PortabilityError` for SQL outside the subset, `KeyError` for a table or value that was not given.
        A file `nps_counts.duckdb.sql` (`.postgres.sql`, `.spark.sql`) beside the portable one is used
        instead of it on that engine, unless `native_files` is false.
        """
        label, text, portable = self._source(sql)
        tree = _parsed(text, None if portable else self.dialect, label).copy()
        return self._compose(tree, params or {}, relations, analysis or (label if label == sql else None))

    def _source(self, sql: str) -> tuple[str, str, bool]:
        """(label, text, whether it is the portable form): a native override beside the file wins."""
        if not _QUERY_NAME.fullmatch(sql):
            return "given as text", sql, True
        native = sql_text(f"{sql}.{self.dialect}") if self.native_files else None
        if native is not None:
            return sql, native, False
        text = sql_text(sql)
        if text is None:
            raise KeyError(f"no SQL file {sql}.sql in the package")
        return sql, text, True

    def _compose(
        self,
        tree: exp.Query,
        params: Mapping[str, Any],
        relations: Mapping[str, Relation],
        analysis: str | None,
    ) -> Relation:
        suffix = f"_{next_number()}"
        own = {cte.alias for cte in tree.find_all(exp.CTE)}
        if shadowed := own & set(relations):
            raise KeyError(f"CTE {sorted(shadowed)} hides a relation of the same name")
        for cte in tree.find_all(exp.CTE):
            cte.args["alias"].set("this", exp.to_identifier(cte.alias + suffix))
        ctes: dict[str, exp.Query] = {}
        bound: dict[str, Any] = {}
        for table in list(tree.find_all(exp.Table)):
            table.replace(self._resolved(table, own, suffix, relations, ctes, bound))
        for placeholder in list(tree.find_all(exp.Placeholder)):
            if placeholder.name not in params:
                raise KeyError(f"parameter ${placeholder.name} not given (have {sorted(params)})")
            bound[placeholder.name + suffix] = params[placeholder.name]
            placeholder.set("this", placeholder.name + suffix)
        return Relation(self, tree, bound, ctes, analysis=analysis)

    def _resolved(
        self,
        table: exp.Table,
        own: set[str],
        suffix: str,
        relations: Mapping[str, Relation],
        ctes: dict[str, exp.Query],
        bound: dict[str, Any],
    ) -> exp.Expr:
        """What stands where the text named a table: one of its own CTEs, or a relation's body or CTE."""
        if table.name in own and not table.db:
            return exp.alias_(exp.to_table(table.name + suffix), table.alias or table.name, table=True)
        if table.db or table.name not in relations:
            raise KeyError(f"relation {table.sql()} not given (have {sorted(relations)})")
        relation = relations[table.name]
        if relation.engine is not self:
            raise ValueError(f"relation {table.name!r} belongs to another engine")
        body, inner = relation.flattened()
        bound.update(relation.params)
        ctes.update(inner)
        if isinstance(body, exp.Table):
            target: exp.Table = body
        else:
            ctes[relation.name] = body
            target = exp.to_table(relation.name)
        return exp.alias_(target, table.alias or table.name, table=True)

    def render(self, tree: exp.Query, *, pretty: bool = True) -> str:
        """`tree` in this engine's dialect; raises rather than drop what the dialect cannot say.

        Laid out for people by default: it is shown in errors, and an engine counts its lines.
        """
        return respelled(tree, self.respell).sql(
            self.dialect, pretty=pretty, unsupported_level=ErrorLevel.RAISE, comments=False
        )

    def respell(self, node: exp.Expr) -> exp.Expr:
        """Rewrite one node (its children are done) that sqlglot leaves different between engines."""
        return everywhere(node)

    def table(self, name: str) -> Relation:
        """A relation over the stored table `name`."""
        return Relation(self, exp.Table(this=identifier(name)))

    def failed(self, relation: Relation, sql: str, cause: BaseException | str) -> EngineError:
        """The error for `relation`, which failed as `sql`."""
        return EngineError(engine=self.name, sql=sql, cause=str(cause), analysis=relation.analysis)

    def in_shape(self, table: pa.Table, schema: pa.Schema | None, relation: Relation, sql: str) -> pa.Table:
        """`table` cast to `schema` when given; `EngineError` naming the column that does not fit."""
        try:
            return table if schema is None else shaped(table, schema)
        except ShapeError as cause:
            raise self.failed(relation, sql, cause) from cause

    @abstractmethod
    def fetch(self, relation: Relation, schema: pa.Schema | None = None) -> pa.Table:
        """Run `relation`; cast to `schema` when given."""

    def batches(self, relation: Relation, schema: pa.Schema | None = None) -> Iterator[pa.RecordBatch]:
        """Run `relation` and yield its rows in batches, in bounded memory where the engine can."""
        yield from self.fetch(relation, schema).to_batches()

    @abstractmethod
    def store(self, relation: Relation, name: str, *, replace: bool = False) -> None:
        """Create table `name` from `relation` without moving a row through Python. An existing table of that
        name is replaced (atomically where the engine can) or, without `replace`, an error."""

    @abstractmethod
    def tables(self) -> list[str]:
        """Names of the stored tables and views, sorted; never those of data handed over with `from_arrow`."""

    @abstractmethod
    def schema(self, name: str) -> pa.Schema:
        """Column names and Arrow types of the stored table `name`; KeyError when there is none."""

    @abstractmethod
    def from_arrow(self, data: ArrowData) -> Relation:
        """A relation over Arrow data. The engine gives them back when no relation reads them any more."""

    @abstractmethod
    def create(self, name: str, schema: pa.Schema, *, replace: bool = False) -> None:
        """Create the empty table `name`."""

    @abstractmethod
    def insert(self, name: str, data: ArrowData) -> int:
        """Append Arrow data to the stored table `name`, by column name; the number of rows written.

        A reader is streamed in bounded memory; what it raises comes out as it is. Columns the data lack
        become null; a column the table lacks, or a value its type cannot hold exactly, is an `EngineError`.
        Nothing is written when it fails.
        """

    @abstractmethod
    def drop(self, name: str) -> None:
        """Remove the stored table `name` if it exists."""

    @abstractmethod
    def read_parquet(self, path: str | Path) -> Relation:
        """A relation over Parquet files (a path or a glob)."""

    @abstractmethod
    def read_csv(self, path: str | Path) -> Relation:
        """A relation over a comma-separated UTF-8 file with a header."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing for what is stored inside the block; raises on an engine that cannot promise it."""

    def interrupt(self) -> None:  # noqa: B027 - an engine that cannot stop a statement lets it finish
        """Stop the statement that runs now, if the engine can; safe to call from a signal handler."""

    @abstractmethod
    def close(self) -> None:
        """Release the connection."""

    def has_table(self, name: str) -> bool:
        return name in self.tables()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@lru_cache(maxsize=256)
def _parsed(text: str, native: str | None, label: str) -> exp.Query:
    """The tree of `text`: portable and checked, or in the dialect `native`. Callers change copies."""
    tree = _parse(text, native or "duckdb", label)
    if native is None:
        check_portable(tree, label)
    return tree


def _parse(text: str, dialect: str, label: str) -> exp.Query:
    try:
        trees = [tree for tree in parse(text, read=dialect) if tree is not None]
    except SqlglotError as cause:
        raise PeakendError(
            Text(f"The query {label} cannot be parsed: {cause}", f"查询 {label} 无法解析：{cause}")
        ) from cause
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise PortabilityError(["it must be exactly one SELECT"], query=label)
    return trees[0]


@lru_cache(maxsize=512)
def sql_text(name: str) -> str | None:
    """Text of the package's SQL file `name` ("feedback/score_counts"), or None when there is none."""
    resource = files("peakend").joinpath(*f"{name}.sql".split("/"))
    return resource.read_text("utf-8") if resource.is_file() else None
