"""`value enter | approve | reject | list`: value and cost lines by hand, with approval."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from peakend.cli.grids import print_grid
from peakend.cli.options import JsonOption, LimitOption, WarehouseOption, existing, warehouse_url
from peakend.cli.running import write_json
from peakend.cli.speech import both, say, tell

_BY = both("Who does it; the user of this machine otherwise.", "操作人；默认为本机用户。")
_DAYS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"]
EntryArgument = Annotated[str, typer.Argument(metavar="ENTRY", help=both("Key of the entry.", "分录编号。"))]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    group = typer.Typer(
        no_args_is_help=True,
        help=both(
            "Value and cost lines by hand: enter, approve, reject, list.",
            "手工价值与成本分录：录入、批准、否决、查看。",
        ),
    )
    group.command(
        "enter",
        help=both(
            "Enter a value or cost line; it counts once somebody else approves it.",
            "录入价值或成本分录；经他人批准后计入。",
        ),
    )(enter)
    group.command("approve", help=both("Post an entry of somebody else.", "批准他人录入的分录。"))(approve)
    group.command("reject", help=both("Reject an entry of somebody else.", "否决他人录入的分录。"))(reject)
    group.command("list", help=both("List entries and how they stand.", "列出分录及其状态。"))(list_entries)
    app.add_typer(group, name="value", rich_help_panel=both("Data", "数据"))


def enter(
    side: Annotated[str, typer.Argument(metavar="value|cost", help=both("Value or cost.", "价值或成本。"))],
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND",
            help=both(
                "Value: referral, information, reference, margin, other. Cost: product, service, "
                "acquisition, retention, other.",
                "价值：referral、information、reference、margin、other；成本：product、service、acquisition、"
                "retention、other。",
            ),
        ),
    ],
    amount: Annotated[
        str, typer.Argument(metavar="AMOUNT", help=both("Money; costs are positive.", "金额；成本为正数。"))
    ],
    warehouse: WarehouseOption = None,
    customer: Annotated[
        str | None,
        typer.Option(
            "--customer",
            "-c",
            help=both("Key of the customer; none: nobody's.", "客户编号；不写为不归属客户。"),
        ),
    ] = None,
    at: Annotated[
        datetime | None,
        typer.Option(
            "--at", formats=_DAYS, help=both("When, in UTC; now otherwise.", "时间（UTC）；默认为现在。")
        ),
    ] = None,
    currency: Annotated[
        str | None,
        typer.Option(
            "--currency", help=both("ISO 4217; that of the transactions otherwise.", "币种；默认同交易。")
        ),
    ] = None,
    transaction: Annotated[
        str | None, typer.Option("--transaction", help=both("Transaction it belongs to.", "所属交易编号。"))
    ] = None,
    event: Annotated[
        str | None, typer.Option("--event", help=both("Event it belongs to.", "所属互动编号。"))
    ] = None,
    product: Annotated[
        str | None,
        typer.Option("--product", help=both("Product a cost was spent on.", "成本所为的产品编号。")),
    ] = None,
    channel: Annotated[
        str | None, typer.Option("--channel", help=both("Channel a cost was spent in.", "成本所在渠道。"))
    ] = None,
    method: Annotated[
        str | None, typer.Option("--method", help=both("How a value was measured.", "价值的计量方法。"))
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help=_BY)] = None,
) -> None:
    """Prints the key of the entry."""
    from peakend.errors import PeakendError
    from peakend.language import Text
    from peakend.value.profit.entering import TABLES, EntryError, NewEntry
    from peakend.value.profit.entering import enter as write_down

    if side not in TABLES:
        wrong: PeakendError = EntryError(
            Text(f"{side!r} is neither value nor cost.", f"{side!r} 既不是 value 也不是 cost。"),
            Text("peakend value enter cost retention 12.50", "peakend value enter cost retention 12.50"),
            field="side",
            value=side,
        )
        raise wrong
    entry = NewEntry(
        side="value" if side == "value" else "cost",
        kind=kind,
        amount=amount,
        entered_by=by or _user(),
        currency=currency,
        customer_id=customer,
        at=at,
        transaction_id=transaction,
        event_id=event,
        product_id=product,
        channel=channel,
        method=method,
    )
    with existing(warehouse_url(warehouse), read_only=False) as workspace:
        key = write_down(workspace, entry)
    tell(
        say(
            f"Entered: {key}. It counts once somebody else approves it: peakend value approve {key}",
            f"已录入：{key}。经他人批准后计入：peakend value approve {key}",
        )
    )


def approve(
    entry: EntryArgument,
    warehouse: WarehouseOption = None,
    reason: Annotated[str | None, typer.Option("--reason", help=both("Why.", "理由。"))] = None,
    by: Annotated[str | None, typer.Option("--by", help=_BY)] = None,
) -> None:
    """The entry counts from the next run on."""
    _decide(entry, "posted", warehouse, reason, by)
    tell(say(f"Posted: {entry}. Next: peakend run", f"已过账：{entry}。下一步：peakend run"))


def reject(
    entry: EntryArgument,
    warehouse: WarehouseOption = None,
    reason: Annotated[str | None, typer.Option("--reason", help=both("Why.", "理由。"))] = None,
    by: Annotated[str | None, typer.Option("--by", help=_BY)] = None,
) -> None:
    """The entry counts no longer, and stays on record."""
    _decide(entry, "rejected", warehouse, reason, by)
    tell(say(f"Rejected: {entry}. Next: peakend run", f"已否决：{entry}。下一步：peakend run"))


def _decide(entry: str, decision: str, warehouse: str | None, reason: str | None, by: str | None) -> None:
    from peakend.value.profit.entering import decide

    with existing(warehouse_url(warehouse), read_only=False) as workspace:
        decide(workspace, entry, decision, by=by or _user(), reason=reason)


def list_entries(
    warehouse: WarehouseOption = None,
    status: Annotated[
        str | None,
        typer.Option(
            "--status",
            help=both(
                "Only pending, posted, rejected or self_approved.",
                "只列 pending、posted、rejected 或 self_approved。",
            ),
        ),
    ] = None,
    limit: LimitOption = 20,
    as_json: JsonOption = False,
) -> None:
    """The latest first."""
    from peakend.value.profit.entering import entries

    with existing(warehouse) as workspace:
        rows = entries(workspace.engine, status or "").to_arrow().to_pylist()
    if as_json:
        write_json(rows)
        return
    shown = rows[:limit] if limit else rows
    print_grid(
        (
            say("entry", "分录"),
            say("status", "状态"),
            say("customer", "客户"),
            say("on", "日期"),
            say("kind", "类型"),
            say("amount", "金额"),
            say("entered by", "录入人"),
            say("decided by", "审批人"),
            say("why", "理由"),
        ),
        [
            (
                row["entry_id"],
                row["status"],
                row["customer_id"] or "–",
                f"{row['at']:%Y-%m-%d}",
                row["kind"],
                f"{row['currency']} {row['amount']:,.2f}",
                row["entered_by"] or "–",
                row["decided_by"] or "–",
                row["reason"] or "",
            )
            for row in shown
        ],
        right=(5,),
    )
    if len(rows) > len(shown):
        more = len(rows) - len(shown)
        tell(say(f"{more:,} more: --limit 0 shows all.", f"另有 {more:,} 条：`--limit 0` 显示全部。"))


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
