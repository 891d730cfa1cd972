"""The result tables of the scores: their columns, and what each of them means."""

from __future__ import annotations

from peakend.declaration import ResultColumn, ResultTable
from peakend.language import Text

SHARE = "share"


def column(name: str, kind: str, en: str, zh: str, unit: str | None = None) -> ResultColumn:
    return ResultColumn(name, kind, Text(en, zh), unit)


PERIOD = (
    column("programme", "string", "Survey programme; trends run within it", "调查系列；趋势只在系列内比较"),
    column(
        "period", "string", "Survey wave, or calendar month (2024-03)", "调查期次，或自然月（如 2024-03）"
    ),
    column(
        "period_kind", "string", "wave, month or undated", "期间类型：wave 期次、month 自然月、undated 无日期"
    ),
    column(
        "period_start",
        "day",
        "First day of the month, or of the wave's field work (empty: not known)",
        "月首日，或该期调查的开始日（空为未知）",
    ),
)
SPAN = (
    PERIOD[0],
    column(
        "period",
        "string",
        "Survey wave, or the calendar months taken together (2024-07 to 2025-06)",
        "调查期次，或合并计算的自然月（如 2024-07 to 2025-06）",
    ),
    column(
        "period_kind",
        "string",
        "wave, months (up to twelve calendar months together), month (a single one) or undated",
        "期间类型：wave 期次、months 合并的自然月（至多十二个）、month 单个自然月、undated 无日期",
    ),
    PERIOD[3],
)

QUESTION = (
    column("question_id", "string", "Question", "题目"),
    column("label_en", "string", "Question's short label in English", "题目英文短标签"),
    column("label_zh", "string", "Question's short label in Chinese", "题目中文短标签"),
)


def interval_ends(name: str, unit: str | None = None) -> tuple[ResultColumn, ResultColumn]:
    """The two ends of the interval around the column `name`."""
    low, high = f"{name}_low", f"{name}_high"
    return (
        column(low, "number", f"Lower end of the interval around {name}", f"{name} 的置信区间下限", unit),
        column(high, "number", f"Upper end of the interval around {name}", f"{name} 的置信区间上限", unit),
    )


WHERE = (
    *QUESTION,
    column("overall", "flag", "True: asks about the whole, not a part", "是否总体题"),
    column("dimension", "string", "Dimension of the question", "题目所属维度"),
    column("scale_low", "number", "Lowest score of the scale", "量表最低分"),
    column("scale_high", "number", "Highest score of the scale", "量表最高分"),
    column(
        "touchpoint_id",
        "string",
        "Touchpoint: the question's own, else that of the event the response is about (empty: none)",
        "接触点：题目所问的接触点，否则为应答所针对互动的接触点（空为无）",
    ),
    column("touchpoint_en", "string", "Touchpoint's name", "接触点名称"),
    column("touchpoint_zh", "string", "Touchpoint's name in Chinese", "接触点中文名称"),
    column("touchpoint_position", "integer", "Place in the journey", "旅程顺序"),
    column("segmentation", "string", "Declared segmentation; 'all' for everybody", "划分名称；all 为全体"),
    column("segment", "string", "Segment; 'all' for everybody", "分群；all 为全体"),
)


def _scores(unit: str, what: Text) -> tuple[ResultColumn, ...]:
    return (
        column("n", "integer", "Answers with a score", "有效答案数", "answers"),
        column(
            "value",
            "number",
            f"{what.en}, every answer counting once",
            f"{what.zh}（每份答案权重相同）",
            unit,
        ),
        column("low", "number", "Lower end of the interval around value", "value 的置信区间下限", unit),
        column("high", "number", "Upper end of the interval around value", "value 的置信区间上限", unit),
        column(
            "se",
            "number",
            "Standard error of value, as for a simple random sample",
            "value 的标准误（按简单随机样本）",
            unit,
        ),
    )


def _weighted(unit: str, what: Text) -> tuple[ResultColumn, ...]:
    return (
        column(
            "effective_n",
            "number",
            "Kish's effective number of answers, (Σw)²/Σw²; n without weights",
            "有效样本量（Kish），(Σw)²/Σw²；无权重时等于 n",
            "answers",
        ),
        column(
            "clusters",
            "integer",
            "Sampling clusters the answers come from (empty: not clustered)",
            "抽样群个数（空为非整群抽样）",
        ),
        column(
            "weighted_value",
            "number",
            f"{what.en} with survey weights (empty: neither weights nor clusters)",
            f"加权后的{what.zh}（空为既无权重也无抽样群）",
            unit,
        ),
        column(
            "weighted_low",
            "number",
            "Lower end of the interval around weighted_value, widened for weights and clusters",
            "weighted_value 的置信区间下限（已计入权重与抽样群）",
            unit,
        ),
        column(
            "weighted_high",
            "number",
            "Upper end of the interval around weighted_value, widened for weights and clusters",
            "weighted_value 的置信区间上限（已计入权重与抽样群）",
            unit,
        ),
        column(
            "weighted_se",
            "number",
            "Linearised standard error of weighted_value, between clusters where there are any",
            "weighted_value 的线性化标准误（有抽样群时按群计算）",
            unit,
        ),
        column(
            "no_variance",
            "flag",
            "True: all answers alike, so that no spread can be estimated",
            "全部答案相同，无法估计离散程度",
        ),
    )


def _second(name: str, unit: str, what: Text) -> tuple[ResultColumn, ...]:
    plain, weighted = Text("every answer counting once", "每份答案权重相同"), f"weighted_{name}"
    return (
        column(name, "number", f"{what.en}, {plain.en}", f"{what.zh}（{plain.zh}）", unit),
        *interval_ends(name, unit),
        column(weighted, "number", f"{what.en} with survey weights", f"加权后的{what.zh}", unit),
        *interval_ends(weighted, unit),
    )


def _comparison(unit: str) -> tuple[ResultColumn, ...]:
    return (
        column(
            "previous_period",
            "string",
            "Latest earlier period of the programme that asked this question (empty: none)",
            "该系列中问过此题的上一期（空为无）",
        ),
        column(
            "difference",
            "number",
            "This period minus the previous one, weighted where the survey has weights or clusters",
            "本期减上期；有权重或抽样群时按加权值计算",
            unit,
        ),
        column(
            "difference_low",
            "number",
            "Lower end of the interval around difference, not corrected for multiplicity",
            "difference 的置信区间下限（未作多重比较校正）",
            unit,
        ),
        column(
            "difference_high",
            "number",
            "Upper end of the interval around difference, not corrected for multiplicity",
            "difference 的置信区间上限（未作多重比较校正）",
            unit,
        ),
        column(
            "p_value",
            "number",
            "Two-sided p of the difference on its own",
            "单次比较的双侧 p 值",
            "probability",
        ),
        column(
            "adjusted_p",
            "number",
            "p after Holm's correction over all comparisons of the metric, programme and period",
            "对同一指标、系列、期间内全部比较作 Holm 校正后的 p 值；结论以此为准",
            "probability",
        ),
        column("compared", "integer", "How many comparisons were corrected for", "一并校正的比较次数"),
        column(
            "verdict",
            "string",
            "better, worse, cannot_tell or no_previous_period",
            "结论：better 变好、worse 变差、cannot_tell 尚不能断定、no_previous_period 无上期",
        ),
    )


HIDDEN = (
    column(
        "hidden",
        "flag",
        "True: too few answers to publish, or hidden so that subtraction cannot bring such a cell back",
        "答案太少不予公布，或为防止相减推算而一并隐藏；此时数值留空",
    ),
)

_SCORE_KEY = ("programme", "period", "question_id", "touchpoint_id", "segmentation", "segment")


def _score_table(
    name: str, unit: str, what: Text, more: tuple[ResultColumn, ...], meaning: Text
) -> ResultTable:
    columns = (
        *PERIOD,
        *WHERE,
        *_scores(unit, what),
        *more,
        *_weighted(unit, what),
        *_comparison(unit),
        *HIDDEN,
    )
    return ResultTable(name, columns, _SCORE_KEY, meaning)


NPS = _score_table(
    "nps_by_touchpoint",
    "NPS points",
    Text("Net Promoter Score", "净推荐值"),
    (
        column("promoters", "number", "Share of promoters, unweighted", "推荐者占比（未加权）", SHARE),
        column("passives", "number", "Share of passives, unweighted", "中立者占比（未加权）", SHARE),
        column("detractors", "number", "Share of detractors, unweighted", "贬损者占比（未加权）", SHARE),
    ),
    Text(
        "Would customers recommend us: promoters minus detractors, by touchpoint, period and segment.",
        "客户愿意推荐我们吗：推荐者占比减贬损者占比，按总体、接触点、期间与分群列示。",
    ),
)
CSAT = _score_table(
    "csat_by_touchpoint",
    SHARE,
    Text("Share of satisfied answers (top two points of the scale)", "满意占比（量表最高两档）"),
    _second("mean", "scale points", Text("Mean score", "平均分")),
    Text(
        "How many customers are satisfied, overall and by touchpoint, period and segment.",
        "有多少客户表示满意，按总体、接触点、期间与分群列示。",
    ),
)
CES = _score_table(
    "ces_by_touchpoint",
    "scale points",
    Text("Mean ease score", "费力度平均分（越高越省力）"),
    _second(
        "easy",
        SHARE,
        Text("Share who found it easy (above the middle of the scale)", "认为省力的占比（高于量表中点）"),
    ),
    Text(
        "How easy customers find it to deal with us, overall and by touchpoint, period and segment.",
        "客户与我们打交道是否省力，按总体、接触点、期间与分群列示。",
    ),
)
RATING = _score_table(
    "rating_by_touchpoint",
    "scale points",
    Text("Mean rating", "平均评分"),
    _second(
        "top_box",
        SHARE,
        Text("Share of top ratings (top two points of the scale)", "高分占比（量表最高两档）"),
    ),
    Text(
        "How customers rate what they met, overall and by touchpoint, period and segment.",
        "客户对各项体验的评分，按总体、接触点、期间与分群列示。",
    ),
)
