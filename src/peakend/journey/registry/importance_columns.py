"""The result table of the analysis `touchpoint_importance`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import SHARE, column, interval_ends
from peakend.journey.registry.columns import POINTS, TOUCHPOINT
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation


def _behind(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.journey.registry.weighing import users_of

    return users_of(inputs, row["touchpoint_id"])


IMPORTANCE = ResultTable(
    "touchpoint_importance",
    (
        *TOUCHPOINT,
        column("owner", "string", "Who answers for it", "责任人"),
        column("customers", "integer", "Customers who met it", "到访客户数", "customers"),
        column("events", "integer", "Their events there", "其互动次数", "events"),
        column("frequency", "number", "Share of customers who met it", "到访客户占全部客户的比例", SHARE),
        *interval_ends("frequency", SHARE),
        column(
            "frequency_cut",
            "number",
            "Median of frequency: the threshold",
            "frequency 的中位数，即分界",
            SHARE,
        ),
        column(
            "importance",
            "number",
            "Emotional importance, 0 to 10 (empty: its source says nothing of this touchpoint)",
            "情感重要性（0 至 10；空为该来源未涉及此接触点）",
            POINTS,
        ),
        *interval_ends("importance", POINTS),
        column(
            "importance_cut",
            "number",
            "Median of importance: the threshold",
            "importance 的中位数，即分界",
            POINTS,
        ),
        column(
            "importance_source",
            "string",
            "asked (the registry), strong_moments (10 × share of felt events with |emotion| ≥ 0.5), derived "
            "(10 × share in driver_importance); one source for all",
            "asked 登记表所载、strong_moments 有感受的互动中 |emotion| ≥ 0.5 的占比 ×10、"
            "derived 取自 driver_importance 的份额 ×10；全表同一来源",
        ),
        column("felt", "integer", "Events with a known feeling", "感受已知的互动次数", "events"),
        column(
            "strong",
            "integer",
            "Of them strong, |emotion| ≥ 0.5",
            "其中感受强烈的（|emotion| ≥ 0.5）",
            "events",
        ),
        column(
            "quadrant",
            "string",
            "hot (often and strong), rare_but_strong, routine (often, not strong), quiet",
            "hot 常用且触动大、rare_but_strong 少用但触动大、routine 常用而平淡、quiet 少用且平淡",
        ),
        column(
            "sure",
            "flag",
            "True: it holds its quadrant in at least 1 − (1 − confidence) / touchpoints of the draws",
            "在自助抽样中保持所在象限的比例不低于 1 −（1 − 置信水平）÷ 接触点数",
        ),
        column("emphasis", "number", "Frequency × importance", "频率 × 重要性"),
        *interval_ends("emphasis"),
        column("emphasis_rank", "integer", "Place by emphasis", "按 emphasis 的名次"),
        column("emphasis_rank_low", "integer", "Best place it can hold", "可能的最高名次"),
        column("emphasis_rank_high", "integer", "Worst place it can hold", "可能的最低名次"),
        column(
            "score",
            "number",
            "Mean score, 0–10 (empty: none published)",
            "平均得分（0–10；空为无公布值）",
            POINTS,
        ),
        column("priority", "number", "Emphasis × (10 − score)", "emphasis ×（10 − 得分）"),
        *interval_ends("priority"),
        column("priority_rank", "integer", "Place by priority", "按 priority 的名次"),
        column("hidden", "flag", "True: too few customers to publish", "客户太少，不予公布"),
    ),
    ("touchpoint_id",),
    Text(
        "Touchpoints by how often they are met and how much they stir, and by what their score lacks.",
        "接触点按使用频率、情感重要性及得分差距排列的先后。",
    ),
    behind=_behind,
)
