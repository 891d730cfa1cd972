"""The canonical customer tables as data: columns, types, units, meanings in two languages, and rules.

The tables live in `tables/*.yaml`; loaders, quality checks and documentation are made from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import yaml

from peakend.declaration import ARROW_TYPES
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `type` is a key of `declaration.ARROW_TYPES`; `ref` names the table whose key it holds."""

    name: str
    type: str
    meaning: Text
    required: bool = False
    unit: str | None = None
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    ref: str | None = None
    personal: bool = False

    @property
    def arrow(self) -> pa.DataType:
        return ARROW_TYPES[self.type]


@dataclass(frozen=True, slots=True)
class Table:
    """One canonical table. `key` identifies a row; rows are stored in the order of `sort`.

    append_only: facts; a row that was loaded is never changed. Rows of the other tables follow their source,
    and what they said before is kept in `row_history`.
    """

    name: str
    title: Text
    meaning: Text
    key: tuple[str, ...]
    sort: tuple[str, ...]
    columns: tuple[Column, ...]
    append_only: bool = False

    def column(self, name: str) -> Column:
        """The column `name`; KeyError when the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")

    def schema(self) -> pa.Schema:
        return pa.schema([pa.field(c.name, c.arrow) for c in self.columns])


# Every table carries where a row came from, and the columns of the source that have no place of their own.
_TRAILING = (
    Column("source", "string", Text("Source the row came from", "来源"), required=True),
    Column(
        "attributes",
        "string",
        Text("Other columns of the source, as a JSON object", "来源中的其他列（JSON 对象）"),
    ),
)


@cache
def canonical_tables() -> Mapping[str, Table]:
    """Every canonical table by name."""
    tables: dict[str, Table] = {}
    folder = files("peakend.warehouse").joinpath("tables")
    for resource in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if resource.name.endswith(".yaml"):
            parsed = yaml.load(
                resource.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
            )
            for name, body in parsed.items():
                tables[name] = _table(name, body)
    return tables


def canonical_table(name: str) -> Table:
    """The canonical table `name`; KeyError when there is none."""
    return canonical_tables()[name]


def _table(name: str, body: Mapping[str, Any]) -> Table:
    key = tuple(body["key"])
    columns = tuple(_column(column, row) for column, row in body["columns"].items())
    return Table(
        name=name,
        title=Text(**body["title"]),
        meaning=Text(**body["meaning"]),
        key=key,
        sort=tuple(body.get("sort", key)),
        columns=(*columns, *_TRAILING),
        append_only=body.get("append_only", False),
    )


def _column(name: str, row: Mapping[str, Any]) -> Column:
    return Column(
        name=name,
        type=row["type"],
        meaning=Text(str(row["en"]), str(row["zh"])),
        required=row.get("required", False),
        unit=row.get("unit"),
        choices=tuple(row.get("in", ())),
        minimum=row.get("min"),
        maximum=row.get("max"),
        ref=row.get("ref"),
        personal=row.get("personal", False),
    )
