"""What a report tells: from the results in a warehouse to exhibits in chapters, and what is missing."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from peakend.analyses import catalogue, latest_records
from peakend.declaration import Analysis, Chapter, ResultTable, Settings
from peakend.errors import PeakendError
from peakend.language import Language, Text
from peakend.report.charts import CHARTS, Basis, Exhibit, exhibits
from peakend.report.finding import Finding
from peakend.report.sources import Source, sources, truth_is_here
from peakend.report.stored import first_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from peakend.engine import Engine

CHAPTERS: Mapping[Chapter, Text] = {
    "feel": Text("What they feel", "感受"),
    "why": Text("What goes with it", "原因"),
    "words": Text("In their words", "心声"),
    "journey": Text("Journey", "旅程"),
    "worth": Text("Worth", "价值"),
    "loyalty": Text("Loyalty", "忠诚"),
    "decide": Text("Decisions", "决策"),
    "prove": Text("Proof", "证明"),
    "listening": Text("How well it was asked", "调查质量"),
    "data": Text("Data", "数据"),
}
MOST_PROGRAMMES = 5
# Of a table without a chart; a page shows fewer, and a warehouse may hold a row an event.
MOST_PLAIN = 1_000


class NothingToReportError(PeakendError):
    """The warehouse holds no results yet."""

    code = "report.nothing"

    def __init__(self) -> None:
        super().__init__(
            Text("The warehouse holds no results to report.", "数据仓库中还没有可供报告的结果。"),
            Text(
                "Load data and run the analyses first: `peakend run`.",
                "请先载入数据并运行分析：`peakend run`。",
            ),
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """One exhibit that has something to say. `basis`: what it was made from, one programme's if split."""

    id: str
    analysis: Analysis
    exhibit: Exhibit | None
    basis: Basis
    finding: Finding
    programme: str = ""
    table: ResultTable | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """One exhibit that could not be made, by a fault of ours: `error` is what went wrong."""

    analysis: Analysis
    exhibit: str
    error: Exception


@dataclass(frozen=True, slots=True)
class Story:
    """A whole report before it is drawn. `failed` also takes what goes wrong while it is drawn."""

    language: Language
    settings: Settings
    shown: list[Shown]
    skipped: list[tuple[Analysis, str]]
    sources: list[Source]
    simulated: bool
    failed: list[Failure] = field(default_factory=list)

    def chapters(self) -> list[tuple[Chapter, Text, list[Shown]]]:
        """The chapters that have something to show, in their order."""
        listed = []
        for key, title in CHAPTERS.items():
            inside = [one for one in self.shown if one.analysis.chapter == key]
            if inside:
                listed.append((key, title, inside))
        return listed

    def leading(self) -> list[Shown]:
        """What deserves to open the page, weightiest first, at most one of each analysis."""
        ranked = sorted(self.shown, key=lambda one: -one.finding.weight)
        first: dict[str, Shown] = {}
        for one in ranked:
            first.setdefault(one.analysis.name, one)
        return list(first.values())


def tell(engine: Engine, language: Language, analyses: Sequence[Analysis] | None = None) -> Story:
    """The story of the warehouse behind `engine`. Raises `NothingToReportError` when nothing has been run.

    An exhibit that raises is left out and named in `failed`: one fault of ours must not cost the others.
    """
    every = catalogue() if analyses is None else tuple(analyses)
    records = latest_records(engine)
    present = set(engine.tables())
    settings = settings_of(engine)
    basis = _words(engine, present, settings)
    again = _repeated(engine, present)
    shown: list[Shown] = []
    skipped: list[tuple[Analysis, str]] = []
    failed: list[Failure] = []
    for analysis in every:
        tables = {t.name: t for t in analysis.gives if t.name in present}
        if not tables:
            record = records.get(analysis.name)
            skipped.append((analysis, record.error or "" if record else ""))
            continue
        before = len(failed)
        found = list(_of_analysis(engine, analysis, basis, again, language, failed))
        if not found and len(failed) == before:
            skipped.append((analysis, ""))
        shown.extend(found)
    if not shown and failed:
        raise failed[0].error
    if not shown:
        raise NothingToReportError()
    origin = sources(engine)
    simulated = truth_is_here(engine) or any(source.simulated for source in origin)
    return Story(language, settings, shown, skipped, origin, simulated, failed)


def _of_analysis(
    engine: Engine,
    analysis: Analysis,
    basis: Basis,
    again: frozenset[str],
    language: Language,
    failed: list[Failure],
) -> Iterator[Shown]:
    """Every exhibit of `analysis` with something to say; the plain table where it has no chart.

    Programmes in `again` get no exhibit of their own beside others. What raises is added to `failed`.
    """
    declared = {table.name: table for table in analysis.gives}
    fetched: dict[str, pa.Table] = {}

    def table(name: str) -> pa.Table:
        if name not in fetched:
            stored = engine.has_table(name)
            schema = declared[name].schema()
            fetched[name] = engine.table(name).to_arrow(schema) if stored else schema.empty_table()
        return fetched[name]

    if analysis.chart not in CHARTS:
        stored = [one for one in analysis.gives if engine.has_table(one.name)]
        shortened = {one.name: first_rows(engine, one, MOST_PLAIN) for one in stored}
        yield from _plain(analysis, basis, shortened, language)
        return
    named: Counter[str] = Counter()
    for exhibit in exhibits(analysis.chart or ""):
        tables = {name: table(name) for name in exhibit.needs}
        for programme, of_programme in _split(tables, exhibit.by_programme, again):
            narrowed = basis.with_tables(of_programme)
            try:
                finding = exhibit.finding(narrowed, language)
            except Exception as error:  # noqa: BLE001 - told in the report and by `write_report`
                failed.append(Failure(analysis, type(exhibit).__name__, error))
                continue
            if finding is not None:
                name = f"{analysis.name}-{type(exhibit).__name__}-{exhibit.needs[0]}-{programme}"
                # Several exhibits of one kind may tell one table; an id on the page is one thing's.
                named[name] += 1
                name += f"-{named[name]}" if named[name] > 1 else ""
                yield Shown(_slug(name), analysis, exhibit, narrowed, finding, programme)


def _plain(
    analysis: Analysis, basis: Basis, tables: Mapping[str, pa.Table], language: Language
) -> Iterator[Shown]:
    for name, table in tables.items():
        if table.num_rows:
            finding = Finding(analysis.title.in_(language), analysis.meaning.in_(language))
            declared = next(one for one in analysis.gives if one.name == name)
            narrowed = basis.with_tables(tables)
            yield Shown(_slug(f"{analysis.name}-{name}"), analysis, None, narrowed, finding, table=declared)


def _split(
    tables: Mapping[str, pa.Table], wanted: bool, again: frozenset[str]
) -> list[tuple[str, Mapping[str, pa.Table]]]:
    """The tables of each programme, the largest first, without those in `again`; whole, under "", where there
    is but one."""
    if not wanted:
        return [("", tables)]
    counts: dict[str, int] = {}
    for table in tables.values():
        for entry in pc.value_counts(table["programme"]).to_pylist():
            counts[entry["values"] or ""] = counts.get(entry["values"] or "", 0) + entry["counts"]
    if len(counts) < 2:
        return [("", tables)]
    own = [name for name in counts if name not in again] or list(counts)
    ranked = sorted(own, key=lambda name: (-counts[name], name))[:MOST_PROGRAMMES]
    return [(name, {key: _of_programme(table, name) for key, table in tables.items()}) for name in ranked]


def _of_programme(table: pa.Table, name: str) -> pa.Table:
    column = pc.fill_null(table["programme"], "")
    return table.filter(pc.equal(column, name))


def _slug(name: str) -> str:
    """An id for the page: letters, digits and dashes, whatever the name holds."""
    kept = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    code = sum((place + 1) * ord(letter) for place, letter in enumerate(name)) % 99991
    return f"{kept}-{code}"


def simulated_words(language: Language) -> str:
    """What is said wherever figures come from a simulator."""
    return Text(
        "These figures come from a simulator, not from customers: "
        "use them to learn the tool, never to decide.",
        "以下数字来自模拟器而非真实客户：可用于熟悉工具，切勿据以决策。",
    ).in_(language)


def settings_of(engine: Engine) -> Settings:
    """The settings of the newest run, as far as this version knows them."""
    records = latest_records(engine)
    if not records:
        return Settings()
    newest = max(records.values(), key=lambda record: record.started_at).settings
    known = {name: value for name, value in newest.items() if name in Settings.__dataclass_fields__}
    return Settings(**known)


def _words(engine: Engine, present: set[str], settings: Settings) -> Basis:
    """Owners of touchpoints, titles of segmentations, labels of segments, reasons of refusals."""
    owners: dict[str, str] = {}
    cuts: dict[str, Text] = {}
    segments: dict[tuple[str, str], Text] = {}
    if "touchpoints" in present:
        owners = {
            row["touchpoint_id"]: row["owner"] for row in _rows(engine, "touchpoint_owners", "touchpoints")
        }
    if "segment_members" in present:
        for row in _rows(engine, "segment_titles", "segment_members"):
            titles = _titles(row["attributes"])
            if titles.get("title_en") and titles.get("title_zh"):
                cuts[row["segmentation"]] = Text(titles["title_en"], titles["title_zh"])
            if titles.get("label_zh"):
                segments[row["segmentation"], row["segment"]] = Text(row["segment"], titles["label_zh"])
    for kind, table in (("touchpoint", "touchpoints"), ("site", "sites")):
        if table in present:
            for row in _rows(engine, f"{kind}_names", table):
                names = (row[name] for name in ("name", "name_zh") if row.get(name))
                segments[kind, row[f"{kind}_id"]] = Text(*((list(names) or [row[f"{kind}_id"]]) * 2)[:2])
    refusals = _rows(engine, "refusal_reasons", "refused_rows") if "refused_rows" in present else []
    return Basis({}, settings, owners=owners, cuts=cuts, segments=segments, refusals=refusals)


def _repeated(engine: Engine, present: set[str]) -> frozenset[str]:
    """Programmes that only ask again what was asked before."""
    if not {"responses", "surveys"} <= present:
        return frozenset()
    found = engine.table("responses").query(
        "report/repeated_programmes", name="responses", surveys=engine.table("surveys")
    )
    return frozenset(row["programme"] for row in found.to_arrow().to_pylist())


def _rows(engine: Engine, name: str, table: str) -> list[dict[str, Any]]:
    found = engine.table(table).query(f"report/{name}", name=table)
    rows: list[dict[str, Any]] = found.to_arrow().to_pylist()
    return rows


def _titles(attributes: str | None) -> dict[str, str]:
    try:
        parsed = json.loads(attributes or "{}")
    except ValueError:
        return {}
    return {key: str(value) for key, value in parsed.items() if value} if isinstance(parsed, dict) else {}
