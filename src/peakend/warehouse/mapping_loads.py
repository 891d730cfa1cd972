"""What a mapping asks of the loader: for each canonical table, a relation and an SQL expression a column.

All SQL here is DuckDB's own dialect: it runs only in the loader's private connection, over the files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from peakend.language import Text
    from peakend.warehouse.readers.source import SourceFile


@dataclass(frozen=True, slots=True)
class Check:
    """A row for which `ok` (SQL, boolean, never NULL) is false is refused with `code` and `reason`.

    `raw` is SQL giving the offending value as text.
    """

    ok: str
    code: str
    reason: Text
    raw: str


@dataclass(frozen=True, slots=True)
class Repair:
    """Rows for which `changed` (SQL, boolean, never NULL) is true were put right; only counted."""

    changed: str
    code: str
    meaning: Text


@dataclass(frozen=True, slots=True)
class ColumnLoad:
    """One canonical column: `value` is SQL over the load's relation, already of the canonical type (`text` as
    VARCHAR, `integer` BIGINT, `number` DOUBLE, `money` DECIMAL(18,4), `day` DATE, `time` TIMESTAMP in UTC,
    `flag` BOOLEAN), NULL where the source is empty or unreadable; `checks` say which of the two it was.

    unrepaired: cheaper SQL that gives the same values where no row of the load was repaired in this column.

    Whether a required column is filled, a choice is one of the schema's, a number is within its limits and a
    reference exists are the loader's checks, not these.
    """

    name: str
    value: str
    checks: tuple[Check, ...] = ()
    repairs: tuple[Repair, ...] = ()
    unrepaired: str | None = None


@dataclass(frozen=True, slots=True)
class TableLoad:
    """Rows for one canonical table from one file:
    `select <column.value …>, __row, <raw> from <relation> [where <where>]`.

    relation: SQL that may stand after FROM; it has `__row` (BIGINT). `columns` always holds every key
    column (made from the row's content where the source has no key), `source` and `attributes`;
    canonical columns that are not in it are NULL. where: rows that belong to this table (the rest are
    routed elsewhere or not meant for it; nothing to refuse). raw: SQL giving the whole source row as
    JSON text, for `refused_rows`: evaluate it for refused rows only. on_conflict: what a second row of
    the same key and other content means. "refuse": an error of the source; "keep": the row is derived
    from facts (a product seen in a sale), the one that exists stays, silently.
    """

    table: str
    source: SourceFile
    relation: str
    columns: tuple[ColumnLoad, ...]
    raw: str
    where: str | None = None
    on_conflict: Literal["refuse", "keep"] = "refuse"

    def column(self, name: str) -> ColumnLoad | None:
        """The load of canonical column `name`, or None when nothing is mapped to it."""
        return next((column for column in self.columns if column.name == name), None)
