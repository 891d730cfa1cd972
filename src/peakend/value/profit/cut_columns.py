"""The result tables of profit by segment and by item, and of whom which levers would turn profitable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import HIDDEN, SHARE, column, interval_ends
from peakend.language import Text
from peakend.value.profit.profit_columns import AS_OF, CURRENCY, CUSTOMERS, LABELS, MONEY, POSITION, money

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation


def _behind_segment(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.value.profit.profit_segments import customers_of

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
        column("mean_profit", "number", "Profit a customer", "人均利润", MONEY),
        *interval_ends("mean_profit", MONEY),
        column("unprofitable", "integer", "Of these, customers with a loss", "其中亏损客户", CUSTOMERS),
        money("lost", "What they lose", "其亏损额"),
        column("unprofitable_share", "number", "Share of customers with a loss", "亏损客户占比", SHARE),
        *interval_ends("unprofitable_share", SHARE),
        column(
            "difference",
            "number",
            "mean_profit minus that of all others of the cut",
            "mean_profit 减去该划分其他客户的均值",
            MONEY,
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
