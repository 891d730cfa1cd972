"""The tables that every analysis of journeys reads: journeys, and their steps."""

from __future__ import annotations

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import column
from peakend.journey.stream.lists import of_a_journey, of_a_reason, of_a_step, of_a_way
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
    behind=of_a_journey,
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
        column(
            "known_by",
            "string",
            "How the customer is known: customer (named by the source), login (of the same visitor), "
            "identity (a cookie or device on record); without a customer: case, visitor, conflict (two "
            "customers at once)",
            "客户的识别依据：customer 来源所给、login 同一访客的登录、identity 已登记的 Cookie 或设备；"
            "无客户时为 case 仅有实例、visitor 未识别访客、conflict 同时指向两位客户",
        ),
    ),
    ("event_id",),
    Text("One row an event of a journey, in its order.", "旅程中的每次互动一行，按次序排列。"),
    behind=of_a_step,
)
KEPT = ResultTable(
    "journey_events_kept",
    (
        column(
            "known_by",
            "string",
            "How the customer is known; see journey_steps",
            "客户的识别依据，见 journey_steps",
        ),
        column("events", "integer", "Events in journeys", "计入旅程的互动", "events"),
        column("customers", "integer", "Different customers among them", "其中不同客户数", "customers"),
    ),
    ("known_by",),
    Text("How the events in journeys came to their customer.", "旅程中的互动如何对应到客户。"),
    behind=of_a_way,
)
LEFT_OUT = ResultTable(
    "journey_events_left_out",
    (
        column(
            "reason",
            "string",
            "no_time, before_1970, future, nobody (neither customer, case nor visitor), no_touchpoint (nor "
            "what happened); the first that applies",
            "原因（取首个符合者）：no_time 无时间、before_1970 早于 1970 年、future 晚于当前时间、"
            "nobody 无客户、实例或访客、no_touchpoint 无接触点亦无事件类型",
        ),
        column("events", "integer", "Events left out", "未计入的互动", "events"),
        column("customers", "integer", "Different customers among them", "其中不同客户数", "customers"),
    ),
    ("reason",),
    Text(
        "Events that can stand in no journey, by reason; with those in journeys they are all interactions.",
        "无法计入旅程的互动，按原因列示；与计入旅程者合计即全部互动。",
    ),
    behind=of_a_reason,
)
