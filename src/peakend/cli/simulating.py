"""`simulate`: a company whose truths are known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from peakend.cli.grids import print_grid
from peakend.cli.options import IntoOption, warehouse_url
from peakend.cli.speech import both, console, language, say, tell

if TYPE_CHECKING:
    from peakend.demo.simulator import Progress

KindArgument = Annotated[
    str,
    typer.Argument(
        metavar="KIND",
        help=both(
            "airline, property, bank or retailer.",
            "airline 航空、property 物业、bank 银行、retailer 零售。",
        ),
    ),
]
WithoutOption = Annotated[
    list[str] | None,
    typer.Option(
        "--without",
        metavar="MECHANISM",
        help=both(
            "Switch a mechanism off, for a null twin; may be repeated.",
            "关闭某个机制，得到没有该效应的对照；可重复使用。",
        ),
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command of this module to `app`."""
    app.command(
        "simulate",
        rich_help_panel=both("Data", "数据"),
        help=both(
            "Make up a company with known truths, to try things on.",
            "生成一家已知真相的模拟公司，供试验使用。",
        ),
    )(simulate)


def simulate(
    kind: KindArgument,
    customers: Annotated[
        int, typer.Option("--customers", "-c", help=both("How many customers.", "客户数。"))
    ] = 1000,
    seed: Annotated[
        int,
        typer.Option(
            "--seed", help=both("The same seed makes the same company.", "相同的种子生成相同的公司。")
        ),
    ] = 1,
    months: Annotated[
        int, typer.Option("--months", help=both("How many months it has traded.", "经营的月数。"))
    ] = 24,
    into: IntoOption = None,
    without: WithoutOption = None,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace", help=both("Replace what the warehouse holds.", "替换数据仓库中已有的数据。")
        ),
    ] = False,
    list_mechanisms: Annotated[
        bool,
        typer.Option(
            "--mechanisms",
            is_eager=True,
            callback=lambda on: _mechanisms() if on else None,
            help=both("List what can be switched off.", "列出可以关闭的机制。"),
        ),
    ] = False,
) -> None:
    """A coherent company over the canonical tables, with the truth beside it; everything says "simulated"."""
    from peakend.demo import simulate as make

    url = warehouse_url(into)
    with _drawn() as progress:
        report = make(
            kind,
            customers=customers,
            seed=seed,
            into=url,
            without=tuple(without or ()),
            months=months,
            replace=replace,
            progress=progress,
        )
    tell(report.summary)
    tell(say(f"Next: peakend run --warehouse {url}", f"下一步：peakend run --warehouse {url}"))


@contextmanager
def _drawn() -> Iterator[Progress]:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task(say("Simulating customers", "正在模拟客户"), total=None)

        def draw(written: int, total: int) -> None:
            bar.update(task, completed=written, total=total)

        yield draw


def _mechanisms() -> None:
    from peakend.demo.simulator.mechanism import mechanisms

    rows = [
        (one.name, one.group or "", one.meaning.in_(language()), one.null.in_(language()))
        for one in mechanisms()
        if one.null is not None
    ]
    headings = (
        say("name", "名称"),
        say("group", "组"),
        say("what it does", "作用"),
        say("switched off", "关闭后"),
    )
    print_grid(headings, rows)
    raise typer.Exit
