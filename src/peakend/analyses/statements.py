"""The SQL of an analysis for people: as it is written, and as it runs on their own warehouse."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlglot import exp, parse_one

from peakend.analyses.fingerprints import TableVersions
from peakend.analyses.order import givers
from peakend.analyses.runner import relations_for, tables_read
from peakend.declaration import Analysis, Inputs, Settings
from peakend.engine import ArrowData, Engine, Relation, sql_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: `name` is the SQL file or the result table it makes.

    `sql` has named parameters and `params` their values; `complete` has the values in their places, so that
    it runs wherever it is pasted.
    """

    name: str
    sql: str
    params: Mapping[str, Any]
    complete: str


def written_sql(engine: Engine, analysis: Analysis) -> list[Statement]:
    """The SQL files of `analysis` in the engine's dialect, with the names they use. Reads no data."""
    texts = {name: _in_dialect(engine, name) for name in analysis.sql}
    return [Statement(name, text, {}, text) for name, text in texts.items()]


def executed_sql(
    engine: Engine, analysis: Analysis, catalogue: Sequence[Analysis], settings: Settings | None = None
) -> list[Statement]:
    """Every statement that `analysis` runs on `engine`, complete, in its dialect, in order; results last.

    Computes the analysis (what it reads first may decide what it asks next) but saves nothing. When it runs,
    values are bound (`sql`, `params`), not written into the text (`complete`).
    """
    by_table = givers(catalogue)
    versions = TableVersions(engine, {table: giver.name for table, giver in by_table.items()})
    gives = {table.name: table for giver in catalogue for table in giver.gives}
    recorder = _recording(engine)
    relations = relations_for(recorder, analysis, tables_read(analysis, versions), gives)
    results = analysis.compute(Inputs(recorder, relations, settings or Settings()))
    for name, result in results.items():
        if isinstance(result, Relation):
            recorder.note(name, result)
    return recorder.statements


def _in_dialect(engine: Engine, name: str) -> str:
    """A report writes the same files for every exhibit and in each language: they are rendered once."""
    known = engine.dialect, name
    if known not in _WRITTEN:
        _WRITTEN[known] = _rendered(engine, name)
    return _WRITTEN[known]


_WRITTEN: dict[tuple[str, str], str] = {}


def _rendered(engine: Engine, name: str) -> str:
    native = sql_text(f"{name}.{engine.dialect}")
    if native is not None:
        return native.strip()
    tree = parse_one(sql_text(name) or "", read="duckdb")
    if not isinstance(tree, exp.Query):
        raise TypeError(f"{name}.sql is not a SELECT")
    return engine.render(tree, pretty=True)


def _with_values(tree: exp.Query, params: Mapping[str, Any]) -> exp.Query:
    """`tree` with literals for its placeholders."""
    for placeholder in list(tree.find_all(exp.Placeholder)):
        placeholder.replace(_literal(params[placeholder.name]))
    return tree


def _literal(value: object) -> exp.Expr:
    """`value` as it is written in portable SQL, of the type that it has when it is bound."""
    if isinstance(value, float):
        # A plain 0.1 is a decimal in most dialects, which divides and rounds otherwise.
        written = exp.Literal.number(repr(value)) if math.isfinite(value) else exp.Literal.string(str(value))
        return exp.cast(written, "double")
    if isinstance(value, Decimal):
        return exp.Literal.number(f"{value:f}")
    if isinstance(value, datetime):
        return exp.cast(exp.Literal.string(value.isoformat(" ")), "timestamp")
    if isinstance(value, date):
        return exp.cast(exp.Literal.string(value.isoformat()), "date")
    return exp.convert(value)


class _Recorder(Engine):
    """Passes everything on to an engine and keeps the statements that it was asked to run."""

    def __init__(self, inner: Engine) -> None:
        self.inner = inner
        self.statements: list[Statement] = []

    def note(self, name: str, relation: Relation) -> None:
        complete = self.inner.render(_with_values(relation.statement(), relation.params), pretty=True)
        self.statements.append(Statement(name, relation.sql(), dict(relation.params), complete))

    def _own(self, relation: Relation) -> Relation:
        return Relation(self, relation.tree, relation.params, relation.ctes, analysis=relation.analysis)

    def respell(self, node: exp.Expr) -> exp.Expr:
        return self.inner.respell(node)

    def render(self, tree: exp.Query, *, pretty: bool = False) -> str:
        return self.inner.render(tree, pretty=pretty)

    def fetch(self, relation: Relation, schema: pa.Schema | None = None) -> pa.Table:
        plain = relation.tree.name if isinstance(relation.tree, exp.Table) else "query"
        self.note(relation.analysis or plain, relation)
        return self.inner.fetch(relation, schema)

    def store(self, relation: Relation, name: str, *, replace: bool = False) -> None:
        self.note(name, relation)
        self.inner.store(relation, name, replace=replace)

    def tables(self) -> list[str]:
        return self.inner.tables()

    def schema(self, name: str) -> pa.Schema:
        return self.inner.schema(name)

    def from_arrow(self, data: ArrowData) -> Relation:
        return self._own(self.inner.from_arrow(data))

    def create(self, name: str, schema: pa.Schema, *, replace: bool = False) -> None:
        self.inner.create(name, schema, replace=replace)

    def insert(self, name: str, data: ArrowData) -> int:
        return self.inner.insert(name, data)

    def drop(self, name: str) -> None:
        self.inner.drop(name)

    def read_parquet(self, path: str | Path) -> Relation:
        return self._own(self.inner.read_parquet(path))

    def read_csv(self, path: str | Path) -> Relation:
        return self._own(self.inner.read_csv(path))

    def transaction(self) -> AbstractContextManager[None]:
        return self.inner.transaction()

    def close(self) -> None:
        self.inner.close()


def _recording(engine: Engine) -> _Recorder:
    kind: type[_Recorder] = type(
        "_Recorder",
        (_Recorder,),
        {"name": engine.name, "dialect": engine.dialect, "transactional": engine.transactional},
    )
    return kind(engine)
