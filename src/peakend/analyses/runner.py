"""Run analyses in order: only what changed, every finished one saved at once, every attempt on record."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

from peakend.analyses.catalogue import EVERY_TABLE, checked, find
from peakend.analyses.catalogue import catalogue as whole_catalogue
from peakend.analyses.fingerprints import TableVersion, TableVersions, fingerprint
from peakend.analyses.interrupts import Interrupt, watch_interrupt
from peakend.analyses.order import givers, upstream, with_upstream
from peakend.analyses.outcomes import Event, Outcome, Progress, RunInterruptedError, RunReport, Status
from peakend.analyses.records import SAVING, append, prepare, utc_now
from peakend.analyses.results import all_or_nothing, declared_results, save
from peakend.declaration import Analysis, Inputs, ResultTable, Settings
from peakend.engine import Engine, Relation
from peakend.errors import PeakendError
from peakend.language import Text
from peakend.warehouse.schema import Table, canonical_tables

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Mapping, Sequence


class HasEngine(Protocol):
    """A warehouse, a workspace: anything that stands on an engine."""

    @property
    def engine(self) -> Engine: ...


def run(
    warehouse: Engine | HasEngine,
    only: Collection[str] | None = None,
    settings: Settings | None = None,
    catalogue: Sequence[Analysis] | None = None,
    progress: Progress | None = None,
    force: bool = False,
) -> RunReport:
    """Run the catalogue (or `only` the named analyses, with those whose results they need).

    An analysis whose inputs, code and settings are as they were is left alone unless `force`. One that fails
    is recorded and does not stop those that do not depend on it. Ctrl-C raises `RunInterruptedError` with the
    report so far; the next run goes on from there, as it does after a kill.
    """
    engine = warehouse if isinstance(warehouse, Engine) else warehouse.engine
    every = checked(catalogue) if catalogue is not None else whole_catalogue()
    named = None if only is None else {find(name, every).name for name in only}
    chosen = every if named is None else with_upstream(every, named)
    forced = {analysis.name for analysis in every} if named is None else named
    with watch_interrupt(engine.interrupt) as interrupt:
        return _Run(
            engine, chosen, settings or Settings(), progress, forced if force else set(), interrupt
        ).through()


class _Run:
    """One pass over the chosen analyses."""

    def __init__(
        self,
        engine: Engine,
        analyses: Sequence[Analysis],
        settings: Settings,
        progress: Progress | None,
        forced: Collection[str],
        interrupt: Interrupt,
    ) -> None:
        self.engine = engine
        self.analyses = analyses
        self.settings = settings
        self.progress = progress
        self.forced = forced
        self.interrupt = interrupt
        self.run_id = uuid4().hex
        self.started_at = utc_now()
        self.by_table = givers(analyses)
        self.outcomes: dict[str, Outcome] = {}
        prepare(engine)
        self.versions = TableVersions(engine, {table: a.name for table, a in self.by_table.items()})

    def through(self) -> RunReport:
        try:
            for position, analysis in enumerate(self.analyses, start=1):
                self._tell(analysis, position, None)
                outcome = self.outcomes[analysis.name] = self._attempt(analysis)
                if outcome.status in ("failed", "interrupted"):
                    append(self.engine, self.run_id, self.settings, [outcome])
                self._tell(analysis, position, outcome)
                if outcome.status == "interrupted" or self.interrupt.pressed:
                    raise KeyboardInterrupt
        except KeyboardInterrupt:
            self._record_the_rest()
            raise RunInterruptedError(self._report()) from None
        self._record_the_rest()
        return self._report()

    def _tell(self, analysis: Analysis, position: int, outcome: Outcome | None) -> None:
        if self.progress is not None:
            self.progress(Event(analysis, position, len(self.analyses), outcome))

    def _report(self) -> RunReport:
        outcomes = tuple(self.outcomes.values())
        return RunReport(self.run_id, self.started_at, utc_now(), self.settings, outcomes)

    def _record_the_rest(self) -> None:
        """Those that computed nothing go on record in one write, when nothing more can be lost."""
        rest = [o for o in self.outcomes.values() if o.status in ("unchanged", "skipped", "not_run")]
        append(self.engine, self.run_id, self.settings, rest)

    def _attempt(self, analysis: Analysis) -> Outcome:
        attempt = _Attempt(Outcome(analysis, "done", utc_now()))
        try:
            self._carry_out(attempt)
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - one failure must not stop the others
            if self.interrupt.caused(error):
                attempt.ended("interrupted", _INTERRUPTED)
            else:
                attempt.ended("failed", _failure(error), error)
        return attempt.outcome

    def _carry_out(self, attempt: _Attempt) -> None:
        analysis = attempt.outcome.analysis
        blocked = self._blocked(analysis)
        if blocked is not None:
            attempt.ended(*blocked)
            return
        tables = tables_read(analysis, self.versions)
        found = {table: self.versions[table] for table in tables}
        now = fingerprint(analysis, self.settings, self.engine.dialect, found)
        attempt.read(now, found)
        if analysis.name not in self.forced and self._is_current(analysis, now):
            attempt.saved({table.name: self.versions[table.name].rows for table in analysis.gives})
            attempt.ended("unchanged")
            return
        self._compute(attempt, tables)

    def _compute(self, attempt: _Attempt, tables: Sequence[str]) -> None:
        analysis = attempt.outcome.analysis
        gives = {table.name: table for giver in self.by_table.values() for table in giver.gives}
        inputs = Inputs(self.engine, relations_for(self.engine, analysis, tables, gives), self.settings)
        made = analysis.compute(inputs)
        relations = declared_results(self.engine, analysis, made)
        if not self.engine.transactional:
            append(self.engine, self.run_id, self.settings, [attempt.outcome], status=SAVING)
        with all_or_nothing(self.engine):
            attempt.saved(save(self.engine, relations, made))
            attempt.ended("done")
            append(self.engine, self.run_id, self.settings, [attempt.outcome])
        self.versions.changed(attempt.outcome.fingerprint, attempt.outcome.rows)

    def _is_current(self, analysis: Analysis, now: str) -> bool:
        record = self.versions.record(analysis.name)
        saved = record is not None and record.status == "done" and record.fingerprint == now
        return saved and all(table.name in self.versions for table in analysis.gives)

    def _blocked(self, analysis: Analysis) -> tuple[Status, Text] | None:
        for before in upstream(analysis, self.by_table):
            outcome = self.outcomes.get(before.name)
            if outcome is None or not any(table.name in analysis.needs for table in before.gives):
                continue
            if outcome.status == "failed":
                return "not_run", Text(f"{before.name} failed", f"{before.name} 失败")
            if outcome.status == "not_run":
                return "not_run", outcome.reason or _INTERRUPTED
            if outcome.status == "skipped":
                return "skipped", Text(
                    f"it needs the result of {before.name}, which was skipped",
                    f"需要 {before.name} 的结果，而它已被跳过",
                )
        if EVERY_TABLE in analysis.needs and not any(table in self.versions for table in canonical_tables()):
            return "skipped", _NOTHING_LOADED
        wanting = [t for t in analysis.needs if t != EVERY_TABLE and not self.versions.has_rows(t)]
        return ("skipped", _nothing_in(wanting)) if wanting else None


class _Attempt:
    """The outcome of one analysis while it comes about, timed from the start."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self._start = time.perf_counter()
        self._cpu_start = time.process_time()

    def read(self, fingerprint: str, tables: Mapping[str, TableVersion]) -> None:
        inputs = {name: {"version": table.version, "rows": table.rows} for name, table in tables.items()}
        self.outcome = replace(self.outcome, fingerprint=fingerprint, inputs=inputs)

    def saved(self, rows: Mapping[str, int]) -> None:
        self.outcome = replace(self.outcome, rows=rows)

    def ended(self, status: Status, reason: Text | None = None, error: BaseException | None = None) -> None:
        self.outcome = replace(
            self.outcome,
            status=status,
            reason=reason,
            error=error,
            rows=self.outcome.rows if status in ("done", "unchanged") else {},
            seconds=time.perf_counter() - self._start,
            cpu_seconds=time.process_time() - self._cpu_start,
        )


def tables_read(analysis: Analysis, present: Container[str]) -> list[str]:
    """The names of the tables among `present` that `analysis` declares to read."""
    every = canonical_tables() if EVERY_TABLE in analysis.needs else ()
    return [t for t in dict.fromkeys((*every, *analysis.needs, *analysis.uses)) if t in present]


def relations_for(
    engine: Engine, analysis: Analysis, present: Sequence[str], gives: Mapping[str, ResultTable]
) -> dict[str, Relation]:
    """A relation for every table that `analysis` may read.

    One that it only uses and that is absent is empty (canonical tables, and results in `gives`).
    """
    relations = {table: engine.table(table) for table in present}
    known: dict[str, Table | ResultTable] = {**canonical_tables(), **gives}
    for table in analysis.uses:
        if table not in relations and table in known:
            relations[table] = engine.from_arrow(known[table].schema().empty_table())
    return relations


_INTERRUPTED = Text("the next run continues here", "下次运行从这里继续")
_NOTHING_LOADED = Text(
    "the warehouse is empty; load a folder first (`peakend load FOLDER`)",
    "数据仓库为空，请先载入数据（`peakend load 文件夹`）",
)


def _nothing_in(tables: Sequence[str]) -> Text:
    known = canonical_tables()
    titles = [known[t].title if t in known else Text(t, t) for t in tables]
    *first, last = titles
    en = f"{', '.join(title.en.lower() for title in first)}{' or ' if first else ''}{last.en.lower()}"
    zh = f"{'、'.join(title.zh for title in first)}{'或' if first else ''}{last.zh}"
    return Text(
        f"no {en} yet; load a file that has them (`peakend load FOLDER`)",
        f"尚无{zh}，请先载入（`peakend load 文件夹`）",
    )


def _failure(error: BaseException) -> Text:
    if isinstance(error, PeakendError):
        return error.what
    said = f"{type(error).__name__}: {error}"
    return Text(said, said)
