"""Standards of care with the grid of what is missing; goals by class of customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.care.models import CareItem, ClassGoal, GoalStep
from peakend.server.care.words import EXCHANGE, SCOPES
from peakend.server.customers.models import Customer
from peakend.server.improvement.figures import completed, figure_of_answers
from peakend.server.improvement.models import Standard
from peakend.server.improvement.selectors import one
from peakend.server.improvement.selectors.goals import Measured, judged
from peakend.server.improvement.selectors.goals import measured as measured_standard

MONTHS = 3
_HERE = ZoneInfo("Asia/Shanghai")


def items(actor: Actor) -> QuerySet[CareItem]:
    """The company's standards of care and those of the actor's sites."""
    rows = CareItem.objects.select_related("owner", "touchpoint", "site").filter(active=True)
    if actor.reach.everything:
        return rows
    return rows.filter(
        Q(site=None) | Q(site_id__in=actor.reach.sites) | Q(site__teams__in=actor.reach.teams)
    ).distinct()


def get_item(actor: Actor, key: str) -> CareItem:
    """The standard; `NotFoundError` outside the actor's reach."""
    return one(items(actor), Text("Standard of care", "关怀标准"), key=key)


def measured(item: CareItem) -> Measured | None:
    """What answers of the last whole months say of it; None where they do not measure it."""
    if not item.metric:
        return None
    return measured_standard(
        Standard(
            metric=item.metric,
            threshold=item.threshold,
            at_least=item.at_least,
            months=MONTHS,
            touchpoint=item.touchpoint,
            site=item.site,
        )
    )


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many standards each stage has in each scope; `missing` names the cells with none."""

    cells: dict[tuple[str, str], int]

    @property
    def missing(self) -> list[tuple[str, str]]:
        """(stage, scope) without a standard."""
        return [cell for cell, n in self.cells.items() if not n]

    @property
    def stages_without(self) -> list[str]:
        """Stages without any standard: the programme is whole only where there are none (ACT-09)."""
        return [stage for stage in EXCHANGE if not any(self.cells[stage, scope] for scope in SCOPES)]

    @property
    def scopes_without(self) -> list[str]:
        """Scopes without any standard (ACT-10)."""
        return [scope for scope in SCOPES if not any(self.cells[stage, scope] for stage in EXCHANGE)]


def coverage(listed: QuerySet[CareItem]) -> Coverage:
    """The grid of `listed`."""
    cells = {(stage, scope): 0 for stage in EXCHANGE for scope in SCOPES}
    for cell in listed.values_list("stage", "scope"):
        cells[cell] += 1
    return Coverage(cells)


def goals() -> QuerySet[ClassGoal]:
    """Goals by class that are in force: they are the whole company's."""
    rows = ClassGoal.objects.filter(active=True).select_related("owner")
    return rows.prefetch_related("steps__owner")


def get_goal(key: str) -> ClassGoal:
    """The goal."""
    return one(goals(), Text("Goal", "目标"), key=key)


def get_step(actor: Actor, key: str) -> GoalStep:
    """An adjustment the actor may report on: their own; any for who sees the whole company."""
    rows = GoalStep.objects.filter(goal__active=True).select_related("goal", "owner")
    if not actor.reach.everything:
        rows = rows.filter(owner_id=actor.user_id)
    return one(rows, Text("Adjustment", "运营调整"), key=key)


def classes() -> list[str]:
    """Classes that customers have."""
    rows = Customer.objects.filter(erased_at=None).exclude(tier="")
    return list(rows.order_by("tier").values_list("tier", flat=True).distinct())


@dataclass(frozen=True, slots=True)
class Branch:
    """A class of customers with its goals, each against the class's own answers."""

    tier: str
    goals: list[tuple[ClassGoal, Measured]]

    @property
    def current(self) -> bool:
        """Whether a goal is in force today."""
        today = clock.now().astimezone(_HERE).date()
        return any(goal.starts_on <= today <= goal.until for goal, _ in self.goals)


def tree() -> list[Branch]:
    """Every class with its goals; classes without a current goal too."""
    listed = list(goals())
    names = sorted({*classes(), *(goal.tier for goal in listed)})
    return [
        Branch(name, [(goal, goal_measured(goal)) for goal in listed if goal.tier == name]) for name in names
    ]


def goal_measured(goal: ClassGoal) -> Measured:
    """The goal against what its class answered from its first day, at most to the end of yesterday.

    An answer counts for the class its customer had then; anonymous answers have none.
    """
    until = min(goal.until + timedelta(days=1), clock.now().astimezone(_HERE).date())
    begins, ends = (
        datetime.combine(day, time(), _HERE).astimezone(UTC)
        for day in (goal.starts_on, max(goal.starts_on, until))
    )
    rows = completed(begins, ends).filter(tier=goal.tier, survey__anonymous=False)
    return judged(figure_of_answers(rows, goal.metric), goal.target)
