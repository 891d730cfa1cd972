"""`customers`: who is behind one number of a result."""

from __future__ import annotations

from typing import Annotated

import typer

from peakend.cli.grids import print_grid
from peakend.cli.options import JsonOption, LimitOption, WarehouseOption, existing
from peakend.cli.running import write_csv, write_json
from peakend.cli.speech import both, say, tell
from peakend.errors import PeakendError
from peakend.language import Text


class WrongRowError(PeakendError):
    """A row is not named as COLUMN=VALUE."""

    code = "cli.wrong_row"


def register(app: typer.Typer) -> None:
    """Add the command of this module to `app`."""
    app.command(
        "customers",
        rich_help_panel=both("Analyses", "分析"),
        help=both("List the customers behind one number of a result.", "列出某个结果数字背后的客户。"),
    )(customers)


def customers(
    table: Annotated[
        str | None,
        typer.Argument(
            metavar="TABLE",
            help=both(
                "Result table; none lists those that have customers.", "结果表；不填则列出可查客户的表。"
            ),
        ),
    ] = None,
    row: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="COLUMN=VALUE...",
            help=both("Values that name one row of it.", "指明其中一行的列值。"),
        ),
    ] = None,
    warehouse: WarehouseOption = None,
    limit: LimitOption = 20,
    as_csv: Annotated[bool, typer.Option("--csv", help=both("Write CSV.", "以 CSV 输出。"))] = False,
    as_json: JsonOption = False,
) -> None:
    """The customers of one row, from the query that counted them; the tables that have such lists."""
    from peakend.analyses import with_lists

    if table is None:
        for name in with_lists():
            typer.echo(name)
        return
    with existing(warehouse) as workspace:
        found = workspace.customers(table, **_values(row or [])).to_arrow()
    if as_json:
        write_json(found.to_pylist())
        return
    if as_csv:
        write_csv(found)
        return
    shown = found.slice(0, limit or found.num_rows)
    print_grid(found.column_names, [[_word(value) for value in one.values()] for one in shown.to_pylist()])
    tell(
        say(f"{found.num_rows:,} in all.", f"共 {found.num_rows:,} 行。")
        if found.num_rows == shown.num_rows
        else say(
            f"{shown.num_rows:,} of {found.num_rows:,}; --limit 0 shows all.",
            f"显示 {found.num_rows:,} 行中的 {shown.num_rows:,} 行；--limit 0 显示全部。",
        )
    )


def _values(row: list[str]) -> dict[str, str]:
    """Column and value of each `column=value`."""
    parted = [one.partition("=") for one in row]
    wrong = [name for name, equals, _ in parted if not equals]
    if wrong:
        raise WrongRowError(
            Text(f"{wrong[0]!r} is no COLUMN=VALUE.", f"{wrong[0]!r} 不是“列=值”的形式。"),
            Text("For example: touchpoint_id=lounge", "例如：touchpoint_id=lounge"),
        )
    return {name: value for name, _, value in parted}


def _word(value: object) -> str:
    return "" if value is None else str(value)
