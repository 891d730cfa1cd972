"""The care calendar and its tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet

from peakend.language import Text
from peakend.server.acting.policies import within
from peakend.server.care.models import CareRule, CareTask
from peakend.server.care.words import STAGES
from peakend.server.improvement.selectors import one

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor


def rules(actor: Actor) -> QuerySet[CareRule]:
    """The company's rules and those of the actor's sites."""
    rows = CareRule.objects.filter(active=True).select_related("touchpoint", "site", "survey")
    if actor.reach.everything:
        return rows
    return rows.filter(Q(site=None) | Q(site_id__in=actor.reach.sites))


def get_rule(actor: Actor, key: str) -> CareRule:
    """The rule; `NotFoundError` outside the actor's reach."""
    return one(rules(actor), Text("Rule of care", "关怀规则"), key=key)


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of care with its rules; each knows how often it came to pass."""

    code: str
    rules: list[tuple[CareRule, int]]


def stages(actor: Actor) -> list[Stage]:
    """The calendar: before, during, after."""
    listed = list(rules(actor).annotate(fired=Count("tasks")))
    return [Stage(code, [(rule, rule.fired) for rule in listed if rule.stage == code]) for code in STAGES]


def tasks(actor: Actor) -> QuerySet[CareTask]:
    """Care tasks within reach, and one's own."""
    rows = CareTask.objects.select_related("rule", "customer", "site", "team__site", "owner", "invitation")
    if actor.reach.everything:
        return rows
    seen = within(actor, CareTask.objects.all()).order_by().values("pk")
    own = Q(owner_id=actor.user_id) if actor.user_id else Q(pk=None)
    return rows.filter(Q(pk__in=seen) | own)


def get_task(actor: Actor, key: str) -> CareTask:
    """The task; `NotFoundError` outside the actor's reach."""
    return one(tasks(actor), Text("Care task", "关怀任务"), key=key)
