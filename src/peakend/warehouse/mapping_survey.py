"""A wide survey (one column a question) as responses, answers and the segments of each response.

The columns of questions turn into rows inside DuckDB by unnesting a list of structs: one pass over the
file, and each question keeps its own codes. Questions that are coded alike share one expression.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.warehouse.mapping_errors import unknown
from peakend.warehouse.mapping_loads import Check, ColumnLoad, TableLoad
from peakend.warehouse.mapping_sql import Scope, json_object, listed
from peakend.warehouse.mapping_values import NUMBER, column_load
from peakend.warehouse.readers.naming import literal, quoted
from peakend.warehouse.readers.source import ROW, SourceColumn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.warehouse.mapping_model import Answer, Rule, Segmentation, Survey

    Place = tuple[str | int, ...]

SCORED = frozenset({"nps", "csat", "ces", "rating", "expectation"})
_FAULTS = {
    "score": {
        "not_a_number": Text("The answer is not a number.", "答案不是数字。"),
        "outside_scale": Text("The score is outside the scale of its question.", "分值超出该题的量表范围。"),
    },
    "choice": {
        "unlisted_code": Text("The mapping has no meaning for this code.", "映射中没有此代码的含义。"),
    },
}


@dataclass(frozen=True, slots=True)
class Question:
    """What the mapping declares of a question: how its answers are to be read."""

    metric: str
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class _Coding:
    """How codes become answers; equal for most questions of a survey."""

    question: Question
    not_used: tuple[str, ...]
    no_answer: tuple[str, ...]
    shift: float
    meanings: tuple[tuple[str, str | None], ...]
    unlisted: str

    def state(self) -> str:
        silent = f" or code in ({listed(self.no_answer)})" if self.no_answer else ""
        unused = f" when code in ({listed(self.not_used)}) then 'not_used'" if self.not_used else ""
        return f"case when code is null{silent} then 'no_answer'{unused} else 'answered' end"

    def score(self) -> str | None:
        if self.question.metric not in SCORED:
            return None
        return "try_cast(code as double)" + (f" + {self.shift!r}" if self.shift else "")

    def choice(self) -> str | None:
        if self.question.metric != "choice":
            return None
        if not self.meanings:
            return "code"
        branches = " ".join(
            f"when {literal(code)} then {'null' if words is None else literal(words)}"
            for code, words in self.meanings
        )
        return f"case code {branches} else {'code' if self.unlisted == 'keep' else 'null'} end"

    def text(self) -> str | None:
        return "code" if self.question.metric == "text" else None

    def fault(self) -> str | None:
        if self.question.metric in SCORED:
            outside = [f"score < {self.question.low!r}"] if self.question.low is not None else []
            outside += [f"score > {self.question.high!r}"] if self.question.high is not None else []
            beyond = f" when {' or '.join(outside)} then 'outside_scale'" if outside else ""
            return f"case when not coalesce(isfinite(score), false) then 'not_a_number'{beyond} end"
        if self.question.metric == "choice" and self.meanings and self.unlisted == "refuse":
            known = listed(code for code, _ in self.meanings)
            return f"case when code not in ({known}) then 'unlisted_code' end"
        return None


def prepared(scope: Scope, *, numbered: bool) -> Scope:
    """The same file with every column as trimmed text, which many rules then name without repeating how.

    `numbered`: the relation has the running number of a template, which is to be kept.
    """
    columns = tuple(replace(column, type="VARCHAR") for column in scope.source.columns)
    texts = ", ".join(
        f"{scope.short_text(column)} as {quoted(column.name)}" for column in scope.source.columns
    )
    kept = f"{quoted(ROW)}, {quoted(NUMBER)}" if numbered else quoted(ROW)
    relation = f"(select {kept}, {texts} from {scope.source.relation}) as prepared"
    rule = scope.rule.model_copy(update={"trim": False, "empty": []})
    source = replace(scope.source, columns=columns, relation=relation)
    return Scope(source, rule, scope.document, scope.place, scope.used)


def answer_load(
    survey: Survey, questions: Mapping[str, Question], scope: Scope, place: Place, origin: ColumnLoad
) -> TableLoad:
    """One row for each response and question. `scope` is a prepared one."""
    response = column_load("response_id", "string", survey.response, scope, (*place, "response"))
    codings: dict[_Coding, int] = {}
    structs = []
    for question, answer in survey.answers.items():
        spot = (*place, "answers", question)
        if question not in questions:
            kind = Text("question declared under rows called", "已在 rows 中声明的题目")
            raise unknown(scope.document.file, scope.line(spot), kind, question, questions)
        column = scope.column(answer.column, spot)
        number = codings.setdefault(_coding(questions[question], answer, survey, column), len(codings))
        extra = [scope.column(name, (*spot, "attributes")) for name in answer.attributes]
        fields = {
            "question_id": literal(question),
            "column": literal(answer.column),
            "code": quoted(column.name),
            "coding": str(number),
            "attributes": json_object([(one.name, quoted(one.name)) for one in extra]),
        }
        structs.append(_struct(fields))
    relation = _coded(_unpivoted(scope, {"response_id": response.value}, structs), list(codings))
    checks = {
        name: tuple(
            Check(f"(fault is distinct from {literal(code)})", code, reason, "code")
            for code, reason in faults.items()
        )
        for name, faults in _FAULTS.items()
    }
    names = ("response_id", "question_id", "state", "score", "choice", "text", "attributes")
    columns = [ColumnLoad(name, quoted(name), checks.get(name, ())) for name in names]
    raw = json_object([(name, quoted(name)) for name in ("response_id", "question_id", "column", "code")])
    return TableLoad("answers", scope.source, relation, (*columns, origin), raw)


def _coding(question: Question, answer: Answer, survey: Survey, column: SourceColumn) -> _Coding:
    not_used = answer.not_used if answer.not_used is not None else survey.not_used
    no_answer = answer.no_answer if answer.no_answer is not None else survey.no_answer
    meanings: Mapping[str, str | None] = {}
    unlisted: str = answer.unlisted
    if question.metric == "choice":
        meanings = answer.values if answer.values is not None else column.labels
        # Words of an SPSS file cover the codes that have one; a code without is its own meaning.
        unlisted = answer.unlisted if answer.values is not None else "keep"
    return _Coding(
        question,
        tuple(not_used),
        (*no_answer, *column.missing),
        answer.shift,
        tuple(meanings.items()),
        unlisted,
    )


def _coded(unpivoted: str, codings: list[_Coding]) -> str:
    """State, score, choice, text and fault of every code."""

    def by_coding(parts: list[str | None], kind: str) -> str:
        branches = [f"when {number} then {sql}" for number, sql in enumerate(parts) if sql is not None]
        return f"case coding {' '.join(branches)} end" if branches else f"null::{kind}"

    def answered(parts: list[str | None], kind: str) -> str:
        return f"case when state = 'answered' then {by_coding(parts, kind)} end"

    state = by_coding([coding.state() for coding in codings], "varchar")
    score = answered([coding.score() for coding in codings], "double")
    choice = answered([coding.choice() for coding in codings], "varchar")
    text = answered([coding.text() for coding in codings], "varchar")
    fault = answered([coding.fault() for coding in codings], "varchar")
    with_state = f"(select *, {state} as state from {unpivoted}) as stated"
    with_values = (
        f'(select *, {score} as score, {choice} as choice, {text} as "text" from {with_state}) as valued'
    )
    return f"(select *, {fault} as fault from {with_values}) as answers"


def segment_load(
    segments: Mapping[str, Rule],
    subject: str,
    key: Rule,
    titles: Mapping[str, Segmentation],
    scope: Scope,
    place: Place,
    key_place: Place,
    origin: ColumnLoad,
) -> TableLoad:
    """Segment members: one row for each subject and segmentation in which it has a segment."""
    identity = column_load("subject_id", "string", key, scope, key_place)
    structs = []
    for segmentation, rule in segments.items():
        load = column_load("segment", "string", rule, scope, (*place, segmentation))
        good = " and ".join(check.ok for check in load.checks) or "true"
        code = load.checks[0].raw if load.checks else load.value
        structs.append(
            _struct(
                {"segmentation": literal(segmentation), "segment": load.value, "code": code, "good": good}
            )
        )
    relation = _unpivoted(scope, {"subject_id": identity.value}, structs)
    reason = Text("The mapping has no segment for this code.", "映射中没有此代码对应的分群。")
    columns = (
        ColumnLoad("segmentation", "segmentation"),
        ColumnLoad("segment", "segment", (Check("good", "unlisted_code", reason, "code"),)),
        ColumnLoad("subject", literal(subject)),
        ColumnLoad("subject_id", "subject_id"),
        ColumnLoad("attributes", _titles(segments, titles)),
        origin,
    )
    raw = json_object([(name, quoted(name)) for name in ("subject_id", "segmentation", "code")])
    where = "(segment is not null or not good)"
    return TableLoad("segment_members", scope.source, relation, columns, raw, where)


def _titles(segments: Mapping[str, Rule], titles: Mapping[str, Segmentation]) -> str:
    """SQL of the JSON that says the segmentation and the segment in both languages."""
    branches = []
    for segmentation in segments:
        title = titles.get(segmentation)
        if title is None:
            continue
        plain = {"title_en": title.en, "title_zh": title.zh}
        words = " ".join(
            f"when {literal(label)} then {_json({**plain, 'label_zh': zh})}"
            for label, zh in title.labels.items()
        )
        inner = f"case segment {words} else {_json(plain)} end" if words else _json(plain)
        branches.append(f"when {literal(segmentation)} then {inner}")
    return f"case segmentation {' '.join(branches)} end" if branches else "null::varchar"


def _json(value: Mapping[str, str]) -> str:
    return literal(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _struct(fields: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{literal(name)}: {sql}" for name, sql in fields.items()) + "}"


def _unpivoted(scope: Scope, keys: Mapping[str, str], structs: list[str]) -> str:
    kept = ", ".join(f"{sql} as {name}" for name, sql in keys.items())
    return (
        f"(select {quoted(ROW)}, {', '.join(keys)}, each_one.* from (select {quoted(ROW)}, {kept}, "
        f"unnest([{', '.join(structs)}]) as each_one from {scope.source.relation}) as unnested) as unpivoted"
    )
