"""A mapping for tests of the loader: files are named after tables, columns after canonical columns."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.warehouse.load_sql import DUCKDB_TYPES, literal, quoted
from peakend.warehouse.mapping import Mapping
from peakend.warehouse.mapping_loads import Check, ColumnLoad, Repair, TableLoad
from peakend.warehouse.readers import ReadOptions, SourceFile
from peakend.warehouse.schema import Column, canonical_table, canonical_tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

NOT_OF_TYPE = Text("{value} cannot be read", "{value} 无法识别")


class PlainMapping(Mapping):
    """`customers.csv`, `2024/customers.csv`, `customers-extra.csv` all feed customers.

    keep: tables whose rows count as derived. A column "lower:x" is the canonical x, put into lower case.
    """

    def __init__(self, keep: Sequence[str] = (), fingerprint: str = "plain") -> None:
        self.keep = tuple(keep)
        self.fingerprint = fingerprint

    def table_of(self, name: str) -> str:
        return PurePosixPath(name).name.split(".")[0].split("-")[0]

    def files(self, names: Sequence[str]) -> list[str]:
        return [name for name in names if self.table_of(name) in canonical_tables()]

    def unmapped(self, names: Sequence[str]) -> list[str]:
        return [name for name in names if self.table_of(name) not in canonical_tables()]

    def unused(self, names: Sequence[str]) -> list[str]:
        return []

    def options(self, name: str) -> ReadOptions:
        return ReadOptions()

    def declared(self, connection: duckdb.DuckDBPyConnection) -> list[TableLoad]:
        return []

    def plan(self, source: SourceFile) -> list[TableLoad]:
        table = canonical_table(self.table_of(source.name))
        columns = [
            _column(table.column(column.name.removeprefix("lower:")), column.name)
            for column in source.columns
            if column.name.removeprefix("lower:") in {known.name for known in table.columns}
        ]
        if "source" not in {column.name for column in columns}:
            columns.append(ColumnLoad("source", literal(source.name)))
        pairs = ", ".join(f"{literal(column.name)}, {quoted(column.name)}" for column in source.columns)
        conflict = "keep" if table.name in self.keep else "refuse"
        return [
            TableLoad(
                table.name,
                source,
                source.relation,
                tuple(columns),
                f"json_object({pairs})",
                on_conflict=conflict,
            )
        ]


def _column(column: Column, name: str) -> ColumnLoad:
    text = f"nullif(cast({quoted(name)} as varchar), '')"
    value = f"try_cast({text} as {DUCKDB_TYPES[column.type]})"
    check = Check(f"({text} is null or {value} is not null)", "wrong_type", NOT_OF_TYPE, text)
    if not name.startswith("lower:"):
        return ColumnLoad(column.name, value, (check,))
    repair = Repair(
        f"coalesce({text} <> lower({text}), false)", "lower_case", Text("put into lower case", "转为小写")
    )
    return ColumnLoad(column.name, f"lower({text})", (check,), (repair,))
