"""One self-contained HTML page: every chart drawn for a desk and for a phone, nothing fetched."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import jinja2
import pyarrow as pa
from markupsafe import Markup

from peakend.analyses import written_sql
from peakend.errors import PeakendError
from peakend.language import Language, Text
from peakend.release import version
from peakend.report.draw import DESKTOP_WIDTH, PHONE_WIDTH, recolouring, svg
from peakend.report.numbers import day, listing
from peakend.report.opening import opening, page_title
from peakend.report.result_tables import ReadTable, read_table
from peakend.report.story import Failure, Shown, Story, simulated_words, tell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakend.declaration import Analysis
    from peakend.engine import Engine
    from peakend.report.charts import Basis
    from peakend.report.finding import Finding

Theme = Literal["light", "dark"]

WORDS: Mapping[str, Text] = {
    "skip": Text("Skip to the findings", "跳到正文"),
    "chapters": Text("Chapters", "章节"),
    "about": Text("Sources and method", "来源与方法"),
    "simulated_label": Text("Simulated data.", "模拟数据。"),
    "next": Text("What to do next", "下一步"),
    "who": Text("Who", "谁"),
    "what": Text("What", "做什么"),
    "check": Text("How it will be checked", "如何检验"),
    "table": Text("Table", "数据表"),
    "method": Text("Method", "方法"),
    "paper": Text(
        "On paper the first 40 rows; all of them are on the screen and in the spreadsheet.",
        "纸面仅列前 40 行；全部行见屏幕版与电子表格。",
    ),
    "programme": Text("Survey: ", "调查："),
    "same_sql": Text("The same statements as further up", "与上文相同的语句"),
    "sql": Text("SQL", "SQL 语句"),
    "footer": Text("This page is one file and fetches nothing", "本页为单个文件，不从外部加载任何内容"),
}


@dataclass(frozen=True, slots=True)
class _Query:
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class _Drawn:
    """One exhibit as the template sees it."""

    id: str
    finding: Finding
    urgent: bool
    desktop: Markup | None
    phone: Markup | None
    table: ReadTable | None
    method: list[str]
    queries: list[_Query]
    queries_at: str = ""
    programme: str = ""


@dataclass(frozen=True, slots=True)
class _Chapter:
    id: str
    title: str
    exhibits: list[_Drawn]


@dataclass(frozen=True, slots=True)
class _Block:
    title: str
    paragraphs: list[str] = field(default_factory=list)
    points: list[str] = field(default_factory=list)


class ReportPathError(PeakendError):
    """The report is to be written where a folder is. `data` has path."""

    code = "report.path"

    def __init__(self, path: Path) -> None:
        super().__init__(
            Text(f"{path} is a folder; a report is a file.", f"{path} 是文件夹，而报告应为文件。"),
            Text(f"Name the file: {path / 'report.html'}", f"请给出文件名：{path / 'report.html'}"),
            path=str(path),
        )


class ReportIncompleteError(PeakendError):
    """The report was written, but exhibits of it could not be made. `data` has path and exhibits.

    The cause is what the first of them raised.
    """

    code = "report.incomplete"

    def __init__(self, path: Path, failed: Sequence[Failure]) -> None:
        listed = ", ".join(dict.fromkeys(f"{one.analysis.name} ({one.exhibit})" for one in failed))
        error = f"{type(failed[0].error).__name__}: {failed[0].error}"
        super().__init__(
            Text(
                f"{path} is written, without what could not be made: {listed}. {error}",
                f"{path} 已生成，但以下内容未能生成：{listed}。{error}",
            ),
            Text(
                "This is a fault of Peakend: report it with this message. The rest of the report holds.",
                "这是峰终自身的缺陷，请附上本消息反馈；报告的其余内容不受影响。",
            ),
            path=str(path),
            exhibits=[f"{one.analysis.name}/{one.exhibit}" for one in failed],
        )


def write_report(
    engine: Engine,
    path: str | Path,
    *,
    language: Language = "en",
    theme: Theme | None = None,
    title: str | None = None,
    analyses: Sequence[Analysis] | None = None,
) -> Path:
    """Write the report of the warehouse behind `engine` to `path`, whole or not at all; the path.

    `theme` fixes light or dark (None: as the reader's system is). `analyses`: those to report, instead of the
    catalogue. Raises `NothingToReportError` when the warehouse holds no results, `ReportPathError` when
    `path` is a folder, and, after the rest is written, `ReportIncompleteError` when an exhibit failed.
    """
    target = Path(path)
    if target.is_dir():
        raise ReportPathError(target)
    story = tell(engine, language, analyses)
    text = render(engine, story, theme=theme, title=title)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    if story.failed:
        raise ReportIncompleteError(target, story.failed) from story.failed[0].error
    return target


def render(engine: Engine, story: Story, *, theme: Theme | None = None, title: str | None = None) -> str:
    """The page of `story` as text. A picture that raises is left out and added to `story.failed`."""
    language = story.language
    first: dict[str, str] = {}
    for one in story.shown:
        first.setdefault(one.analysis.name, one.id)
    chapters = [
        _Chapter(
            key,
            words.in_(language),
            [_drawn(engine, story, one, first[one.analysis.name]) for one in shown],
        )
        for key, words, shown in story.chapters()
    ]
    return _template().render(
        lang="zh-Hans" if language == "zh" else "en",
        theme=theme,
        title=page_title(story, title),
        given=title,
        style=Markup(_style()),
        release=version(),
        made=day(datetime.now(), language),
        words={name: text.in_(language) for name, text in WORDS.items()},
        chapters=chapters,
        opening=opening(story),
        simulated=simulated_words(language) if story.simulated else "",
        ledger=_ledger(story),
    )


def _drawn(engine: Engine, story: Story, one: Shown, first: str) -> _Drawn:
    """The exhibit, drawn twice; the SQL stands at the `first` exhibit of an analysis, others point there."""
    language = story.language
    try:
        desktop, phone = (_drawing(one, language, width) for width in (DESKTOP_WIDTH, PHONE_WIDTH))
    except Exception as error:  # noqa: BLE001 - told in the report and by `write_report`
        story.failed.append(Failure(one.analysis, type(one.exhibit).__name__, error))
        desktop = phone = None
    return _Drawn(
        id=one.id,
        finding=one.finding,
        urgent=any(figure.tone == "act" for figure in one.finding.figures),
        desktop=desktop,
        phone=phone,
        table=_table(one, language),
        method=_method(one, language),
        queries=_queries(engine, one.analysis) if one.id == first else [],
        queries_at="" if one.id == first else first,
        programme=one.programme.replace("_", " "),
    )


def _queries(engine: Engine, analysis: Analysis) -> list[_Query]:
    return [_Query(f"{statement.name}.sql", statement.sql) for statement in written_sql(engine, analysis)]


def _drawing(one: Shown, language: Language, width: int) -> Markup | None:
    spec = one.exhibit.chart(one.basis, language, width) if one.exhibit else None
    return Markup(svg(spec, one.finding.headline, f"{one.id}-{width}")) if spec else None


def _table(one: Shown, language: Language) -> ReadTable | None:
    if one.exhibit is None:
        declared = one.table
        rows = one.basis[declared.name] if declared else None
    else:
        name, rows = one.exhibit.behind(one.basis)
        declared = next(table for table in one.analysis.gives if table.name == name)
    if declared is None or rows is None or not rows.num_rows:
        return None
    named = _with_names(rows, one.basis, language)
    return read_table(declared, named, language, confidence=one.basis.settings.confidence)


def _with_names(rows: pa.Table, basis: Basis, language: Language) -> pa.Table:
    """`rows` with segmentations and segments called what the company calls them."""
    if not {"segmentation", "segment"} <= set(rows.column_names):
        return rows
    keys = [
        (row["segmentation"], row["segment"]) for row in rows.select(["segmentation", "segment"]).to_pylist()
    ]
    cuts = pa.array([basis.cut(cut, language) if cut else None for cut, _ in keys], pa.string())
    names = pa.array([basis.segment(cut, key, language) if cut else key for cut, key in keys], pa.string())
    place, other = rows.column_names.index("segmentation"), rows.column_names.index("segment")
    return rows.set_column(place, "segmentation", cuts).set_column(other, "segment", names)


def _method(one: Shown, language: Language) -> list[str]:
    analysis = one.analysis
    paragraphs = [analysis.meaning.in_(language)]
    if one.programme:
        paragraphs.append(Text(f"Programme: {one.programme}.", f"调查系列：{one.programme}。").in_(language))
    if analysis.sources:
        named = Text("; ", "；").in_(language).join(analysis.sources)
        paragraphs.append(Text(f"After: {named}.", f"依据：{named}。").in_(language))
    paragraphs.append(
        Text(
            f"`peakend show {analysis.name} --columns` explains every column, "
            f"`peakend sql {analysis.name}` prints what ran.",
            f"`peakend show {analysis.name} --columns` 解释每一列，"
            f"`peakend sql {analysis.name}` 列出实际运行的语句。",
        ).in_(language)
    )
    return paragraphs


def _ledger(story: Story) -> list[_Block]:
    """Where the data come from, how to read the numbers, and what the page does not show."""
    language, settings = story.language, story.settings
    blocks = [
        _Block(
            Text("Sources", "数据来源").in_(language),
            points=[source.words(language) for source in story.sources],
        ),
        _Block(
            Text("How to read the numbers", "如何阅读这些数字").in_(language),
            [
                words.in_(language)
                for words in _reading_rules(settings.confidence, settings.alpha, settings.minimum_base)
            ],
        ),
    ]
    if story.skipped:
        titles = [analysis.title.in_(language) for analysis, _ in story.skipped]
        blocks.append(
            _Block(
                Text("Not in this report", "本报告未包含").in_(language),
                [
                    Text(
                        "There were no data for these, or they have not been run.",
                        "以下分析缺少数据，或尚未运行。",
                    ).in_(language)
                ],
                [listing([title], language) for title in titles],
            )
        )
    if story.failed:
        titles = list(dict.fromkeys(one.analysis.title.in_(language) for one in story.failed))
        blocks.append(
            _Block(
                Text("Could not be shown", "未能显示").in_(language),
                [
                    Text(
                        "A fault of Peakend, not of the data: these have a sentence or a picture less.",
                        "这是峰终自身的缺陷，与数据无关：以下分析缺少文字或图形。",
                    ).in_(language)
                ],
                [listing([title], language) for title in titles],
            )
        )
    return [block for block in blocks if block.paragraphs or block.points]


def _reading_rules(confidence: float, alpha: float, minimum_base: int) -> list[Text]:
    share, error = f"{confidence * 100:g}", f"{alpha * 100:g}"
    return [
        Text(
            f"Every score carries its base n and a {share} % interval: with {share} samples out of 100 "
            "drawn alike, the "
            "interval would hold the true value.",
            f"每个得分都附样本量 n 与 {share}% 区间：同样抽样 100 次，约有 {share} 次区间会包含真实值。",
        ),
        Text(
            f"“Better” and “worse” are said only where the difference stands at {error} % after Holm's "
            "correction for all "
            "comparisons of the metric and period; everything else is “cannot tell”.",
            f"只有对同一指标、同一期的全部比较作 Holm 校正后仍在 {error}% 水平上成立的差异，"
            "才说“变好”或“变差”；"
            "其余一律为“尚不能断定”。",
        ),
        Text(
            f"Cells with fewer than {minimum_base} answers are hidden. Association is not cause.",
            f"答案少于 {minimum_base} 份的单元不予公布。相关不等于因果。",
        ),
    ]


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    return environment.from_string(files("peakend.report").joinpath("page.html").read_text("utf-8"))


@cache
def _style() -> str:
    folder = files("peakend.report")
    parts = [folder.joinpath(name).read_text("utf-8") for name in ("tokens.css", "page.css")]
    return "\n".join([*parts, recolouring()])
