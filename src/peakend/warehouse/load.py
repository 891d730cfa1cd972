"""Load a folder of files into the canonical tables: all or nothing, nothing twice, nothing lost."""

# Names are quoted and values are literals; nothing else enters the SQL here.

from __future__ import annotations

import time
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from peakend.engine import EngineError
from peakend.language import Text
from peakend.warehouse.load_account import (
    close_account,
    forget_known_refusals,
    loaded_files,
    open_account,
    refuse_lines,
)
from peakend.warehouse.load_checks import reference_check, scale_checks
from peakend.warehouse.load_contest import resolve
from peakend.warehouse.load_errors import WrongTableError
from peakend.warehouse.load_refuse import refuse
from peakend.warehouse.load_repairs import count_repairs
from peakend.warehouse.load_report import LoadReport, LoadStep, Progress
from peakend.warehouse.load_sources import Sources, open_sources
from peakend.warehouse.load_sql import names_of
from peakend.warehouse.load_stage import Stage, idle, is_full, stopped
from peakend.warehouse.load_target import Target, target_of
from peakend.warehouse.load_write import can_be_stubbed, make_stubs, references, write
from peakend.warehouse.schema import Column, Table, canonical_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peakend.engine import Engine
    from peakend.warehouse.mapping import Mapping


def load_folder(
    engine: Engine,
    folder: Path | str,
    mapping: Path | str | Mapping | None = None,
    progress: Progress | None = None,
) -> LoadReport:
    """Load every new file of `folder` into the canonical tables of `engine`.

    `mapping` is a mapping file, its YAML text or a `Mapping`; without it `mapping.yaml` in the folder counts,
    and event logs (XES) need none. Loading the same folder again changes nothing. Raises `SourceError`,
    `MappingError`, `LoadError`; the warehouse is then as it was, as it is after a kill.
    """
    return _Load(engine, Path(folder), progress).run(mapping)


class _Load:
    """One load from beginning to end."""

    def __init__(self, engine: Engine, folder: Path, progress: Progress | None) -> None:
        self.engine = engine
        self.folder = folder
        self.progress = progress
        self.report = LoadReport(str(folder))
        self.started = datetime.now(UTC).replace(tzinfo=None)
        self.load_id = f"{self.started:%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:8]}"
        self.steps = (0, 0)
        self.brought: dict[str, bool] = {}

    def run(self, mapping: Path | str | Mapping | None) -> LoadReport:
        clock = time.monotonic()
        known = loaded_files(self.engine)
        target = target_of(self.engine)
        with self._told(), target.session():
            sources = open_sources(self.folder, mapping, target.connection, known)
            idle(target.connection)
            try:
                if sources.opened:
                    self._fill(target, sources, clock)
            finally:
                sources.close()
        self.report.files += [file for file in sources.files if file.skipped]
        self.report.notes += sources.notes
        self.report.seconds = time.monotonic() - clock
        return self.report

    @contextmanager
    def _told(self) -> Iterator[None]:
        """A disk that fills up while the engine commits is told like one that fills up before."""
        try:
            yield
        except EngineError as cause:
            said = str(cause.data.get("cause"))
            if is_full(said):
                tables = ", ".join(count.table for count in self.report.tables)
                raise stopped(said, tables, [self.folder.name]) from cause
            raise

    def _fill(self, target: Target, sources: Sources, clock: float) -> None:
        tables = sources.ordered()
        self.steps = (0, len(tables) + 2)
        open_account(target.connection)
        # Rows arrive under the keys of their source: customers merged since must not make them differ.
        with target.as_sources_say({*tables, "customers"}):
            loaded: list[Table] = []
            for name in tables:
                self._step(Text(f"Loading {name}", f"正在载入 {canonical_table(name).title.zh}"))
                self._load_table(target, sources, name)
                if self.report[name].kept or self.report[name].updated:
                    loaded.append(canonical_table(name))
            self._step(Text("Completing references", "正在补全引用"))
            self._complete_references(target, loaded)
        refuse_lines(target, sources, self.report)
        forget_known_refusals(target, self.report)
        sources.check_unchanged()
        self._step(Text("Writing the account", "正在记录"))
        self.report.load_id = self.load_id
        self.report.seconds = time.monotonic() - clock
        close_account(target, sources, self.report, self.started)

    def _step(self, what: Text) -> None:
        done, total = self.steps
        if self.progress is not None:
            self.progress(LoadStep(done, total, what))
        self.steps = (done + 1, total)

    def _bring(self, target: Target, name: str) -> bool:
        """Whether the stored table `name` has rows; makes it readable in the load's connection."""
        if name not in self.brought:
            table = canonical_table(name)
            if name in self.engine.tables():
                self._check_columns(table)
            self.brought[name] = target.bring(table)
        return self.brought[name]

    def _check_columns(self, table: Table) -> None:
        stored = set(self.engine.schema(table.name).names)
        if stored != set(names_of(table)):
            different = ", ".join(sorted(stored ^ set(names_of(table))))
            raise WrongTableError(
                Text(
                    f"The warehouse has a table {table.name} with other columns ({different}).",
                    f"数据仓库中已有表 {table.name}，但列不同（{different}）。",
                ),
                Text("Rename or remove that table.", "请重命名或删除该表。"),
                table=table.name,
            )

    def _load_table(self, target: Target, sources: Sources, name: str) -> None:
        table = canonical_table(name)
        stage = Stage(target.connection, table, sources.loads[name], self._bring(target, name))
        if name == "answers":
            self._join_scales(target, stage)
        self._check_references(target, stage)
        try:
            self._fill_table(stage)
        finally:
            stage.clean()
        self.brought[name] = stage.exists or stage.written

    def _fill_table(self, stage: Stage) -> None:
        """Screen, decide, write, count."""
        stage.open_rows()
        stage.screen()
        stage.settle()
        resolve(stage)
        refuse(stage)
        stage.drop_parts("screen", "special", "contested", "judged", "merged")
        write(stage)
        self.report.repairs += count_repairs(stage)
        self.report.tables.append(stage.count)
        stage.drop()

    def _join_scales(self, target: Target, stage: Stage) -> None:
        """Let answers see the scale of their question."""
        if self._bring(target, "questions"):
            stage.joined = "left join questions s on s.question_id = i.question_id"
            stage.checks += scale_checks()

    def _check_references(self, target: Target, stage: Stage) -> None:
        """A required reference to a row that cannot be made up must be there."""
        for column, referred in references(stage.table):
            if not column.required or can_be_stubbed(referred):
                continue
            there = self._bring(target, referred.name)
            stage.checks.append(reference_check(column, referred, there))

    def _complete_references(self, target: Target, loaded: list[Table]) -> None:
        """Make a row for every customer, product, … that the loaded tables refer to and nobody described."""
        referring: dict[str, list[tuple[Table, Column]]] = {}
        for table in loaded:
            for column, referred in references(table):
                if can_be_stubbed(referred):
                    referring.setdefault(referred.name, []).append((table, column))
        for name, columns in referring.items():
            self._bring(target, name)
            made = make_stubs(target.connection, canonical_table(name), columns)
            if made:
                self.report.count(name).stubs += made
                self.brought[name] = True
