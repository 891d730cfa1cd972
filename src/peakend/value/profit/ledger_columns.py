"""The result tables of each customer's profit, how it meets the books, and what is odd in them."""

from __future__ import annotations

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import column
from peakend.language import Text
from peakend.value.profit.profit_columns import AS_OF, CURRENCY, CUSTOMERS, LABELS, POSITION, money

CUSTOMER_PROFIT = ResultTable(
    "customer_profit",
    (
        column("customer_id", "string", "Customer", "客户"),
        money("revenue", "Sales less refunds", "销售减退款"),
        money("product_cost", "Cost of what was sold, where it is known", "已知的销售成本"),
        money(
            "margin",
            "revenue − product_cost, and margin booked without a transaction",
            "毛利：revenue − product_cost，加无对应交易的毛利分录",
        ),
        money("referral", "Value of referrals", "推荐价值"),
        money("information", "Value of information (ideas, reviews)", "信息价值（建议、点评）"),
        money("reference", "Value as a reference", "示范价值"),
        money("other_value", "Other value", "其他价值"),
        money(
            "cost_to_serve",
            "Cost to serve: costed by activity, and service entries",
            "服务成本：作业成本与服务分录",
        ),
        money("acquisition", "Cost to win the customer", "获客成本"),
        money("retention", "Cost to keep the customer", "维系成本"),
        money("other_cost", "Other cost", "其他成本"),
        money("profit", "Margin and other value less all costs", "利润：毛利与各项价值减全部成本"),
        column("is_value_customer", "flag", "Profit is above zero", "利润大于零"),
        column(
            "decile",
            "integer",
            "Tenth of customers by profit, 1 the most profitable",
            "利润十分位（1 为最高）",
        ),
        column("rank", "integer", "Place by profit, 1 the most profitable", "利润排名（1 为最高）"),
        column(
            "is_high_value",
            "flag",
            "Among the most profitable, by the threshold of high value",
            "是否高价值客户（按门槛）",
        ),
        money("booked_margin", "Margin booked without a transaction", "无对应交易的毛利分录"),
        money(
            "revenue_without_cost",
            "Revenue of lines whose cost nobody knows: it counts as margin",
            "成本未知的交易行收入，全部计为毛利",
        ),
        column(
            "lines_without_cost", "integer", "Lines whose cost nobody knows", "成本未知的交易行数", "rows"
        ),
        column(
            "cost_known",
            "string",
            "known, partly or unknown: whether the product cost is",
            "产品成本是否已知：known 已知、partly 部分、unknown 未知",
        ),
        column("first_on", "day", "Day of the first purchase (empty: none)", "首次购买日（空为无）"),
        column("last_on", "day", "Day of the last purchase (empty: none)", "最近购买日（空为无）"),
        column(
            "entry_product_id",
            "string",
            "Product of the first line ever bought (empty: none)",
            "首次购买的产品（空为无）",
        ),
        column(
            "entry_channel", "string", "Channel of that line (empty: not known)", "首次购买的渠道（空为未知）"
        ),
        AS_OF,
        CURRENCY,
    ),
    ("customer_id",),
    Text(
        "What every customer brought and cost, from transactions, posted entries and cost to serve.",
        "每位客户带来的价值与引起的成本，来自交易、已过账分录与服务成本。",
    ),
)

PROFIT_RECONCILIATION = ResultTable(
    "profit_reconciliation",
    (
        POSITION,
        column(
            "kind",
            "string",
            "revenue, margin (booked), referral, information, reference, other_value; product, service, "
            "acquisition, retention, other_cost; profit",
            "类别：revenue、margin（分录）、referral、information、reference、other_value；product、service、"
            "acquisition、retention、other_cost；profit",
        ),
        *LABELS,
        column("month_on", "day", "First day of the month (empty: all months)", "月份首日（空为全部月份）"),
        money("customers", "Of identified customers: the sum of their profits' column", "已识别客户之和"),
        money("unidentified", "Caused by customers not identified", "未识别客户引起"),
        money("fees", "Fees", "收费"),
        money("adjustments", "Adjustments", "调整"),
        money("unallocated", "Nobody's: campaigns, unused capacity", "未分配：营销活动、未用产能"),
        money("company", "The five added", "以上五项之和"),
        money("ledger", "What the general ledger books (empty: nothing)", "总账入账金额（空为未入账）"),
        money("difference", "company − ledger", "公司合计减总账"),
        column(
            "state", "string", "agrees, differs or no_ledger", "agrees 相符、differs 不符、no_ledger 总账无"
        ),
        column(
            "months_known",
            "flag",
            "False: the total has costs that are not known by month",
            "否：合计含有无法按月归属的成本",
        ),
        CURRENCY,
    ),
    ("kind", "month_on"),
    Text(
        "Customers, unidentified and unallocated make the company's total, to the cent, and how it compares "
        "with the ledger by kind and month; costs are positive.",
        "客户、未识别与未分配之和等于公司合计（精确到分），并按类别与月份与总账核对；成本记正数。",
    ),
)

PROFIT_CHECKS = ResultTable(
    "profit_checks",
    (
        POSITION,
        column("check", "string", "What was found", "检查项"),
        *LABELS,
        column("lines", "integer", "Lines, entries, events or months it is true of", "涉及的行数", "rows"),
        column(
            "customers",
            "integer",
            "Identified customers among them (empty: not counted)",
            "涉及的已识别客户数（空为未计）",
            CUSTOMERS,
        ),
        money("amount", "Their money (empty: makes no sum)", "涉及金额（空为不可加总）"),
        column(
            "counted",
            "flag",
            "Whether these lines are in customers' profit (empty: no question)",
            "是否计入客户利润（空为不适用）",
        ),
        CURRENCY,
    ),
    ("check",),
    Text(
        "What profit stands on, and what is odd in the books: each named and counted.",
        "利润的依据与账目中的异常，逐项列明并计数。",
    ),
)
