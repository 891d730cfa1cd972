"""The result tables of endings: what each column means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.declaration import ResultColumn, ResultTable
from peakend.feedback.score_columns import HIDDEN, SHARE, column, interval_ends
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation

FEELING = "feeling"


def _ended(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    return inputs.query("journey/endings/ended_journeys", {"touchpoint": row["touchpoint_id"] or ""})


def _in_arm(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.journey.endings.gesture_tables import gesture_customers

    return gesture_customers(inputs).query(
        """
        select g.customer_id, g.overall, g.end_score, g.bought, g.revenue
        from g
        where g.initiative_id = $initiative and g.arm = $arm
        order by g.customer_id
        """,
        {"initiative": row["initiative_id"], "arm": row["arm"]},
        name="g",
    )


def _in_band(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.journey.endings.repurchase import followed_customers

    return followed_customers(inputs).query(
        """
        select f.customer_id, f.journey_id, f.ended_at, f.overall, f.again
        from f
        where f.band = $band
        order by f.customer_id
        """,
        {"band": row["band"]},
        name="f",
    )


def _with_ends(name: str, en: str, zh: str, unit: str | None) -> tuple[ResultColumn, ...]:
    return column(name, "number", en, zh, unit), *interval_ends(name, unit)


_TOUCHPOINT = column(
    "touchpoint_id",
    "string",
    "Touchpoint at which journeys end (empty: all)",
    "旅程终点所在接触点（空为全部）",
)

EROSION = ResultTable(
    "erosion",
    (
        _TOUCHPOINT,
        column("first_month", "day", "First month", "首月"),
        column("last_month", "day", "Last month", "末月"),
        column("months", "integer", "Months with enough journeys", "旅程数足够的月数", "months"),
        column("n", "integer", "Journeys", "旅程数", "journeys"),
        *_with_ends("slope", "Change of the end a month", "终值每月变化", FEELING),
        column(
            "p_adjusted",
            "number",
            "p of no change, after Holm's correction",
            "无变化的 p 值（经 Holm 校正）",
            "probability",
        ),
        column(
            "verdict",
            "string",
            "eroding, improving or cannot_tell",
            "eroding 侵蚀、improving 改善、cannot_tell 尚不能断定",
        ),
        column("end_now", "number", "End in the last month, on the line", "末月终值（拟合）", FEELING),
        column(
            "peak_weight", "number", "Weight of the peak in the remembered whole", "峰值在总体评分中的权重"
        ),
        column("end_weight", "number", "Weight of the end in the remembered whole", "终值在总体评分中的权重"),
        column(
            "judged",
            "integer",
            "Journeys with a remembered whole behind the weights",
            "估计权重所用的有总体评分的旅程数",
            "journeys",
        ),
        column(
            "overall_now",
            "number",
            "Remembered whole of the last three months",
            "最近三个月的总体评分",
            FEELING,
        ),
        column("horizon", "number", "Months looked ahead", "预测月数", "months"),
        *_with_ends(
            "change",
            "Change of the remembered whole by then, if ends go on so",
            "若终值照此变化，届时总体评分的变化",
            FEELING,
        ),
        *_with_ends("projected", "Remembered whole by then", "届时的总体评分", FEELING),
        *_with_ends(
            "months_to_threshold",
            "Months until the whole is neutral (empty: not heading there)",
            "总体评分降至中性所需月数（空为并非如此）",
            "months",
        ),
        column(
            "months_to_eaten",
            "number",
            "Months until the end has eaten what the peak gives",
            "终值消耗掉峰值贡献所需月数",
            "months",
        ),
    ),
    ("touchpoint_id",),
    Text(
        "Whether the ends of journeys worsen, and where that takes what is remembered.",
        "旅程终值是否在恶化，以及对总体评分的影响。",
    ),
    behind=_ended,
)
END_TRENDS = ResultTable(
    "end_trends",
    (
        _TOUCHPOINT,
        column("month_start", "day", "Month", "月份"),
        column("n", "integer", "Journeys that ended", "结束的旅程数", "journeys"),
        column("end_score", "number", "Mean end", "终值均值", FEELING),
        column("end_se", "number", "Its standard error", "其标准误", FEELING),
        column("peak", "number", "Mean peak", "峰值均值", FEELING),
        column("judged", "integer", "Journeys with a remembered whole", "有总体评分的旅程数", "journeys"),
        column("overall", "number", "Mean remembered whole", "总体评分均值", FEELING),
    ),
    ("touchpoint_id", "month_start"),
    Text("Ends, peaks and remembered wholes month by month.", "逐月的终值、峰值与总体评分。"),
)
END_GESTURES = ResultTable(
    "end_gestures",
    (
        column("initiative_id", "string", "Initiative", "举措"),
        column("arm", "string", "Arm against control (empty: not tried)", "与对照比较的组别（空为未试验）"),
        column("name", "string", "Name", "名称"),
        column("touchpoint_id", "string", "Touchpoint", "接触点"),
        column("ends_there", "number", "Share of journeys that end there", "在该处结束的旅程占比", SHARE),
        column(
            "basis",
            "string",
            "experiment (by lot), comparison (not by lot) or projection",
            "experiment 随机试验、comparison 非随机比较、projection 推算",
        ),
        column("customers", "integer", "Customers with the gesture", "得到该举措的客户数", "customers"),
        column("controls", "integer", "Customers without", "对照客户数", "customers"),
        column(
            "judged",
            "integer",
            "Of both, with a remembered whole afterwards",
            "其中事后有总体评分者",
            "customers",
        ),
        column(
            "unit_cost",
            "number",
            "Cost a customer: the budget over those treated, else the promise's",
            "每客成本：预算除以人数，否则取承诺的单位成本",
            "money",
        ),
        column("currency", "string", "Currency (ISO 4217)", "币种"),
        *_with_ends("overall", "Lift of the remembered whole", "总体评分的提升", FEELING),
        *_with_ends("end", "Lift of the end", "终值的提升", FEELING),
        *_with_ends("bought", "Lift of the share who buy within 90 days", "90 天内购买占比的提升", SHARE),
        *_with_ends("revenue", "Lift of revenue a customer within 90 days", "90 天内每客收入的提升", "money"),
        *_with_ends(
            "per_cost",
            "Lift of the remembered whole for each unit of money",
            "每单位成本带来的总体评分提升",
            FEELING,
        ),
        *_with_ends("net", "Margin brought minus cost, a customer", "每客增加的毛利减成本", "money"),
        column(
            "p_adjusted",
            "number",
            "p of no lift of the whole, after Holm's correction",
            "总体评分无提升的 p 值（经 Holm 校正）",
            "probability",
        ),
        column(
            "verdict",
            "string",
            "lifts, lowers or cannot_tell (the remembered whole)",
            "lifts 提升、lowers 降低、cannot_tell 尚不能断定（总体评分）",
        ),
        column(
            "payback",
            "string",
            "pays, loses or cannot_tell (empty: cost or revenue unknown)",
            "pays 划算、loses 亏损、cannot_tell 尚不能断定（空为成本或收入未知）",
        ),
        *HIDDEN,
    ),
    ("initiative_id", "arm"),
    Text(
        "Gestures at the end of journeys: what they lift, for what cost.",
        "旅程终点的举措：提升了什么、花了多少。",
    ),
    behind=_in_arm,
)
MEMORY_REPURCHASE = ResultTable(
    "memory_repurchase",
    (
        column(
            "band",
            "string",
            "Remembered whole: low, middle or high third of the scale",
            "总体评分：low 低、middle 中、high 高（量表三等分）",
        ),
        column("place", "integer", "Order of the bands", "次序"),
        column(
            "n",
            "integer",
            "Customers, each by the last journey that can be followed 90 days",
            "客户数（各取可跟踪 90 天的最近一段旅程）",
            "customers",
        ),
        column("again", "integer", "Of these, bought within 90 days", "其中 90 天内再次购买者", "customers"),
        column("share", "number", "Share who bought again", "复购占比", SHARE),
        *interval_ends("share", SHARE),
        *HIDDEN,
    ),
    ("band",),
    Text("Who buys again, by what they remember.", "按总体评分区分的复购情况。"),
    behind=_in_band,
)
MEMORY_LINK = ResultTable(
    "memory_link",
    (
        column(
            "kind",
            "string",
            "naive, or adjusted (customers with as many orders before)",
            "naive 未调整、adjusted 已按以往订单数调整",
        ),
        column("n", "integer", "Customers", "客户数", "customers"),
        column("again", "integer", "Of these, bought within 90 days", "其中 90 天内再次购买者", "customers"),
        *_with_ends(
            "odds_ratio",
            "Odds of buying again for each fifth of the way from −1 to 0 or 0 to 1",
            "总体评分每升高 0.2（−1 至 1），复购优势之比",
            "times",
        ),
        column("p", "number", "Two-sided p of no link", "无关联的双侧 p 值", "probability"),
        column(
            "verdict",
            "string",
            "more_often, less_often or cannot_tell",
            "more_often 更常复购、less_often 更少复购、cannot_tell 尚不能断定",
        ),
        column("reason_en", "string", "Why it cannot be told, in English", "无法断定的原因（英文）"),
        column("reason_zh", "string", "Why it cannot be told, in Chinese", "无法断定的原因（中文）"),
    ),
    ("kind",),
    Text("How strongly what is remembered goes with buying again.", "总体评分与复购的关联强度。"),
)
