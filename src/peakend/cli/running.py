"""`run`, `list`, `show`, `sql`: the analyses."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from peakend.cli.grids import print_grid
from peakend.cli.options import JsonOption, LimitOption, WarehouseOption, existing
from peakend.cli.speech import both, console, language, say, tell
from peakend.errors import PeakendError
from peakend.language import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from peakend.analyses import Event, Outcome, Progress, RunReport
    from peakend.declaration import ResultColumn
    from peakend.workspace import Listed, Workspace

_ANALYSES = both("Analyses", "分析")
_NAME_HELP = both("Name of an analysis, or of one of its result tables.", "分析名称，或其某个结果表的名称。")
_LONGEST_ERROR = 2000
_MARKS = {"done": "✓", "unchanged": "=", "skipped": "·", "not_run": "·", "failed": "✗", "interrupted": "!"}
_STYLES = {"done": "green", "unchanged": "dim", "skipped": "yellow", "not_run": "yellow", "failed": "red"}


class SeveralTablesError(PeakendError):
    """An export can hold one table, and the analysis has several."""

    code = "cli.several_tables"


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    app.command(
        "run",
        rich_help_panel=_ANALYSES,
        help=both("Run every analysis that is out of date.", "运行所有需要更新的分析。"),
    )(run)
    app.command(
        "list",
        rich_help_panel=_ANALYSES,
        help=both("List the analyses and when each last ran.", "列出全部分析及其上次运行时间。"),
    )(list_analyses)
    app.command(
        "show",
        rich_help_panel=_ANALYSES,
        help=both("Show the result of an analysis.", "显示某项分析的结果。"),
    )(show)
    app.command(
        "sql",
        rich_help_panel=_ANALYSES,
        help=both(
            "Print the SQL that an analysis runs on this warehouse.", "输出某项分析在此数据仓库上运行的 SQL。"
        ),
    )(sql)


def run(
    warehouse: WarehouseOption = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="NAME",
            help=both(
                "Only this analysis and those it needs; may be repeated.",
                "只运行该分析及其所依赖的分析；可重复使用。",
            ),
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help=both("Also what has not changed.", "未变化的也重新运行。"))
    ] = False,
    minimum_base: Annotated[
        int,
        typer.Option(
            "--minimum-base",
            help=both("Hide cells with fewer answers.", "应答数低于此值的单元格不公布。"),
        ),
    ] = 10,
    confidence: Annotated[
        float, typer.Option("--confidence", help=both("Confidence of intervals.", "置信水平。"))
    ] = 0.95,
    alpha: Annotated[
        float, typer.Option("--alpha", help=both("Family-wise error of verdicts.", "结论的总体错误率。"))
    ] = 0.05,
    currency: Annotated[
        str | None,
        typer.Option(
            "--currency",
            help=both("Currency that money is reported in (ISO 4217).", "金额的报告币种（ISO 4217）。"),
        ),
    ] = None,
    journey_gap_days: Annotated[
        float,
        typer.Option(
            "--journey-gap-days",
            help=both(
                "A pause longer than this begins a new journey, where no case tells.",
                "没有实例编号时，超过此天数的间隔视为新旅程。",
            ),
        ),
    ] = 30.0,
    discount_rate: Annotated[
        float,
        typer.Option(
            "--discount-rate",
            help=both("By how much a year future money counts less.", "未来金额每年的折现率。"),
        ),
    ] = 0.10,
    value_horizon_days: Annotated[
        int,
        typer.Option(
            "--value-horizon-days",
            help=both("How far ahead customers' value is counted.", "客户价值向前计算的天数。"),
        ),
    ] = 365,
    as_json: JsonOption = False,
) -> None:
    """Run what is out of date; exit 1 when an analysis failed, 130 after Ctrl-C."""
    from peakend.analyses import RunInterruptedError
    from peakend.declaration import Settings

    settings = Settings(
        minimum_base=minimum_base,
        confidence=confidence,
        alpha=alpha,
        currency=currency,
        journey_gap_days=journey_gap_days,
        discount_rate=discount_rate,
        value_horizon_days=value_horizon_days,
    )
    with existing(warehouse, read_only=False) as workspace:
        try:
            with drawn_progress(quiet=as_json) as progress:
                report = workspace.run(only or None, settings, progress, force)
        except RunInterruptedError as stopped:
            _summary(stopped.report, as_json=as_json)
            tell(say("Interrupted. The next run continues from here.", "已中断，下次运行将从这里继续。"))
            raise typer.Exit(130) from None
    _summary(report, as_json=as_json)
    if report.failed:
        raise typer.Exit(1)


@contextmanager
def drawn_progress(*, quiet: bool = False) -> Iterator[Progress | None]:
    """A progress line on standard error while analyses run, and one line for each that is finished."""
    if quiet:
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def draw(event: Event) -> None:
            title = event.analysis.title.in_(language())
            if event.outcome is None:
                bar.update(task, description=title, total=event.total, completed=event.position - 1)
                return
            bar.update(task, completed=event.position)
            bar.console.print(_line(event.outcome), style=_STYLES.get(event.outcome.status), markup=False)

        yield draw


def _line(outcome: Outcome) -> str:
    from peakend.analyses.outcomes import STATUS_WORDS

    said = f"{_MARKS[outcome.status]} {outcome.analysis.title.in_(language())} ({outcome.analysis.name})"
    if outcome.status == "done":
        rows = sum(outcome.rows.values())
        return f"{said}  {outcome.seconds:.1f} s  " + say(f"{rows:,} rows", f"{rows:,} 行")
    said = f"{said}  {STATUS_WORDS[outcome.status].in_(language())}"
    if outcome.reason is None or outcome.status == "failed":
        return said
    return f"{said}{say(': ', '：')}{outcome.reason.in_(language())}"


def _summary(report: RunReport, *, as_json: bool) -> None:
    if as_json:
        write_json([_as_dict(outcome) for outcome in report.outcomes])
    else:
        print_summary(report)


def print_summary(report: RunReport) -> None:
    """How many analyses ended how, in one line; what a failure said in full."""
    from peakend.analyses.outcomes import STATUS_WORDS

    counts = {
        words.in_(language()): len(report.with_status(status)) for status, words in STATUS_WORDS.items()
    }
    for outcome in report.failed:
        tell(f"{outcome.name}{say(': ', '：')}{_failure(outcome)}")
    told = [f"{words} {count}" for words, count in counts.items() if count]
    tell(
        say(", ", "，").join(told) + say(f" in {report.seconds:.1f} s.", f"，用时 {report.seconds:.1f} 秒。")
    )


def _failure(outcome: Outcome) -> str:
    from peakend.analyses.records import error_text

    said = error_text(outcome) or ""
    if isinstance(outcome.error, PeakendError):
        said = outcome.error.in_(language())
    if len(said) <= _LONGEST_ERROR:
        return said
    return said[:_LONGEST_ERROR] + say(
        " … (all of it: peakend list --json)", "……（全文见 peakend list --json）"
    )


def _as_dict(outcome: Outcome) -> dict[str, Any]:
    from peakend.analyses.records import error_text

    return {
        "analysis": outcome.analysis.name,
        "status": outcome.status,
        "reason": outcome.reason.in_(language()) if outcome.reason else None,
        "error": error_text(outcome) if outcome.error else None,
        "seconds": round(outcome.seconds, 3),
        "cpu_seconds": round(outcome.cpu_seconds, 3),
        "rows": dict(outcome.rows),
    }


def list_analyses(warehouse: WarehouseOption = None, as_json: JsonOption = False) -> None:
    """The catalogue; without a warehouse, without the last runs."""
    if warehouse:
        with existing(warehouse) as workspace:
            listed = workspace.list()
    else:
        from peakend.analyses import catalogue
        from peakend.workspace import Listed

        listed = tuple(Listed(analysis, None) for analysis in catalogue())
    if as_json:
        write_json([_listed_dict(item) for item in listed])
        return
    _print_list(listed, with_runs=bool(warehouse))


def _print_list(listed: tuple[Listed, ...], *, with_runs: bool) -> None:
    headings = [say("name", "名称"), say("analysis", "分析"), say("needs", "需要"), say("gives", "结果")]
    if with_runs:
        headings.append(say("last run", "上次运行"))
    print_grid(headings, [_list_row(item, with_runs=with_runs) for item in listed])


def _list_row(item: Listed, *, with_runs: bool) -> list[str]:
    from peakend.analyses.outcomes import STATUS_WORDS

    analysis, record = item.analysis, item.record
    gives = ", ".join(table.name for table in analysis.gives)
    row = [analysis.name, analysis.title.in_(language()), ", ".join(analysis.needs), gives]
    if with_runs and record is not None:
        words = {str(status): text.in_(language()) for status, text in STATUS_WORDS.items()}
        row.append(f"{words.get(record.status, record.status)} {record.started_at:%Y-%m-%d %H:%M}")
    elif with_runs:
        row.append("–")
    return row


def _listed_dict(item: Listed) -> dict[str, Any]:
    analysis, record = item.analysis, item.record
    return {
        "name": analysis.name,
        "title": analysis.title.in_(language()),
        "meaning": analysis.meaning.in_(language()),
        "chapter": analysis.chapter,
        "version": analysis.version,
        "needs": list(analysis.needs),
        "uses": list(analysis.uses),
        "gives": [table.name for table in analysis.gives],
        "last_run": None
        if record is None
        else {
            "status": record.status,
            "started_at": record.started_at.isoformat(),
            "seconds": record.seconds,
            "rows": dict(record.rows),
            "error": record.error,
        },
    }


def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help=_NAME_HELP)],
    warehouse: WarehouseOption = None,
    limit: LimitOption = 20,
    as_csv: Annotated[
        bool, typer.Option("--csv", help=both("Write CSV with every column.", "以 CSV 输出全部列。"))
    ] = False,
    columns: Annotated[
        bool,
        typer.Option(
            "--columns",
            help=both("Explain the columns instead; reads no data.", "改为说明各列，不读取数据。"),
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """The saved result, readable; or all of it for programs; or what its columns mean."""
    if columns:
        _explain(name, as_json=as_json)
        return
    with existing(warehouse) as workspace:
        tables = {table: relation.to_arrow() for table, relation in workspace.show(name).items()}
        if as_csv or as_json:
            _export(name, tables, as_csv=as_csv)
            return
        _print_results(workspace, name, tables, limit)


def _explain(name: str, *, as_json: bool) -> None:
    """Every column of the result tables of `name`: its unit and meaning. Needs no warehouse."""
    from peakend.analyses import catalogue, find

    analysis = find(name, catalogue())
    tables = [table for table in analysis.gives if name in (table.name, analysis.name)]
    if as_json:
        write_json({table.name: [_column_dict(column) for column in table.columns] for table in tables})
        return
    headings = (say("column", "列"), say("unit", "单位"), say("meaning", "含义"))
    for table in tables:
        tell(f"{table.name} · {table.meaning.in_(language())}")
        print_grid(headings, [(c.name, c.unit or "", c.meaning.in_(language())) for c in table.columns])
        tell("")


def _column_dict(column: ResultColumn) -> dict[str, Any]:
    meaning = column.meaning.in_(language())
    return {"column": column.name, "type": column.type, "unit": column.unit, "meaning": meaning}


def _print_results(workspace: Workspace, name: str, tables: dict[str, pa.Table], limit: int) -> None:
    from peakend.analyses import catalogue, find, latest_records
    from peakend.display import rendered

    analysis = find(name, catalogue())
    record = latest_records(workspace.engine, ["done"]).get(analysis.name)
    base = int(record.settings["minimum_base"]) if record else 10
    out = console()
    for declared in analysis.gives:
        if declared.name in tables:
            out.print(
                rendered(
                    tables[declared.name],
                    declared,
                    language(),
                    limit=limit or None,
                    width=out.width,
                    minimum_base=base,
                )
            )
            out.print()


def _export(name: str, tables: dict[str, pa.Table], *, as_csv: bool) -> None:
    """CSV holds one table; JSON an object of lists, or the list alone when a result table was named."""
    if not as_csv:
        rows = {table: result.to_pylist() for table, result in tables.items()}
        write_json(rows.get(name, rows))
        return
    if len(tables) > 1 and name not in tables:
        listed = ", ".join(tables)
        raise SeveralTablesError(
            Text(f"{name} has several tables: {listed}.", f"{name} 有多个结果表：{listed}。"),
            Text("Name one of them.", "请指定其中一个。"),
            tables=tuple(tables),
        )
    write_csv(tables[name] if name in tables else next(iter(tables.values())))


def sql(
    name: Annotated[str, typer.Argument(metavar="NAME", help=_NAME_HELP)],
    warehouse: WarehouseOption = None,
    files: Annotated[
        bool,
        typer.Option(
            "--files",
            help=both(
                "The SQL files in the warehouse's dialect, with their own names, without reading data.",
                "只输出 SQL 文件（以数据仓库的方言，沿用文件中的表名与参数名），不读取数据。",
            ),
        ),
    ] = False,
) -> None:
    """Every statement, complete and in the warehouse's dialect, with its values in their places."""
    with existing(warehouse) as workspace:
        statements = workspace.sql(name, executed=not files)
    if not statements:
        tell(say("This analysis runs no SQL of its own.", "该分析没有自己的 SQL。"))
    for number, statement in enumerate(statements, start=1):
        typer.echo(f"-- {number}. {statement.name}")
        typer.echo(f"{statement.complete};\n")


def write_json(content: object) -> None:
    """`content` as JSON on standard output; days and times as ISO text, money as text."""
    import json

    sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=2, default=str) + "\n")


def write_csv(table: pa.Table) -> None:
    """`table` as CSV on standard output."""
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(table.column_names)
    for batch in table.to_batches():
        writer.writerows(zip(*(column.to_pylist() for column in batch.columns), strict=True))
