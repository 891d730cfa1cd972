"""The result tables of customers' profit: their columns, and what each of them means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.declaration import ResultColumn, ResultTable
from peakend.feedback.score_columns import HIDDEN, SHARE, column, interval_ends
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


def _behind_segment(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.value.profit.profit_segments import customers_of

    return customers_of(inputs, row)


def _behind_cohort(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.value.profit.cohorts import customers_of

    return customers_of(inputs, row)


def _behind_sku(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.value.profit.sku_margins import customers_of

    return customers_of(inputs, row)


def _behind_turnaround(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.value.profit.turnaround import customers_of

    return customers_of(inputs, row)


PROFIT_SEGMENTS = ResultTable(
    "profit_segments",
    (
        column(
            "cut",
            "string",
            "all, a declared segmentation, main_channel, main_site, entry_product or entry_channel",
            "划分：all 全体、既定划分、main_channel 主要渠道、main_site 主要网点、entry_product 首购产品、"
            "entry_channel 首购渠道",
        ),
        column("cell", "string", "Segment, channel, site or product", "分群、渠道、网点或产品"),
        column("n", "integer", "Customers", "客户数", CUSTOMERS),
        money("profit", "Their profit", "其利润"),
        money("revenue", "Their revenue", "其收入"),
        money("cost_to_serve", "Their cost to serve", "其服务成本"),
        column("mean_profit", "number", "Profit a customer", "人均利润", _MONEY),
        *interval_ends("mean_profit", _MONEY),
        column("unprofitable", "integer", "Of these, customers with a loss", "其中亏损客户", CUSTOMERS),
        money("lost", "What they lose", "其亏损额"),
        column("unprofitable_share", "number", "Share of customers with a loss", "亏损客户占比", SHARE),
        *interval_ends("unprofitable_share", SHARE),
        column(
            "difference",
            "number",
            "mean_profit minus that of all others of the cut",
            "mean_profit 减去该划分其他客户的均值",
            _MONEY,
        ),
        column(
            "p_value",
            "number",
            "Two-sided p of no difference (Welch)",
            "无差异的双侧 p 值（Welch）",
            "probability",
        ),
        column(
            "adjusted_p",
            "number",
            "p after Holm's correction over the cut",
            "在该划分内作 Holm 校正后的 p 值",
            "probability",
        ),
        column(
            "verdict",
            "string",
            "more, less or cannot_tell (empty: not compared)",
            "结论：more 更多、less 更少、cannot_tell 尚不能断定（空为未比较）",
        ),
        *HIDDEN,
        CURRENCY,
    ),
    ("cut", "cell"),
    Text(
        "Profit by segment, channel, site and entry product, with an interval that allows for skewness.",
        "按分群、渠道、网点与首购产品的利润；区间已计入偏态。",
    ),
    _behind_segment,
)

_COHORT = (
    column("kind", "string", "all, or cohort", "all 全体，或 cohort 某批"),
    column(
        "cohort_on",
        "day",
        "Month in which they first bought or joined (empty: all)",
        "首次购买或加入的月份（空为全体）",
    ),
)
_CUMULATIVE = (
    column(
        "cumulative_per_customer",
        "number",
        "Profit a customer since the beginning, cost of winning them included",
        "自开始以来的人均累计利润（含获客成本）",
        _MONEY,
    ),
    *interval_ends("cumulative_per_customer", _MONEY),
)

PROFIT_COHORTS = ResultTable(
    "profit_cohorts",
    (
        *_COHORT,
        column("month", "integer", "Months since then", "此后第几个月", "months"),
        column(
            "state",
            "string",
            "observed, or incomplete (the month is not over)",
            "observed 已观测、incomplete 该月尚未结束",
        ),
        column("customers", "integer", "Customers observed that long", "观测至此的客户数", CUSTOMERS),
        money("cumulative", "Their profit since the beginning", "其累计利润"),
        *_CUMULATIVE,
        *HIDDEN,
        CURRENCY,
    ),
    ("kind", "cohort_on", "month"),
    Text(
        "What customers have brought by so many months after they began, less what they cost.",
        "客户在开始后若干个月内的累计利润，已减去获取与服务成本。",
    ),
    _behind_cohort,
)

PROFIT_BREAK_EVEN = ResultTable(
    "profit_break_even",
    (
        *_COHORT,
        column("customers", "integer", "Customers", "客户数", CUSTOMERS),
        column("months_observed", "integer", "Months that are over", "已结束的月数", "months"),
        column(
            "acquisition_per_customer",
            "number",
            "What winning one of them cost, campaigns of their month included",
            "人均获客成本（含当月营销活动）",
            _MONEY,
        ),
        column(
            "break_even_month",
            "integer",
            "First month in which the mean is zero or above (empty: not yet)",
            "均值首次不小于零的月份（空为尚未）",
            "months",
        ),
        column(
            "earliest",
            "integer",
            "First month in which the upper end of the interval is",
            "区间上限首次不小于零的月份",
            "months",
        ),
        column(
            "latest",
            "integer",
            "First month in which the lower end is (empty: not yet shown)",
            "区间下限首次不小于零的月份（空为尚未证实）",
            "months",
        ),
        column(
            "state",
            "string",
            "reached, not_shown (the interval still reaches below zero) or not_yet",
            "reached 已回本、not_shown 尚未证实、not_yet 尚未回本",
        ),
        *_CUMULATIVE,
        *HIDDEN,
        CURRENCY,
    ),
    ("kind", "cohort_on"),
    Text(
        "In which month customers have paid back what they cost, or not yet.",
        "客户在第几个月回本，或尚未回本。",
    ),
    _behind_cohort,
)

ACQUISITION_COSTS = ResultTable(
    "acquisition_costs",
    (
        column(
            "cut",
            "string",
            "all, entry_product or entry_channel",
            "all 全体、entry_product 首购产品、entry_channel 首购渠道",
        ),
        column(
            "cell",
            "string",
            "Product or channel they came in by ('': not stated)",
            "首购产品或渠道（空串为未说明）",
        ),
        money(
            "spend",
            "Spent on winning customers; adds up to all in every cut",
            "获客支出；各划分内合计均等于总支出",
        ),
        money("spend_on_customers", "Of this, booked on customers", "其中记入客户"),
        money("spend_on_campaigns", "Of this, on campaigns", "其中营销活动"),
        column(
            "new_customers",
            "integer",
            "Customers who first bought in the data",
            "首次购买的新客户",
            CUSTOMERS,
        ),
        column("cac", "number", "Spend / new customers", "获客成本：支出／新客户", _MONEY),
        column(
            "payback_months",
            "integer",
            "Months until they have brought that much (empty: not yet)",
            "回收期（空为尚未）",
            "months",
        ),
        column("months_observed", "integer", "Months that are over for somebody", "已结束的月数", "months"),
        column(
            "brought_per_customer",
            "number",
            "Brought so far, before the cost of winning them",
            "迄今人均贡献（未减获客成本）",
            _MONEY,
        ),
        column(
            "state",
            "string",
            "paid_back, not_yet, nobody (no new customer) or not_stated",
            "paid_back 已回收、not_yet 尚未、nobody 无新客户、not_stated 未说明",
        ),
        *HIDDEN,
        CURRENCY,
    ),
    ("cut", "cell"),
    Text(
        "What winning a customer costs by the product and channel they came in by, and when it is paid back.",
        "按首购产品与渠道的获客成本与回收期。",
    ),
    _behind_cohort,
)

KEEPING_COSTS = ResultTable(
    "keeping_costs",
    (
        column("year", "integer", "Calendar year", "年度"),
        money("acquisition", "Spent on winning customers", "获客支出"),
        column(
            "new_customers",
            "integer",
            "Customers who first bought in the year",
            "当年首次购买的客户",
            CUSTOMERS,
        ),
        column("cost_to_win", "number", "acquisition / new_customers", "人均获客成本", _MONEY),
        money("retention", "Spent on keeping customers", "维系支出"),
        column(
            "kept_customers",
            "integer",
            "Bought in the year and began before it",
            "此前已开始且当年购买的客户",
            CUSTOMERS,
        ),
        column("cost_to_keep", "number", "retention / kept_customers", "人均维系成本", _MONEY),
        column(
            "ratio",
            "number",
            "cost_to_keep / cost_to_win: below 1, keeping is cheaper (empty: not known)",
            "维系与获取成本之比；小于 1 表示维系更省（空为未知）",
        ),
        CURRENCY,
    ),
    ("year",),
    Text(
        "What keeping a customer costs against winning one, by year.",
        "逐年比较维系一位客户与获取一位客户的成本。",
    ),
)

SKU_MARGINS = ResultTable(
    "sku_margins",
    (
        column("product_id", "string", "Product ('': none named)", "产品（空串为未注明）"),
        column("kind", "string", "sold, fee or adjustment", "sold 销售、fee 收费、adjustment 调整"),
        column("product_name", "string", "Name", "名称"),
        column("category", "string", "Category", "品类"),
        column("customers", "integer", "Identified customers who bought it", "购买的已识别客户", CUSTOMERS),
        column("baskets", "integer", "Orders it was in", "所在订单数", "orders"),
        column("lines", "integer", "Lines", "交易行数", "rows"),
        column("quantity", "number", "Quantity sold less returned", "净销量"),
        money("revenue", "Sales less refunds", "销售减退款"),
        money("product_cost", "Cost of what was sold, where it is known", "已知的销售成本"),
        money("margin", "revenue − product_cost", "毛利"),
        column(
            "margin_rate", "number", "margin / revenue (empty: no revenue)", "毛利率（空为无收入）", SHARE
        ),
        money("revenue_without_cost", "Revenue of lines whose cost nobody knows", "成本未知的交易行收入"),
        column(
            "lines_without_cost", "integer", "Lines whose cost nobody knows", "成本未知的交易行数", "rows"
        ),
        money("unit_cost", "Purchase cost of one (product list)", "单位进价（产品表）"),
        AS_OF,
        CURRENCY,
    ),
    ("product_id", "kind"),
    Text(
        "Cost and margin of every single item, by customers and baskets; adds up to the company's.",
        "单品成本与毛利，含客户与购物篮数；合计等于公司总数。",
    ),
    _behind_sku,
)

TURNAROUND = ResultTable(
    "turnaround",
    (
        POSITION,
        column(
            "lever_set",
            "string",
            "Levers, joined by +; none: whom no set turns",
            "手段组合，以 + 连接；none 为均无法扭亏者",
        ),
        *LABELS,
        column("levers", "integer", "Number of levers", "手段数"),
        column("customers", "integer", "All unprofitable customers", "全部亏损客户", CUSTOMERS),
        column(
            "turned",
            "integer",
            "Of these, whom the set brings to zero or above",
            "其中可扭亏的客户",
            CUSTOMERS,
        ),
        column("turned_share", "number", "turned / customers", "可扭亏占比", SHARE),
        column(
            "young",
            "integer",
            "Of those turned (none: of those not), first bought in the last 90 days",
            "其中近 90 天首次购买者（none 行为无法扭亏者中）",
            CUSTOMERS,
        ),
        column(
            "smallest_for",
            "integer",
            "Customers for whom no smaller set is enough; adds up to all",
            "以此为最小组合的客户；合计等于全部亏损客户",
            CUSTOMERS,
        ),
        money("smallest_gain", "What the set would gain on these", "对其实施的增益"),
        money("profit_before", "Profit of those turned, as it was", "可扭亏客户原利润"),
        money("profit_after", "The same, simulated", "可扭亏客户模拟利润"),
        money("all_before", "Profit of all unprofitable customers, as it was", "全部亏损客户原利润"),
        money("all_after", "The same, simulated", "全部亏损客户模拟利润"),
        money("gain", "all_after − all_before", "模拟利润减原利润"),
        column("feasible", "flag", "The set turns somebody", "是否有客户可扭亏"),
        column(
            "assumptions_en",
            "string",
            "What the levers are assumed to do, in English",
            "手段效果的假设（英文）",
        ),
        column(
            "assumptions_zh",
            "string",
            "What the levers are assumed to do, in Chinese",
            "手段效果的假设（中文）",
        ),
        AS_OF,
        CURRENCY,
    ),
    ("lever_set",),
    Text(
        "Which levers would turn unprofitable customers, and how many: simulated under stated assumptions.",
        "哪些手段可使亏损客户扭亏、能扭转多少：在所列假设下的模拟。",
    ),
    _behind_turnaround,
)
