"""The result tables of the whale curve: the curve, its tenths, and who is a value customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import SHARE, column, interval_ends
from peakend.language import Text
from peakend.value.profit.profit_columns import AS_OF, CURRENCY, CUSTOMERS, LABELS, MONEY, POSITION, money

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation


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
        column("mean_profit", "number", "Profit a customer", "人均利润", MONEY),
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
