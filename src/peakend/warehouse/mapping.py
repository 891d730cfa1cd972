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

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from peakend.errors import PeakendError
from peakend.warehouse.mapping_loads import Check, ColumnLoad, Repair, TableLoad
from peakend.warehouse.readers.source import ReadOptions, SourceFile

if TYPE_CHECKING:
    import duckdb

__all__ = ["Check", "ColumnLoad", "Mapping", "MappingError", "Repair", "TableLoad", "load_mapping", "mapping_for_log"]


class MappingError(PeakendError):
    """A mapping that cannot be followed: `data` has `file`, `line`, and `nearest` where a name was mistyped."""

    code = "mapping.wrong"


class Mapping:
    """A mapping of many files on to the canonical tables."""

    def files(self, names: Sequence[str]) -> list[str]:
        """Those of `names` (relative, POSIX) that the mapping describes, in its order."""
        raise NotImplementedError

    def unmapped(self, names: Sequence[str]) -> list[str]:
        """Those of `names` that no entry describes: to be reported, never silently passed over."""
        raise NotImplementedError

    def options(self, name: str) -> ReadOptions:
        """How the file `name` is to be read."""
        raise NotImplementedError

    def declared(self, connection: duckdb.DuckDBPyConnection) -> list[TableLoad]:
        """Rows that stand in the mapping itself (touchpoints, questions, surveys), in the same form as a file's."""
        raise NotImplementedError

    def plan(self, source: SourceFile) -> list[TableLoad]:
        """Everything `source` feeds. `MappingError` for a column the file does not have."""
        raise NotImplementedError


def load_mapping(source: Path | str) -> Mapping:
    """The mapping in the file `source` (a path) or in the YAML text `source`; `MappingError` when it is wrong."""
    raise NotImplementedError


def mapping_for_log(source: SourceFile) -> Mapping:
    """The mapping of an event log read from XES: interactions and their touchpoints."""
    raise NotImplementedError
