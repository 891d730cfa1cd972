"""A source file that is open for reading: one relation in a DuckDB connection, and what is known about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import duckdb

    from peakend.language import Text

ROW = "__row"


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """One column as the file has it. `type` is DuckDB's name of the type ("VARCHAR" for everything in a CSV).

    `label` is the wording the file itself carries for the column, `labels` maps codes (as text) to their
    words, `missing` holds the codes (as text) the file declares as missing; all three come from SPSS files.
    """

    name: str
    type: str
    label: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line of the file that is no row of it (too many or too few fields, …): line from 1, its text, why."""

    line: int
    text: str
    reason: Text
    code: str = "ragged_line"


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read a file where its own look is not enough; None means: find out.

    `sheet` is a sheet's name (XLSX), `member` a file inside a zip, `header` False for a file without names
    (columns are then called column1, column2, …).
    """

    delimiter: str | None = None
    quote: str | None = None
    encoding: str | None = None
    header: bool = True
    sheet: str | None = None
    member: str | None = None
    skip_lines: int = 0


@dataclass(slots=True)
class SourceFile:
    """One opened file.

    path: where it lies. name: how it is called in reports (relative to the folder, POSIX).
    format: csv, parquet, xlsx, sav or xes. relation: SQL text that may stand after FROM in `connection`
    (a view or a temporary table); it gives `columns` and, as BIGINT, `__row`: the record's position from 0
    in the order of the file. fingerprint: SHA-256 of the bytes on disk, hexadecimal.
    notes: what a person should know ("the clock starts in 1970"). first_line: line of the first record.
    """

    path: Path
    name: str
    format: str
    relation: str
    columns: tuple[SourceColumn, ...]
    fingerprint: str
    connection: duckdb.DuckDBPyConnection
    notes: tuple[Text, ...] = ()
    first_line: int = 1
    rows: int | None = None
    refusals: Callable[[], list[RefusedLine]] | None = None
    unchanged: Callable[[], None] | None = None
    release: Callable[[], None] | None = None
    details: dict[str, Any] = field(default_factory=dict)

    def column(self, name: str) -> SourceColumn:
        """The column `name`; KeyError when the file has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}: {name}")

    def count(self) -> int:
        """Well-formed records; scans the file where its format does not say."""
        if self.rows is None:
            # DuckDB writes down refused lines when a result is taken to its end.
            found = self.connection.execute(f"select count(*) from {self.relation}").fetchall()
            self.rows = int(found[0][0])
        return self.rows

    def refused_lines(self) -> list[RefusedLine]:
        """Lines that are no rows, in order; complete after the relation was read once to its end."""
        return self.refusals() if self.refusals is not None else []

    def line_of(self, row: int) -> int:
        """The line (from 1; for a spreadsheet its row) on which the record `row` (its `__row`) stands.

        Exact unless quoted fields contain line breaks.
        """
        line = row + self.first_line
        for refused in self.refused_lines():
            if refused.line > line:
                break
            line += 1
        return line

    def check_unchanged(self) -> None:
        """Call after the last read: raises `SourceChangedError` when the file was changed since."""
        if self.unchanged is not None:
            self.unchanged()

    def close(self) -> None:
        """Drop the relation and any temporary file behind it."""
        if self.release is not None:
            self.release()
            self.release = None
