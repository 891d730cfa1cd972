"""A relation: a query not yet run. A parsed SQL tree with its bound values, composed with others by CTEs."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa

    from peakend.engine.interface import Engine

_numbers = itertools.count(1)


def next_number() -> int:
    """A number no other name in this process carries; makes CTE and parameter names unique."""
    return next(_numbers)


def identifier(name: str) -> exp.Identifier:
    """`name` as a quoted identifier: the only way a user's name enters SQL."""
    return exp.to_identifier(name, quoted=True)


class Relation:
    """A lazy query on one engine.

    Nothing runs until `to_arrow`, `batches` or `save`. `columns` of the result are known only then.
    """

    def __init__(
        self,
        engine: Engine,
        tree: exp.Query | exp.Table,
        params: Mapping[str, Any] | None = None,
        ctes: Mapping[str, exp.Query] | None = None,
        *,
        analysis: str | None = None,
    ) -> None:
        self.engine = engine
        self.tree = tree
        self.params = dict(params or {})
        self.ctes = dict(ctes or {})
        self.analysis = analysis
        self.name = f"r_{next_number()}"

    def query(
        self, sql: str, params: Mapping[str, Any] | None = None, *, name: str = "t", **relations: Relation
    ) -> Relation:
        """A further query over this relation, which `sql` calls `name`, and over `relations`."""
        return self.engine.query(sql, params, analysis=self.analysis, **{name: self, **relations})

    def flattened(self) -> tuple[exp.Query | exp.Table, dict[str, exp.Query]]:
        """The body without its WITH, and every CTE it needs in order of definition."""
        body = self.tree.copy()
        own = body.args.pop("with_", None)
        defined = {cte.alias: cte.this for cte in own.expressions} if own else {}
        return body, {**self.ctes, **defined}

    def statement(self) -> exp.Query:
        """One SELECT with all CTEs, still in the portable dialect."""
        body, ctes = self.flattened()
        if isinstance(body, exp.Table):
            body = exp.select("*").from_(body)
        if ctes:
            listed = [
                exp.CTE(this=tree.copy(), alias=exp.TableAlias(this=exp.to_identifier(name)))
                for name, tree in ctes.items()
            ]
            body.set("with_", exp.With(expressions=listed))
        return body

    def sql(self, *, pretty: bool = True) -> str:
        """The text that the engine would run, in the engine's own dialect, with parameters by name."""
        return self.engine.render(self.statement(), pretty=pretty)

    def to_arrow(self, schema: pa.Schema | None = None) -> pa.Table:
        """Run it. With `schema` the result is cast to it, so that all engines give the same types."""
        return self.engine.fetch(self, schema)

    def batches(self, schema: pa.Schema | None = None) -> Iterator[pa.RecordBatch]:
        """Run it and yield the result in batches, for results too large to hold."""
        return self.engine.batches(self, schema)

    def to_pandas(self) -> Any:  # noqa: ANN401 - pandas is imported only by who calls this
        """Run it; a pandas data frame."""
        return self.to_arrow().to_pandas()

    def to_polars(self) -> Any:  # noqa: ANN401 - Polars is imported only by who calls this
        """Run it; a Polars data frame. Needs Polars installed."""
        from polars import DataFrame

        return DataFrame(self.to_arrow())

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The Arrow PyCapsule interface: any library that reads it takes a relation as it is."""
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def save(self, name: str, *, replace: bool = False) -> Relation:
        """Store the result as the table `name` inside the engine and return a relation over it."""
        self.engine.store(self, name, replace=replace)
        return self.engine.table(name)
