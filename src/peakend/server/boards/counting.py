"""From a response to what it adds to the counts: the one place that folding, live figures and erasure
share.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from peakend.server.surveys.models import SurveyVersion
from peakend.server.surveys.questionnaire import (
    Option,
    Question,
    Questionnaire,
    question_key,
    wording_digest,
)

MOST_POINTS = 11
ROBOT = "~robot"
CHOICES = frozenset({"single", "multiple"})
METRICS = {
    "nps": "nps",
    "csat": "csat",
    "ces": "ces",
    "rating": "rating",
    "pair": "rating",
    "matrix": "rating",
}


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is counted by itself: a question, a row of a matrix, a side of a pair.

    `key` is its name in the counts, `answer` its name in `Response.answers`, `metric` one of
    `peakend.feedback.measures` (empty: choice, ranking or text), `wording` what a series may not change.
    """

    key: str
    answer: str
    question: Question
    row: Option | None
    side: str
    wording: str

    @property
    def metric(self) -> str:
        """nps, csat, ces, rating; empty for what has no score."""
        return METRICS.get(self.question.type, "")

    @property
    def scale(self) -> tuple[int, int]:
        """Lowest and highest score; (0, 0) for what has none."""
        return self.question.scale or (0, 0)

    @property
    def compact(self) -> bool:
        """Whether the whole scale has room in one row of counts."""
        low, high = self.scale
        return high - low < MOST_POINTS


def items_of(survey_key: str, questionnaire: Questionnaire) -> tuple[Item, ...]:
    """What a questionnaire's responses are counted by, in its order. Consents are no opinions and are left
    out.
    """
    found: list[Item] = []
    for question in questionnaire.questions():
        if question.type == "consent":
            continue
        digest = wording_digest(question)
        if question.type == "matrix":
            found += [
                Item(
                    question_key(survey_key, question, row.code),
                    f"{question.id}.{row.code}",
                    question,
                    row,
                    "",
                    digest,
                )
                for row in question.rows
            ]
            continue
        key = question_key(survey_key, question)
        found.append(Item(key, question.id, question, None, "", digest))
        if question.type == "pair":
            found.append(
                Item(
                    f"{key}.expectation", f"{question.id}.expectation", question, None, "expectation", digest
                )
            )
    return tuple(found)


_kept: dict[tuple[object, ...], tuple[Item, ...]] = {}


def items_of_versions(versions: Iterable[int]) -> dict[int, tuple[Item, ...]]:
    """The items of each version (primary keys). Versions never change, so that they are read once a
    process.
    """
    rows = SurveyVersion.objects.filter(pk__in=set(versions))
    marks = {
        pk: (pk, key, published, digest)
        for pk, key, published, digest in rows.values_list("pk", "survey__key", "published_at", "digest")
    }
    missing = [pk for pk, mark in marks.items() if mark not in _kept]
    if len(_kept) > 500:
        _kept.clear()
        missing = list(marks)
    for pk, questionnaire in SurveyVersion.objects.filter(pk__in=missing).values_list("pk", "questionnaire"):
        _kept[marks[pk]] = items_of(str(marks[pk][1]), Questionnaire.model_validate(questionnaire))
    return {pk: _kept[mark] for pk, mark in marks.items()}


Contribution = tuple[str, str, int]


def contributions(
    answers: Mapping[str, Any], flags: Iterable[str], items: Iterable[Item]
) -> Iterator[Contribution]:
    """What a completed response adds: (question, option, column), one each. A robot adds nothing but
    itself.
    """
    if "robot" in flags:
        yield "", ROBOT, 0
        return
    yield "", "", 0
    for item in items:
        given = answers.get(item.answer)
        if not given:
            continue
        state = given.get("state")
        if state != "answered":
            yield item.key, f"~{state}", 0
        elif item.metric:
            yield from _scored(item, given.get("score"))
        elif item.question.type == "text":
            if given.get("text"):
                yield item.key, "", 0
        else:
            yield from _chosen(item, given.get("choice") or ())


def _scored(item: Item, score: object) -> Iterator[Contribution]:
    low, high = item.scale
    if isinstance(score, bool) or not isinstance(score, int | float) or not low <= score <= high:
        return
    if item.compact and score == int(score):
        yield item.key, "", int(score) - low
    else:
        yield item.key, f"={score:g}", 0


def _chosen(item: Item, choice: object) -> Iterator[Contribution]:
    codes = [choice] if isinstance(choice, str) else list(choice) if isinstance(choice, list | tuple) else []
    if not codes:
        return
    yield item.key, "", 0
    # Of a ranking only what stands first is counted.
    for code in dict.fromkeys(codes if item.question.type in CHOICES else codes[:1]):
        yield item.key, str(code)[:50], 0


def score_of(item: Item, option: str, column: int) -> float | None:
    """The score that a count stands for; None for a state or an option."""
    if option.startswith("="):
        return float(option[1:])
    return float(item.scale[0] + column) if not option and item.metric else None
