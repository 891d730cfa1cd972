"""Huddles and their agenda, drawn from the facts of the period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from peakend.language import Text
from peakend.server.acting.actors import Actor
from peakend.server.acting.policies import within
from peakend.server.answering.models import Response
from peakend.server.cases.models import Case
from peakend.server.improvement.figures import (
    Figure,
    Versions,
    admitted,
    completed,
    figure_of_answers,
    score_of,
)
from peakend.server.improvement.models import Huddle, HuddlePoint, Note, Topic
from peakend.server.improvement.selectors import one

MOST_WORDS = 4


@dataclass(frozen=True, slots=True)
class Voice:
    """Words worth reading: `tone` is good, act or nothing; `case` the key of their case."""

    text: str
    tone: str
    score: float | None = None
    case: str = ""


@dataclass(frozen=True, slots=True)
class Agenda:
    """The four items of a huddle (ACT-23)."""

    figures: list[Figure]
    answers: int
    voices: list[Voice]
    solved: list[Case]
    praise: list[Note]
    overdue: list[Case]
    unsolved: list[HuddlePoint]
    topics: list[Topic]
    agreed: list[HuddlePoint]


def huddles(actor: Actor) -> QuerySet[Huddle]:
    """Huddles of the teams the actor reaches."""
    rows = Huddle.objects.select_related("team__site", "led_by")
    return within(actor, rows, site="team__site", team="team")


def get_huddle(actor: Actor, key: str) -> Huddle:
    """The huddle; `NotFoundError` outside the actor's reach."""
    return one(huddles(actor), Text("Huddle", "例会"), key=key)


def agenda(huddle: Huddle) -> Agenda:
    """What the team talks about. The huddle must have come from `huddles` or `get_huddle`."""
    begins, ends, team = huddle.period_from, huddle.period_to, huddle.team
    rows = admitted(completed(begins, ends).filter(team=team))
    figures = [figure_of_answers(rows, metric) for metric in ("nps", "csat", "ces", "rating")]
    of_team = Q(team=team) | Q(team=None, site=team.site)
    cases = Case.objects.filter(of_team).select_related("owner")
    points = HuddlePoint.objects.filter(huddle__team=team, huddle_id__lt=huddle.pk).select_related(
        "owner", "huddle"
    )
    before = Huddle.objects.filter(team=team, pk__lt=huddle.pk).order_by("-pk").first()
    return Agenda(
        figures=[one for one in figures if one.n],
        answers=rows.count(),
        voices=voices(rows),
        solved=list(
            cases.filter(
                Q(resolved_at__gte=begins, resolved_at__lt=ends)
                | Q(resolved_at=None, closed_at__gte=begins, closed_at__lt=ends)
            )[:5]
        ),
        praise=list(Note.objects.filter(of_team, sentiment=1, at__gte=begins, at__lt=ends)[:5]),
        overdue=list(
            cases.filter(due_at__lt=ends).exclude(status__in=("resolved", "closed")).order_by("due_at")[:20]
        ),
        unsolved=list(points.filter(kind="unsolved", state="open")[:20]),
        topics=list(
            Topic.objects.filter(of_team, status__in=("raised", "accepted", "doing")).select_related("owner")[
                :20
            ]
        ),
        agreed=list(points.filter(kind="agreed").filter(Q(state="open") | Q(huddle=before))[:40]),
    )


def voices(rows: QuerySet[Response]) -> list[Voice]:
    """The words to read aloud: first of the unhappiest, then of the happiest, the longer ones first."""
    versions, good, bad = Versions(), [], []
    listed = rows.order_by("-completed_at")[:400].values_list("version_id", "answers", "flags", "case__key")
    for version, answers, flags, case in listed:
        if "robot" in flags:
            continue
        questions = versions.questions(version)
        text = max(
            (_text(answers, question.id) for question in questions if question.type == "text"),
            key=len,
            default="",
        )
        level = _level(questions, answers)
        if not text or level is None:
            continue
        if level >= 0.75:
            good.append(Voice(text, "good", case=case or ""))
        elif level <= 0.6:
            bad.append(Voice(text, "act", case=case or ""))
    # The same words twice are read once.
    kinds = ({voice.text: voice for voice in kind}.values() for kind in (bad, good))
    return [voice for kind in kinds for voice in sorted(kind, key=lambda one: -len(one.text))[:MOST_WORDS]]


def _text(answers: dict[str, Any], question: str) -> str:
    answer = answers.get(question) or {}
    return str(answer.get("text") or "").strip() if answer.get("state") == "answered" else ""


def _level(questions: list[Any], answers: dict[str, Any]) -> float | None:
    """How content the respondent is, 0 to 1, by the first metric that was answered."""
    for metric, low, high in (("nps", 0, 10), ("csat", 1, 5), ("ces", 1, 7), ("rating", 1, 5)):
        score = score_of(questions, answers, metric)
        if score is not None:
            return (score - low) / (high - low)
    return None
