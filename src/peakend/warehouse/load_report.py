"""What a load did: per table and per file, with what was put right and what a person should know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from peakend.language import Text


@dataclass(slots=True)
class TableCount:
    """Rows of one canonical table in one load.

    read = kept + updated + unchanged + duplicates + merged + refused.

    kept: new rows. updated: rows whose content changed (what they said before is in `row_history`).
    unchanged: already there with the same content. duplicates: same key and content as another row of the
    load, or a row derived from facts whose key exists already; dropped. merged: completed a row that another
    file began. refused: kept in `refused_rows` instead (`known_refusals` of them by an earlier load).
    repaired: values put right by a rule. stubs: rows made because others refer to them; not in `read`.
    """

    table: str
    read: int = 0
    kept: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    merged: int = 0
    refused: int = 0
    known_refusals: int = 0
    repaired: int = 0
    stubs: int = 0

    @property
    def changed(self) -> bool:
        """Whether the stored table is different now."""
        return bool(self.kept or self.updated or self.stubs)


COUNTS = tuple(count.name for count in fields(TableCount) if count.name != "table")


@dataclass(frozen=True, slots=True)
class FileCount:
    """One file of the folder. `rows` are its records; `skipped`: the same bytes were loaded before."""

    name: str
    format: str
    fingerprint: str
    rows: int | None
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class RepairCount:
    """How many values one rule put right, with one of them.

    `example_raw` is its row (number `example_row`, from 1) before, `example` the value after.
    """

    file: str
    table: str
    column: str
    code: str
    meaning: Text
    rows: int
    example: str | None = None
    example_row: int | None = None
    example_raw: str | None = None


@dataclass(slots=True)
class LoadReport:
    """The account of one load. `load_id` is None when there was nothing new and nothing was written."""

    folder: str
    load_id: str | None = None
    files: list[FileCount] = field(default_factory=list)
    tables: list[TableCount] = field(default_factory=list)
    repairs: list[RepairCount] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    seconds: float = 0.0

    def __getitem__(self, table: str) -> TableCount:
        """The counts of `table`; KeyError when the load did not touch it."""
        for count in self.tables:
            if count.table == table:
                return count
        raise KeyError(table)

    def count(self, table: str) -> TableCount:
        """The counts of `table`, begun at zero when the load has not touched it yet."""
        if table not in {count.table for count in self.tables}:
            self.tables.append(TableCount(table))
        return self[table]

    @property
    def nothing_new(self) -> bool:
        """Whether the warehouse is as it was: no new row, no changed row, no new refusal."""
        return not any(count.changed or count.refused > count.known_refusals for count in self.tables)

    def as_table(self) -> pa.Table:
        """One row a canonical table: its name and the counts of `TableCount`."""
        schema = pa.schema([("table", pa.string()), *((name, pa.int64()) for name in COUNTS)])
        rows = [
            {"table": count.table, **{name: getattr(count, name) for name in COUNTS}} for count in self.tables
        ]
        return pa.Table.from_pylist(rows, schema=schema)


@dataclass(frozen=True, slots=True)
class LoadStep:
    """Where a load is: `done` of `total` steps, and the one that begins now."""

    done: int
    total: int
    what: Text


Progress = Callable[[LoadStep], None]
