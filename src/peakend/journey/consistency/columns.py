"""The result tables of consistency: what each column means."""

from __future__ import annotations

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import HIDDEN, column
from peakend.journey.consistency.lists import customers_of_a_defect, events_of_a_place, visits_of_a_measure
from peakend.language import Text

_TOUCHPOINT = column("touchpoint_id", "string", "Touchpoint", "接触点")
_CUT = column("cut", "string", "Cut: all, channel or site", "口径：all 整体、channel 渠道、site 网点")
_PLACE = column("place", "string", "Channel or site (empty: all together)", "渠道或网点（空为整体）")
_MEASURE = column(
    "measure",
    "string",
    "duration (typical seconds: geometric mean), in_time (share within the service level), emotion (−1 to 1)",
    "duration 用时（典型秒数，几何平均）、in_time 达标占比、emotion 感受（−1 至 1）",
)
_ADJUSTED = column("p_adjusted", "number", "p after Holm's correction", "经 Holm 校正的 p 值", "probability")
_PERIOD_KIND = column("period_kind", "string", "week or month", "week 周、month 月")

CONTROL_CHARTS = ResultTable(
    "control_charts",
    (
        _TOUCHPOINT,
        _CUT,
        _PLACE,
        _MEASURE,
        _PERIOD_KIND,
        column("periods", "integer", "Periods charted", "入图期数", "periods"),
        column("events", "integer", "Events behind the chart", "所依据的互动次数", "events"),
        column("centre", "number", "Centre line, in the measure's unit", "中心线（以该指标的单位）"),
        column(
            "target",
            "number",
            "Target: the service level promised, in seconds",
            "目标：承诺的服务时限（秒）",
            "seconds",
        ),
        column(
            "dispersion",
            "number",
            "How many times wider than sampling alone the points vary (at least 1)",
            "各点波动为单纯抽样误差的几倍（不小于 1）",
            "times",
        ),
        column("beyond", "integer", "Points outside three sigmas", "超出三倍标准差的点数", "periods"),
        column(
            "runs",
            "integer",
            "Points that continue a run of eight on one side",
            "同侧连续八点及以上的点数",
            "periods",
        ),
        column(
            "out_of_control",
            "integer",
            "Points out of control after Holm's correction over every point of every chart",
            "对所有图的所有点作 Holm 校正后仍失控的点数",
            "periods",
        ),
    ),
    ("touchpoint_id", "cut", "place", "measure"),
    Text("One row a control chart: how steady a service is.", "每张控制图一行：服务是否稳定。"),
)
CONTROL_POINTS = ResultTable(
    "control_points",
    (
        _TOUCHPOINT,
        _CUT,
        _PLACE,
        _MEASURE,
        _PERIOD_KIND,
        column("period_start", "day", "First day of the week or month", "该周或该月首日"),
        column("n", "integer", "Events", "互动次数", "events"),
        column("value", "number", "Value, in the measure's unit", "数值（以该指标的单位）"),
        column("low", "number", "Lower control limit", "控制下限"),
        column("high", "number", "Upper control limit", "控制上限"),
        column(
            "z",
            "number",
            "Distance from the centre in the chart's sigmas",
            "距中心线的倍数（以该图标准差计）",
        ),
        column(
            "signal",
            "string",
            "beyond (three sigmas), run (eight on one side) or empty",
            "beyond 超出三倍标准差、run 同侧连续八点，空为无",
        ),
        _ADJUSTED,
        column(
            "verdict",
            "string",
            "out_of_control (after Holm), signal or in_control",
            "结论：out_of_control 失控（经 Holm 校正）、signal 提示、in_control 受控",
        ),
    ),
    ("touchpoint_id", "cut", "place", "measure", "period_start"),
    Text("The points of every control chart with their limits.", "各控制图的点与控制限。"),
    behind=events_of_a_place,
)
SERVICE_LEVELS = ResultTable(
    "service_levels",
    (
        _TOUCHPOINT,
        _CUT,
        _PLACE,
        _MEASURE,
        column("n", "integer", "Events", "互动次数", "events"),
        column("value", "number", "Value, in the measure's unit", "数值（以该指标的单位）"),
        column("value_low", "number", "Lower end of the interval around value", "value 的置信区间下限"),
        column("value_high", "number", "Upper end of the interval around value", "value 的置信区间上限"),
        column(
            "difference",
            "number",
            "Difference from the other places; of a duration, the ratio to theirs",
            "与其他渠道或网点之差；用时则为与其之比",
        ),
        _ADJUSTED,
        column(
            "verdict",
            "string",
            "higher, lower or cannot_tell, against the other places",
            "与其他渠道或网点相比：higher 较高、lower 较低、cannot_tell 尚不能断定",
        ),
        *HIDDEN,
    ),
    ("touchpoint_id", "cut", "place", "measure"),
    Text("The level of service by channel and by site.", "各渠道、各网点的服务水平。"),
    behind=events_of_a_place,
)
SERVICE_CONSISTENCY = ResultTable(
    "service_consistency",
    (
        _TOUCHPOINT,
        _CUT,
        _MEASURE,
        column("places", "integer", "Channels or sites compared", "参与比较的渠道或网点数", "places"),
        column("events", "integer", "Events", "互动次数", "events"),
        column(
            "mean",
            "number",
            "Mean of the places, in the measure's unit",
            "各渠道或网点的均值（以该指标的单位）",
        ),
        column(
            "between_sd",
            "number",
            "Spread of the true levels between places (a standard deviation; of a duration, in natural logs)",
            "各渠道或网点真实水平的离散（标准差；用时为自然对数单位）",
        ),
        column("statistic", "number", "Welch's F", "Welch F 统计量"),
        column(
            "p", "number", "p that chance alone spreads them so", "仅由偶然造成如此差异的概率", "probability"
        ),
        _ADJUSTED,
        column("verdict", "string", "differs or cannot_tell", "differs 有差异、cannot_tell 尚不能断定"),
        column("lowest", "string", "Place with the lowest value", "数值最低的渠道或网点"),
        column("highest", "string", "Place with the highest value", "数值最高的渠道或网点"),
    ),
    ("touchpoint_id", "cut", "measure"),
    Text(
        "Whether a service is the same in every channel and at every site.",
        "同一服务在各渠道、各网点是否一致。",
    ),
)
FACT_CONFLICTS = ResultTable(
    "fact_conflicts",
    (
        column("subject", "string", "What it is about", "事项"),
        column("attribute", "string", "Which fact", "信息项"),
        column(
            "told_at",
            "string",
            "Touchpoint, channel and site that tell it so",
            "如此告知的接触点、渠道与网点",
        ),
        column("told", "string", "What is told there", "该处告知的内容"),
        column("told_elsewhere", "string", "What most other places tell", "多数其他地方告知的内容"),
        column("places", "integer", "Places that tell the fact", "告知该信息的地方数", "places"),
        column("agreeing", "integer", "Places that tell what is told here", "与此处一致的地方数", "places"),
        column("seen_at", "time", "When it was last read there", "最近查看时间"),
        column(
            "kind",
            "string",
            "conflict (told differently), invalid (cannot be right) or both",
            "conflict 说法不一、invalid 内容无效、both 两者皆有",
        ),
        column("reason_en", "string", "Why it cannot be right, in English", "无效原因（英文）"),
        column("reason_zh", "string", "Why it cannot be right, in Chinese", "无效原因（中文）"),
    ),
    ("subject", "attribute", "told_at"),
    Text(
        "Facts that customers are told differently in different places, or that cannot be right.",
        "不同地方告知客户说法不一、或明显有误的信息。",
    ),
)
FACTS_CHECKED = ResultTable(
    "facts_checked",
    (
        column("attribute", "string", "Which fact", "信息项"),
        column("facts", "integer", "Facts told at two places or more", "至少两处告知的信息数", "facts"),
        column("conflicting", "integer", "Of these, told differently", "其中说法不一的", "facts"),
        column("told", "integer", "Places times facts read", "查看的“地方×信息”数", "facts"),
        column("invalid", "integer", "Of these, cannot be right", "其中内容无效的", "facts"),
    ),
    ("attribute",),
    Text("How many published facts were compared and checked.", "比较与校验了多少对外信息。"),
)
DEFECT_DENSITY = ResultTable(
    "defect_density",
    (
        _TOUCHPOINT,
        _CUT,
        _PLACE,
        column("events", "integer", "Interactions there", "该处互动次数", "events"),
        column("defects", "integer", "Small defects logged there", "登记的小差错数", "defects"),
        column(
            "weighted",
            "number",
            "Defects by severity: minor 1, major 3, critical 9",
            "按严重程度加权：轻微 1、较重 3、严重 9",
        ),
        column(
            "per_thousand", "number", "Defects per 1,000 interactions", "每千次互动的差错数", "per thousand"
        ),
        column(
            "per_thousand_low",
            "number",
            "Lower end of the interval around per_thousand",
            "per_thousand 的置信区间下限",
            "per thousand",
        ),
        column(
            "per_thousand_high",
            "number",
            "Upper end of the interval around per_thousand",
            "per_thousand 的置信区间上限",
            "per thousand",
        ),
        column(
            "ratio",
            "number",
            "Density over that of everything else in the cut",
            "与该口径其余部分密度之比",
            "times",
        ),
        _ADJUSTED,
        column(
            "verdict", "string", "more, fewer or cannot_tell", "more 较多、fewer 较少、cannot_tell 尚不能断定"
        ),
        column(
            "found_by_customers",
            "number",
            "Share found by customers before the company",
            "由客户先发现的占比",
            "share",
        ),
        column("still_open", "integer", "Not put right yet", "尚未修复的数量", "defects"),
        column("days_to_fix", "number", "Median days to put right", "修复天数中位数", "days"),
        column(
            "emotion_gap",
            "number",
            "Feeling of those who met one minus that of others there, −2 to 2",
            "遇到差错者与同处其他人的感受之差（−2 至 2）",
        ),
        column(
            "emotion_gap_low",
            "number",
            "Lower end of the interval around emotion_gap",
            "emotion_gap 的置信区间下限",
        ),
        column(
            "emotion_gap_high",
            "number",
            "Upper end of the interval around emotion_gap",
            "emotion_gap 的置信区间上限",
        ),
    ),
    ("touchpoint_id", "cut", "place"),
    Text("How often small errors are met, by touchpoint and channel.", "各接触点、各渠道小差错的密度。"),
    behind=customers_of_a_defect,
)
VISIT_QUALITY = ResultTable(
    "visit_quality",
    (
        _TOUCHPOINT,
        column("site_id", "string", "Site (empty: all)", "网点（空为全部）"),
        column(
            "measure",
            "string",
            "An aspect (timeliness, conduct, quality, manner, procedure, efficiency), or on_time, checklist, "
            "first_time_fix",
            "方面（timeliness 及时性、conduct 规范性、quality 合格性、manner 礼仪态度、procedure 工作规范、"
            "efficiency 工作效率），或 on_time 准时、checklist 检查全过、first_time_fix 一次修复",
        ),
        column(
            "n",
            "integer",
            "Visits (of first_time_fix: closed cases)",
            "服务次数（first_time_fix 为已办结工单数）",
            "visits",
        ),
        column("value", "number", "Mean score, or share", "平均得分或占比", "share"),
        column(
            "value_low", "number", "Lower end of the interval around value", "value 的置信区间下限", "share"
        ),
        column(
            "value_high", "number", "Upper end of the interval around value", "value 的置信区间上限", "share"
        ),
        column("difference", "number", "Difference from the other sites", "与其他网点之差", "share"),
        _ADJUSTED,
        column(
            "verdict",
            "string",
            "better, worse or cannot_tell, against the other sites",
            "与其他网点相比：better 较好、worse 较差、cannot_tell 尚不能断定",
        ),
        *HIDDEN,
    ),
    ("touchpoint_id", "site_id", "measure"),
    Text("Behaviour and checklists of service visits.", "上门与柜台服务的行为与检查结果。"),
    behind=visits_of_a_measure,
)
VISIT_ITEMS = ResultTable(
    "visit_items",
    (
        _TOUCHPOINT,
        column("item", "string", "Item of the checklist", "检查项"),
        column("item_zh", "string", "Item in Chinese", "检查项中文名"),
        column("aspect", "string", "Aspect it belongs to", "所属方面"),
        column("required", "flag", "True: missing it fails the visit", "是否必检"),
        column("checked", "integer", "Visits in which it was checked", "检查次数", "visits"),
        column("missed", "integer", "Of these, not met", "其中未达到的次数", "visits"),
        column("share", "number", "Share not met", "未达到占比", "share"),
        column(
            "share_low", "number", "Lower end of the interval around share", "share 的置信区间下限", "share"
        ),
        column(
            "share_high", "number", "Upper end of the interval around share", "share 的置信区间上限", "share"
        ),
        *HIDDEN,
    ),
    ("touchpoint_id", "item"),
    Text("Which items of the checklist are missed, and how often.", "检查表中哪些项常被遗漏。"),
)
