"""Which answers open a case.

The rules are kept in the process, with the deadlines and calendars of the cases they open: an answer that
matches none costs no query.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, StrictInt, StrictStr, StringConstraints

from peakend.language import Text
from peakend.server.cases import catalogue, presets
from peakend.server.cases.catalogue import Sla, words
from peakend.server.cases.models import CaseRule, RuleVersion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.server.answering.models import Response
    from peakend.server.cases.calendars import Calendar
    from peakend.server.surveys.questionnaire import Question, Questionnaire

Operator = Literal["eq", "ne", "in", "lt", "le", "gt", "ge", "contains", "answered", "not_answered"]
# How long another process may go on with the rules of before. The one that changed them knows at once.
STALE_SECONDS = 5.0
MOST_CONDITIONS = 20
# PostgreSQL cannot hold the character 0 in a text.
Word = Annotated[StrictStr, Field(max_length=300, pattern=r"^[^\x00]*$")]
Number = StrictInt | Annotated[FiniteFloat, Field(strict=True)]


class Condition(BaseModel):
    """One condition: what it asks about, how, and against what.

    `question` is a question's id, `type:nps`, `item:recommend`, `@tier`, `@site`, `@place`, `@touchpoint`,
    `@channel`, `@language` or `@words` (everything written). `of` is the scale that `value` is meant on: a
    score on another scale is brought to it. `contains` takes a word, or a list of which one must be in it.
    """

    model_config = ConfigDict(extra="forbid")
    question: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00-\x1f]+$")
    ]
    op: Operator
    value: Number | Word | Annotated[list[Number | Word], Field(max_length=500)] | None = None
    of: tuple[FiniteFloat, FiniteFloat] | None = None


class Conditions(BaseModel):
    """All, or any, of them must hold."""

    model_config = ConfigDict(extra="forbid")
    match: Literal["all", "any"] = "all"
    conditions: list[Condition] = Field(min_length=1, max_length=MOST_CONDITIONS)


@dataclass(frozen=True)
class Rule:
    """A rule in force."""

    code: str
    name: Text
    position: int
    conditions: Conditions
    kind: str = "complaint"
    severity: str = "normal"
    survey_id: int | None = None
    survey: str = ""  # its key
    active: bool = True
    built_in: bool = False


@dataclass(frozen=True)
class Match:
    """The rule that an answer met, and the score that made it so (None: it was words or a place)."""

    rule: Rule
    question: str = ""
    question_type: str = ""
    score: float | None = None
    scale: tuple[int, int] | None = None


@dataclass(frozen=True)
class Snapshot:
    """What a case opens by, as of one version: rules and deadlines by position, surveys about a recovery.

    `calendars` fills itself as places need them: one that cannot be read must not keep others from working.
    """

    version: int
    rules: tuple[Rule, ...]
    recovery_surveys: frozenset[int]
    slas: tuple[Sla, ...]
    calendars: dict[str, Calendar] = field(default_factory=dict)

    def calendar(self, code: str) -> Calendar:
        """The calendar of a site; the office's where there is none of that code."""
        if code not in self.calendars:
            self.calendars[code] = catalogue.calendar(code)
        return self.calendars[code]


def rules(*, every: bool = False) -> list[Rule]:
    """The rules by position; also those switched off where `every`."""
    found = {
        row.code: Rule(
            code=row.code,
            name=words(row.name, row.code),
            position=row.position,
            conditions=Conditions.model_validate(row.conditions),
            kind=row.kind,
            severity=row.severity,
            survey_id=row.survey_id,
            survey=row.survey.key if row.survey else "",
            active=row.active,
        )
        for row in CaseRule.objects.select_related("survey")
    }
    for preset in presets.RULES:
        found.setdefault(
            preset["code"],
            Rule(
                **{
                    **preset,
                    "name": words(preset["name"], preset["code"]),
                    "conditions": Conditions.model_validate(preset["conditions"]),
                },
                built_in=True,
            ),
        )
    return sorted(
        (one for one in found.values() if one.active or every), key=lambda one: (one.position, one.code)
    )


_kept: Snapshot | None = None
_checked = 0.0
_lock = threading.Lock()


def forget() -> None:
    """Read the rules anew for the next answer; for the process that changed them, and for tests."""
    global _kept
    _kept = None


def snapshot() -> Snapshot:
    """The rules in force, at most `STALE_SECONDS` old."""
    global _kept, _checked
    kept, at = _kept, time.monotonic()
    if kept is not None and at - _checked < STALE_SECONDS:
        return kept
    version = version_number()
    if kept is None or kept.version != version:
        kept = Snapshot(version, tuple(rules()), _recovery_surveys(), tuple(catalogue.slas()))
    with _lock:
        _kept, _checked = kept, at
    return kept


def version_number() -> int:
    """How often rules, deadlines or calendars were changed."""
    return RuleVersion.objects.values_list("number", flat=True).filter(pk=1).first() or 0


def changed() -> None:
    """Every process is to read them anew. Call it in the transaction of the change."""
    from django.db import transaction
    from django.db.models import F

    RuleVersion.objects.get_or_create(pk=1)
    RuleVersion.objects.filter(pk=1).update(number=F("number") + 1)
    forget()
    transaction.on_commit(forget)


def _recovery_surveys() -> frozenset[int]:
    from peakend.server.surveys.models import Survey

    return frozenset(Survey.objects.filter(programme="recovery").values_list("pk", flat=True))


def match(response: Response, questionnaire: Questionnaire, given: Iterable[Rule]) -> Match | None:
    """The first of the rules that the answer meets."""
    # A robot's answers are nobody's experience.
    if "robot" in response.flags:
        return None
    asked = _Asked(response, questionnaire)
    for rule in given:
        if rule.survey_id is not None and rule.survey_id != response.survey_id:
            continue
        found = [asked.meets(condition) for condition in rule.conditions.conditions]
        held = all(found) if rule.conditions.match == "all" else any(found)
        if held:
            scored = next((one for one in found if one and one.score is not None), None)
            return Match(
                rule,
                scored.question if scored else "",
                scored.type if scored else "",
                scored.score if scored else None,
                scored.scale if scored else None,
            )
    return None


@dataclass(frozen=True)
class _Held:
    """A condition that holds, and the score it was about. True in a condition."""

    question: str = ""
    type: str = ""
    score: float | None = None
    scale: tuple[int, int] | None = None


class _Asked:
    """One answer, as conditions ask for its parts; what needs a query is fetched when first asked for."""

    def __init__(self, response: Response, questionnaire: Questionnaire) -> None:
        self.response = response
        self.answers: dict[str, Any] = response.answers
        self.questions: dict[str, Question] = {one.id: one for one in questionnaire.questions()}

    def meets(self, condition: Condition) -> _Held | None:
        """Whether the condition holds, and by which score."""
        if condition.question.startswith("@"):
            return _Held() if _compare(self._around(condition.question[1:]), condition) else None
        asked = self._about(condition.question)
        if condition.op == "not_answered":
            return _Held() if not any(self._answered(key) for key, _ in asked) else None
        for key, question in asked:
            if not self._answered(key):
                continue
            answer = self.answers[key]
            if condition.op == "answered":
                return _Held()
            score, scale = answer.get("score"), question.scale
            if score is not None and scale is not None:
                if _compare(_on(score, scale, condition.of), condition):
                    return _Held(key, question.type, float(score), scale)
            elif _compare(answer.get("choice") or answer.get("text"), condition):
                return _Held()
        return None

    def _answered(self, key: str) -> bool:
        return bool(self.answers.get(key, {}).get("state") == "answered")

    def _about(self, name: str) -> list[tuple[str, Question]]:
        """The keys of answers that a condition speaks of, with their questions."""
        wanted, _, value = name.rpartition(":")
        if wanted == "type":
            chosen = [one for one in self.questions.values() if one.type == value]
        elif wanted == "item":
            chosen = [one for one in self.questions.values() if one.item == value]
        else:
            question = self.questions.get(name.partition(".")[0])
            if question is None:
                return []
            if "." in name:
                return [(name, question)]
            chosen = [question]
        found: list[tuple[str, Question]] = []
        for one in chosen:
            found.append((one.id, one))
            # Rows of a matrix; of a pair what was met, not what was expected.
            found += [(f"{one.id}.{row.code}", one) for row in one.rows]
            if one.type == "pair":
                found.append((f"{one.id}.perception", one))
        return found

    def _around(self, name: str) -> Any:  # noqa: ANN401
        response = self.response
        if name == "words":
            return "\n".join(
                str(one["text"]) for one in self.answers.values() if isinstance(one, dict) and one.get("text")
            )
        if name in ("channel", "language"):
            return getattr(response, name)
        if name == "tier":
            return response.customer.tier if response.customer_id else ""
        if name == "place":
            return response.place.key if response.place_id else ""
        if name in ("site", "touchpoint", "team"):
            row = getattr(response, name) if getattr(response, f"{name}_id") else None
            return row.code if row else ""
        return None


def _on(score: float, scale: tuple[int, int], of: tuple[float, float] | None) -> float:
    """The score brought to the scale `of`, to 9 digits: 2 on 1 to 5 stays 2 on 1 to 5."""
    if of is None or tuple(of) == tuple(scale):
        return score
    return round(of[0] + (score - scale[0]) * (of[1] - of[0]) / (scale[1] - scale[0]), 9)


def _compare(found: Any, condition: Condition) -> bool:  # noqa: ANN401
    op: str = condition.op
    value: Any = condition.value
    if op in ("answered", "not_answered"):
        return bool(found) == (op == "answered")
    listed = found if isinstance(found, list) else [found]
    if op == "contains":
        wanted = [str(one).casefold() for one in (value if isinstance(value, list) else [value]) if one]
        return any(word in str(part or "").casefold() for part in listed for word in wanted)
    if op in ("eq", "ne", "in"):
        among = value if isinstance(value, list) else [value]
        same = any(part == one or str(part) == str(one) for part in listed for one in among)
        return same != (op == "ne")
    try:
        left, right = float(found), float(value)
    except (TypeError, ValueError):
        return False
    return {"lt": left < right, "le": left <= right, "gt": left > right, "ge": left >= right}[op]
