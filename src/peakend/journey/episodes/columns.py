"""The tables that every analysis of journeys reads: journeys, and their steps."""

from __future__ import annotations

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import column
from peakend.language import Text

_JOURNEY = column(
    "journey_id",
    "string",
    "Journey: the case the source names, or customer and number",
    "旅程：来源所给实例，或客户加序号",
)
_CUSTOMER = column("customer_id", "string", "Customer (empty: not identified)", "客户（空为未识别）")

JOURNEYS = ResultTable(
    "journeys",
    (
        _JOURNEY,
        _CUSTOMER,
        column("started_at", "time", "First event", "首个互动时间"),
        column("ended_at", "time", "Last event", "最后互动时间"),
        column("events", "integer", "Events", "互动次数", "events"),
        column("touchpoints", "integer", "Different touchpoints", "不同接触点数", "touchpoints"),
        column("channels", "integer", "Different channels", "不同渠道数", "channels"),
    ),
    ("journey_id",),
    Text("One row a journey.", "每段旅程一行。"),
)
JOURNEY_STEPS = ResultTable(
    "journey_steps",
    (
        _JOURNEY,
        column("place", "integer", "Place in the journey, from 1", "在旅程中的次序（自 1 起）"),
        column("event_id", "string", "Interaction", "互动"),
        _CUSTOMER,
        column("at", "time", "When", "时间"),
        column(
            "touchpoint_id",
            "string",
            "Touchpoint; what happened where no touchpoint is named",
            "接触点；未注明接触点时为事件类型",
        ),
        column("channel", "string", "Channel", "渠道"),
        column("site_id", "string", "Site", "网点"),
        column("duration_s", "number", "Duration", "时长", "seconds"),
        column(
            "emotion",
            "number",
            "Momentary feeling, −1 to 1, where it is known",
            "当下感受（−1 至 1，如已知）",
        ),
    ),
    ("event_id",),
    Text("One row an event of a journey, in its order.", "旅程中的每次互动一行，按次序排列。"),
)
