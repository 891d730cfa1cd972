"""The result tables of moments: what was felt when, and what of every journey memory may keep."""

from __future__ import annotations

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import SHARE, column
from peakend.language import Text

FEELING = "feeling"

_JOURNEY = column("journey_id", "string", "Journey", "旅程")
_CUSTOMER = column("customer_id", "string", "Customer (empty: not identified)", "客户（空为未识别）")

MOMENTS = ResultTable(
    "journey_moments",
    (
        _JOURNEY,
        _CUSTOMER,
        column("event_id", "string", "Interaction", "互动"),
        column("at", "time", "When", "时间"),
        column("touchpoint_id", "string", "Touchpoint", "接触点"),
        column("channel", "string", "Channel", "渠道"),
        column("duration_s", "number", "Duration", "时长", "seconds"),
        column("score", "number", "Momentary score, −1 to 1", "当下评分（−1 至 1）", FEELING),
        column(
            "source",
            "string",
            "Where the score is from: asked, sensed, recalled (with the whole), words or operations",
            "评分来源：asked 当时询问、sensed 感知、recalled 与总体题同卷回忆、words 文字、"
            "operations 运营记录",
        ),
        column(
            "response_id",
            "string",
            "Response that told it (empty: not asked)",
            "给出该评分的应答（空为未询问）",
        ),
    ),
    ("event_id",),
    Text("One row an event of a journey with a momentary score.", "旅程中每次有当下评分的互动一行。"),
)

MEMORY = ResultTable(
    "journey_memory",
    (
        _JOURNEY,
        _CUSTOMER,
        column("first_at", "time", "First moment with a score", "首个有评分的时刻"),
        column("ended_at", "time", "Last moment with a score", "最后一个有评分的时刻"),
        column("events", "integer", "Events of the journey", "旅程的互动次数", "events"),
        column("n_moments", "integer", "Moments with a score", "有评分的时刻数", "events"),
        column("asked", "integer", "Of these asked", "其中询问所得", "events"),
        column("sensed", "integer", "Of these sensed", "其中感知所得", "events"),
        column("recalled", "integer", "Of these recalled with the whole", "其中与总体题同卷回忆", "events"),
        column("words", "integer", "Of these from words", "其中由文字得出", "events"),
        column("operations", "integer", "Of these from operations", "其中由运营记录得出", "events"),
        column(
            "asked_together",
            "integer",
            "Of these asked in the same response as the whole",
            "其中与总体题同卷询问",
            "events",
        ),
        column("first_score", "number", "First moment", "首个时刻的评分", FEELING),
        column(
            "peak",
            "number",
            "Peak: the moment farthest from neutral, sign kept",
            "峰值：偏离中性最远的时刻（保留正负）",
            FEELING,
        ),
        column("peak_touchpoint_id", "string", "Touchpoint of the peak", "峰值所在接触点"),
        column("peak_event_id", "string", "Interaction of the peak", "峰值所在互动"),
        column("best", "number", "Best moment", "最好的时刻", FEELING),
        column("worst", "number", "Worst moment", "最差的时刻", FEELING),
        column("worst_touchpoint_id", "string", "Touchpoint of the worst moment", "最差时刻所在接触点"),
        column("worst_event_id", "string", "Interaction of the worst moment", "最差时刻所在互动"),
        column("end_score", "number", "End: the last moment", "终值：最后一个时刻", FEELING),
        column("end_touchpoint_id", "string", "Touchpoint of the end", "终值所在接触点"),
        column("end_event_id", "string", "Interaction of the end", "终值所在互动"),
        column("mean", "number", "Mean of the moments", "各时刻的平均", FEELING),
        column("duration_mean", "number", "Mean weighted by duration", "按时长加权的平均", FEELING),
        column(
            "duration_known", "number", "Share of the moments with a duration", "已知时长的时刻占比", SHARE
        ),
        column(
            "recency_mean",
            "number",
            "Mean in which a moment counts half as much as the second after it",
            "近因加权平均：每往前两个时刻，权重减半",
            FEELING,
        ),
        column("trend", "number", "Slope of the score a moment", "评分每个时刻的斜率", FEELING),
        column(
            "overall",
            "number",
            "Remembered score of the whole, −1 to 1 of its scale (empty: not asked)",
            "事后对整体的评分，按量表折算为 −1 至 1（空为未询问）",
            FEELING,
        ),
        column("question_id", "string", "Question about the whole", "总体题"),
        column("response_id", "string", "Its response", "所属应答"),
        column("answered_at", "time", "When it was answered", "作答时间"),
        column(
            "linked_by",
            "string",
            "named: the response names an event of the journey; after: the customer's next within 30 days",
            "关联方式：named 应答指明旅程中的互动、after 客户 30 天内的下一份应答",
        ),
        column("programme", "string", "Survey programme", "调查系列"),
        column("wave", "string", "Survey wave", "调查期次"),
    ),
    ("journey_id",),
    Text(
        "One row a journey with at least three momentary scores: peak, end, averages, remembered whole.",
        "至少有三个当下评分的旅程各一行：峰值、终值、各种平均，以及事后的总体评分。",
    ),
)

SOURCES = ResultTable(
    "moment_sources",
    (
        column(
            "source",
            "string",
            "Where the momentary score is from: asked, sensed, recalled (with the whole), words, operations; "
            "unknown: there is none",
            "当下评分的来源：asked 当时询问、sensed 感知、recalled 与总体题同卷回忆、words 文字、"
            "operations 运营记录、unknown 没有",
        ),
        column("events", "integer", "Events of journeys", "旅程中的互动次数", "events"),
        column("share", "number", "Share of all events of journeys", "占旅程全部互动的比例", SHARE),
        column("score", "number", "Mean momentary score", "当下评分的均值", FEELING),
    ),
    ("source",),
    Text(
        "At how many events of journeys a feeling is known, and from where.",
        "旅程中有多少次互动知道客户感受，从何得知。",
    ),
)
