"""`load`, `mapping draft`, `refused`: bring data in and look at what was not taken."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from peakend.cli.grids import print_grid
from peakend.cli.options import IntoOption, JsonOption, LimitOption, WarehouseOption, existing, warehouse_url
from peakend.cli.running import write_csv, write_json
from peakend.cli.speech import both, console, language, say, tell

if TYPE_CHECKING:
    from peakend.warehouse.load_report import LoadReport, LoadStep
    from peakend.warehouse.load_report import Progress as LoadProgress

_DATA = both("Data", "数据")


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    app.command(
        "load",
        rich_help_panel=_DATA,
        help=both(
            "Load a folder of CSV, Parquet, XLSX, SPSS or XES files.",
            "载入一个文件夹中的 CSV、Parquet、XLSX、SPSS 或 XES 文件。",
        ),
    )(load)
    mapping = typer.Typer(
        no_args_is_help=True, help=both("How files become the canonical tables.", "文件如何对应到标准表。")
    )
    mapping.command(
        "draft",
        help=both(
            "Draft a mapping for a folder, to be corrected by hand.", "为文件夹起草映射文件，供人工修改。"
        ),
    )(draft)
    app.add_typer(mapping, name="mapping", rich_help_panel=_DATA)
    app.command(
        "refused",
        rich_help_panel=_DATA,
        help=both("Look at the rows that loads refused, and why.", "查看载入时被拒收的行及原因。"),
    )(refused)


def load(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help=both("Folder with the files.", "存放文件的文件夹。"))
    ],
    into: IntoOption = None,
    mapping: Annotated[
        Path | None,
        typer.Option(
            "--mapping",
            "-m",
            metavar="FILE",
            help=both("Mapping; FOLDER/mapping.yaml otherwise.", "映射文件；默认为文件夹中的 mapping.yaml。"),
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Load, and account for every row: read, kept, repaired, refused."""
    from peakend.workspace import open_workspace

    with open_workspace(warehouse_url(into)) as workspace, drawn_load(quiet=as_json) as progress:
        report = workspace.load(folder, mapping, progress)
    if as_json:
        write_json(report.as_table().to_pylist())
        return
    print_load(report)


@contextmanager
def drawn_load(*, quiet: bool = False) -> Iterator[LoadProgress | None]:
    """A progress line on standard error while files are loaded."""
    if quiet:
        yield None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task(say("Loading", "载入中"), total=None)

        def draw(step: LoadStep) -> None:
            bar.update(task, description=step.what.in_(language()), completed=step.done, total=step.total)

        yield draw


_COUNTS = {
    "read": ("read", "读取"),
    "kept": ("kept", "保留"),
    "updated": ("updated", "更新"),
    "unchanged": ("unchanged", "未变"),
    "duplicates": ("duplicates", "重复"),
    "merged": ("merged", "合并"),
    "repaired": ("repaired", "修复"),
    "refused": ("refused", "拒收"),
    "stubs": ("completed references", "补建引用"),
}
_ALWAYS = ("read", "kept", "repaired", "refused")


def print_load(report: LoadReport) -> None:
    """What a load read, kept, repaired and refused per table, and what a person should know."""
    from peakend.warehouse.schema import canonical_table

    skipped = sum(file.skipped for file in report.files)
    if skipped:
        files = "1 file was" if skipped == 1 else f"{skipped} files were"
        unchanged = "has" if skipped == 1 else "have"
        tell(
            say(
                f"{files} loaded before and {unchanged} not changed.",
                f"{skipped} 个文件此前已载入，没有变化。",
            )
        )
    if report.tables:
        names = [n for n in _COUNTS if n in _ALWAYS or any(getattr(count, n) for count in report.tables)]
        rows = [
            [
                f"{canonical_table(count.table).title.in_(language())} ({count.table})",
                *(f"{getattr(count, name):,}" for name in names),
            ]
            for count in report.tables
        ]
        headings = [say("table", "表"), *(say(*_COUNTS[name]) for name in names)]
        print_grid(headings, rows, right=range(1, len(headings)))
    _print_repairs(report)
    for note in report.notes:
        tell(note)
    refused_rows = sum(count.refused for count in report.tables)
    if refused_rows:
        rows_were = "1 row was" if refused_rows == 1 else f"{refused_rows:,} rows were"
        tell(
            say(
                f"{rows_were} refused and kept aside: peakend refused",
                f"{refused_rows:,} 行被拒收并另行保存：peakend refused",
            )
        )
    if report.nothing_new:
        tell(say("Nothing new: the warehouse is as it was.", "没有新数据，数据仓库保持不变。"))


def _print_repairs(report: LoadReport) -> None:
    if not report.repairs:
        return
    tell(say("Repaired:", "修复："))
    for repair in report.repairs:
        example = ""
        if repair.example_row is not None and repair.example is not None:
            example = say(
                f", e.g. row {repair.example_row} of {repair.file}: {repair.example}",
                f"，例如 {repair.file} 第 {repair.example_row} 行：{repair.example}",
            )
        meaning = repair.meaning.in_(language())
        tell(f"  {repair.table}.{repair.column}  {repair.rows:,} × {meaning}{example}")


def draft(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help=both("Folder with the files.", "存放文件的文件夹。"))
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help=both("Write it here; otherwise print it.", "写入此文件；否则直接输出。"),
        ),
    ] = None,
) -> None:
    """A mapping guessed from names, types and values."""
    from peakend.warehouse.draft import draft_mapping

    text = draft_mapping(folder, language())
    if out is None:
        typer.echo(text, nl=False)
        return
    _write_new(out, text)
    paths = [shlex.quote(str(path)) for path in (folder, out)]
    then = f"peakend load {paths[0]} --mapping {paths[1]} --into duckdb:///company.duckdb"
    tell(
        say(
            f"The draft is in {out}. Correct it, then: {then}",
            f"草稿已写入 {out}。修改后运行：{then}",
        )
    )


def _write_new(path: Path, text: str) -> None:
    """Write `text`, but never over a file that somebody may have corrected by hand."""
    from peakend.errors import PeakendError
    from peakend.language import Text

    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as cause:
        raise PeakendError(
            Text(f"{path} is there already.", f"{path} 已存在。"),
            Text("Name another file, or remove it first.", "请换一个文件名，或先删除它。"),
            path=str(path),
        ) from cause
    except OSError as cause:
        raise PeakendError(
            Text(f"{path} cannot be written: {cause.strerror}.", f"无法写入 {path}：{cause.strerror}。"),
            path=str(path),
        ) from cause


def refused(
    table: Annotated[
        str | None,
        typer.Argument(
            metavar="TABLE",
            help=both("Only rows meant for this canonical table.", "只看应进入此标准表的行。"),
        ),
    ] = None,
    warehouse: WarehouseOption = None,
    limit: LimitOption = 20,
    as_csv: Annotated[
        bool, typer.Option("--csv", help=both("Write all as CSV.", "以 CSV 输出全部。"))
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Without TABLE, how many rows were refused for which reason; with it, the rows."""
    with existing(warehouse) as workspace:
        has_any = workspace.engine.has_table("refused_rows")
        rows = workspace.refused(table).to_arrow() if has_any else None
    if rows is None or not rows.num_rows:
        write_json([]) if as_json else tell(say("No row was refused.", "没有被拒收的行。"))
    elif as_csv:
        write_csv(rows)
    elif as_json:
        write_json(rows.to_pylist())
    elif table is None:
        _print_reasons(rows.to_pylist())
    else:
        _print_refused(rows.to_pylist(), limit)


def _print_reasons(rows: list[dict[str, Any]]) -> None:
    from collections import Counter

    keys = [(row["table_name"], row["column_name"] or "–", row["reason_code"]) for row in rows]
    example = dict(zip(keys, rows, strict=True))
    print_grid(
        (
            say("rows", "行数"),
            say("table", "表"),
            say("column", "列"),
            say("reason, for example", "原因（举例）"),
        ),
        [
            (f"{count:,}", key[0], key[1], example[key][f"reason_{language()}"])
            for key, count in Counter(keys).most_common()
        ],
        right=(0,),
    )
    tell(say("The rows themselves: peakend refused TABLE", "查看具体的行：peakend refused 表名"))


def _print_refused(rows: list[dict[str, Any]], limit: int) -> None:
    shown = rows[:limit] if limit else rows
    for row in shown:
        at = say(
            f"{row['source_file']}, row {row['row_number']}",
            f"{row['source_file']} 第 {row['row_number']} 行",
        )
        tell(f"{at}{say(': ', '：')}{row[f'reason_{language()}']}")
        tell(f"    {row['raw_row']}")
    if len(rows) > len(shown):
        more = len(rows) - len(shown)
        tell(say(f"{more:,} more: --limit 0 shows all.", f"另有 {more:,} 行：--limit 0 显示全部。"))
