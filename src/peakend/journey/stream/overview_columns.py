"""The result tables of the overview of journeys and of dwell."""

from __future__ import annotations

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import HIDDEN, SHARE, column, interval_ends
from peakend.journey.stream.lists import of_a_length, of_a_stay
from peakend.language import Text

LENGTHS = ResultTable(
    "journey_lengths",
    (
        column(
            "steps_from",
            "integer",
            "Least steps of the class (0: all journeys)",
            "该组最少步数（0 为全部旅程）",
        ),
        column(
            "steps_to", "integer", "Most steps of the class (empty: no limit)", "该组最多步数（空为不限）"
        ),
        column("journeys", "integer", "Journeys", "旅程数", "journeys"),
        column("customers", "integer", "Different customers", "不同客户数", "customers"),
        column("anonymous", "integer", "Journeys without a customer", "未识别客户的旅程数", "journeys"),
        column("events", "integer", "Events in them", "其中互动次数", "events"),
        column("share", "number", "Share of all journeys", "占全部旅程的比例", SHARE),
        column(
            "median_days", "number", "Median time from first to last event", "首末互动间隔的中位数", "days"
        ),
        column("p90_days", "number", "Nine in ten take no longer", "九成旅程不超过的时长", "days"),
        column(
            "median_steps",
            "integer",
            "Median steps, of all journeys",
            "步数中位数（仅全部旅程一行）",
            "events",
        ),
        column(
            "p90_steps",
            "integer",
            "Nine in ten have no more steps, of all journeys",
            "九成旅程不超过的步数（仅全部旅程一行）",
            "events",
        ),
    ),
    ("steps_from",),
    Text("Journeys by number of steps, and all of them.", "按步数分组的旅程，以及全部旅程。"),
    behind=of_a_length,
)
ACCOUNT = ResultTable(
    "journey_events",
    (
        column(
            "fate",
            "string",
            "How the customer is known (see journey_steps), or why it stands in no journey",
            "客户的识别依据（见 journey_steps），或未计入旅程的原因",
        ),
        column("kept", "flag", "True: stands in a journey", "是否计入旅程"),
        column("events", "integer", "Events", "互动次数", "events"),
        column("customers", "integer", "Different customers among them", "其中不同客户数", "customers"),
    ),
    ("fate",),
    Text("What became of every interaction; together they are all.", "每次互动的去向；合计即全部互动。"),
)
DWELL = ResultTable(
    "dwell",
    (
        column("touchpoint_id", "string", "Touchpoint, as in journey_steps", "接触点，同 journey_steps"),
        column("touchpoint_en", "string", "Touchpoint's name", "接触点名称"),
        column("touchpoint_zh", "string", "Touchpoint's name in Chinese", "接触点中文名称"),
        column("touchpoint_position", "integer", "Place in the journey", "旅程顺序"),
        column("n", "integer", "Stays of known length", "时长已知的停留次数", "events"),
        column(
            "unknown",
            "integer",
            "Stays of unknown length: last steps without a duration",
            "时长未知的停留（旅程末步且无时长记录）",
            "events",
        ),
        column(
            "customers",
            "integer",
            "Different customers with a stay of known length",
            "时长已知的不同客户数",
            "customers",
        ),
        column(
            "measured_share",
            "number",
            "Share whose duration is on record; the others last until the next step",
            "时长有记录的占比；其余以至下一步的间隔计",
            SHARE,
        ),
        column("median_s", "number", "Median stay (nearest rank)", "停留时长中位数（最近秩）", "seconds"),
        *interval_ends("median_s", "seconds"),
        column(
            "p90_s",
            "number",
            "Nine in ten stay no longer (nearest rank)",
            "九成停留不超过的时长（最近秩）",
            "seconds",
        ),
        *interval_ends("p90_s", "seconds"),
        column("service_level_s", "number", "Longest stay promised", "承诺的最长用时", "seconds"),
        column("longer_share", "number", "Share of stays longer than promised", "超出承诺用时的占比", SHARE),
        *interval_ends("longer_share", SHARE),
        *HIDDEN,
    ),
    ("touchpoint_id",),
    Text("How long customers stay at each touchpoint.", "客户在各接触点停留多久。"),
    behind=of_a_stay,
)
