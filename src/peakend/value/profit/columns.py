"""The result tables of customers' profit: their columns, and what each of them means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.declaration import ResultColumn, ResultTable
from peakend.feedback.score_columns import SHARE, column, interval_ends
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation

_MONEY = "money"
CUSTOMERS = "customers"


def money(name: str, en: str, zh: str) -> ResultColumn:
    return column(name, "money", en, zh, _MONEY)


POSITION = column("position", "integer", "Order of the rows", "行次")
CURRENCY = column("currency", "string", "Currency (ISO 4217)", "币种")
AS_OF = column("as_of_on", "day", "As of the start of this day", "截至该日零时")
LABELS = (
    column("label_en", "string", "Name in English", "英文名称"),
    column("label_zh", "string", "Name in Chinese", "中文名称"),
)

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


def _behind_whale(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.value.profit.whale import customers_of

    return customers_of(inputs, row)


PROFIT_WHALE = ResultTable(
    "profit_whale",
    (
        column("percentile", "integer", "Point of the curve, 0 to 100", "曲线上的点，0 至 100"),
        column(
            "customers",
            "integer",
            "Customers up to here, most profitable first",
            "累计客户数（自高到低）",
            CUSTOMERS,
        ),
        column("customer_share", "number", "Their share of all customers", "累计客户占比", SHARE),
        money("own_profit", "Profit of the customers of this percentile alone", "该百分位客户自身的利润"),
        money("profit", "Profit of all customers up to here", "累计利润"),
        column(
            "profit_share",
            "number",
            "The same over total profit; above 1 where others lose it again (empty: no profit in all)",
            "累计利润与总利润之比；大于 1 表示其后客户造成亏损（空为总利润不为正）",
            SHARE,
        ),
        AS_OF,
        CURRENCY,
    ),
    ("percentile",),
    Text(
        "The whale curve: cumulative profit from the most to the least profitable customer.",
        "鲸鱼曲线：客户按利润自高到低累计的利润。",
    ),
    _behind_whale,
)

PROFIT_DECILES = ResultTable(
    "profit_deciles",
    (
        column(
            "decile",
            "integer",
            "Tenth of customers by profit, 1 the most profitable",
            "利润十分位（1 为最高）",
        ),
        column("tier", "string", "protect, grow, lean or turn", "层级：protect、grow、lean 或 turn"),
        column("tier_en", "string", "Tier in English", "层级英文名称"),
        column("tier_zh", "string", "Tier in Chinese", "层级中文名称"),
        column("policy_en", "string", "What to do, in English (a stated default)", "管理策略（英文，预设）"),
        column("policy_zh", "string", "What to do, in Chinese (a stated default)", "管理策略（中文，预设）"),
        column("customers", "integer", "Customers", "客户数", CUSTOMERS),
        money("revenue", "Sales less refunds", "销售减退款"),
        money("margin", "Margin", "毛利"),
        money(
            "other_value", "Referral, information, reference and other value", "推荐、信息、示范与其他价值"
        ),
        money("cost_to_serve", "Cost to serve", "服务成本"),
        money("acquisition", "Cost to win them", "获客成本"),
        money("retention", "Cost to keep them", "维系成本"),
        money("other_cost", "Other cost", "其他成本"),
        money("profit", "Profit; the ten add up to the total", "利润；十组之和等于总利润"),
        column("profit_share", "number", "Share of total profit", "占总利润的比例", SHARE),
        column("mean_profit", "number", "Profit a customer", "人均利润", _MONEY),
        money("highest", "Highest profit among them", "其中最高利润"),
        money("lowest", "Lowest profit among them", "其中最低利润"),
        column("unprofitable", "integer", "Of these, customers with a loss", "其中亏损客户", CUSTOMERS),
        column(
            "young",
            "integer",
            "Of these, first bought in the last 90 days",
            "其中近 90 天首次购买者",
            CUSTOMERS,
        ),
        column(
            "young_unprofitable", "integer", "Of these, without profit so far", "其中尚未盈利者", CUSTOMERS
        ),
        column("bought_once", "integer", "Bought on one day only", "只在一天内购买过的客户", CUSTOMERS),
        money(
            "potential", "Expected lifetime value (empty: not estimated)", "预期客户终身价值（空为未估计）"
        ),
        column(
            "would_pay_back",
            "integer",
            "Without profit, but expected to bring more than they have cost",
            "尚未盈利，但预期价值高于已亏损额的客户",
            CUSTOMERS,
        ),
        column(
            "caution_en",
            "string",
            "What past profit alone would get wrong, in English",
            "仅凭过往利润的误判风险（英文）",
        ),
        column(
            "caution_zh",
            "string",
            "What past profit alone would get wrong, in Chinese",
            "仅凭过往利润的误判风险（中文）",
        ),
        AS_OF,
        CURRENCY,
    ),
    ("decile",),
    Text(
        "Tenths of customers by profit: what they bring and cost, what to do, and what past profit hides.",
        "按利润分为十组：各组的价值、成本与管理策略，以及过往利润未能反映之处。",
    ),
    _behind_whale,
)

PROFIT_FIGURES = ResultTable(
    "profit_figures",
    (
        POSITION,
        column(
            "measure",
            "string",
            "customers, profitable, break_even, unprofitable, peak; high_value_customers_20 …, "
            "high_value_profit_80 …",
            "指标：customers、profitable、break_even、unprofitable、peak；high_value_customers_20 等、"
            "high_value_profit_80 等",
        ),
        column("kind", "string", "curve or threshold", "类型：curve 曲线、threshold 门槛"),
        *LABELS,
        column("customers", "integer", "Customers", "客户数", CUSTOMERS),
        money("profit", "Their profit", "其利润"),
        column(
            "value",
            "number",
            "Share of customers; for peak and thresholds of total profit (empty: no profit in all)",
            "客户占比；peak 与门槛行为占总利润的比例（空为总利润不为正）",
            SHARE,
        ),
        *interval_ends("value", SHARE),
        column("unit", "string", "share", "单位：share 占比"),
        column("customer_share", "number", "Share of customers (thresholds)", "客户占比（门槛行）", SHARE),
        AS_OF,
        CURRENCY,
    ),
    ("measure",),
    Text(
        "Who is a value customer, who a high-value one by which threshold, and what the unprofitable lose.",
        "哪些是价值客户、各门槛下的高价值客户，以及亏损客户造成的损失。",
    ),
    _behind_whale,
)
