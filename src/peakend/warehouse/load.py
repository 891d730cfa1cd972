"""Load a folder of files into the canonical tables: all or nothing, nothing twice, nothing lost."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Text
from peakend.warehouse.load_checks import reference_check, scale_checks
from peakend.warehouse.load_contest import resolve
from peakend.warehouse.load_errors import WrongTableError
from peakend.warehouse.load_repairs import count_repairs
from peakend.warehouse.load_report import FileCount, LoadReport, LoadStep, Progress, TableCount
from peakend.warehouse.load_sources import Sources, open_sources
from peakend.warehouse.load_sql import literal, names_of, quoted
from peakend.warehouse.load_stage import Stage, execute
from peakend.warehouse.load_target import Target, target_of
from peakend.warehouse.load_write import ROW_HISTORY, can_be_stubbed, make_stubs, references, write
from peakend.warehouse.refusals import REFUSED_ROWS
from peakend.warehouse.schema import Column, Table, canonical_table
from peakend.warehouse.versions import record_changes

if TYPE_CHECKING:
    from peakend.engine import Engine
    from peakend.warehouse.mapping import Mapping

LOAD_RUNS = pa.schema(
    [
        pa.field("load_id", pa.string()),
        pa.field("folder", pa.string()),
        pa.field("mapping_fingerprint", pa.string()),
        pa.field("started_at", pa.timestamp("us")),
        pa.field("ended_at", pa.timestamp("us")),
        pa.field("seconds", pa.float64()),
        pa.field("files", pa.string()),
        pa.field("counts", pa.string()),
        pa.field("repairs", pa.string()),
    ]
)
"""One row a load that found something new. `files`, `counts`, `repairs` are JSON arrays of `FileCount`,
`TableCount` and `RepairCount`."""


def load_folder(
    engine: Engine,
    folder: Path | str,
    mapping: Path | str | Mapping | None = None,
    progress: Progress | None = None,
) -> LoadReport:
    """Load every new file of `folder` into the canonical tables of `engine`.

    `mapping` is a mapping file, its YAML text or a `Mapping`; without it `mapping.yaml` in the folder counts,
    and event logs (XES) need none. Raises `SourceError`, `MappingError`, `LoadError`; the warehouse is then as
    it was, as it is after a kill, and loading the same folder again changes nothing.
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
        with target.session():
            sources = open_sources(self.folder, mapping, target.connection, known)
            try:
                if sources.opened:
                    self._fill(target, sources, clock)
            finally:
                sources.close()
        self.report.files += [file for file in sources.files if file.skipped]
        self.report.notes += sources.notes
        self.report.seconds = time.monotonic() - clock
        return self.report

    def _fill(self, target: Target, sources: Sources, clock: float) -> None:
        tables = sources.ordered()
        self.steps = (0, len(tables) + 2)
        self._make_room(target)
        loaded: list[Table] = []
        for name in tables:
            self._step(Text(f"Loading {name}", f"正在载入 {canonical_table(name).title.zh}"))
            self._load_table(target, sources, name)
            if self.report[name].kept or self.report[name].updated:
                loaded.append(canonical_table(name))
        self._step(Text("Completing references", "正在补全引用"))
        self._complete_references(target, loaded)
        self._refuse_lines(target, sources)
        self._known_refusals(target)
        sources.check_unchanged()
        self._step(Text("Writing the account", "正在记录"))
        self._account(target, sources, clock)

    def _step(self, what: Text) -> None:
        done, total = self.steps
        if self.progress is not None:
            self.progress(LoadStep(done, total, what))
        self.steps = (done + 1, total)

    def _make_room(self, target: Target) -> None:
        refused = [name for name in REFUSED_ROWS.names if name != "load_id"]
        columns = ", ".join(f"{name} {'bigint' if name == 'row_number' else 'varchar'}" for name in refused)
        target.connection.execute(f"create or replace temp table load_refused ({columns})")
        target.connection.execute(
            "create or replace temp table load_history (table_name varchar, key varchar, row_json varchar)"
        )

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
        stage.make_views()
        self._check_references(target, stage)
        stage.screen()
        stage.refuse_unsound()
        stage.settle()
        resolve(stage)
        write(stage)
        self.report.repairs += count_repairs(stage)
        self.report.tables.append(stage.count)
        self.brought[name] = stage.exists or stage.written
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
            missing = f"load_missing_{stage.table.name}_{column.name}"
            values = " union ".join(
                f"select {quoted(column.name)} as value from {stage.view(number)}"
                for number in range(len(stage.loads))
            )
            there = ""
            if self._bring(target, referred.name):
                there = f"and value not in (select {quoted(referred.key[0])} from {quoted(referred.name)})"
            stage.run(
                f"create or replace temp table {quoted(missing)} as select distinct value from ({values}) "
                f"where value is not null {there}"
            )
            if stage.number(f"select count(*) from {quoted(missing)}"):
                stage.checks.append(reference_check(column, missing))

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
                self._count(name).stubs += made
                self.brought[name] = True

    def _count(self, table: str) -> TableCount:
        if table not in {count.table for count in self.report.tables}:
            self.report.tables.append(TableCount(table))
        return self.report[table]

    def _refuse_lines(self, target: Target, sources: Sources) -> None:
        """Lines that are no rows at all, under the first table their file feeds."""
        first = {
            load.source.name: name for name in reversed(sources.ordered()) for load in sources.loads[name]
        }
        for source in sources.opened:
            lines = source.refused_lines()
            if not lines:
                continue
            table = first.get(source.name, "")
            rows = [
                (source.name, line.line, table, None, line.code, line.reason.en, line.reason.zh, line.text)
                for line in lines
            ]
            target.connection.executemany("insert into load_refused values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
            count = self._count(table)
            count.read += len(lines)
            count.refused += len(lines)

    def _known_refusals(self, target: Target) -> None:
        """Refusals that an earlier load of the same file keeps already are not kept twice."""
        if not self.engine.has_table("refused_rows"):
            return
        same = "source_file, table_name, reason_code, raw_row"
        stored = self.engine.table("refused_rows").to_arrow(REFUSED_ROWS)
        connection = target.connection
        connection.register("load_stored_refusals", stored)
        connection.execute(
            "create or replace temp table load_new_refusals as "
            f"with known as (select {same}, count(*) as times from load_stored_refusals group by all), "
            f"now as (select *, row_number() over (partition by {same} order by row_number) as nth from load_refused) "
            "select n.* exclude (nth) from now n left join known k on n.source_file = k.source_file "
            "and n.table_name = k.table_name and n.reason_code = k.reason_code "
            "and n.raw_row is not distinct from k.raw_row where n.nth > coalesce(k.times, 0)"
        )
        connection.unregister("load_stored_refusals")
        per_table = "select table_name, count(*) from {} group by 1"
        before = dict(connection.execute(per_table.format("load_refused")).fetchall())
        after = dict(connection.execute(per_table.format("load_new_refusals")).fetchall())
        for table, refused in before.items():
            self._count(table).known_refusals = refused - after.get(table, 0)
        connection.execute("create or replace temp table load_refused as select * from load_new_refusals")

    def _account(self, target: Target, sources: Sources, clock: float) -> None:
        """Write what happened, with the data: refused rows, history, versions, the load itself."""
        self.report.load_id = self.load_id
        self.report.files += [
            FileCount(source.name, source.format, source.fingerprint, source.rows)
            for source in sources.opened
        ]
        changed = [count.table for count in self.report.tables if count.changed]
        ended = datetime.now(UTC).replace(tzinfo=None)
        with target.commit():
            target.publish(changed)
            identified = f"select {literal(self.load_id)} as load_id, * from"
            target.append("refused_rows", REFUSED_ROWS, f"{identified} load_refused")
            until = f"cast({literal(ended.isoformat())} as timestamp) as valid_until"
            target.append("row_history", ROW_HISTORY, f"{identified} (select *, {until} from load_history)")
            record_changes(self.engine, changed, *sorted(file.fingerprint for file in self.report.files))
            self._record(sources, ended, clock)
        for name in ("load_refused", "load_new_refusals", "load_history", "load_stubs"):
            execute(target.connection, f"drop table if exists {quoted(name)}", name, [])

    def _record(self, sources: Sources, ended: datetime, clock: float) -> None:
        row = {
            "load_id": self.load_id,
            "folder": str(self.folder),
            "mapping_fingerprint": sources.mapping_fingerprint,
            "started_at": self.started,
            "ended_at": ended,
            "seconds": time.monotonic() - clock,
            "files": json.dumps([asdict(file) for file in self.report.files], ensure_ascii=False),
            "counts": json.dumps([asdict(count) for count in self.report.tables]),
            "repairs": json.dumps([asdict(repair) for repair in self.report.repairs], ensure_ascii=False),
        }
        if not self.engine.has_table("load_runs"):
            self.engine.create("load_runs", LOAD_RUNS)
        self.engine.insert("load_runs", pa.Table.from_pylist([row], schema=LOAD_RUNS))


def loaded_files(engine: Engine) -> dict[str, tuple[str, str]]:
    """(fingerprint, mapping fingerprint) of every file as it was loaded last, by its name in its folder."""
    if not engine.has_table("load_runs"):
        return {}
    runs = engine.table("load_runs").to_arrow(LOAD_RUNS).sort_by("ended_at").to_pylist()
    return {
        file["name"]: (file["fingerprint"], run["mapping_fingerprint"])
        for run in runs
        for file in json.loads(run["files"])
    }
