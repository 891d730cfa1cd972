"""The registry's result tables: one record a touchpoint, and the counts over all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import SHARE, column, interval_ends
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation

POINTS = "points"

TOUCHPOINT = (
    column("touchpoint_id", "string", "Touchpoint", "接触点"),
    column("touchpoint_en", "string", "Its name", "接触点名称"),
    column("touchpoint_zh", "string", "Its name in Chinese", "接触点中文名称"),
)

_REGISTERED = (
    *TOUCHPOINT,
    column("parent_id", "string", "Touchpoint it is a part of", "所属上级接触点"),
    column("position", "integer", "Order in the journey", "旅程顺序"),
    column("stage", "string", "pre, purchase, use or service", "阶段：pre、purchase、use 或 service"),
    column("link", "string", "Link of the chain it belongs to", "所属环节"),
    column("experience_type", "string", "Experience type", "体验类型"),
    column("owner", "string", "Who answers for it", "责任人"),
    column(
        "ownership", "string", "owned, partner or earned", "归属：owned 自有、partner 合作方、earned 口碑"
    ),
    column("moment_of_truth", "flag", "Moment of truth", "是否关键时刻"),
    column("thread", "string", "Thread of the moments of truth", "关键时刻线索"),
    column("purpose", "string", "What it is studied for", "研究目的"),
    column("role", "string", "Meant to be the peak or the end", "设计为峰值或终值"),
)
_FOUND = (
    column(
        "status",
        "string",
        "met (registered and in the log), met_through_parts, never_met (registered, no event), unregistered "
        "(in the log only), mentioned (neither: surveys, cases or changes name it)",
        "met 已登记且有互动、met_through_parts 仅下级有互动、never_met 已登记但无互动、"
        "unregistered 有互动但未登记、mentioned 仅见于问卷、工单或变更",
    ),
    column("registered", "flag", "True: in the registry, with more than its key", "是否已登记（不只有编号）"),
    column("found", "flag", "True: the log has events of it", "互动流中是否出现"),
    column("events", "integer", "Events", "互动次数", "events"),
    column("event_share", "number", "Share of all events", "占全部互动的比例", SHARE),
    column("customers", "integer", "Identified customers who met it", "到访的已识别客户数", "customers"),
    column("anonymous_events", "integer", "Events without customer", "无客户标识的互动次数", "events"),
    column("customer_share", "number", "Share of all identified customers", "占全部已识别客户的比例", SHARE),
    *interval_ends("customer_share", SHARE),
    column("first_at", "time", "First event", "首次互动"),
    column("last_at", "time", "Last event", "末次互动"),
    column("channels_declared", "string", "Channels the registry names", "登记的渠道"),
    column("channels_met", "string", "Channels in the log, most used first", "实际渠道（按使用多少排列）"),
    column("channels_undeclared", "string", "Met, but not declared", "有互动但未登记的渠道"),
    column("channels_unmet", "string", "Declared, but never met", "已登记但无互动的渠道"),
)
_FELT = (
    column(
        "answers",
        "integer",
        "Scored answers about it, last wave or year",
        "最近一期或一年的评分答案数",
        "answers",
    ),
    column("score", "number", "Mean score, brought to 0–100", "平均得分（折算为 0–100）", POINTS),
    *interval_ends("score", POINTS),
    column("target", "number", "What the score is to reach", "得分目标", POINTS),
    column("gap", "number", "Score minus target", "得分减目标", POINTS),
    column(
        "gap_adjusted_p",
        "number",
        "p that score and target do not differ, after Holm's correction over all touchpoints with a target",
        "得分与目标无差别的 p 值，对全部有目标的接触点作 Holm 校正",
        "probability",
    ),
    column(
        "against_target",
        "string",
        "above, below, cannot_tell or no_target",
        "above 高于、below 低于、cannot_tell 尚不能断定、no_target 未设目标",
    ),
    column(
        "threshold",
        "number",
        "Score that counts as delivered: the target, else 75",
        "视为有效交付的得分：目标，未设则为 75",
        POINTS,
    ),
    column(
        "delivered",
        "number",
        "Share of scores at or above the threshold",
        "达到或高于该得分的占比（有效交付率）",
        SHARE,
    ),
    *interval_ends("delivered", SHARE),
    column("hidden", "flag", "True: too few answers to publish the score", "答案太少，得分不予公布"),
)
_CARE = (
    column("cases", "integer", "Cases about it", "工单数"),
    column("open_cases", "integer", "Of them not closed", "未办结工单数"),
    column("overdue_cases", "integer", "Of them past due", "已超时限的工单数"),
    column("initiatives", "integer", "Initiatives for it", "针对它的改进举措数"),
    column("cost", "money", "Cost of its events", "其互动引起的成本", "money"),
    column("cost_per_event", "number", "Cost an event", "每次互动的成本", "money"),
    column("currency", "string", "Currency (ISO 4217)", "币种"),
)


def _behind(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.journey.registry.meeting import customers_at

    return customers_at(inputs, row["touchpoint_id"])


REGISTRY = ResultTable(
    "touchpoint_registry",
    (*_REGISTERED, *_FOUND, *_FELT, *_CARE),
    ("touchpoint_id",),
    Text(
        "One record a touchpoint, registered or found: use, score, target, cases and cost side by side.",
        "每个接触点一行（已登记的或在数据中发现的）：使用、得分、目标、工单与成本并列。",
    ),
    behind=_behind,
)

CENSUS = ResultTable(
    "touchpoint_census",
    (
        column("registered", "integer", "Registered touchpoints", "已登记接触点数", "touchpoints"),
        column("met", "integer", "Of them with events, own or of a part", "其中有互动的", "touchpoints"),
        column("never_met", "integer", "Of them without events", "其中无互动的", "touchpoints"),
        column(
            "unregistered", "integer", "Found in the log, not registered", "有互动但未登记的", "touchpoints"
        ),
        column(
            "mentioned",
            "integer",
            "Only named by surveys, cases or changes",
            "仅被问卷、工单或变更提及的",
            "touchpoints",
        ),
        column(
            "moments_of_truth", "integer", "Registered as moments of truth", "登记为关键时刻的", "touchpoints"
        ),
        column("events", "integer", "Events of all touchpoints", "全部接触点的互动次数", "events"),
        column(
            "unregistered_events",
            "integer",
            "Of them at unregistered ones",
            "其中发生在未登记接触点的",
            "events",
        ),
        column(
            "nameless_events",
            "integer",
            "Events that name no touchpoint and no kind",
            "未注明接触点与类型的互动",
            "events",
        ),
        column(
            "impossible_events",
            "integer",
            "Events before 1970 or in the future, left out",
            "早于 1970 年或晚于当前时间而略去的互动",
            "events",
        ),
        column(
            "customers", "integer", "Identified customers in the log", "互动流中的已识别客户数", "customers"
        ),
        column("cases", "integer", "Cases, with or without touchpoint", "工单总数"),
        column("cases_elsewhere", "integer", "Of them without touchpoint", "其中未注明接触点的"),
        column("cost", "money", "All cost entries", "全部成本", "money"),
        column(
            "cost_elsewhere",
            "money",
            "Of it not of an event at a touchpoint",
            "其中不属于任何接触点互动的",
            "money",
        ),
        column("currency", "string", "Currency (ISO 4217)", "币种"),
    ),
    ("registered",),
    Text(
        "Registry and log counted: registered, met, never met, unregistered; events, cases and cost add up.",
        "登记与实际的核对：已登记、有互动、无互动、未登记各有多少；互动、工单与成本相加相符。",
    ),
)

PURPOSES = ResultTable(
    "touchpoint_purposes",
    (
        column(
            "purpose",
            "string",
            "risk (customers and risk), word_of_mouth, marketing, design",
            "risk 管理客户与风险、word_of_mouth 口碑、marketing 营销重点、design 产品设计",
        ),
        column("touchpoints", "integer", "Touchpoints studied for it", "为此研究的接触点数", "touchpoints"),
        column("moments_of_truth", "integer", "Of them moments of truth", "其中关键时刻", "touchpoints"),
        column("events", "integer", "Events at them", "互动次数", "events"),
        column("answers", "integer", "Scored answers about them", "评分答案数", "answers"),
        column(
            "indicator",
            "string",
            "What it is told by: open_cases, delivered, customer_share, score",
            "所用指标：open_cases 未办结工单、delivered 有效交付率、customer_share 触达率、score 得分",
        ),
        column("value", "number", "That indicator over its touchpoints", "该指标的值"),
        *interval_ends("value"),
    ),
    ("purpose",),
    Text(
        "The four purposes of studying touchpoints, each with its number.",
        "研究接触点的四个目的及各自的指标。",
    ),
)

MATRIX = ResultTable(
    "moment_matrix",
    (
        column("thread", "string", "product or contact", "product 产品使用、contact 服务与品牌接触"),
        column("moment", "string", "pre, during or post", "pre 事前、during 事中、post 事后"),
        column("touchpoints", "integer", "Registered touchpoints", "已登记接触点数", "touchpoints"),
        column("moments_of_truth", "integer", "Of them moments of truth", "其中关键时刻", "touchpoints"),
        column("met", "integer", "Of them met", "其中有互动的", "touchpoints"),
        column("events", "integer", "Events at them", "互动次数", "events"),
        column(
            "answers",
            "integer",
            "Scored answers about the moments of truth",
            "关键时刻的评分答案数",
            "answers",
        ),
        column(
            "delivered", "number", "Share of these scores at or above target", "其中达到目标的占比", SHARE
        ),
        *interval_ends("delivered", SHARE),
        column("hidden", "flag", "True: too few answers to publish", "答案太少，不予公布"),
        column(
            "assumption",
            "flag",
            "True: what the threads and stages hold is an assumption",
            "线索与阶段的内容是否为假设",
        ),
    ),
    ("thread", "moment"),
    Text(
        "Two threads by three stages: where the moments of truth lie, and how many of them are delivered.",
        "两条线索、三个阶段：关键时刻落在哪里，有多少得到有效交付。",
    ),
)
