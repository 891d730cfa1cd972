"""The result tables of costs by channel, of moving contacts, and of selling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import SHARE, column, interval_ends
from peakend.language import Text
from peakend.value.costing.costing_columns import CURRENCY, CUSTOMERS_HIDDEN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation


def _of_channel(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.value.costing.channel_tables import customers_of_channel

    return customers_of_channel(inputs, row)


CHANNEL_COSTS = ResultTable(
    "channel_costs",
    (
        column("channel", "string", "Channel; (none) where none is known", "渠道；(none) 为未知"),
        column("cost", "money", "Cost to serve that arose in it", "该渠道发生的服务成本"),
        column("unidentified_cost", "money", "Of this, for nobody known", "其中客户未识别的部分"),
        column("share", "number", "Share of all assigned cost", "占全部已分配成本的比例", SHARE),
        column(
            "contacts",
            "integer",
            "Interactions at touchpoints that were costed",
            "已计成本的接触点互动次数",
            "events",
        ),
        column(
            "cost_per_contact",
            "number",
            "Cost of interactions / contacts",
            "每次互动成本",
        ),
        column(
            "orders",
            "integer",
            "Orders placed in the channel on costed days",
            "在该渠道下的订单（成本覆盖日内）",
            "orders",
        ),
        column(
            "cost_per_order",
            "number",
            "Cost in the channel / orders (empty: no order)",
            "每笔订单的渠道成本（空为无订单）",
        ),
        column(
            "customers",
            "integer",
            "Identified customers served in it",
            "在该渠道得到服务的已识别客户",
            "customers",
        ),
        column(
            "cost_per_customer", "number", "Mean cost of these customers there", "这些客户在该渠道的平均成本"
        ),
        *interval_ends("cost_per_customer"),
        CURRENCY,
        CUSTOMERS_HIDDEN,
    ),
    ("channel",),
    Text(
        "What serving customers costs in each channel: by contact, by order, by customer.",
        "各渠道的服务成本：每次互动、每笔订单、每位客户。",
    ),
    _of_channel,
)
_SCALE = "share"
CHANNEL_MIGRATIONS = ResultTable(
    "channel_migrations",
    (
        column("touchpoint_id", "string", "Touchpoint", "接触点"),
        column("touchpoint_en", "string", "Touchpoint's name", "接触点名称"),
        column("touchpoint_zh", "string", "Touchpoint's name in Chinese", "接触点中文名称"),
        column("from_channel", "string", "Dearer channel", "较贵的渠道"),
        column("to_channel", "string", "Cheaper channel", "较省的渠道"),
        column("contacts", "integer", "Contacts in the dearer channel", "较贵渠道的互动次数", "events"),
        column("to_contacts", "integer", "Contacts in the cheaper channel", "较省渠道的互动次数", "events"),
        column("customers", "integer", "Customers in the dearer channel", "较贵渠道的客户", "customers"),
        column("from_cost", "number", "Cost of a contact in the dearer channel", "较贵渠道每次互动成本"),
        column("to_cost", "number", "Cost of a contact in the cheaper channel", "较省渠道每次互动成本"),
        column(
            "saving",
            "money",
            "Capacity that would be freed by moving all these contacts; money only once it is given up",
            "全部迁移所能释放的产能金额；只有产能随之削减才成为现金节省",
        ),
        column(
            "measure",
            "string",
            "What was felt is taken from: emotion, rating, csat, ces or nps (empty: nothing known)",
            "感受数据来源：emotion 情绪、rating、csat、ces 或 nps（空为无数据）",
        ),
        column(
            "from_persons",
            "integer",
            "Customers who told in the dearer channel",
            "较贵渠道中表达过感受的客户",
        ),
        column(
            "to_persons", "integer", "Customers who told in the cheaper channel", "较省渠道中表达过感受的客户"
        ),
        column(
            "from_felt",
            "number",
            "Mean feeling there, 0 worst to 1 best",
            "较贵渠道平均感受（0 最差，1 最好）",
            _SCALE,
        ),
        column(
            "to_felt",
            "number",
            "Mean feeling there, 0 worst to 1 best",
            "较省渠道平均感受（0 最差，1 最好）",
            _SCALE,
        ),
        column("difference", "number", "to_felt − from_felt", "感受之差：较省－较贵", _SCALE),
        *interval_ends("difference", _SCALE),
        column(
            "margin",
            "number",
            "How much worse it may be and still count as as good",
            "容许变差的幅度",
            _SCALE,
        ),
        column(
            "p_value",
            "number",
            "Two-sided p of being worse by exactly the margin",
            "恰好变差该幅度的双侧 p 值",
            "probability",
        ),
        column(
            "adjusted_p",
            "number",
            "p after Holm's correction over all pairs",
            "对全部渠道对作 Holm 校正后的 p 值",
            "probability",
        ),
        column(
            "verdict",
            "string",
            "move (shown not to be worse by the margin), keep (shown to be) or cannot_tell",
            "结论：move 可迁移（证实未变差至该幅度）、keep 不宜迁移（证实已超过）、cannot_tell 尚不能断定",
        ),
        CUSTOMERS_HIDDEN,
        CURRENCY,
    ),
    ("touchpoint_id", "from_channel", "to_channel"),
    Text(
        "What moving a touchpoint's contacts to a cheaper channel would free, and whether customers "
        "there are as well served.",
        "将某接触点的互动迁往较省渠道可释放多少成本，以及客户在那里的体验是否不差。",
    ),
)
SELLING_COSTS = ResultTable(
    "selling_costs",
    (
        column("month_on", "day", "First day of the month", "月份首日"),
        column("complete", "flag", "True: every day of the month is costed", "该月每一天均有成本"),
        column("orders", "integer", "Orders on costed days", "成本覆盖日内的订单", "orders"),
        column("customers", "integer", "Customers who ordered", "下单客户", "customers"),
        column(
            "steps",
            "integer",
            "Interactions at touchpoints of the stages before purchase and purchase",
            "售前与购买阶段接触点的互动次数",
            "events",
        ),
        column("selling_cost", "money", "What these interactions cost", "这些互动的成本"),
        column(
            "handling_cost",
            "money",
            "What handling orders, their lines and refunds cost",
            "订单、订单行与退款的处理成本",
        ),
        column("cost_per_order", "number", "selling_cost / orders", "每笔订单的销售成本"),
        column("handling_per_order", "number", "handling_cost / orders", "每笔订单的处理成本"),
        column("steps_per_order", "number", "steps / orders", "每笔订单的步骤数"),
        CURRENCY,
        CUSTOMERS_HIDDEN,
    ),
    ("month_on",),
    Text(
        "What selling an order costs, and how many steps it takes, by month.",
        "各月每笔订单的销售成本与步骤数。",
    ),
)
SELLING_TRENDS = ResultTable(
    "selling_trends",
    (
        column("measure", "string", "cost_per_order, handling_per_order or steps_per_order", "指标"),
        column("n", "integer", "Complete months with orders", "有订单的完整月份数", "months"),
        column("first", "number", "First month's value", "首月值"),
        column("last", "number", "Last month's value", "末月值"),
        column("slope", "number", "Change a month, least squares", "每月变化（最小二乘）"),
        *interval_ends("slope"),
        column("p_value", "number", "Two-sided p of no trend", "无趋势假设下的双侧 p 值", "probability"),
        column(
            "adjusted_p",
            "number",
            "p after Holm's correction over the measures",
            "对各指标作 Holm 校正后的 p 值",
            "probability",
        ),
        column(
            "verdict",
            "string",
            "better (falls), worse (rises) or cannot_tell",
            "结论：better 下降、worse 上升、cannot_tell 尚不能断定",
        ),
    ),
    ("measure",),
    Text("Whether selling gets cheaper and shorter.", "销售是否越来越省、步骤越来越少。"),
)
