"""`identity link | merge | merges | undo`: one customer, one key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from peakend.cli.grids import print_grid
from peakend.cli.options import JsonOption, LimitOption, WarehouseOption, existing
from peakend.cli.running import write_json
from peakend.cli.speech import both, console, language, say, tell

if TYPE_CHECKING:
    from peakend.warehouse.identity import BlockSize, LinkReport

_HEAVY = 1_000_000
_PURPOSE = both("What the joined data are for; kept with the merge.", "合并数据的用途，随合并记录保存。")
_BY = both("Who decides; the user of this machine otherwise.", "决定人；默认为本机用户。")


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    group = typer.Typer(
        no_args_is_help=True,
        help=both(
            "Find records of the same customer, merge them, take it back.", "识别同一客户的记录，合并或撤销。"
        ),
    )
    group.command(
        "link",
        help=both(
            "Link the records of the same customer across sources.", "跨来源识别并合并同一客户的记录。"
        ),
    )(link)
    group.command("merge", help=both("Merge two records by hand.", "手工合并两条记录。"))(merge)
    group.command("merges", help=both("List the merges.", "列出合并记录。"))(merges)
    group.command("undo", help=both("Take a merge back; nothing is lost.", "撤销一次合并，不丢失任何数据。"))(
        undo
    )
    app.add_typer(group, name="identity", rich_help_panel=both("Data", "数据"))


def link(
    warehouse: WarehouseOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=both("Only say what would be merged.", "只列出将要合并的内容。"))
    ] = False,
    threshold: Annotated[
        float, typer.Option("--threshold", help=both("Least probability of a merge.", "合并所需的最低概率。"))
    ] = 0.9,
    max_pairs: Annotated[
        int,
        typer.Option(
            "--max-pairs", min=1, help=both("Limit of comparisons.", "比较次数上限。"), show_default=True
        ),
    ] = 50_000_000,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help=both("Do not ask before heavy blocks.", "大分块也不询问。"))
    ] = False,
    purpose: Annotated[str | None, typer.Option("--purpose", help=_PURPOSE)] = None,
    limit: LimitOption = 10,
    as_json: JsonOption = False,
) -> None:
    """Says how many pairs every block compares before any of them runs."""
    from peakend.warehouse.identity import link_customers

    with existing(warehouse, read_only=dry_run) as workspace:
        report = link_customers(
            workspace.engine,
            threshold=threshold,
            dry_run=dry_run,
            max_pairs=max_pairs,
            confirm=_Allowed(ask=not yes, quiet=as_json),
            purpose=purpose,
        )
    if as_json:
        shown = {"run": report.as_table, "merges": report.merges_table, "held": report.held_table}
        write_json({name: table(language()).to_pylist() for name, table in shown.items()})
        return
    _print_link(report, limit)


class _Allowed:
    """Tells the size of every block, and asks about heavy ones where somebody can answer."""

    def __init__(self, *, ask: bool, quiet: bool) -> None:
        self.ask = ask
        self.quiet = quiet

    def __call__(self, size: BlockSize) -> bool:
        said = say(
            f"Block {size.block.name}: {size.pairs:,} pairs", f"分块“{size.block.name}”：{size.pairs:,} 对"
        )
        if not self.quiet:
            console(stderr=True).print(said, markup=False)
        if size.pairs < _HEAVY or not self.ask or not typer.get_text_stream("stdin").isatty():
            return True
        return typer.confirm(say("That takes a while. Go on?", "耗时较长，是否继续？"), err=True)


def _print_link(report: LinkReport, limit: int) -> None:
    run = report.as_table(language()).to_pylist()
    print_grid(
        (say("what", "项目"), say("count", "数量")), [(r["what"], f"{r['count']:,}") for r in run], right=(1,)
    )
    pairs = report.merges_table(language()).to_pylist()
    if pairs:
        shown = pairs[:limit] if limit else pairs
        headings = (
            say("first", "记录一"),
            say("second", "记录二"),
            say("how", "方式"),
            "p",
            say("why", "依据"),
        )
        print_grid(
            headings, [(r["first"], r["second"], r["method"], _p(r["probability"]), r["why"]) for r in shown]
        )
        if len(pairs) > len(shown):
            more = len(pairs) - len(shown)
            tell(say(f"{more:,} more: --limit 0 shows all.", f"另有 {more:,} 对：--limit 0 显示全部。"))
    if report.dry_run:
        tell(say("Nothing was written.", "未写入任何内容。"))
    elif pairs:
        tell(
            say(
                "To take one back: peakend identity undo MERGE_ID", "如需撤销：peakend identity undo 合并编号"
            )
        )


def merge(
    first: Annotated[str, typer.Argument(metavar="CUSTOMER", help=both("Key of a customer.", "客户编号。"))],
    second: Annotated[
        str, typer.Argument(metavar="CUSTOMER", help=both("Key of the other.", "另一客户编号。"))
    ],
    warehouse: WarehouseOption = None,
    purpose: Annotated[str | None, typer.Option("--purpose", help=_PURPOSE)] = None,
    by: Annotated[str | None, typer.Option("--by", help=_BY)] = None,
) -> None:
    """Prints the id of the merge."""
    from peakend.warehouse.identity import merge_customers

    with existing(warehouse, read_only=False) as workspace:
        made = merge_customers(workspace.engine, first, second, decided_by=by or _user(), purpose=purpose)
    tell(say(f"Merged: {made}", f"已合并：{made}"))


def merges(
    warehouse: WarehouseOption = None,
    every: Annotated[
        bool, typer.Option("--all", help=both("Also those that were taken back.", "包括已撤销的。"))
    ] = False,
    limit: LimitOption = 20,
    as_json: JsonOption = False,
) -> None:
    """Newest first."""
    from peakend.warehouse.identity import list_merges

    with existing(warehouse) as workspace:
        rows = list_merges(workspace.engine, in_force=not every).to_pylist()[::-1]
    if as_json:
        write_json(rows)
        return
    if not rows:
        tell(say("No customers were merged.", "没有合并过客户。"))
        return
    headings = (
        say("merge", "合并编号"),
        say("from", "并入方"),
        say("into", "保留方"),
        say("how", "方式"),
        "p",
        say("decided", "决定"),
        say("taken back", "撤销"),
    )
    shown = rows[:limit] if limit else rows
    print_grid(
        headings,
        [
            (
                row["merge_id"],
                row["from_customer_id"],
                row["into_customer_id"],
                row["method"],
                _p(row["probability"]),
                f"{row['decided_at']:%Y-%m-%d %H:%M} {row['decided_by']}",
                f"{row['undone_at']:%Y-%m-%d %H:%M} {row['undone_by']}" if row["undone_at"] else "",
            )
            for row in shown
        ],
    )
    if len(rows) > len(shown):
        more = len(rows) - len(shown)
        tell(say(f"{more:,} more: --limit 0 shows all.", f"另有 {more:,} 条：--limit 0 显示全部。"))


def undo(
    merge_id: Annotated[str, typer.Argument(metavar="MERGE_ID", help=both("Id of the merge.", "合并编号。"))],
    warehouse: WarehouseOption = None,
    because: Annotated[str | None, typer.Option("--because", help=both("Why.", "原因。"))] = None,
    by: Annotated[str | None, typer.Option("--by", help=_BY)] = None,
) -> None:
    """Facts go back to the records they were loaded for."""
    from peakend.warehouse.identity import undo_merge

    with existing(warehouse, read_only=False) as workspace:
        undo_merge(workspace.engine, merge_id, undone_by=by or _user(), because=because)
    tell(say("Taken back. The pair will not be proposed again.", "已撤销，今后不再建议合并这两条记录。"))


def _p(probability: float | None) -> str:
    return "–" if probability is None else f"{probability:.3f}"


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
