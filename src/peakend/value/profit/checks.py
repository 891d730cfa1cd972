"""What is odd in the books, named and counted: what counts all the same, and what does not."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakend.declaration import Inputs
    from peakend.value.profit.ledger import Ledger, Months

# name -> (what it is, whether such lines are in customers' profit)
CHECKS: Mapping[str, tuple[Text, bool | None]] = {
    "cost_of_line": (Text("Lines with their own cost", "成本来自交易行"), True),
    "cost_of_product": (
        Text("Lines costed at the product's unit cost", "按产品单位成本计算成本的交易行"),
        True,
    ),
    "cost_of_entry": (Text("Lines whose cost is a cost entry", "成本来自成本分录的交易行"), True),
    "cost_unknown": (
        Text(
            "Lines whose cost nobody knows: their whole revenue counts as margin",
            "成本未知的交易行：其收入全部计为毛利",
        ),
        True,
    ),
    "unidentified": (Text("Lines of customers not identified", "未识别客户的交易行"), False),
    "refund_without_purchase": (
        Text("Refunds of customers who had bought nothing before", "此前没有购买记录的客户的退款"),
        True,
    ),
    "refund_above_zero": (Text("Refunds with revenue above zero", "收入为正的退款"), True),
    "refund_that_costs": (
        Text(
            "Refunds with a cost above zero (goods that come back lower it)",
            "成本为正的退款（退货应减少成本）",
        ),
        True,
    ),
    "sale_below_zero": (Text("Sales with revenue below zero", "收入为负的销售"), True),
    "sale_of_nothing": (Text("Sales with no revenue", "收入为零的销售"), True),
    "other_currency": (Text("Transactions in another currency", "其他币种的交易"), False),
    "after_end": (
        Text("Transactions after the end date, or in the future", "截止日之后（含未来）的交易"),
        False,
    ),
    "entries_counted": (Text("Entries posted and counted", "已过账并计入的分录"), True),
    "entries_pending": (Text("Entries waiting for approval", "待批准的分录"), False),
    "entries_rejected": (Text("Entries rejected", "已否决的分录"), False),
    "entries_self_approved": (
        Text("Entries approved by nobody but the one who entered them", "仅由录入人自己批准的分录"),
        False,
    ),
    "entries_no_policy": (
        Text("Contributions that no conversion policy prices", "无有效折算政策的贡献"),
        False,
    ),
    "entries_other_currency": (Text("Entries in another currency", "其他币种的分录"), False),
    "entries_after_end": (
        Text("Entries after the end date, or in the future", "截止日之后（含未来）的分录"),
        False,
    ),
    "entries_in_transaction": (
        Text("Margin entries of a transaction that is counted itself", "所属交易已计入的毛利分录"),
        False,
    ),
    "entries_in_activity": (
        Text("Service entries of an activity that is costed by its pool", "已由资源池计入作业成本的服务分录"),
        False,
    ),
    "events": (Text("Events", "互动"), None),
    "events_explicit_zero": (
        Text("Events without an entry: an explicit zero each", "无分录的互动：各记一笔明确的零"),
        None,
    ),
    "service_not_costed": (
        Text(
            "Cost to serve is from service entries only: nothing was costed by activity",
            "服务成本仅来自服务分录：未作作业成本核算",
        ),
        None,
    ),
    "ledger_differs": (Text("Kinds and months that differ from the ledger", "与总账不符的类别与月份"), None),
    "ledger_agrees": (Text("Kinds and months that agree with the ledger", "与总账相符的类别与月份"), None),
    "ledger_silent": (Text("Kinds and months the ledger does not book", "总账未入账的类别与月份"), None),
}
_COSTS = {
    "line": "cost_of_line",
    "unit_cost": "cost_of_product",
    "entry": "cost_of_entry",
    "unknown": "cost_unknown",
}
_STATES = {"differs": "ledger_differs", "agrees": "ledger_agrees", "no_ledger": "ledger_silent"}


def check_rows(
    inputs: Inputs, ledger: Ledger, months: Months, reconciled: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Rows of `profit_checks`: only what occurs; what the numbers stand on first."""
    found: dict[str, dict[str, Any]] = defaultdict(
        lambda: {"lines": 0, "customers": None, "amount": Decimal(0)}
    )
    _add_lines(found, months)
    params = {"currency": ledger.currency, "until": ledger.until}
    for row in inputs.query("value/profit/odd_lines", params).to_arrow().to_pylist():
        # Money of several currencies makes no sum.
        amount = None if row["problem"] == "other_currency" else Decimal(row["amount"])
        found[row["problem"]] |= {"lines": row["lines"], "customers": row["customers"], "amount": amount}
    for row in months.entries:
        _add(found, f"entries_{row['status']}", row)
    if "entries_other_currency" in found:
        found["entries_other_currency"]["amount"] = None
    _add_events(found, inputs, ledger)
    if not ledger.costed:
        found["service_not_costed"] |= {"lines": 0, "amount": None}
    for row in reconciled:
        if row["month_on"] is not None and row["kind"] != "profit":
            name = _STATES[row["state"]]
            found[name]["lines"] += 1
            found[name]["amount"] += abs(
                row["difference"] if row["difference"] is not None else row["company"]
            )
    listed = [name for name in CHECKS if name in found]
    return [
        {
            "position": place,
            "check": name,
            "label_en": CHECKS[name][0].en,
            "label_zh": CHECKS[name][0].zh,
            **found[name],
            "counted": CHECKS[name][1],
            "currency": ledger.currency,
        }
        for place, name in enumerate(listed, start=1)
    ]


def _add_lines(found: dict[str, dict[str, Any]], months: Months) -> None:
    for row in months.lines:
        if row["kind"] not in ("sale", "refund"):
            continue
        more = {"lines": row["lines"], "amount": row["revenue"]}
        _add(found, _COSTS[row["cost_from"]], more)
        if not row["identified"]:
            _add(found, "unidentified", more)


def _add_events(found: dict[str, dict[str, Any]], inputs: Inputs, ledger: Ledger) -> None:
    counted = (
        inputs.query("value/profit/events_without_line", entries=ledger.entries).to_arrow().to_pylist()[0]
    )
    if counted["events"]:
        found["events"] |= {"lines": counted["events"], "amount": None}
        found["events_explicit_zero"] |= {"lines": counted["explicit_zeros"] or 0, "amount": Decimal(0)}


def _add(found: dict[str, dict[str, Any]], name: str, row: Mapping[str, Any]) -> None:
    found[name]["lines"] += row["lines"]
    found[name]["amount"] += Decimal(row["amount"])
