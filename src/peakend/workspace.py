"""Everything a person does with one warehouse, from Python: load, run, read, report."""

from __future__ import annotations

import json
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

import pyarrow as pa

from peakend import analyses as runner
from peakend.analyses import Progress, Record, RunReport, catalogue, find, latest_records
from peakend.errors import PeakendError
from peakend.language import Language, Text, meant
from peakend.warehouse.schema import canonical_tables
from peakend.warehouse.warehouse import Warehouse, open_warehouse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from types import TracebackType

    from peakend.analyses.statements import Statement
    from peakend.declaration import Analysis, Settings
    from peakend.demo import SimulationReport
    from peakend.engine import Engine, Relation
    from peakend.warehouse.load_report import LoadReport
    from peakend.warehouse.load_report import Progress as LoadProgress

REFUSED = "refused_rows"


class ArrowFrame(Protocol):
    """An Arrow table, a pandas or Polars data frame, a DuckDB relation: anything that streams Arrow."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class UnknownTableError(PeakendError):
    """The warehouse has no table of that name. `data` has name and known."""

    code = "workspace.unknown_table"


class WrongFrameError(PeakendError):
    """What was handed over is no data frame, or has none of a table's columns."""

    code = "workspace.wrong_frame"


@dataclass(frozen=True, slots=True)
class Listed:
    """An analysis of the catalogue and its last record in this warehouse (None: never attempted)."""

    analysis: Analysis
    record: Record | None


class Workspace:
    """One warehouse with everything Peakend does in it. Use it as a context manager, or `close` it."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse

    @property
    def engine(self) -> Engine:
        """The engine underneath."""
        return self.warehouse.engine

    def load(
        self,
        folder: Path | str,
        mapping: Path | str | None = None,
        progress: LoadProgress | None = None,
    ) -> LoadReport:
        """Load a folder of CSV, Parquet, XLSX, SPSS or XES files; the report tells read, kept and refused."""
        return self.warehouse.load(folder, mapping, progress)

    def add(
        self, table: str, frame: ArrowFrame, mapping: Path | str | None = None, source: str = "python"
    ) -> LoadReport:
        """Load one data frame by the same rules as a file.

        Columns named like those of the canonical `table` go there, the others are kept as attributes; with a
        `mapping` (a file, or its YAML text) the frame counts as the file `<table>.parquet`. Adding the same
        frame twice changes nothing. Raises `WrongFrameError`, `UnknownTableError` and what `load` raises.
        """
        arrow = _arrow(frame)
        if mapping is None:
            mapping = frame_mapping(table, arrow.schema, source)
        with _as_folder(table, arrow) as folder:
            return self.warehouse.load(folder, mapping)

    def simulate(
        self,
        kind: str,
        customers: int = 1000,
        seed: int = 1,
        without: Collection[str] = (),
        months: int = 24,
        replace: bool = False,
    ) -> SimulationReport:
        """Write a simulated company (airline, property, bank, retailer) here; see `peakend.demo.simulate`."""
        from peakend.demo import simulate

        return simulate(
            kind,
            customers=customers,
            seed=seed,
            into=self.engine,
            without=without,
            months=months,
            replace=replace,
        )

    def run(
        self,
        only: Collection[str] | None = None,
        settings: Settings | None = None,
        progress: Progress | None = None,
        force: bool = False,
    ) -> RunReport:
        """Run every analysis that is out of date (or `only` the named ones with what they need)."""
        return runner.run(self.engine, only=only, settings=settings, progress=progress, force=force)

    def list(self) -> tuple[Listed, ...]:
        """The catalogue in order, each analysis with the last record of an attempt that was needed."""
        records = latest_records(self.engine, ("done", "failed", "interrupted", "not_run", "skipped"))
        return tuple(Listed(analysis, records.get(analysis.name)) for analysis in catalogue())

    def tables(self) -> dict[str, int]:
        """Rows of every stored table, by its name."""
        from peakend.analyses.fingerprints import row_count

        return {name: row_count(self.engine, name) for name in self.engine.tables()}

    def table(self, name: str) -> Relation:
        """A relation over the stored table `name`: `.to_arrow()`, `.to_pandas()`, `.to_polars()`, `.query()`.

        Raises `UnknownTableError`.
        """
        known = self.engine.tables()
        if name not in known:
            raise _unknown_table(name, known)
        return self.engine.table(name)

    def show(self, name: str) -> dict[str, Relation]:
        """The saved results of an analysis (or one result table) by table name.

        Raises `UnknownAnalysisError`, or `UnknownTableError` while it has not been run here.
        """
        analysis = find(name, catalogue())
        wanted = [table.name for table in analysis.gives if name in (table.name, analysis.name)]
        return {table: self._result(table, analysis) for table in wanted}

    def customers(self, table: str, **row: object) -> Relation:
        """The customers behind one row of a result table, named by as many of its columns as it takes.

        `w.customers("journey_edges", from_touchpoint="checkin", to_touchpoint="lounge")`. The list comes from
        the query that made the number. Raises `BehindError`, `UnknownAnalysisError`.
        """
        return runner.customers_behind(self.engine, table, row)

    def sql(self, name: str, executed: bool = True) -> tuple[Statement, ...]:
        """The SQL of an analysis in this warehouse's dialect.

        `executed`: every statement as it runs here, which reads the data; otherwise its SQL files in the
        dialect, with the names they use.
        """
        analyses = catalogue()
        analysis = find(name, analyses)
        if not executed:
            return tuple(runner.written_sql(self.engine, analysis))
        for table in analysis.needs:
            if table != "*":
                self.table(table)
        return tuple(runner.executed_sql(self.engine, analysis, analyses))

    def refused(self, table: str | None = None) -> Relation:
        """Rows that loads refused, each with its reason; all, or those of one canonical table."""
        rows = self.table(REFUSED)
        if table is None:
            return rows
        if table not in canonical_tables():
            raise _unknown_table(table, [*canonical_tables()])
        return rows.query("select * from t where table_name = $table_name", {"table_name": table})

    def report(
        self, path: Path | str, language: Language = "en", spreadsheet: Path | str | None = None
    ) -> Path:
        """Write the self-contained HTML report to `path` (and its tables to a `spreadsheet`); the path.

        `ReportIncompleteError` when exhibits failed: what could be made is written, the spreadsheet too.
        """
        from peakend.report import write_report, write_spreadsheet
        from peakend.report.page import ReportIncompleteError

        incomplete: ReportIncompleteError | None = None
        try:
            write_report(self.engine, Path(path), language=language)
        except ReportIncompleteError as error:
            # The tables do not depend on the pictures.
            incomplete = error
        if spreadsheet is not None:
            write_spreadsheet(self.engine, Path(spreadsheet), language=language)
        if incomplete is not None:
            raise incomplete
        return Path(path)

    def close(self) -> None:
        """Release the warehouse."""
        self.warehouse.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _result(self, table: str, analysis: Analysis) -> Relation:
        if self.engine.has_table(table):
            return self.engine.table(table)
        raise UnknownTableError(
            Text(
                f"{analysis.name} has no result here yet.",
                f"{analysis.name} 在此数据仓库中还没有结果。",
            ),
            Text(
                f"Run it: peakend run --only {analysis.name}", f"请先运行：peakend run --only {analysis.name}"
            ),
            name=table,
            known=(),
        )


def open_workspace(url: str, *, read_only: bool = False) -> Workspace:
    """The workspace on the warehouse at `url`; a DuckDB file is made when there is none.

    `duckdb:///file.duckdb` (three slashes relative, four absolute; `duckdb://` in memory),
    `postgresql://user@host/database`, `spark://host:port` or `spark:local[2]`. Raises
    `ConnectionFailedError`.
    """
    return Workspace(open_warehouse(url, read_only=read_only))


def frame_mapping(table: str, schema: pa.Schema, source: str) -> str:
    """The mapping (YAML) of a frame whose columns are named like those of the canonical `table`."""
    known = canonical_tables()
    if table not in known:
        raise _unknown_table(table, list(known))
    places = [c.name for c in known[table].columns if c.name not in ("source", "attributes")]
    shared = [name for name in places if name in schema.names]
    if not shared:
        raise WrongFrameError(
            Text(
                f"The frame has none of the columns of {table}: {', '.join(places)}.",
                f"数据框没有 {table} 的任何一列：{'、'.join(places)}。",
            ),
            Text(
                "Rename its columns, or pass a mapping.",
                "请改列名，或传入映射（mapping）。",
            ),
            table=table,
            columns=tuple(schema.names),
        )
    rule = {"columns": {name: {"column": name} for name in shared}, "attributes": True}
    form = {"peakend": "1", "source": source, "files": [{"match": table, "tables": {table: rule}}]}
    # JSON is YAML, and quotes whatever a name may contain.
    return json.dumps(form, ensure_ascii=False, indent=2)


def _arrow(frame: ArrowFrame) -> pa.Table:
    if not hasattr(frame, "__arrow_c_stream__"):
        raise WrongFrameError(
            Text(
                f"A {type(frame).__name__} is no data frame that Peakend can read.",
                f"{type(frame).__name__} 不是可读取的数据框。",
            ),
            Text(
                "Hand over an Arrow table, or a pandas or Polars data frame.",
                "请传入 Arrow 表，或 pandas、Polars 数据框。",
            ),
            type=type(frame).__name__,
        )
    return pa.table(frame)


@contextmanager
def _as_folder(table: str, arrow: pa.Table) -> Iterator[Path]:
    from pyarrow import parquet

    with tempfile.TemporaryDirectory(prefix="peakend-") as folder:
        parquet.write_table(arrow, Path(folder) / f"{table}.parquet")
        yield Path(folder)


def _unknown_table(name: str, known: Collection[str]) -> UnknownTableError:
    close = meant(name, known)
    do = Text("`peakend tables` shows those there are.", "用 `peakend tables` 查看已有的表。")
    if close:
        do = Text(f"Did you mean {', '.join(close)}?", f"是否指 {'、'.join(close)}？")
    return UnknownTableError(
        Text(f"There is no table called {name!r}.", f"没有名为 {name!r} 的表。"),
        do,
        name=name,
        known=tuple(known),
    )
