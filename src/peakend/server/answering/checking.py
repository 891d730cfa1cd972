"""From what was sent to answers and errors: pure functions for pages, kiosks and programs alike.

A form sends `q.<id>`, `q.<id>.<row>` (matrix), `q.<id>.expectation` (pair) and `q.<id>.<option>` (ranking); a
program sends the stored form. Both end in the same checks. A score is looked up among the texts that stand
for it ("0" … "10"), so that "٣", "1e1", "NaN" or a million digits are simply none of them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from peakend.server.surveys.logic import names_of

if TYPE_CHECKING:
    from peakend.server.surveys.questionnaire import Question

PREFIX = "q."
NOT_USED = "na"
Answer = dict[str, Any]
_NONE: Answer = {"state": "no_answer"}
_UNUSED: Answer = {"state": "not_used"}


@dataclass(frozen=True, slots=True)
class Error:
    """What is wrong with one answer: a name in `words.WORDS` behind `error_`, and the number it speaks of."""

    name: str
    what: str
    n: int = 0


@dataclass(slots=True)
class Checked:
    """Answers by name in the stored form (skipped ones as `no_answer`), and at most one error a question."""

    answers: dict[str, Answer] = field(default_factory=dict)
    errors: dict[str, Error] = field(default_factory=dict)


Reading = Callable[["Question", Mapping[str, Sequence[str]]], Checked]


@dataclass(frozen=True, slots=True)
class Check:
    """A question with what can be sent for it.

    `names`: keys of its answers; `fields`: names of its form fields; `scores`: which text is which score.
    """

    question: Question
    names: tuple[str, ...]
    fields: tuple[str, ...]
    scores: Mapping[str, int]
    codes: frozenset[str]
    exclusive: frozenset[str]


def check_for(question: Question) -> Check:
    """Prepare the checks of `question`."""
    scale = question.scale
    names = names_of(question)
    stems = (
        tuple(f"{question.id}.{one.code}" for one in question.options)
        if question.type == "ranking"
        else names
    )
    return Check(
        question,
        names,
        tuple(PREFIX + one for one in stems),
        {str(n): n for n in range(scale[0], scale[1] + 1)} if scale else {},
        frozenset(one.code for one in question.options),
        frozenset(one.code for one in question.options if one.exclusive),
    )


def from_form(
    checks: Iterable[Check], sent: Mapping[str, Sequence[str]], *, lenient: bool = False
) -> Checked:
    """Check what a form sent for `checks`. `lenient`: what was left out is no error."""
    found = Checked()
    for check in checks:
        kind = check.question.type
        if check.scores:
            for name, field_ in zip(check.names, check.fields, strict=True):
                given = sent.get(field_)
                _put(found, check, name, _score(check, given[0] if given and len(given) == 1 else given))
        elif kind == "ranking":
            _put(found, check, check.names[0], _positions(check, sent))
        else:
            given = sent.get(check.fields[0])
            _put(found, check, check.names[0], _other(check, given))
        if check.question.required and not lenient:
            _required(found, check)
    return found


def unknown_fields(sent: Iterable[str], checks: Iterable[Check]) -> list[str]:
    """Fields of questions (`q.…`) in `sent` that none of `checks` has."""
    known = {name for check in checks for name in check.fields}
    return [name for name in sent if name.startswith(PREFIX) and name not in known]


def from_program(checks: Iterable[Check], sent: Mapping[str, object]) -> Checked:
    """Check answers in the stored form, as a program sends them; skipped ones may be left out."""
    found = Checked()
    known: set[str] = set()
    for check in checks:
        known.update(check.names)
        for name in check.names:
            raw = sent.get(name)
            if raw is None or raw == _NONE:
                _put(found, check, name, dict(_NONE))
            elif not isinstance(raw, dict) or not set(raw) <= {"state", "score", "choice", "text"}:
                found.errors.setdefault(check.question.id, Error(name, "option"))
            else:
                _put(found, check, name, _stored(check, raw))
        if check.question.required:
            _required(found, check)
    for name in sent:
        if name not in known:
            found.errors.setdefault(str(name)[:80], Error(str(name)[:80], "unknown"))
    return found


def clean(text: str) -> str:
    """Words somebody entered: line ends as one, no control characters, no halves of characters, trimmed."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isprintable():
        text = "".join(
            one for one in text if one in "\n\t" or unicodedata.category(one) not in ("Cc", "Cs", "Cn")
        )
    return text.strip()


def _put(found: Checked, check: Check, name: str, answer: Answer | Error) -> None:
    if isinstance(answer, Error):
        # The first is enough: one message a question. It names the line it is about.
        found.errors.setdefault(check.question.id, Error(name, answer.what, answer.n))
    else:
        found.answers[name] = answer


def _required(found: Checked, check: Check) -> None:
    missing = [name for name in check.names if found.answers.get(name, _UNUSED)["state"] == "no_answer"]
    if missing:
        what = "rows" if check.question.type == "matrix" else "required"
        found.errors.setdefault(check.question.id, Error(missing[0], what))


def _score(check: Check, given: object) -> Answer | Error:
    if given is None or given == "":
        return dict(_NONE)
    if given == NOT_USED and check.question.not_applicable:
        return dict(_UNUSED)
    score = check.scores.get(given) if isinstance(given, str) else None
    return Error("", "scale") if score is None else {"state": "answered", "score": score}


def _other(check: Check, given: Sequence[str] | None) -> Answer | Error:
    """A choice, a text or a consent of a form."""
    question = check.question
    given = [one for one in given or () if one != ""]
    if question.type == "text":
        return _text(question, given[0] if given else "") if len(given) < 2 else Error("", "option")
    if given == [NOT_USED] and question.not_applicable and NOT_USED not in check.codes:
        return dict(_UNUSED)
    return _choice(check, given)


def _choice(check: Check, given: Sequence[object]) -> Answer | Error:
    question = check.question
    if not given:
        return dict(_NONE)
    codes = check.codes if question.type != "consent" else frozenset(("yes", "no"))
    if len(given) > 200 or not all(isinstance(one, str) and one in codes for one in given):
        return Error("", "option")
    if question.type == "ranking":
        whole = len(given) == len(codes) and len(set(map(str, given))) == len(codes)
        return {"state": "answered", "choice": list(given)} if whole else Error("", "ranking")
    if question.type == "multiple":
        # In the order of the questionnaire, each once: the same choice is the same answer however it was
        # sent.
        chosen = [one.code for one in question.options if one.code in given]
        if len(chosen) > 1 and check.exclusive.intersection(chosen):
            return Error("", "exclusive")
        if question.most is not None and len(chosen) > question.most:
            return Error("", "most", question.most)
        return {"state": "answered", "choice": chosen}
    return {"state": "answered", "choice": [given[0]]} if len(given) == 1 else Error("", "option")


def _positions(check: Check, sent: Mapping[str, Sequence[str]]) -> Answer | Error:
    places: dict[str, str] = {}
    options = check.question.options
    for option, field_ in zip(options, check.fields, strict=True):
        given = sent.get(field_)
        if given and (len(given) != 1 or given[0] in places):
            return Error("", "ranking")
        if given and given[0] != "":
            places[given[0]] = option.code
    if not places:
        return dict(_NONE)
    wanted = [str(n) for n in range(1, len(options) + 1)]
    if sorted(places) != sorted(wanted):
        return Error("", "ranking")
    return {"state": "answered", "choice": [places[one] for one in wanted]}


def _text(question: Question, given: str) -> Answer | Error:
    # Refused before it is cleaned: a megabyte of control characters is no work to take on.
    if len(given) > 2 * question.max_length + 100:
        return Error("", "long", question.max_length)
    words = clean(given)
    if not words:
        return dict(_NONE)
    if len(words) > question.max_length:
        return Error("", "long", question.max_length)
    return {"state": "answered", "text": words}


def _stored(check: Check, raw: Mapping[str, Any]) -> Answer | Error:
    state, question = raw.get("state", "answered"), check.question
    if state == "not_used" and question.not_applicable and set(raw) == {"state"}:
        return dict(_UNUSED)
    if state != "answered":
        return Error("", "option")
    part = "score" if check.scores else "text" if question.type == "text" else "choice"
    if set(raw) - {"state"} != {part}:
        return Error("", "scale" if check.scores else "option")
    given = raw[part]
    if part == "score":
        whole = isinstance(given, int) and not isinstance(given, bool)
        whole = whole or (isinstance(given, float) and given.is_integer())
        # The number of its digits is bounded before it becomes text.
        small = whole and -1 < given < 1000
        return _score(check, str(int(given))) if small else Error("", "scale")
    if part == "text":
        return _text(question, given) if isinstance(given, str) else Error("", "option")
    return _choice(check, given) if isinstance(given, list) else Error("", "option")
