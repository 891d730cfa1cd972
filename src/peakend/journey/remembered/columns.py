"""The result tables of what is remembered: the verdict, models, distances, roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import HIDDEN, SHARE, column, interval_ends
from peakend.journey.remembered.moment_columns import FEELING
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation

ERROR = "squared feeling"


def _behind_segment(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.journey.remembered.memory_tables import customers_of_segment

    return customers_of_segment(inputs, row)


def _behind_touchpoint(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.journey.remembered.role_tables import customers_of_touchpoint

    return customers_of_touchpoint(inputs, row)


_CUT = (
    column("segmentation", "string", "Segmentation; 'all' for everybody", "划分；all 为全体"),
    column("segment", "string", "Segment; 'all' for everybody", "分群；all 为全体"),
)
MODELS = ResultTable(
    "memory_models",
    (
        *_CUT,
        column(
            "model",
            "string",
            "peak_end, worst_last, end, peak, mean, duration, recency, nothing (the same for every journey)",
            "模型：peak_end 峰终、worst_last 最差与终值、end 终值、peak 峰值、mean 平均、duration 时长加权、"
            "recency 近因加权、nothing 对所有旅程相同",
        ),
        column("n", "integer", "Later journeys it is judged on", "用于检验的后期旅程数", "journeys"),
        column(
            "intercept", "number", "Intercept, from the earlier journeys", "截距（由前期旅程得出）", FEELING
        ),
        column("slope", "number", "Slope (peak and end together)", "斜率（峰值与终值合计）"),
        column("error", "number", "Mean squared error on the later journeys", "后期旅程的均方误差", ERROR),
        *interval_ends("error", ERROR),
        column(
            "r_squared",
            "number",
            "Share of the differences between later journeys that it foretells",
            "可预测的后期旅程差异占比",
            SHARE,
        ),
        *interval_ends("r_squared", SHARE),
        column("behind_best", "number", "Error above that of the best model", "误差高出最佳模型的量", ERROR),
        *interval_ends("behind_best", ERROR),
        column("p_value", "number", "Two-sided p of no difference", "无差异假设下的双侧 p 值", "probability"),
        column("adjusted_p", "number", "p after Holm's correction", "Holm 校正后的 p 值", "probability"),
        column(
            "akaike_weight",
            "number",
            "Akaike weight on the earlier journeys (secondary)",
            "前期旅程的赤池权重（辅助）",
            SHARE,
        ),
        column(
            "correlation",
            "number",
            "Correlation of its predictions with the best model's",
            "与最佳模型预测值的相关",
            "correlation",
        ),
        column(
            "standing",
            "string",
            "best, worse (shown), cannot_tell, no_better_than_simpler, same (as another)",
            "结论：best 最佳、worse 已证较差、cannot_tell 尚不能断定、no_better_than_simpler 不优于更简单者、"
            "same 与另一模型相同",
        ),
        column("same_as", "string", "The model it repeats", "与之相同的模型"),
        *HIDDEN,
    ),
    ("segmentation", "segment", "model"),
    Text(
        "How well each model of memory foretells the remembered score of later journeys.",
        "各记忆模型对后期旅程总体评分的预测能力。",
    ),
)

VERDICT = ResultTable(
    "memory_verdict",
    (
        *_CUT,
        column("verdict", "string", "told or cannot_tell", "结论：told 可断定、cannot_tell 尚不能断定"),
        column(
            "reason",
            "string",
            "Why not: runner_up, unrelated, alike, too_few, no_variance (empty: told)",
            "不能断定的原因：runner_up 与次优者难分、unrelated 与时刻无关、alike 各模型相同、"
            "too_few 样本不足、no_variance 无差异",
        ),
        column("model", "string", "Model with the smallest error", "误差最小的模型"),
        column("runner_up", "string", "Model with the next smallest error", "误差次小的模型"),
        column("n", "integer", "Journeys with a remembered score", "有总体评分的旅程数", "journeys"),
        column("customers", "integer", "Their customers", "对应客户数", "customers"),
        column("earlier_journeys", "integer", "Journeys that fit", "用于拟合的前期旅程", "journeys"),
        column("later_journeys", "integer", "Journeys that judge", "用于检验的后期旅程", "journeys"),
        column("ahead", "number", "Error of the runner-up above the best", "次优者误差高出最佳者的量", ERROR),
        *interval_ends("ahead", ERROR),
        column("adjusted_p", "number", "Its p after Holm's correction", "Holm 校正后的 p 值", "probability"),
        column(
            "ahead_of_mean",
            "number",
            "Error of the mean model above the best",
            "平均模型误差高出最佳者的量",
            ERROR,
        ),
        *interval_ends("ahead_of_mean", ERROR),
        column(
            "peak_weight",
            "number",
            "w of w·peak + (1 − w)·end, from the earlier journeys",
            "w·峰值 + (1 − w)·终值 中的 w（由前期旅程得出）",
            SHARE,
        ),
        *interval_ends("peak_weight", SHARE),
        column(
            "nearest",
            "string",
            "What the remembered score is nearest to: end, peak, mean or midpoint",
            "总体评分最接近：end 终值、peak 峰值、mean 平均、midpoint 峰谷平均",
        ),
        column("nearest_told", "flag", "True: nearer than to any other, shown", "是否已证比其余都近"),
        column(
            "coverage",
            "number",
            "Share of the journeys' events that have a momentary score",
            "旅程互动中有当下评分的占比",
            SHARE,
        ),
        column(
            "asked_together",
            "number",
            "Share of the moments asked in the same response as the whole",
            "与总体题同卷询问的时刻占比",
            SHARE,
        ),
        *HIDDEN,
    ),
    ("segmentation", "segment"),
    Text(
        "Which model of memory describes these customers, for everybody and by segment.",
        "哪种记忆模型符合这些客户：全体及各分群。",
    ),
    behind=_behind_segment,
)

DISTANCES = ResultTable(
    "memory_distances",
    (
        column(
            "candidate",
            "string",
            "end, peak, mean, or midpoint (of best and worst)",
            "对象：end 终值、peak 峰值、mean 平均、midpoint 最好与最差的平均",
        ),
        column("place", "integer", "1: the nearest", "名次（1 为最近）"),
        column("n", "integer", "Journeys", "旅程数", "journeys"),
        column(
            "distance",
            "number",
            "Root mean square of the remembered score minus it",
            "总体评分与之相差的均方根",
            FEELING,
        ),
        *interval_ends("distance", FEELING),
        column(
            "farther",
            "number",
            "Mean squared distance above that of the nearest",
            "均方距离高出最近者的量",
            ERROR,
        ),
        *interval_ends("farther", ERROR),
        column("adjusted_p", "number", "p after Holm's correction", "Holm 校正后的 p 值", "probability"),
        column(
            "standing",
            "string",
            "nearest, farther (shown) or cannot_tell",
            "结论：nearest 最近、farther 已证较远、cannot_tell 尚不能断定",
        ),
    ),
    ("candidate",),
    Text(
        "Whether the remembered score is nearer to the end, the peak or the average of the moments.",
        "总体评分更接近终值、峰值，还是各时刻的平均。",
    ),
)


def _share(name: str, en: str, zh: str) -> tuple[Any, ...]:
    return (column(name, "number", en, zh, SHARE), *interval_ends(name, SHARE))


ROLES = ResultTable(
    "memory_roles",
    (
        column("touchpoint_id", "string", "Touchpoint", "接触点"),
        column("touchpoint_en", "string", "Touchpoint's name", "接触点名称"),
        column("touchpoint_zh", "string", "Touchpoint's name in Chinese", "接触点中文名称"),
        column("touchpoint_position", "integer", "Place in the journey", "旅程顺序"),
        column("n", "integer", "Journeys in which it was felt", "有其评分的旅程数", "journeys"),
        column("customers", "integer", "Their customers", "对应客户数", "customers"),
        column("score", "number", "Mean momentary score there", "该处当下评分的均值", FEELING),
        *interval_ends("score", FEELING),
        *_share("peak_share", "Share of these journeys in which it is the peak", "其为峰值的旅程占比"),
        column("height", "number", "Mean score where it is the peak", "作为峰值时的平均评分", FEELING),
        column("bad_peaks", "number", "Share of these peaks that are bad", "峰值中负面的占比", SHARE),
        *_share("end_share", "Share of these journeys in which it is the end", "其为终值的旅程占比"),
        *_share(
            "worst_share", "Share of these journeys in which it is the worst moment", "其为最差时刻的旅程占比"
        ),
        column(
            "depth", "number", "Mean score where it is the worst moment", "作为最差时刻时的平均评分", FEELING
        ),
        *_share(
            "memory_weight",
            "Share of the remembered score it carries in these journeys, under `model`",
            "按 model 计，其在这些旅程的记忆中所占的份量",
        ),
        column(
            "even_weight",
            "number",
            "What it would carry if every moment counted alike",
            "若各时刻同等计入，其应占的份量",
            SHARE,
        ),
        column("model", "string", "Model of memory the weight follows", "份量所依据的记忆模型"),
        column("settled", "flag", "True: that model is told by the data", "该模型是否已由数据断定"),
        column(
            "role",
            "string",
            "Found in the data: peak or end (empty: neither more often than evenly)",
            "由数据得出的角色：peak 峰值、end 终值（空为均不突出）",
        ),
        column("designed_role", "string", "Role it is designed for (registry)", "登记的设计角色"),
        column(
            "as_designed",
            "flag",
            "Whether the two agree (empty: none designed)",
            "两者是否一致（空为未设计）",
        ),
        column(
            "valley",
            "string",
            "tolerated (a low point that carries little), remembered, even (as any moment), cannot_tell "
            "(empty: no low point)",
            "低谷：tolerated 被容忍（份量轻）、remembered 被记住、even 与其他时刻相同、"
            "cannot_tell 尚不能断定（空为不是低谷）",
        ),
        *HIDDEN,
    ),
    ("touchpoint_id",),
    Text(
        "What each touchpoint is to memory: peak, end, a valley that is remembered or one that is tolerated.",
        "各接触点在记忆中的角色：峰值、终值、被记住的低谷或被容忍的低谷。",
    ),
    behind=_behind_touchpoint,
)
