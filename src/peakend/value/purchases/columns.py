"""The result tables of this room: their columns, and what each of them means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.declaration import ResultColumn, ResultTable
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from peakend.declaration import Inputs
    from peakend.engine import Relation


def _column(name: str, kind: str, en: str, zh: str, unit: str | None = None) -> ResultColumn:
    return ResultColumn(name, kind, Text(en, zh), unit)


def _behind(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.value.purchases.problems import customers_behind
    from peakend.value.purchases.tables import purchases_of

    return customers_behind(purchases_of(inputs), row)


PURCHASE_SUMMARY = ResultTable(
    "purchase_summary",
    (
        _column("customer_id", "string", "Customer", "客户"),
        _column(
            "frequency",
            "integer",
            "Repeat purchases: days with a purchase after the first",
            "复购次数：首购之后有购买的天数",
            "purchases",
        ),
        _column(
            "recency_days", "integer", "From the first to the last purchase", "首购至末次购买的天数", "days"
        ),
        _column(
            "age_days",
            "integer",
            "From the first purchase to the last day seen",
            "首购至观察期末的天数",
            "days",
        ),
        _column(
            "monetary_value",
            "number",
            "Mean net value of a repeat purchase (empty: none)",
            "每次复购的平均净额（空为没有复购）",
            "money",
        ),
        _column("first_value", "money", "Net value of the first purchase", "首购净额"),
        _column("total_value", "money", "Net value of all purchases", "全部购买净额"),
        _column("first_on", "day", "First purchase", "首购日"),
        _column("last_on", "day", "Last purchase", "末次购买日"),
        _column(
            "left_truncated",
            "flag",
            "Joined before the data begin: the first purchase seen was not the first (empty: not known)",
            "数据起点之前已加入，所见首购并非真正首购（空为未知）",
        ),
        _column("as_of_on", "day", "Last day seen", "观察期末"),
        _column("currency", "string", "Currency (ISO 4217)", "币种"),
    ),
    ("customer_id",),
    Text(
        "How often, until when, for how long and for how much every customer bought, net of refunds.",
        "每位客户扣除退款后的购买次数、近度、观察时长与金额。",
    ),
)

PURCHASE_PROBLEMS = ResultTable(
    "purchase_problems",
    (
        _column("position", "integer", "Order of the rows", "行次"),
        _column(
            "problem",
            "string",
            "What became of the lines, or why they are left out",
            "各行的去向或未采用的原因",
        ),
        _column(
            "kind",
            "string",
            "used, left_out, read (both together) or noted (part of used)",
            "类型：used 已采用、left_out 未采用、read 读取合计、noted 已采用中须知的部分",
        ),
        _column("label_en", "string", "Name in English", "英文名称"),
        _column("label_zh", "string", "Name in Chinese", "中文名称"),
        _column(
            "lines",
            "integer",
            "Lines of the transactions (empty: not counted)",
            "交易行数（空为不计）",
            "lines",
        ),
        _column(
            "customers",
            "integer",
            "Customers with such lines (empty: not counted)",
            "涉及客户数（空为不计）",
            "customers",
        ),
        _column("revenue", "money", "Their revenue", "其收入"),
        _column("currency", "string", "Currency (ISO 4217)", "币种"),
    ),
    ("problem", "currency"),
    Text(
        "What became of every line of the transactions: lines used and left out make the lines read.",
        "每一行交易的去向：已采用与未采用之和等于读取的行数与收入。",
    ),
    behind=_behind,
)
