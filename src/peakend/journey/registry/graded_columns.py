"""The result table of the analysis `entitlement_use`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import SHARE, column, interval_ends
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation


def _behind(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.journey.registry.graded import users_of_cell

    return users_of_cell(inputs, row)


ENTITLEMENT_USE = ResultTable(
    "entitlement_use",
    (
        column("segmentation", "string", "Segmentation", "划分"),
        column("segment", "string", "Segment", "分群"),
        column("touchpoint_id", "string", "Touchpoint", "接触点"),
        column("channel", "string", "Channel (empty: the log names none)", "渠道（空为数据未注明）"),
        column("listed", "flag", "True: the matrix has this cell", "权益矩阵是否列出此格"),
        column(
            "entitled", "flag", "True: it is theirs; what is not listed is not", "是否享有；未列出视为不享有"
        ),
        column("service_level_s", "number", "Longest duration promised", "承诺的最长用时", "seconds"),
        column("members", "integer", "Members of the segment", "分群成员数", "customers"),
        column("customers", "integer", "Of them who used it", "其中使用者", "customers"),
        column("events", "integer", "Their events", "互动次数", "events"),
        column("beyond_events", "integer", "Given without entitlement", "无权益而提供的次数", "events"),
        column("beyond_customers", "integer", "To how many", "涉及客户数", "customers"),
        column(
            "late_events",
            "integer",
            "Entitled, and longer than promised",
            "有权益而超过承诺时长的次数",
            "events",
        ),
        column("late_customers", "integer", "For how many", "涉及客户数", "customers"),
        column(
            "late_share", "number", "Share of entitled events longer than promised", "超时次数占比", SHARE
        ),
        *interval_ends("late_share", SHARE),
        column(
            "finding",
            "string",
            "beyond, below, as_entitled or not_used",
            "beyond 超出权益、below 低于权益、as_entitled 与权益相符、not_used 未使用",
        ),
    ),
    ("segmentation", "segment", "touchpoint_id", "channel"),
    Text(
        "Service by grade: what each segment is entitled to, and what was given beyond or below it.",
        "分级服务：各分群享有什么权益，实际提供的超出或低于权益多少。",
    ),
    behind=_behind,
)
