"""The result tables of funnels, flows and retention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import HIDDEN, SHARE, column, interval_ends
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation


def _reached(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.journey.funnels.funnel_tables import customers_at

    return customers_at(inputs, row, lost=False)


def _lost(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.journey.funnels.funnel_tables import customers_at

    return customers_at(inputs, row, lost=True)


def _moved(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.journey.funnels.flow_tables import journeys_that_moved

    return journeys_that_moved(inputs, row)


def _in_cell(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.journey.funnels.retention_tables import customers_of_cell

    return customers_of_cell(inputs, row)


def _in_curve(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.journey.funnels.retention_tables import customers_of_point

    return customers_of_point(inputs, row)


_CUT = (
    column("segmentation", "string", "Declared segmentation; 'all' for everybody", "划分名称；all 为全体"),
    column("segment", "string", "Segment; 'all' for everybody", "分群；all 为全体"),
)
_FUNNEL = (
    column(
        "funnel",
        "string",
        "Funnel: moments (of truth), stages (of the registry), or design/ and the design's key",
        "漏斗：moments 关键时刻、stages 登记的各阶段，或 design/ 加设计编号",
    ),
    column(
        "kind",
        "string",
        "moments, stages or design",
        "类型：moments 关键时刻、stages 阶段、design 设计旅程",
    ),
    column("version", "string", "Version of the design (empty: none)", "设计版本（空为无）"),
    *_CUT,
    column("step", "integer", "Step, from 1", "步骤（自 1 起）"),
    column("label_en", "string", "What the step is, in English", "步骤的英文名称"),
    column("label_zh", "string", "What the step is, in Chinese", "步骤的中文名称"),
    column(
        "stage",
        "string",
        "Stage of its touchpoints (empty: not known)",
        "接触点所属阶段（空为未知）",
    ),
)
FUNNEL_KEY = ("funnel", "segmentation", "segment", "step")

FUNNEL_STEPS = ResultTable(
    "funnel_steps",
    (
        *_FUNNEL,
        column("reached", "integer", "Customers who reached the step", "到达该步的客户", "customers"),
        column(
            "share_of_first",
            "number",
            "Of those at the first step, the share that reached this one",
            "到达该步者占首步客户的比例",
            SHARE,
        ),
        *interval_ends("share_of_first", SHARE),
        column(
            "share_of_previous",
            "number",
            "Of those at the step before, the share that reached this one",
            "到达该步者占上一步客户的比例",
            SHARE,
        ),
        *interval_ends("share_of_previous", SHARE),
        column("median_s", "number", "Median time since the step before", "距上一步用时的中位数", "seconds"),
        column(
            "p90_s",
            "number",
            "Nine in ten needed no more since the step before (nearest rank)",
            "九成客户距上一步的用时不超过此值（最近秩）",
            "seconds",
        ),
        column(
            "difference",
            "number",
            "share_of_previous minus that of all others of the segmentation",
            "share_of_previous 减去该划分中其他客户的相应比例",
            SHARE,
        ),
        *interval_ends("difference", SHARE),
        column("p_value", "number", "Two-sided p of no difference", "无差异假设下的双侧 p 值", "probability"),
        column(
            "adjusted_p",
            "number",
            "p after Holm's correction over the funnel's steps and the segmentation's segments",
            "对该漏斗各步与该划分各分群作 Holm 校正后的 p 值",
            "probability",
        ),
        column(
            "verdict",
            "string",
            "better, worse or cannot_tell (empty: not compared)",
            "结论：better 更好、worse 更差、cannot_tell 尚不能断定（空为未比较）",
        ),
        *HIDDEN,
    ),
    FUNNEL_KEY,
    Text(
        "How many customers get from step to step of each funnel, everybody and by segment.",
        "各漏斗逐步到达的客户数，按全体与分群列示。",
    ),
    _reached,
)
FUNNEL_LOSSES = ResultTable(
    "funnel_losses",
    (
        *_FUNNEL,
        column("next_en", "string", "The step they did not reach, in English", "未到达的下一步（英文）"),
        column("next_zh", "string", "The step they did not reach, in Chinese", "未到达的下一步（中文）"),
        column("n", "integer", "Customers who reached the step", "到达该步的客户", "customers"),
        column(
            "lost", "integer", "Of these, customers who never got further", "其中未再前进的客户", "customers"
        ),
        column("share", "number", "Share lost", "流失比例", SHARE),
        *interval_ends("share", SHARE),
        *HIDDEN,
    ),
    FUNNEL_KEY,
    Text(
        "Where customers are lost: who reached a step and not the next.",
        "客户在哪里流失：到达该步而未到达下一步者。",
    ),
    _lost,
)
FLOW_STEPS = ResultTable(
    "flow_steps",
    (
        column("step", "integer", "Place in the journey of where they come from", "出发点在旅程中的次序"),
        column("from_touchpoint", "string", "Touchpoint; (other) for the rest", "接触点；(other) 为其余"),
        column(
            "to_touchpoint",
            "string",
            "Next touchpoint; (other) for the rest, (end) where the journey ends",
            "下一接触点；(other) 为其余，(end) 为旅程结束",
        ),
        column("from_en", "string", "Where from, in English", "出发点英文名称"),
        column("from_zh", "string", "Where from, in Chinese", "出发点中文名称"),
        column("to_en", "string", "Where to, in English", "去向英文名称"),
        column("to_zh", "string", "Where to, in Chinese", "去向中文名称"),
        column("n", "integer", "Journeys there at this step", "该步处于此处的旅程", "journeys"),
        column(
            "moved", "integer", "Of these, journeys that went on so", "其中按此去向继续的旅程", "journeys"
        ),
        column("customers", "integer", "Customers of these journeys", "这些旅程的客户", "customers"),
        column("share", "number", "Share that went on so", "该去向占比", SHARE),
        *interval_ends("share", SHARE),
        *HIDDEN,
    ),
    ("step", "from_touchpoint", "to_touchpoint"),
    Text(
        "What follows what, step by step from the start of a journey.", "自旅程开始起，每一步之后去向何处。"
    ),
    _moved,
)


def _cohorts(name: str, came: Text, meaning: Text) -> ResultTable:
    return ResultTable(
        name,
        (
            column("period_kind", "string", "month or week", "周期：month 月、week 周"),
            column("cohort_on", "day", "First day of the period they began in", "首次出现所在周期的首日"),
            column("period", "integer", "Periods since then", "此后第几个周期", "periods"),
            column(
                "state",
                "string",
                "observed, incomplete (the data end within the period) or future",
                "状态：observed 已观测、incomplete 数据止于该周期之内、future 尚未开始",
            ),
            column("size", "integer", "Customers of the cohort", "该批客户数", "customers"),
            column("returned", "integer", came.en, came.zh, "customers"),
            column("share", "number", "Share of the cohort", "占该批客户的比例", SHARE),
            *interval_ends("share", SHARE),
            column(
                "rolling",
                "number",
                "Share that came in this period or later; rises when more data come",
                "该周期或之后到来的比例；随数据增加只升不降",
                SHARE,
            ),
            *interval_ends("rolling", SHARE),
            *HIDDEN,
        ),
        ("cohort_on", "period"),
        meaning,
        _in_cell,
    )


def _curves(name: str, meaning: Text) -> ResultTable:
    return ResultTable(
        name,
        (
            column("period_kind", "string", "month or week", "周期：month 月、week 周"),
            *_CUT,
            column("period", "integer", "Periods since they began", "首次出现后第几个周期", "periods"),
            column(
                "n",
                "integer",
                "Customers of all cohorts for which the period is over",
                "该周期已结束的各批客户数",
                "customers",
            ),
            column(
                "returned",
                "integer",
                "Of these, customers who came in it",
                "其中在该周期到来的客户",
                "customers",
            ),
            column("share", "number", "Share that came", "到来比例", SHARE),
            *interval_ends("share", SHARE),
            *HIDDEN,
        ),
        ("segmentation", "segment", "period"),
        meaning,
        _in_curve,
    )


RETENTION_COHORTS = _cohorts(
    "retention_cohorts",
    Text("Customers who were in touch again in this period", "该周期内再次互动的客户"),
    Text(
        "Of the customers who first met the company in a period, how many were in touch again in the periods "
        "after it.",
        "某周期首次接触的客户，在其后各周期再次互动的比例。",
    ),
)
RETENTION_CURVES = _curves(
    "retention_curves",
    Text(
        "How many are still in touch after so many periods, everybody and by segment.",
        "若干周期后仍有互动的比例，按全体与分群列示。",
    ),
)
PURCHASE_COHORTS = _cohorts(
    "purchase_cohorts",
    Text("Customers who bought again in this period", "该周期内再次购买的客户"),
    Text(
        "Of the customers who first bought in a period, how many bought again in the periods after it.",
        "某周期首次购买的客户，在其后各周期再次购买的比例。",
    ),
)
PURCHASE_CURVES = _curves(
    "purchase_curves",
    Text(
        "How many still buy after so many periods, everybody and by segment.",
        "若干周期后仍在购买的比例，按全体与分群列示。",
    ),
)
