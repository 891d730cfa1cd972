"""Rows into canonical tables: new ones added, changed ones changed with what they said before kept, none
twice.

The same rows again change nothing, so that a process killed after the commit does no harm when it comes
again.
"""

# Names are quoted and values are literals; nothing else enters the SQL here.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pyarrow as pa

from peakend.engine import Engine
from peakend.engine.duckdb import DuckDB
from peakend.language import Text
from peakend.server.sync.opening import WrongWarehouseError, count, execute
from peakend.warehouse.identity.moves import merges_suspended
from peakend.warehouse.identity.references import customer_references
from peakend.warehouse.load_sql import listed, literal, names_of, quoted
from peakend.warehouse.load_write import ROW_HISTORY
from peakend.warehouse.schema import Table, canonical_table
from peakend.warehouse.versions import record_changes

SOURCE = "site"
_STAGE = "site_stage"
_HISTORY = "site_history"


@dataclass(slots=True)
class Batch:
    """Rows of the canonical `table`: mappings with the same columns, values in Python's own types.

    `within`: a column and its values: rows of this site with one of them that are not in the batch are
    removed
    (an address a customer does not have any more).
    """

    table: str
    rows: Sequence[Mapping[str, Any]]
    within: tuple[str, Sequence[str]] | None = None


@dataclass(slots=True)
class Written:
    """Rows by table that were new, changed, removed."""

    new: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    removed: dict[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """All of them."""
        return sum(self.new.values()) + sum(self.changed.values()) + sum(self.removed.values())

    @property
    def tables(self) -> list[str]:
        """Tables whose rows are others now."""
        return sorted(
            {name for part in (self.new, self.changed, self.removed) for name, rows in part.items() if rows}
        )


def write(engine: Engine, batches: Iterable[Batch]) -> Written:
    """Bring every batch to the warehouse in one transaction; what changed."""
    wanted = [batch for batch in batches if batch.rows or batch.within]
    written = Written()
    if not wanted:
        return written
    names = {batch.table for batch in wanted}
    load = f"site-{uuid4().hex[:12]}"
    with engine.transaction():
        # Rows arrive under the keys of the site: customers merged since must not make them differ.
        with merges_suspended(engine, sorted({*names, "customers"} & set(customer_references()))):
            for batch in wanted:
                _write(engine, canonical_table(batch.table), batch, load, written)
        if written.tables:
            record_changes(engine, written.tables, load)
    return written


def _write(engine: Engine, table: Table, batch: Batch, load: str, written: Written) -> None:
    _ensure(engine, table)
    arrow, mapped = _arrow(table, batch.rows)
    engine.create(_STAGE, arrow.schema, replace=True)
    if arrow.num_rows:
        engine.insert(_STAGE, arrow)
    same = " and ".join(f"e.{quoted(name)} = s.{quoted(name)}" for name in table.key)
    if not table.append_only and mapped:
        _change(engine, table, mapped, same, load, written)
    counted = f"from {quoted(_STAGE)} s where not exists (select 1 from {quoted(table.name)} e where {same})"
    new = count(engine, f"select count(*) as n {counted}")
    if new:
        columns = arrow.schema.names
        execute(
            engine,
            f"insert into {quoted(table.name)} ({listed(columns)}) select {listed(columns, 's.')} {counted}",
        )
        _add(written.new, table.name, new)
    if batch.within:
        _remove(engine, table, batch.within, same, written)
    engine.drop(_STAGE)


def _ensure(engine: Engine, table: Table) -> None:
    if not engine.has_table(table.name):
        engine.create(table.name, table.schema())
    elif set(engine.schema(table.name).names) != set(names_of(table)):
        raise WrongWarehouseError(
            Text(
                f"The warehouse has a table {table.name} with other columns.",
                f"数据仓库中已有表 {table.name}，但列不同。",
            ),
            Text("Rename or remove that table.", "请重命名或删除该表。"),
        )


def _arrow(table: Table, rows: Sequence[Mapping[str, Any]]) -> tuple[pa.Table, list[str]]:
    """The rows in the columns they have, each key once (the last holds), and the content among the
    columns."""
    key = table.key
    once = {tuple(row[name] for name in key): row for row in rows}
    given = list(next(iter(once.values()), {}))
    columns = [name for name in names_of(table) if name in (*given, *key) and name != "source"]
    listed_rows = list(once.values())
    arrays = {
        name: pa.array([_plain(row.get(name)) for row in listed_rows], table.column(name).arrow)
        for name in columns
    }
    arrays["source"] = pa.array([SOURCE] * len(listed_rows), pa.string())
    return pa.table(arrays), [name for name in columns if name not in key]


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell
    """Times without zone, in UTC; no NUL in texts, which PostgreSQL refuses; empty texts are none."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, str):
        return value.replace("\x00", "") or None
    return value


def _change(
    engine: Engine, table: Table, mapped: Sequence[str], same: str, load: str, written: Written
) -> None:
    after = {name: _after(name) for name in mapped}
    differs = " or ".join(f"{new} is distinct from e.{quoted(name)}" for name, new in after.items())
    changed = count(
        engine,
        f"select count(*) as n from {quoted(table.name)} e join {quoted(_STAGE)} s on {same} where {differs}",
    )
    if not changed:
        return
    _keep_history(engine, table, f"join {quoted(_STAGE)} s on {same} where {differs}", load)
    sets = ", ".join(f"{quoted(name)} = {new}" for name, new in after.items())
    execute(
        engine,
        f"update {quoted(table.name)} as e set {sets} from {quoted(_STAGE)} s where {same} and ({differs})",
    )
    _add(written.changed, table.name, changed)


def _after(name: str) -> str:
    """SQL: what column `name` says afterwards. A row another source described keeps what the site does
    not know."""
    new, old = f"s.{quoted(name)}", f"e.{quoted(name)}"
    if name == "attributes":
        return f"case when e.source = {literal(SOURCE)} then {new} else {old} end"
    return f"case when e.source = {literal(SOURCE)} then {new} else coalesce({new}, {old}) end"


def _remove(
    engine: Engine, table: Table, within: tuple[str, Sequence[str]], same: str, written: Written
) -> None:
    column, values = within
    engine.create(_HISTORY, pa.schema([pa.field("value", pa.string())]), replace=True)
    engine.insert(_HISTORY, pa.table({"value": pa.array(list(values), pa.string())}))
    gone = (
        f"e.source = {literal(SOURCE)} and e.{quoted(column)} in (select value from {quoted(_HISTORY)}) "
        f"and not exists (select 1 from {quoted(_STAGE)} s where {same})"
    )
    gone_rows = count(engine, f"select count(*) as n from {quoted(table.name)} e where {gone}")
    if gone_rows:
        execute(engine, f"delete from {quoted(table.name)} as e where {gone}")
        _add(written.removed, table.name, gone_rows)
    engine.drop(_HISTORY)


def _keep_history(engine: Engine, table: Table, chosen: str, load: str) -> None:
    """What the rows said until now, in the form that loads keep it."""
    if not engine.has_table("row_history"):
        engine.create("row_history", ROW_HISTORY)
    duck = isinstance(engine, DuckDB)
    values = ", ".join(f"cast(e.{quoted(name)} as varchar)" for name in table.key)
    key = f"cast(to_json([{values}]) as varchar)" if duck else f"cast(to_json(array[{values}]) as varchar)"
    pairs = ", ".join(f"{literal(c)}, cast(e.{quoted(c)} as varchar)" for c in names_of(table))
    row = f"cast({'json_object' if duck else 'json_build_object'}({pairs}) as varchar)"
    now = datetime.now(UTC).replace(tzinfo=None).isoformat()
    execute(
        engine,
        f"insert into {quoted('row_history')} ({listed(ROW_HISTORY.names)}) "
        f"select {literal(table.name)}, {key}, cast({literal(now)} as timestamp), {literal(load)}, {row} "
        f"from {quoted(table.name)} e {chosen}",
    )


def _add(counts: dict[str, int], name: str, rows: int) -> None:
    counts[name] = counts.get(name, 0) + rows
