"""The result table of the gaps between expectation and perception: its columns and what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import HIDDEN, PERIOD, SHARE, column
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.declaration import ResultColumn

POINTS = "points"


def _with_ends(name: str, en: str, zh: str, unit: str) -> tuple[ResultColumn, ...]:
    return (
        column(name, "number", en, zh, unit),
        column(f"{name}_low", "number", f"Lower end of the interval of {name}", f"{name} 的区间下限", unit),
        column(f"{name}_high", "number", f"Upper end of the interval of {name}", f"{name} 的区间上限", unit),
    )


_WHAT = (
    column(
        "level",
        "string",
        "item (one question), dimension (mean of its items) or all (mean of the dimensions)",
        "层级：item 单题、dimension 维度（各题均值）、all 全部（各维度均值）",
    ),
    column(
        "item",
        "string",
        "Perception question, dimension ('not declared' where there is none), or 'all'",
        "感知题编号、维度（未声明为 not declared），或 all",
    ),
    column("expectation_id", "string", "Expectation question", "期望题"),
    column("label_en", "string", "Label in English", "英文标签"),
    column("label_zh", "string", "Label in Chinese", "中文标签"),
    column("dimension", "string", "Dimension of the item", "题目所属维度"),
    column("touchpoint_id", "string", "Touchpoint of the item", "题目所属接触点"),
)

_GAP = (
    column("n", "integer", "Respondents who gave both", "期望与感知均作答的应答数", "responses"),
    column("expectation", "number", "Mean expectation on 0–100", "平均期望（0–100）", POINTS),
    column("perception", "number", "Mean perception on 0–100", "平均感知（0–100）", POINTS),
    *_with_ends(
        "gap",
        "perception − expectation, each respondent with himself; weighted where the survey is",
        "差距 = 感知 − 期望（同一人配对；有权重则加权）",
        POINTS,
    ),
    column("p", "number", "p of the gap against 0, two-sided", "差距是否为 0 的双侧 p 值", "probability"),
    column(
        "adjusted_p",
        "number",
        "p after Holm over the rows of its level in the period",
        "在本期同层级内经 Holm 校正的 p 值",
        "probability",
    ),
    column("compared", "integer", "How many gaps were tested together", "一并检验的差距个数", "rows"),
    column(
        "verdict",
        "string",
        "short_of_expectation, above_expectation or cannot_tell",
        "结论：short_of_expectation 低于期望、above_expectation 高于期望、cannot_tell 尚不能断定",
    ),
)

_CONFIRMATION = (
    *_with_ends("worse", "Share that found it worse than expected", "低于期望者占比", SHARE),
    *_with_ends("better", "Share that found it better than expected", "高于期望者占比", SHARE),
    column("as_expected", "number", "Share within the tolerance of expectation", "与期望相符者占比", SHARE),
    *_with_ends("far_better", "Share that found it far better than expected", "远高于期望者占比", SHARE),
    column(
        "could_be_far_better",
        "number",
        "Share whose expectation left that much room on the scale",
        "期望之上仍留有足够空间者占比",
        SHARE,
    ),
    *_with_ends("index", "100 · (better − worse): −100 to 100", "100 ×（高于 − 低于），−100 至 100", POINTS),
    column(
        "tolerance",
        "number",
        "Within how many points perception counts as expected",
        "感知与期望相差在此之内视为相符",
        POINTS,
    ),
)

_SERVICE = (
    *_with_ends(
        "worth",
        "Points of the overall score (0–100) that go with 10 points above expectation",
        "感知每高出期望 10 分所对应的总体评分（0–100）分数",
        POINTS,
    ),
    column(
        "service",
        "string",
        "under_serviced, over_serviced, surplus_pays, surplus_unclear or cannot_tell",
        "under_serviced 服务不足、over_serviced 服务过度、surplus_pays 超出有回报、"
        "surplus_unclear 超出但回报不明、cannot_tell 尚不能断定",
    ),
    column(
        "service_p",
        "number",
        "p of that claim after Holm over the items",
        "该结论经 Holm 校正的 p 值",
        "probability",
    ),
    column(
        "worth_reason",
        "string",
        "Why the worth is not known: no_overall, too_few, no_surplus, collinear",
        "为何无法得知回报：no_overall 无总体题、too_few 太少、no_surplus 无人超出、collinear 完全共线",
    ),
    *_with_ends(
        "saving",
        "Over-serviced items with cost_per_point: gap times that cost, for each customer served",
        "服务过度且注明 cost_per_point 的题：差距 × 单位成本（每位被服务客户）",
        "money",
    ),
)

_RELATION = (
    column(
        "overall_id",
        "string",
        "Row 'all': the question about the whole",
        "all 行：所用的总体题",
    ),
    *_with_ends(
        "adds",
        "Row 'all': points of the overall that go with 10 points more of gap at equal perception",
        "all 行：感知相同时，差距每多 10 分所对应的总体评分分数",
        POINTS,
    ),
    column(
        "adds_p",
        "number",
        "Row 'all': p that disconfirmation explains beyond perception",
        "all 行：失验在感知之外是否仍有解释力的 p 值",
        "probability",
    ),
    column(
        "explained_by_perception",
        "number",
        "Row 'all': share of the overall's variance that perception explains",
        "all 行：感知解释的总体评分方差占比",
        SHARE,
    ),
    column(
        "explained_by_both",
        "number",
        "Row 'all': share that perception and disconfirmation explain",
        "all 行：感知与失验共同解释的占比",
        SHARE,
    ),
    column(
        "adds_reason",
        "string",
        "Row 'all': why that was not tested: no_overall, too_few, nothing_varies, collinear",
        "all 行：未检验的原因：no_overall 无总体题、too_few 太少、nothing_varies 无差异、collinear 完全共线",
    ),
)

EXPECTATION_GAPS = ResultTable(
    "expectation_gaps",
    (*PERIOD, *_WHAT, *_GAP, *_CONFIRMATION, *_SERVICE, *_RELATION, *HIDDEN),
    ("programme", "period", "level", "item"),
    Text(
        "What customers perceived against what they expected, by item and dimension, on 0–100. Where periods "
        "are months, the period 'all' holds them together.",
        "客户的感知与期望之比较，按题与维度，统一为 0–100 分。期间为月份时，另有 all 汇总各月。",
    ),
)
