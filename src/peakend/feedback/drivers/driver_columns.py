"""The result tables of the driver analyses: their columns, and what each of them means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import SHARE, SPAN, column, interval_ends
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.declaration import ResultColumn

POINTS = "scale points"
HUNDRED = "points"
PROBABILITY = "probability"

OUTCOME = (
    column("outcome_id", "string", "Overall question that is explained", "被解释的总体题"),
    column("outcome_en", "string", "Its label in English", "其英文标签"),
    column("outcome_zh", "string", "Its label in Chinese", "其中文标签"),
    column(
        "outcome_metric", "string", "Its metric: nps, csat, ces or rating", "其指标：nps、csat、ces 或 rating"
    ),
)
PART = (
    column("question_id", "string", "Part: a question about one thing", "部分：只问某一项的题目"),
    column("label_en", "string", "Its label in English", "其英文标签"),
    column("label_zh", "string", "Its label in Chinese", "其中文标签"),
    column("dimension", "string", "Dimension of the question", "题目所属维度"),
    column("touchpoint_id", "string", "Touchpoint of the question", "题目所属接触点"),
)
WHICH = (*SPAN, *OUTCOME, *PART)
WHY = (
    column(
        "reason",
        "string",
        "Why numbers are missing: too_few_answers, too_few_answered_it, no_variance, never_together, "
        "not_converged, one_class, collinear, nothing_varies or input (empty: nothing is missing)",
        "数字空缺的原因：too_few_answers 答案太少、too_few_answered_it 作答者过少、no_variance 答案全同、"
        "never_together 从未同时作答、not_converged 未收敛、one_class 仅有一类、collinear 完全共线、"
        "nothing_varies 无差异、input 数据不符（空为无空缺）",
    ),
)


def interval(name: str, unit: str, en: str, zh: str) -> tuple[ResultColumn, ...]:
    """A number with the ends of its interval."""
    return (column(name, "number", en, zh, unit), *interval_ends(name, unit))


def test(name: str, en: str, zh: str) -> tuple[ResultColumn, ...]:
    """A p-value and Holm's."""
    return (
        column(f"{name}_p", "number", f"Two-sided p: {en}", f"双侧 p 值：{zh}", PROBABILITY),
        column(
            f"{name}_adjusted_p",
            "number",
            f"{name}_p after Holm's correction over the parts",
            f"{name}_p 对全部部分作 Holm 校正后的值",
            PROBABILITY,
        ),
    )


_RANK = (
    column("rank", "integer", "Place, 1 the largest", "名次（1 为最大）"),
    column("rank_low", "integer", "Best place it can hold", "可能的最高名次"),
    column(
        "rank_high",
        "integer",
        "Worst place it can hold; the places of all parts hold together at the stated confidence",
        "可能的最低名次；各项名次区间在所述置信水平下同时成立",
    ),
)

_NOTHING = column(
    "r2_p",
    "number",
    "p that the parts go with nothing of the outcome (F test on the effective number)",
    "各部分与总体题毫无关联的 p 值（按有效样本量作 F 检验）",
    PROBABILITY,
)

MODELS = ResultTable(
    "driver_models",
    (
        *SPAN,
        *OUTCOME,
        column(
            "n",
            "integer",
            "Respondents who gave the outcome and any part",
            "给出总体题及任一部分的应答者数",
            "responses",
        ),
        column(
            "effective_n", "number", "Kish's effective number of them", "其有效样本量（Kish）", "responses"
        ),
        column("complete", "integer", "Those of them who skipped no part", "其中没有跳答者", "responses"),
        column("parts", "integer", "Parts in the model", "纳入模型的部分数"),
        column(
            "left_out",
            "integer",
            "Parts left out, with their reason in driver_importance",
            "未纳入的部分数（原因见 driver_importance）",
        ),
        *interval(
            "r2",
            SHARE,
            "Share of the outcome's variance that goes with the parts",
            "总体题的差异中与各部分相伴的比例",
        ),
        _NOTHING,
        column(
            "method",
            "string",
            "lmg (exact) or permutation (random orders)",
            "lmg 精确或 permutation 随机次序",
        ),
        column(
            "common",
            "number",
            "Share of the parts' variance along one common factor: the halo",
            "各部分差异中由一个公共因子承担的比例（光环）",
            SHARE,
        ),
        column("mean_correlation", "number", "Mean correlation of two parts", "两两部分的平均相关"),
        column(
            "largest_inflation",
            "number",
            "Largest variance inflation factor (empty: infinite)",
            "最大方差膨胀因子（空为无穷）",
        ),
        column(
            "condition", "number", "Largest condition index (empty: infinite)", "最大条件指数（空为无穷）"
        ),
        column(
            "halo",
            "string",
            "strong (common from 0.5 on), moderate (from 1/3 on) or weak",
            "光环：strong 强（不低于 0.5）、moderate 中（不低于 1/3）、weak 弱",
        ),
        column(
            "leaders",
            "integer",
            "Parts that cannot be told from the first in importance, itself included",
            "重要性与首位无法区分的部分数（含首位）",
        ),
        *WHY,
    ),
    ("programme", "period", "outcome_id"),
    Text(
        "One row an overall question: how much of it goes with its parts, and how alike the parts are.",
        "每道总体题一行：其差异有多少与各部分相伴，各部分彼此有多相似。",
    ),
)

IMPORTANCE = ResultTable(
    "driver_importance",
    (
        *WHICH,
        column("used", "flag", "True: in the model", "是否纳入模型"),
        column(
            "n", "integer", "Answers among those who gave the outcome", "给出总体题者中的答案数", "answers"
        ),
        column(
            "skipped",
            "number",
            "Share of those who gave the outcome and skipped this part",
            "给出总体题但跳过此项的比例",
            SHARE,
        ),
        *interval(
            "share",
            SHARE,
            "Share of what the parts explain, averaged over all orders (LMG)",
            "在可解释部分中的份额，对所有次序取平均（LMG）",
        ),
        column(
            "johnson",
            "number",
            "The same share by Johnson's relative weights",
            "按 Johnson 相对权重的同一份额",
            SHARE,
        ),
        *_RANK,
        column("leader", "flag", "True: cannot be told from the first", "与首位无法区分"),
        column("correlation", "number", "Correlation with the outcome", "与总体题的相关"),
        *interval(
            "performance", HUNDRED, "Mean score on 0 to 100 of the scale", "平均得分（量表折算为 0 至 100）"
        ),
        *WHY,
    ),
    ("programme", "period", "outcome_id", "question_id"),
    Text(
        "What goes with the overall score: each part's share of it, with interval and possible places. "
        "Association, not effect.",
        "总体评分与什么相伴：各部分的份额、区间与可能的名次。这是关联，不是因果。",
    ),
)

DRAWS = ResultTable(
    "driver_draws",
    (
        *SPAN[:2],
        column("outcome_id", "string", "Overall question", "总体题"),
        column("question_id", "string", "Part", "部分"),
        column("draw", "integer", "Number of the resample, shared by all parts", "抽样序号（各部分共用）"),
        column("share", "number", "Share in that resample", "该次抽样中的份额", SHARE),
        column(
            "performance",
            "number",
            "Mean score on 0 to 100 in that resample",
            "该次抽样中的平均得分（0 至 100）",
            HUNDRED,
        ),
    ),
    ("programme", "period", "outcome_id", "question_id", "draw"),
    Text(
        "The resamples behind the intervals: importance and performance of every part, drawn together.",
        "区间背后的自助抽样：每次抽样中各部分的重要性与表现。",
    ),
)

PRIORITIES = ResultTable(
    "priorities",
    (
        *WHICH,
        column("n", "integer", "Answers", "答案数", "answers"),
        *interval("importance", SHARE, "Share of what the parts explain", "在可解释部分中的份额"),
        *interval(
            "performance", HUNDRED, "Mean score on 0 to 100 of the scale", "平均得分（量表折算为 0 至 100）"
        ),
        column(
            "importance_cut",
            "number",
            "Mean importance of the parts: the crosshair",
            "各部分重要性的平均（分界线）",
            SHARE,
        ),
        column(
            "performance_cut",
            "number",
            "Mean performance of the parts: the crosshair",
            "各部分表现的平均（分界线）",
            HUNDRED,
        ),
        column(
            "quadrant",
            "string",
            "fix_first (matters more, does worse), keep_up (more, better), watch (less, worse) or "
            "no_hurry (less, better)",
            "象限：fix_first 优先改进（更重要且较差）、keep_up 保持（更重要且较好）、"
            "watch 留意（较不重要且较差）、no_hurry 暂缓（较不重要且较好）",
        ),
        column(
            "sure",
            "flag",
            "True: in this quadrant in as many resamples as the confidence asks for",
            "在不低于置信水平的抽样中都落在此象限",
        ),
        *interval(
            "need",
            HUNDRED,
            "importance × (100 − performance): points still to be had, by what they move",
            "重要性 ×（100 − 表现）：尚可争取的分数，按其影响加权",
        ),
        *_RANK,
        _NOTHING,
        column("first", "flag", "True: cannot be told from the first in need", "与改进需要最大者无法区分"),
    ),
    ("programme", "period", "outcome_id", "question_id"),
    Text(
        "Importance against performance, and the order in which to look at the parts, with how sure it is.",
        "重要性与表现的对照，以及查看各部分的先后及其把握程度。",
    ),
)

BY_SEGMENT = ResultTable(
    "drivers_by_segment",
    (
        *WHICH,
        column("segmentation", "string", "Declared segmentation", "划分名称"),
        column("segment", "string", "Segment", "分群"),
        column(
            "n", "integer", "Respondents of the segment in the model", "模型中该分群的应答者数", "responses"
        ),
        column(
            "slope",
            "number",
            "Points of the outcome a point of the part, from the segment alone",
            "该项每高 1 分，总体题的分差（仅用该分群）",
            POINTS,
        ),
        *interval(
            "pooled",
            POINTS,
            "The same, leaning on all segments as far as the data ask for",
            "同上，按数据所示程度向全体收缩",
        ),
        column("common", "number", "The slope that is common to the segments", "各分群共同的斜率", POINTS),
        column(
            "kept",
            "number",
            "How much of the segment's own deviation is kept, 0 to 1",
            "保留该分群自身偏离的比例（0 至 1）",
            SHARE,
        ),
        *interval(
            "share",
            SHARE,
            "Share of what the parts explain in the segment (Johnson's weights)",
            "该分群中在可解释部分的份额（Johnson 权重）",
        ),
        column(
            "differs_p",
            "number",
            "Two-sided p: the segment's slope equals that of the others",
            "双侧 p 值：该分群斜率与其余相同",
            PROBABILITY,
        ),
        column(
            "differs_adjusted_p",
            "number",
            "differs_p after Holm's correction over all parts, segments and segmentations of the outcome",
            "differs_p 对该总体题的全部部分、分群与划分作 Holm 校正后的值",
            PROBABILITY,
        ),
        column(
            "verdict",
            "string",
            "more, less or cannot_tell",
            "结论：more 更强、less 更弱、cannot_tell 尚不能断定",
        ),
    ),
    ("programme", "period", "outcome_id", "segmentation", "segment", "question_id"),
    Text(
        "What goes with the overall score in each segment, leaning on all; a difference is named only where "
        "it holds.",
        "各分群的总体评分与什么相伴（向全体收缩）；只有站得住的差别才会指出。",
    ),
)
