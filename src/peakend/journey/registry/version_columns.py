"""The result table of the analysis `touchpoint_versions`."""

from __future__ import annotations

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import column, interval_ends
from peakend.journey.registry.columns import POINTS
from peakend.language import Text

VERSIONS = ResultTable(
    "touchpoint_versions",
    (
        column("change_id", "string", "Change", "变更"),
        column("touchpoint_id", "string", "Touchpoint", "接触点"),
        column(
            "number",
            "integer",
            "Number of the version, 1 the first recorded change",
            "版本号（首次有记录的变更为 1）",
        ),
        column("changed_at", "time", "When", "变更时间"),
        column("site_id", "string", "Site", "网点"),
        column("kind", "string", "Kind", "类型"),
        column("description", "string", "What was changed", "变更内容"),
        column("previous", "string", "What was changed the time before", "上一版的变更内容"),
        column(
            "from_at",
            "time",
            "Scores from here: 90 days before, or the version before",
            "评分起点：前 90 天或上一版",
        ),
        column(
            "to_at",
            "time",
            "Scores until here: 90 days after, or the next version",
            "评分终点：后 90 天或下一版",
        ),
        column("n_before", "integer", "Scored answers before", "变更前评分答案数", "answers"),
        column("n_after", "integer", "Scored answers after", "变更后评分答案数", "answers"),
        column("before", "number", "Mean before, on 0–100", "变更前平均得分（0–100）", POINTS),
        column("after", "number", "Mean after, on 0–100", "变更后平均得分（0–100）", POINTS),
        column("difference", "number", "After minus before", "后减前", POINTS),
        *interval_ends("difference", POINTS),
        column("p_value", "number", "Two-sided p", "双侧 p 值", "probability"),
        column(
            "adjusted_p",
            "number",
            "p after Holm's correction over all changes",
            "对全部变更作 Holm 校正后的 p 值",
            "probability",
        ),
        column(
            "verdict",
            "string",
            "better, worse or cannot_tell; no proof of cause",
            "better 变好、worse 变差、cannot_tell 尚不能断定；不证明因果",
        ),
        column("hidden", "flag", "True: too few answers on one side", "某一侧答案太少，不予公布"),
    ),
    ("change_id",),
    Text(
        "Versions of touchpoints: every recorded change with the scores before and after it.",
        "接触点的版本：每次有记录的变更及其前后得分。",
    ),
)
