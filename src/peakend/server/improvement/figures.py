"""Figures of a small group with base and interval, and nothing where the base is under ten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from typing import Any

from django.db.models import Count, QuerySet

from peakend.feedback.intervals import mean_interval, nps_interval, wilson
from peakend.server.acting import clock
from peakend.server.answering.models import Response
from peakend.server.improvement.models import Visit
from peakend.server.improvement.words import SHARES
from peakend.server.surveys.models import SurveyVersion
from peakend.server.surveys.questionnaire import SCALES, Question, Questionnaire
from peakend.server.web.say import say

SMALLEST = 10


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric's value with its 95 % interval, all None where `n` is under ten. Shares lie in 0 to 1."""

    metric: str
    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def words(self) -> str:
        """The value as a person reads it."""
        return "–" if self.value is None else self._one(self.value)

    @property
    def base(self) -> str:
        """Interval and base as a person reads them."""
        if self.value is None:
            return say("fewer than {n}, not shown", "不足 {n} 个，不予显示", n=SMALLEST)
        if self.low is None or self.high is None:
            return f"n = {self.n:,}"
        return say(
            "95 % {low} to {high} · n = {n}",
            "95% 区间 {low} 至 {high} · n = {n}",
            low=self._one(self.low),
            high=self._one(self.high),
            n=f"{self.n:,}",
        )

    def _one(self, value: float) -> str:
        if self.metric in SHARES:
            return f"{100 * value:.0f}\N{NO-BREAK SPACE}%"
        return f"{value:.0f}".replace("-", "−") if self.metric == "nps" else f"{value:.2f}"


def share(metric: str, hits: int, n: int) -> Figure:
    """`hits` of `n` with Wilson's interval."""
    if n < SMALLEST:
        return Figure(metric, n)
    low, high = wilson(hits / n, n)
    return Figure(metric, n, hits / n, float(low), float(high))


def mean(metric: str, values: list[float], scale: tuple[float, float]) -> Figure:
    """Mean of `values` with Student's interval, kept within `scale`."""
    n = len(values)
    if n < SMALLEST:
        return Figure(metric, n)
    centre = sum(values) / n
    error = sqrt(sum((value - centre) ** 2 for value in values) / (n - 1) / n)
    if error == 0:
        return Figure(metric, n, centre)
    low, high = mean_interval(centre, error, n - 1, scale=scale)
    return Figure(metric, n, centre, float(low), float(high))


def nps(scores: list[float]) -> Figure:
    """Net promoter score of answers from 0 to 10, with the adjusted Wald interval."""
    n = len(scores)
    if n < SMALLEST:
        return Figure("nps", n)
    promoters = sum(score >= 9 for score in scores) / n
    detractors = sum(score <= 6 for score in scores) / n
    low, high = nps_interval(promoters, detractors, n)
    return Figure("nps", n, 100 * (promoters - detractors), float(low), float(high))


def completed(begins: datetime, ends: datetime) -> QuerySet[Response]:
    """Completed responses in [begins, ends)."""
    return Response.objects.filter(state="completed", completed_at__gte=begins, completed_at__lt=ends)


def admitted(rows: QuerySet[Response]) -> QuerySet[Response]:
    """`rows` without those of anonymous surveys that would make a group of fewer than ten.

    Otherwise the difference of two figures, or a single comment, would show what one person said.
    """
    small = [
        survey
        for survey, n in rows.filter(survey__anonymous=True)
        .order_by()
        .values_list("survey_id")
        .annotate(n=Count("id"))
        if n < SMALLEST
    ]
    return rows.exclude(survey_id__in=small) if small else rows


class Versions:
    """Questionnaires by version, each read once."""

    def __init__(self) -> None:
        self._known: dict[int, list[Question]] = {}

    def questions(self, version: int) -> list[Question]:
        """The questions of the version with this primary key."""
        if version not in self._known:
            stored = SurveyVersion.objects.values_list("questionnaire", flat=True).get(pk=version)
            self._known[version] = list(Questionnaire.model_validate(stored).questions())
        return self._known[version]


def score_of(
    questions: Iterable[Question], answers: dict[str, Any], metric: str, touchpoint: str = ""
) -> float | None:
    """What a response says of `metric`, on its scale: of the touchpoint, else overall, else first."""
    found: list[tuple[int, float]] = []
    for question in questions:
        answer = answers.get(question.id) or {}
        if question.type != metric or answer.get("state") != "answered" or answer.get("score") is None:
            continue
        rank = 0 if touchpoint and question.touchpoint == touchpoint else 1 if question.overall else 2
        low, high = question.scale or SCALES[metric]
        to_low, to_high = SCALES[metric]
        found.append((rank, to_low + (float(answer["score"]) - low) / (high - low) * (to_high - to_low)))
    return min(found, key=lambda one: one[0])[1] if found else None


def answered(rows: QuerySet[Response], metric: str, touchpoint: str = "") -> Iterator[float]:
    """The scores of `metric` in `rows`, one a response; robots left out."""
    versions = Versions()
    for version, answers, flags, place in rows.values_list(
        "version_id", "answers", "flags", "touchpoint__code"
    ).iterator(chunk_size=2000):
        questions = versions.questions(version)
        if touchpoint and place != touchpoint:
            questions = [question for question in questions if question.touchpoint == touchpoint]
        score = None if "robot" in flags else score_of(questions, answers, metric, touchpoint)
        if score is not None:
            yield score


def figure_of_answers(rows: QuerySet[Response], metric: str, touchpoint: str = "") -> Figure:
    """The figure of nps, csat (share of the upper quarter of the scale), ces or rating (means)."""
    scores = list(answered(rows, metric, touchpoint))
    if metric == "nps":
        return nps(scores)
    low, high = SCALES[metric]
    if metric == "csat":
        return share("csat", sum(score >= low + 0.75 * (high - low) for score in scores), len(scores))
    return mean(metric, scores, (low, high))


def visit_figures(rows: QuerySet[Visit]) -> dict[str, Figure]:
    """on_time, checklist and first_time_fix of the visits (TCH-11).

    On time: arrived before the window ended; a window that passed without an arrival was missed. Fixed at the
    first visit: only visits whose days for re-opening are over count, those re-opened within them failed, and
    a visit that mends an earlier one is none of its own.
    """
    now, count = clock.now(), Counter[str]()
    for visit in rows.exclude(status="cancelled").select_related("checklist").iterator(chunk_size=2000):
        if visit.arrived_at or visit.window_to < now:
            count["due"] += 1
            count["on_time"] += bool(visit.arrived_at and visit.arrived_at <= visit.window_to)
        if visit.finished_at is None:
            continue
        count["finished"] += 1
        count["passed"] += visit.verdict == "passed"
        settled = visit.finished_at + timedelta(days=visit.checklist.reopen_days)
        if visit.reopens_id is None and settled <= now:
            count["settled"] += 1
            count["fixed"] += not (visit.reopened_at and visit.reopened_at <= settled)
    return {
        "on_time": share("on_time", count["on_time"], count["due"]),
        "checklist": share("checklist", count["passed"], count["finished"]),
        "first_time_fix": share("first_time_fix", count["fixed"], count["settled"]),
    }
