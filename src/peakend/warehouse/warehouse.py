"""The warehouse: one engine and the canonical customer tables in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from peakend.engine import Engine, Relation, connect
from peakend.warehouse.schema import canonical_table, canonical_tables

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from peakend.warehouse.load_report import LoadReport, Progress
    from peakend.warehouse.mapping import Mapping


class Warehouse:
    """Canonical tables, results and bookkeeping on `engine`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def tables(self) -> list[str]:
        """Names of all stored tables, sorted."""
        return self.engine.tables()

    def canonical(self) -> list[str]:
        """Names of the canonical tables that are present, in the order of the schema."""
        present = set(self.engine.tables())
        return [name for name in canonical_tables() if name in present]

    def table(self, name: str) -> Relation:
        """A relation over the stored table `name`; KeyError when there is none."""
        if not self.engine.has_table(name):
            raise KeyError(name)
        return self.engine.table(name)

    def ensure_table(self, name: str) -> Relation:
        """The canonical table `name`, created empty where it is missing; KeyError for any other name."""
        table = canonical_table(name)
        if not self.engine.has_table(name):
            self.engine.create(name, table.schema())
        return self.engine.table(name)

    def load(
        self,
        folder: Path | str,
        mapping: Path | str | Mapping | None = None,
        progress: Progress | None = None,
    ) -> LoadReport:
        """Load the files of `folder`; see `peakend.warehouse.load.load_folder`."""
        from peakend.warehouse.load import load_folder

        return load_folder(self.engine, folder, mapping, progress)

    def as_of(self, table: str, key: Sequence[object], at: datetime) -> dict[str, Any] | None:
        """A row of a canonical table as it was at `at`; see `peakend.warehouse.history.as_of`."""
        from peakend.warehouse.history import as_of

        return as_of(self.engine, table, key, at)

    def close(self) -> None:
        """Release the engine."""
        self.engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_warehouse(url: str, *, read_only: bool = False) -> Warehouse:
    """The warehouse at `url`; see `peakend.engine.connect` for its forms and errors."""
    return Warehouse(connect(url, read_only=read_only))
