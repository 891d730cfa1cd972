"""The columns of an export: which there are over all versions, and how an answer becomes a cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from peakend.language import Text
from peakend.server.surveys.models import SurveyVersion
from peakend.server.surveys.questionnaire import Question, Words
from peakend.server.surveys.series import questionnaire_of, series_numbers
from peakend.server.web.say import picked

Kind = Literal["score", "choice", "chosen", "rank", "words"]
NOT_USED = -8
NOT_USED_TEXT = Text("Did not use", "未使用")
_EXPECTED = Text("expected", "期望")
_RESERVED = frozenset(["all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"])


@dataclass(slots=True)
class Column:
    """One variable: `name` is fit for SPSS, `part` where its answer stands, `codes` its options in order."""

    name: str
    label: Words
    kind: Kind
    question: str
    series: int
    part: str
    code: str = ""
    codes: dict[str, Words] = field(default_factory=dict)
    ends: dict[int, Words] = field(default_factory=dict)
    may_be_unused: bool = False

    def labelled(self, language: str) -> str:
        """Its label in `language`, or the nearest there is."""
        return picked(self.label, language)

    def cell(self, answers: Mapping[str, Any]) -> object:
        """The cell of a response: a number, words, a code; `NOT_USED`; None for no answer."""
        answer = answers.get(self.part)
        if not isinstance(answer, dict) or answer.get("state") == "no_answer":
            return None
        if answer.get("state") == "not_used":
            return NOT_USED
        chosen = answer.get("choice")
        listed = [str(one) for one in (chosen if isinstance(chosen, list) else [chosen]) if one is not None]
        if self.kind == "score":
            return answer.get("score")
        if self.kind == "words":
            return answer.get("text")
        if self.kind == "choice":
            return listed[0] if listed else None
        if self.kind == "chosen":
            return int(self.code in listed)
        return listed.index(self.code) + 1 if self.code in listed else None


def columns_of(versions: list[SurveyVersion]) -> list[Column]:
    """The columns of all these versions, the newest version's order first.

    A question whose series broke has one column before and one after: they are not one measure.
    """
    found: dict[tuple[str, str, int, str], Column] = {}
    for version in sorted(versions, key=lambda one: -one.number):
        numbers = series_numbers(version)
        for question in questionnaire_of(version).questions():
            for column in _of_question(question, numbers.get(question.id, 0)):
                key = (column.question, column.part, column.series, column.code)
                known = found.setdefault(key, column)
                if known is not column:
                    known.codes = {**column.codes, **known.codes}
                    known.may_be_unused |= column.may_be_unused
    columns = list(found.values())
    _named(columns)
    return columns


def _of_question(question: Question, series: int) -> list[Column]:
    unused = question.not_applicable
    scale = question.scale
    ends = {scale[0]: question.low_label, scale[1]: question.high_label} if scale else {}
    ends = {score: words for score, words in ends.items() if words}
    stem = question.id

    def column(kind: Kind, part: str, more: Words | None = None, code: str = "") -> Column:
        name = "_".join(one for one in (stem, part.partition(".")[2], code) if one)
        label = (
            question.text
            if more is None
            else {k: f"{t}: {more.get(k, '')}" for k, t in question.text.items()}
        )
        return Column(name, label, kind, stem, series, part, code, {}, ends, unused)

    if question.type == "matrix":
        return [column("score", f"{stem}.{row.code}", row.text) for row in question.rows]
    if question.type == "pair":
        expected = {tag: _EXPECTED.zh if tag == "zh" else _EXPECTED.en for tag in question.text}
        return [column("score", f"{stem}.expectation", expected), column("score", stem)]
    if question.type == "multiple":
        return [column("chosen", stem, one.text, one.code) for one in question.options]
    if question.type == "ranking":
        return [column("rank", stem, one.text, one.code) for one in question.options]
    if question.type == "text":
        return [column("words", stem)]
    made = column("score" if scale else "choice", stem)
    made.codes = {one.code: one.text for one in question.options}
    if question.type == "consent":
        made.codes = {"yes": {"en": "Yes", "zh": "同意"}, "no": {"en": "No", "zh": "不同意"}}
    return [made]


def _named(columns: list[Column]) -> None:
    taken: set[str] = set()
    for column in columns:
        stem = f"{column.name}_s{column.series + 1}" if column.series else column.name
        stem = re.sub(r"[^A-Za-z0-9_]", "_", stem)[:56].rstrip("_") or "v"
        if stem.lower() in _RESERVED:
            stem = f"{stem}_"
        name, number = stem, 2
        while name.lower() in taken:
            name, number = f"{stem}_{number}", number + 1
        taken.add(name.lower())
        column.name = name
