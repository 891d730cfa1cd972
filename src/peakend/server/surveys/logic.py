"""Which questions are shown, and what is piped into their texts: pure functions of the answers so far.

Answers have the stored form of `Response.answers`: `{"recommend": {"state": "answered", "score": 9}, …}`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from peakend.server.surveys.questionnaire import Condition, Question, Questionnaire, ShowIf

Answers = Mapping[str, Mapping[str, Any]]
Embedded = Mapping[str, Any]
PIPED = re.compile(r"\{\{\s*(@?[A-Za-z_][A-Za-z0-9_.-]*)\s*\}\}")


def value_of(name: str, answers: Answers, embedded: Embedded) -> Any:  # noqa: ANN401 - score, codes or words
    """The score, the list of codes or the words behind `name` (`q`, `q.row`, `@given`); None: unanswered."""
    if name.startswith("@"):
        given = embedded.get(name[1:])
        return None if given in ("", []) else given
    answer = answers.get(name)
    if not answer or answer.get("state") != "answered":
        return None
    for part in ("score", "choice", "text"):
        if answer.get(part) not in (None, "", []):
            return answer[part]
    return None


def condition_holds(condition: Condition, answers: Answers, embedded: Embedded) -> bool:
    """Whether it holds. Unanswered, hidden and "did not use" are false for all but `ne` and
    `not_answered`.
    """
    value = value_of(condition.question, answers, embedded)
    if condition.op in ("answered", "not_answered"):
        return (value is not None) is (condition.op == "answered")
    if value is None:
        return condition.op == "ne"
    wanted = condition.value
    match condition.op:
        case "eq":
            return _same(value, wanted)
        case "ne":
            return not _same(value, wanted)
        case "in":
            listed = wanted if isinstance(wanted, list) else [wanted]
            given = value if isinstance(value, list) else [value]
            return any(_same(one, each) for one in given for each in listed)
        case "contains":
            listed = wanted if isinstance(wanted, list) else [wanted]
            if isinstance(value, list):
                return any(str(each) in map(str, value) for each in listed)
            return any(str(each).casefold() in str(value).casefold() for each in listed)
    number, limit = _number(value), _number(wanted)
    if number is None or limit is None:
        return False
    return {"lt": number < limit, "le": number <= limit, "gt": number > limit, "ge": number >= limit}[
        condition.op
    ]


def holds(rule: ShowIf | None, answers: Answers, embedded: Embedded) -> bool:
    """Whether what has this rule is shown; without a rule it is."""
    if rule is None:
        return True
    met = (condition_holds(one, answers, embedded) for one in rule.conditions)
    return all(met) if rule.match == "all" else any(met)


def shown(questionnaire: Questionnaire, answers: Answers, embedded: Embedded) -> Iterator[Question]:
    """The questions that are shown, in order. An answer to a hidden question counts for no later rule."""
    kept: dict[str, Mapping[str, Any]] = {}
    for page in questionnaire.pages:
        if not holds(page.show_if, kept, embedded):
            continue
        for question in page.questions:
            if not holds(question.show_if, kept, embedded):
                continue
            for name in names_of(question):
                if name in answers:
                    kept[name] = answers[name]
            yield question


def names_of(question: Question) -> tuple[str, ...]:
    """The keys of its answers: its id; in a matrix `id.row` of each; a pair has `id.expectation` besides."""
    if question.type == "matrix":
        return tuple(f"{question.id}.{row.code}" for row in question.rows)
    if question.type == "pair":
        return (f"{question.id}.expectation", question.id)
    return (question.id,)


def asked_by(rule: ShowIf | None) -> set[str]:
    """The ids of the questions that a rule asks about."""
    return {
        condition.question.partition(".")[0]
        for condition in (rule.conditions if rule else ())
        if not condition.question.startswith("@")
    }


def piped_names(text: str) -> list[str]:
    """What a text pipes, in order: `["recommend", "@name"]`."""
    return PIPED.findall(text)


def piped(
    text: str, questions: Mapping[str, Question], answers: Answers, embedded: Embedded, language: str
) -> str:
    """`text` with every `{{…}}` filled in (unanswered: nothing). Escaping it is the page's work."""
    if "{{" not in text:
        return text
    return PIPED.sub(lambda found: _words(found[1], questions, answers, embedded, language), text)


def _words(
    name: str, questions: Mapping[str, Question], answers: Answers, embedded: Embedded, language: str
) -> str:
    value = value_of(name, answers, embedded)
    if value is None:
        return ""
    if isinstance(value, list):
        question = questions.get(name.partition(".")[0])
        texts = {one.code: one.text for one in question.options} if question else {}
        named = [
            texts.get(str(code), {}).get(language) or next(iter(texts.get(str(code), {}).values()), code)
            for code in value
        ]
        return "、".join(named) if language.startswith("zh") else ", ".join(map(str, named))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _same(value: object, wanted: object) -> bool:
    if isinstance(value, list):
        listed = wanted if isinstance(wanted, list) else [wanted]
        return sorted(map(str, value)) == sorted(map(str, listed))
    number, other = _number(value), _number(wanted)
    if number is not None and other is not None:
        return number == other
    return str(value) == str(wanted)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
