"""The SQL files behind an answer sheet, for the `sql` of an analysis that reads one."""

from __future__ import annotations

SHEET_SQL: tuple[str, ...] = (
    "feedback/survey_design",
    "feedback/respondents",
    "feedback/sheet_answers",
    "feedback/sheet_limits",
    "feedback/sheet_months",
    "feedback/sheet_respondents",
)
