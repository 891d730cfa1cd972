"""Where simulated rows go: staging tables block by block, then in order into their own, all at once.

Until `finish` the warehouse is as it was, but for staging tables that the next simulation removes. `finish`
is one transaction; where the engine has none, `simulation_unfinished` stands until it is done.
"""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyarrow as pa
from sqlglot import exp

from peakend.analyses import catalogue
from peakend.analyses.catalogue import BOOKKEEPING
from peakend.engine import Engine, Relation, identifier
from peakend.warehouse.schema import canonical_tables
from peakend.warehouse.versions import count_rows, record_changes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

STAGING = "simulating_"
UNFINISHED = "simulation_unfinished"
"""Stands in a warehouse without transactions while its tables are being replaced."""

SIMULATION = pa.schema(
    [
        ("kind", pa.string()),
        ("customers", pa.int64()),
        ("seed", pa.int64()),
        ("months", pa.int64()),
        ("version", pa.int64()),
        ("mechanisms_on", pa.string()),
        ("mechanisms_off", pa.string()),
        ("tables", pa.string()),
        ("created_at", pa.timestamp("us")),
    ]
)


def own_tables(engine: Engine) -> list[str]:
    """Tables of `engine` that are Peakend's: canonical, bookkeeping, results, an earlier simulation's."""
    stored = engine.tables()
    known = {*canonical_tables(), *BOOKKEEPING, "simulation", UNFINISHED}
    known |= {table.name for analysis in catalogue() for table in analysis.gives}
    if "simulation" in stored:
        earlier = engine.table("simulation").to_arrow().to_pylist()
        known.update(name for row in earlier for name in row.get("tables", "").split(","))
    return [name for name in stored if name in known or name.startswith(STAGING)]


def occupied(engine: Engine) -> list[str]:
    """Canonical tables that hold rows, and the marks of an earlier simulation."""
    stored = engine.tables()
    listed = [name for name in (*canonical_tables(), "simulation", UNFINISHED) if name in stored]
    return [name for name in listed if name == UNFINISHED or count_rows(engine, name)]


class Sink:
    """Collects rows of many tables on one engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.rows: dict[str, int] = {}

    def clear(self) -> None:
        """Remove what an earlier simulation left unfinished, and what this one has collected."""
        for name in self.engine.tables():
            if name.startswith(STAGING):
                self.engine.drop(name)
        self.rows.clear()

    def add(self, rows: Iterable[tuple[str, pa.Table]]) -> None:
        """Append rows to the staging tables, which are created as they come."""
        together: dict[str, list[pa.Table]] = {}
        for name, table in rows:
            together.setdefault(name, []).append(table)
        for name, tables in together.items():
            table = pa.concat_tables(tables)
            if name not in self.rows:
                self.engine.create(STAGING + name, table.schema, replace=True)
                self.rows[name] = 0
            if table.num_rows:
                self.rows[name] += self.engine.insert(STAGING + name, table)

    def finish(self, version: str, simulation: Mapping[str, object]) -> None:
        """Put every table in its order, write the marks of the simulation, drop everything it replaces."""
        engine = self.engine
        now = datetime.now(UTC).replace(tzinfo=None)
        if not engine.transactional:
            engine.create(UNFINISHED, SIMULATION, replace=True)
        with engine.transaction() if engine.transactional else nullcontext():
            for name in own_tables(engine):
                if not name.startswith(STAGING) and name not in {*self.rows, UNFINISHED}:
                    engine.drop(name)
            for name in self.rows:
                self._ordered(name).save(name, replace=True)
                engine.drop(STAGING + name)
            record_changes(engine, [name for name in self.rows if name in canonical_tables()], version)
            engine.create("simulation", SIMULATION, replace=True)
            mark = {**simulation, "tables": ",".join(sorted(self.rows)), "created_at": now}
            engine.insert("simulation", pa.Table.from_pylist([mark], schema=SIMULATION))
        engine.drop(UNFINISHED)

    def _ordered(self, name: str) -> Relation:
        """The staged rows in the order in which the canonical table keeps them."""
        staged = self.engine.table(STAGING + name)
        if name in canonical_tables():
            columns: tuple[str, ...] = canonical_tables()[name].sort
        else:
            keys = ("customer_id", "response_id")
            columns = tuple(key for key in keys if key in self.engine.schema(STAGING + name).names)
        if not columns:
            return self.engine.query("select * from t", t=staged)
        ordered = exp.select("*").from_("t").order_by(*(exp.column(identifier(column)) for column in columns))
        return self.engine.query(ordered.sql("duckdb"), t=staged)
