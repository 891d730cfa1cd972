"""Which column of which file becomes which canonical column: a mapping, read from YAML and planned into SQL.

A loader uses it so::

    mapping = load_mapping(folder / "mapping.yaml")
    loads = list(mapping.declared(connection))                # rows written in the mapping itself
    for name in mapping.files(names_in_folder):               # in the order of the mapping
        source = read_source(folder / name, mapping.options(name), connection, name=name)
        loads += mapping.plan(source)

XES logs need no mapping: `mapping_for_log(source)` gives one.
"""

from __future__ import annotations

import hashlib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Text
from peakend.warehouse.mapping_errors import MappingError
from peakend.warehouse.mapping_loads import Check, ColumnLoad, Repair, TableLoad
from peakend.warehouse.readers import ROW, ReadOptions, SourceColumn, SourceFile, format_of
from peakend.warehouse.readers.temporary import Room

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from peakend.warehouse.mapping_model import FileRule, MappingForm
    from peakend.warehouse.mapping_yaml import Document

__all__ = [
    "Check",
    "ColumnLoad",
    "Mapping",
    "MappingError",
    "Repair",
    "TableLoad",
    "load_mapping",
    "mapping_for_log",
]


class Mapping:
    """A mapping of many files on to the canonical tables. `source`: what the rows' `source` column says."""

    def __init__(self, form: MappingForm, document: Document, path: Path | None, text: str) -> None:
        self.form = form
        self.source = form.source
        self.path = path
        self.fingerprint = hashlib.sha256(text.encode("utf-8")).hexdigest()
        self._document = document

    def files(self, names: Sequence[str]) -> list[str]:
        """Those of `names` (relative, POSIX) that the mapping describes, in its order."""
        ranked = [(number, name) for name in names if (number := self._rule(name)) is not None]
        return [name for _, name in sorted(ranked)]

    def unmapped(self, names: Sequence[str]) -> list[str]:
        """Those of `names` that no entry describes and that it does not say to ignore: to be reported."""
        return [name for name in names if self._rule(name) is None and not _matches(self.form.ignore, name)]

    def unused(self, names: Sequence[str]) -> list[str]:
        """Patterns of the mapping that fit none of `names`."""
        numbers = {self._rule(name) for name in names}
        return [" | ".join(rule.match) for n, rule in enumerate(self.form.files) if n not in numbers]

    def options(self, name: str) -> ReadOptions:
        """How the file `name` is to be read."""
        number = self._rule(name)
        if number is None:
            return ReadOptions()
        return ReadOptions(**self.form.files[number].read.model_dump())

    def declared(self, connection: duckdb.DuckDBPyConnection) -> list[TableLoad]:
        """Rows that stand in the mapping itself (touchpoints, questions), in the form of a file's."""
        from peakend.warehouse.mapping_model import FileRule, Rule, TableRule
        from peakend.warehouse.mapping_plan import plan

        loads: list[TableLoad] = []
        for table, rows in self.form.rows.items():
            source = self._declared_source(table, rows, connection)
            columns = {column.name: Rule(column=column.name) for column in source.columns}
            rule = FileRule(match=["*"], tables={table: TableRule(columns=columns, attributes=False)})
            form = self.form.model_copy(update={"files": [rule]})
            loads += plan(form, self._document, 0, source)
        return loads

    def plan(self, source: SourceFile) -> list[TableLoad]:
        """Everything `source` feeds. `MappingError` for a column the file does not have."""
        from peakend.warehouse.mapping_plan import plan

        number = self._rule(source.name)
        if number is None:
            raise MappingError(
                Text(f"The mapping says nothing of {source.name}.", f"映射文件中没有 {source.name}。"),
                file=self._document.file,
                line=1,
            )
        return plan(self.form, self._document, number, source)

    def rule(self, name: str) -> FileRule | None:
        """What the mapping says of the file `name`, or None."""
        number = self._rule(name)
        return None if number is None else self.form.files[number]

    def _rule(self, name: str) -> int | None:
        """The first entry whose pattern fits."""
        return next((n for n, rule in enumerate(self.form.files) if _matches(rule.match, name)), None)

    def _declared_source(
        self, table: str, rows: list[dict[str, str | None]], connection: duckdb.DuckDBPyConnection
    ) -> SourceFile:
        names = list(dict.fromkeys(name for row in rows for name in row))
        arrays = [pa.array([row.get(name) for row in rows], pa.string()) for name in names]
        arrays.append(pa.array(range(len(rows)), pa.int64()))
        room = Room(connection)
        path = self.path or Path("mapping.yaml")
        return SourceFile(
            path=path,
            name=f"{path.name}:{table}",
            format="mapping",
            relation=room.table(pa.table(arrays, names=[*names, ROW]), path),
            columns=tuple(SourceColumn(name, "VARCHAR") for name in names),
            fingerprint=self.fingerprint,
            connection=connection,
            first_line=self._document.line(("rows", table, 0)),
            rows=len(rows),
            release=room.clear,
        )


def _matches(patterns: Sequence[str], name: str) -> bool:
    """Whether a pattern fits the name, its last part, or either without the suffix of its format."""
    base = name.rpartition("/")[2]
    forms = {name, base}
    for form in (name, base):
        stem = form
        while format_of(stem) is not None or stem.casefold().endswith((".csv", ".xes")):
            stem = stem.rpartition(".")[0]
            forms.add(stem)
    return any(fnmatchcase(form, pattern) for form in forms for pattern in patterns)


def load_mapping(source: Path | str) -> Mapping:
    """The mapping in the file `source` (a path, or its name as text) or the YAML text `source`.

    Else a `MappingError`. One line that ends in .yaml or .yml is the name of a file.
    """
    from peakend.warehouse.mapping_check import checked
    from peakend.warehouse.mapping_yaml import parse

    path = Path(source) if isinstance(source, Path) or _names_a_file(source) else None
    name = path.name if path is not None else "mapping"
    try:
        text = path.read_text("utf-8-sig") if path is not None else str(source)
    except (OSError, UnicodeDecodeError) as cause:
        why = cause.strerror if isinstance(cause, OSError) else cause
        raise MappingError(
            Text(f"{path} cannot be read: {why}.", f"无法读取 {path}：{why}。"), file=name, line=1
        ) from cause
    document = parse(text, name)
    return Mapping(checked(document), document, path, text)


def _names_a_file(text: str) -> bool:
    return "\n" not in text and text.casefold().endswith((".yaml", ".yml"))


def mapping_for_log(source: SourceFile) -> Mapping:
    """The mapping of an event log read from XES: interactions, and the touchpoints and employees they name.

    `event_id` is the event's place in the log with leading zeros, so that events of one time keep its
    order; it and the case carry the log's name, because every log counts from one.
    """
    from peakend.warehouse.mapping_check import checked
    from peakend.warehouse.mapping_yaml import Document

    log = source.path.name.partition(".")[0].translate({ord("{"): "(", ord("}"): ")"})
    data = {
        "source": log,
        "files": [
            {
                "match": [source.name.translate({ord("["): "?", ord("*"): "?"})],
                "tables": {
                    "interactions": {
                        "columns": {
                            "event_id": f"{log}/{{position}}",
                            "case_id": f"{log}/{{case_id}}",
                            "at": "at",
                            "kind": "activity",
                            "touchpoint_id": "activity",
                            "employee_id": "resource",
                            "outcome": "lifecycle",
                            "attributes": "attributes",
                        }
                    },
                    "touchpoints": {
                        "each": ["activity"],
                        "columns": {"touchpoint_id": "activity", "name": {"template": "{activity}"}},
                    },
                    "employees": {"each": ["resource"], "columns": {"employee_id": "resource"}},
                },
            }
        ],
    }
    document = Document(source.name, data)
    return Mapping(checked(document), document, None, repr(data))
