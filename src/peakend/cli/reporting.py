"""`report` and `demo`: what comes out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from peakend.cli.options import WarehouseOption, existing
from peakend.cli.speech import both, language, say, tell

_OUT = both("Report", "报告")


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    app.command(
        "report",
        rich_help_panel=_OUT,
        help=both(
            "Write the report: one HTML file that needs nothing else.", "生成报告：一个独立的 HTML 文件。"
        ),
    )(report)
    app.command(
        "demo",
        rich_help_panel=_OUT,
        help=both(
            "Show Peakend on two real data sets that ship with it.", "用随附的两套真实数据演示 Peakend。"
        ),
    )(demo)


def report(
    warehouse: WarehouseOption = None,
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="FILE", help=both("HTML file to write.", "要生成的 HTML 文件。")),
    ] = Path("report.html"),
    xlsx: Annotated[
        Path | None,
        typer.Option(
            "--xlsx",
            metavar="FILE",
            help=both("Also a spreadsheet with every table.", "同时生成含全部表格的电子表格。"),
        ),
    ] = None,
) -> None:
    """In the language of `--lang`."""
    with existing(warehouse) as workspace:
        workspace.report(out, language(), xlsx)
    for file in (out, xlsx):
        if file is not None:
            tell(say(f"Written: {file}", f"已生成：{file}"))


def demo(
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            metavar="DIR",
            help=both("Folder for the warehouse and the reports.", "存放数据仓库与报告的文件夹。"),
        ),
    ] = Path("peakend-demo"),
) -> None:
    """Load, run, report; prints where everything is."""
    from peakend.cli.demonstration import demonstrate

    if not demonstrate(out):
        raise typer.Exit(1)
