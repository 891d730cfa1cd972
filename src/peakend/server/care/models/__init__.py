"""What the area keeps: the care programme, audits, the calendar and its tasks, rules of suggestions."""

from peakend.server.care.models.audits import AuditScore, CareAudit, StaffMeasure
from peakend.server.care.models.calendar import CareRule, CareTask, SuggestionRule
from peakend.server.care.models.programme import CareItem, ClassGoal, GoalStep

__all__ = [
    "AuditScore",
    "CareAudit",
    "CareItem",
    "CareRule",
    "CareTask",
    "ClassGoal",
    "GoalStep",
    "StaffMeasure",
    "SuggestionRule",
]
