"""The result table of the analysis `journey_coverage`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import column, interval_ends
from peakend.journey.registry.columns import TOUCHPOINT
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation


def _behind(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.journey.registry.coverage import visitors_of

    return visitors_of(inputs, row["touchpoint_id"])


COVERAGE = ResultTable(
    "journey_coverage",
    (
        column(
            "kind",
            "string",
            "stage (of the registry) or step (of a design)",
            "stage 登记表的阶段、step 设计的步骤",
        ),
        column("design_id", "string", "Design (empty: a stage)", "设计编号（阶段为空）"),
        column("version", "string", "Version of the design", "版本"),
        column("step_id", "string", "Stage or step", "阶段或步骤"),
        column("position", "integer", "Its place", "次序"),
        column("step_en", "string", "Name of the step", "步骤名称"),
        column("step_zh", "string", "Name of the step in Chinese", "步骤中文名称"),
        *TOUCHPOINT,
        column(
            "cell",
            "string",
            "covered, never_met, not_registered or no_touchpoint: this touchpoint at this stage or step",
            "此格：covered 有接触点且有互动、never_met 无互动、not_registered 未登记、no_touchpoint 无接触点",
        ),
        column(
            "covered",
            "flag",
            "True: some touchpoint of the stage or step is met",
            "该阶段或步骤是否有接触点支撑",
        ),
        column("reason", "string", "Why it is not covered (empty: it is)", "未覆盖的原因（空为已覆盖）"),
        column("action", "string", "Designed: what the customer does", "设计：客户行动"),
        column("question", "string", "Designed: what the customer asks", "设计：客户疑问"),
        column("barrier", "string", "Designed: what stands in the way", "设计：障碍"),
        column("emotion", "string", "Designed: what the customer is to feel", "设计：期望情感"),
        column("events", "integer", "Evidence: events", "证据：互动次数", "events"),
        column("customers", "integer", "Evidence: identified customers", "证据：已识别客户数", "customers"),
        column(
            "felt", "integer", "Evidence: events with a known feeling", "证据：感受已知的互动次数", "events"
        ),
        column("feeling", "number", "Evidence: mean feeling, −1 to 1", "证据：平均感受（−1 至 1）"),
        *interval_ends("feeling"),
    ),
    ("kind", "design_id", "version", "step_id", "touchpoint_id"),
    Text(
        "Stages and designed steps by touchpoint: what supports them, what is uncovered, and the five layers "
        "of the map with the evidence.",
        "阶段与设计步骤对接触点的覆盖矩阵：由谁支撑、何处未覆盖；并列旅程图五层与证据。",
    ),
    behind=_behind,
)
