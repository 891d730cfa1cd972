"""Visits, checklists, photographs and gestures in somebody's reach."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

from django.db.models import Q, QuerySet

from peakend.feedback.intervals import mean_interval
from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor, Role
from peakend.server.acting.policies import within
from peakend.server.answering.models import Response
from peakend.server.improvement.figures import SMALLEST, Figure, Versions, mean, score_of, share
from peakend.server.improvement.models import (
    Checklist,
    ChecklistItem,
    Gesture,
    GestureRule,
    Photo,
    Visit,
    VisitCheck,
)
from peakend.server.improvement.selectors import one


def visits(actor: Actor) -> QuerySet[Visit]:
    """Visits in the actor's reach; the front line sees its own and those of its teams nobody has taken."""
    rows = Visit.objects.select_related(
        "checklist", "site", "team__site", "employee", "customer", "touchpoint"
    )
    if actor.role == Role.FRONT_LINE:
        open_ = within(actor, rows.filter(employee=None))
        return rows.filter(Q(employee_id=actor.user_id) | Q(pk__in=open_.values("pk")))
    return within(actor, rows)


def get_visit(actor: Actor, key: str) -> Visit:
    """The visit; `NotFoundError` outside the actor's reach."""
    return one(visits(actor), Text("Visit", "上门服务"), key=key)


def get_photo(actor: Actor, key: str) -> Photo:
    """The photograph, of a visit the actor may see."""
    found: Photo = one(Photo.objects.select_related("visit"), Text("Photo", "照片"), key=key)
    get_visit(actor, found.visit.key)
    return found


def checklists() -> QuerySet[Checklist]:
    """The checklists in force."""
    return Checklist.objects.filter(active=True).prefetch_related("items")


def get_checklist(code: str) -> Checklist:
    """The checklist in force with this code."""
    return one(checklists(), Text("Checklist", "检查表"), code=code)


@dataclass(frozen=True, slots=True)
class Line:
    """One item of a visit with what was found: `state` is open, done, failed or photo (one is missing)."""

    item: ChecklistItem
    check: VisitCheck | None
    photos: list[Photo]

    @property
    def state(self) -> str:
        """Where the item stands."""
        if self.check is None:
            return "open"
        if self.check.score < 1:
            return "failed"
        return "photo" if self.item.photo and not self.photos else "done"


def lines(visit: Visit) -> list[Line]:
    """Every item of the visit's checklist in order."""
    checks = {check.item_id: check for check in visit.checks.all()}
    photos: dict[int, list[Photo]] = defaultdict(list)
    for photo in visit.photos.all():
        photos[photo.item_id].append(photo)
    return [Line(item, checks.get(item.pk), photos.get(item.pk, [])) for item in visit.checklist.items.all()]


def aspect_scores(visit: Visit) -> dict[str, float]:
    """Score by aspect, 0 to 1: the weighted mean of its items; an item not checked counts 0."""
    totals: dict[str, float] = defaultdict(float)
    weights: dict[str, float] = defaultdict(float)
    for line in lines(visit):
        weights[line.item.aspect] += line.item.weight
        totals[line.item.aspect] += line.item.weight * (line.check.score if line.check else 0)
    return {aspect: totals[aspect] / weight for aspect, weight in weights.items() if weight}


def rules() -> QuerySet[GestureRule]:
    """Rules of end gestures."""
    return GestureRule.objects.all()


@dataclass(frozen=True, slots=True)
class Arm:
    """What came of one arm of the experiment."""

    arm: str
    visits: int
    score: Figure
    held: Figure


@dataclass(frozen=True, slots=True)
class Effect:
    """The difference treatment − control in the score (0 to 10) with its 95 % interval, and its verdict."""

    arms: list[Arm]
    difference: float | None
    low: float | None
    high: float | None

    @property
    def verdict(self) -> Text:
        """In words; nothing is claimed where the interval holds zero."""
        if self.difference is None or self.low is None or self.high is None:
            return Text(
                f"Cannot tell yet: each arm needs {SMALLEST} scores.",
                f"尚无法判断：每组至少需要 {SMALLEST} 个评分。",
            )
        if self.low > 0:
            return Text("The gesture lifts the score.", "收尾心意提升了评分。")
        if self.high < 0:
            return Text("The gesture lowers the score.", "收尾心意拉低了评分。")
        return Text("No effect can be told from chance.", "尚看不出有别于偶然的效果。")


def effect_of(rule: GestureRule, days: int = 30) -> Effect:
    """Compare the arms as drawn: the first recommendation within `days`, and whether the work held."""
    now = clock.now()
    scores: dict[str, list[float]] = defaultdict(list)
    visits_: dict[str, int] = defaultdict(int)
    held: dict[str, list[bool]] = defaultdict(list)
    versions = Versions()
    for gesture in rule.gestures.select_related("visit__checklist").iterator(chunk_size=500):
        visit = gesture.visit
        visits_[gesture.arm] += 1
        score = _first_score(versions, visit.customer_id, gesture.at, gesture.at + timedelta(days=days))
        if score is not None:
            scores[gesture.arm].append(score)
        settled = gesture.at + timedelta(days=visit.checklist.reopen_days)
        if settled <= now:
            held[gesture.arm].append(not (visit.reopened_at and visit.reopened_at <= settled))
    arms = [
        Arm(
            arm,
            visits_[arm],
            mean("rating", scores[arm], (0, 10)),
            share("first_time_fix", sum(held[arm]), len(held[arm])),
        )
        for arm in ("treatment", "control")
    ]
    return Effect(arms, *_difference(scores["treatment"], scores["control"]))


def _first_score(versions: Versions, customer: int | None, begins: datetime, ends: datetime) -> float | None:
    if customer is None:
        return None
    found = Response.objects.filter(
        customer_id=customer, state="completed", completed_at__gte=begins, completed_at__lt=ends
    ).order_by("completed_at")
    for response in found[:5]:
        score = score_of(versions.questions(response.version_id), response.answers, "nps")
        if score is not None:
            return score
    return None


def _difference(one_: list[float], other: list[float]) -> tuple[float | None, float | None, float | None]:
    """Welch's interval of the difference of two means; Nones under ten in an arm."""
    if min(len(one_), len(other)) < SMALLEST:
        return None, None, None
    means = [sum(arm) / len(arm) for arm in (one_, other)]
    parts = [
        sum((value - centre) ** 2 for value in arm) / (len(arm) - 1) / len(arm)
        for arm, centre in zip((one_, other), means, strict=True)
    ]
    between = means[0] - means[1]
    if sum(parts) == 0:
        return between, None, None
    df = sum(parts) ** 2 / sum(
        part**2 / (len(arm) - 1) for part, arm in zip(parts, (one_, other), strict=True)
    )
    low, high = mean_interval(between, sqrt(sum(parts)), df)
    return between, float(low), float(high)


def gestures_to_give(actor: Actor) -> QuerySet[Gesture]:
    """Gifts drawn and not yet given, of visits in the actor's reach."""
    return Gesture.objects.filter(
        arm="treatment", given_at=None, visit__in=visits(actor).values("pk")
    ).select_related("rule", "visit")
