"""Standards with what the data say of them, schemes, and people's goals with their own figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor, Role
from peakend.server.improvement.figures import (
    Figure,
    admitted,
    completed,
    figure_of_answers,
    visit_figures,
)
from peakend.server.improvement.models import Goal, Scheme, Standard, Visit
from peakend.server.improvement.selectors import one, people
from peakend.server.people.models import User

VISIT_METRICS = frozenset({"on_time", "checklist", "first_time_fix"})


@dataclass(frozen=True, slots=True)
class Measured:
    """A threshold against the data: `verdict` is met, missed, unclear or few."""

    figure: Figure
    verdict: str


def judged(figure: Figure, threshold: float, at_least: bool = True) -> Measured:
    """Met or missed only where the whole interval lies on that side."""
    if figure.value is None:
        return Measured(figure, "few")
    low = figure.value if figure.low is None else figure.low
    high = figure.value if figure.high is None else figure.high
    if not at_least:
        low, high, threshold = -high, -low, -threshold
    return Measured(figure, "met" if low >= threshold else "missed" if high < threshold else "unclear")


def months_back(months: int, zone: str) -> tuple[datetime, datetime]:
    """The last `months` whole calendar months at `zone`: a fixed cut, the same all month long."""
    here = ZoneInfo(zone)
    today = clock.now().astimezone(here)
    index = today.year * 12 + today.month - 1
    begins = date((index - months) // 12, (index - months) % 12 + 1, 1)
    return (
        datetime.combine(begins, time(), here).astimezone(UTC),
        datetime.combine(today.date().replace(day=1), time(), here).astimezone(UTC),
    )


def standards(actor: Actor) -> QuerySet[Standard]:
    """The company's standards and those of the actor's sites."""
    rows = Standard.objects.select_related("touchpoint", "site").filter(active=True)
    if actor.reach.everything:
        return rows
    return rows.filter(
        Q(site=None) | Q(site_id__in=actor.reach.sites) | Q(site__teams__in=actor.reach.teams)
    ).distinct()


def get_standard(actor: Actor, key: str) -> Standard:
    """The standard; `NotFoundError` outside the actor's reach."""
    return one(standards(actor), Text("Standard", "标准"), key=key)


def measured(standard: Standard) -> Measured:
    """Whether the data of the last whole months meet the standard."""
    zone = standard.site.timezone if standard.site else "Asia/Shanghai"
    begins, ends = months_back(standard.months, zone)
    if standard.metric in VISIT_METRICS:
        rows = Visit.objects.filter(window_to__gte=begins, window_to__lt=ends)
        if standard.site:
            rows = rows.filter(site=standard.site)
        if standard.touchpoint:
            rows = rows.filter(touchpoint=standard.touchpoint)
        return judged(visit_figures(rows)[standard.metric], standard.threshold, standard.at_least)
    answers = completed(begins, ends)
    if standard.site:
        answers = answers.filter(site=standard.site)
    code = standard.touchpoint.code if standard.touchpoint else ""
    figure = figure_of_answers(admitted(answers), standard.metric, code)
    return judged(figure, standard.threshold, standard.at_least)


def schemes() -> QuerySet[Scheme]:
    """KPI schemes of roles, those in force first."""
    return Scheme.objects.prefetch_related("items").order_by("-active", "role", "-id")


def get_scheme(key: str) -> Scheme:
    """The scheme."""
    return one(schemes(), Text("Scheme", "考核方案"), key=key)


def goal_people(actor: Actor) -> QuerySet[User]:
    """Whose goals the actor may see: their own; for leaders and analysts those of everybody they reach."""
    if actor.role == Role.FRONT_LINE:
        return User.objects.filter(pk=actor.user_id)
    return people(actor)


def get_person(actor: Actor, key: str) -> User:
    """Somebody whose goals the actor may see."""
    return one(goal_people(actor), Text("Person", "人员"), key=key)


def goals(actor: Actor) -> QuerySet[Goal]:
    """Goals of those people."""
    return Goal.objects.filter(user__in=goal_people(actor).values("pk")).select_related(
        "user", "touchpoint", "set_by"
    )


def get_goal(actor: Actor, key: str) -> Goal:
    """The goal; `NotFoundError` outside the actor's reach."""
    return one(goals(actor), Text("Goal", "目标"), key=key)


def own_figure(user: User, metric: str, touchpoint: str, begins: date, ends: date) -> Figure:
    """What customers said of `user` from `begins` to the end of `ends`, at most to the end of yesterday.

    Without answers of anonymous surveys: a cut by person is none of the fixed ones.
    """
    here = ZoneInfo("Asia/Shanghai")
    until = min(ends + timedelta(days=1), clock.now().astimezone(here).date())
    span = [datetime.combine(day, time(), here).astimezone(UTC) for day in (begins, max(begins, until))]
    if metric in VISIT_METRICS:
        rows = Visit.objects.filter(employee=user, window_to__gte=span[0], window_to__lt=span[1])
        if touchpoint:
            rows = rows.filter(touchpoint__code=touchpoint)
        return visit_figures(rows)[metric]
    answers = completed(span[0], span[1]).filter(survey__anonymous=False)
    answers = answers.filter(employee_id=user.employee_id) if user.employee_id else answers.none()
    return figure_of_answers(answers, metric, touchpoint)


def goal_measured(goal: Goal) -> Measured:
    """The goal against its owner's own figure."""
    figure = own_figure(goal.user, goal.metric, goal.touchpoint.code, goal.starts_on, goal.ends_on)
    return judged(figure, goal.target)


def without_goal(actor: Actor) -> QuerySet[User]:
    """Front-line people in reach who have no touchpoint goal today (ORG-11: each contact role has one)."""
    today = clock.now().date()
    having = Goal.objects.filter(starts_on__lte=today, ends_on__gte=today).values("user_id")
    return goal_people(actor).filter(role=Role.FRONT_LINE).exclude(pk__in=having)
