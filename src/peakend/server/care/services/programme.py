"""Setting standards of care and goals by class of customer."""

from __future__ import annotations

from datetime import date

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.services import audit, service
from peakend.server.care import policies
from peakend.server.care.checks import ANSWERED, names, owner_of, place_of, threshold, whole_company
from peakend.server.care.models import CareItem, ClassGoal, GoalStep
from peakend.server.care.selectors.programme import get_goal, get_item, get_step
from peakend.server.care.words import EXCHANGE, SCOPES
from peakend.server.improvement.refusals import conflict, invalid, need_one_of
from peakend.server.improvement.selectors import touchpoint_of
from peakend.server.notices.outbox import notify


@service(policies.SET_ITEM)
def set_item(
    *,
    actor: Actor,
    stage: str,
    scope: str,
    name_en: str,
    name_zh: str,
    threshold_: float,
    owner: str,
    metric: str = "",
    measure: str = "",
    at_least: bool = True,
    touchpoint: str | None = None,
    site: str | None = None,
) -> CareItem:
    """Put a standard of care into the programme. Shares are given from 0 to 1."""
    need_one_of(stage, EXCHANGE, "stage")
    need_one_of(scope, SCOPES, "scope")
    named = names(name_en, name_zh)
    threshold(metric, threshold_, "threshold")
    if not metric and not measure.strip():
        raise invalid(
            "Choose a metric, or say how it is measured.", "请选择指标，或说明如何衡量。", field="measure"
        )
    made = CareItem.objects.create(
        stage=stage,
        scope=scope,
        **named,
        metric=metric,
        measure=measure.strip()[:200],
        at_least=at_least,
        threshold=threshold_,
        owner=owner_of(actor, owner),
        touchpoint=touchpoint_of(touchpoint),
        site=place_of(actor, site),
        made_at=clock.now(),
    )
    audit(actor, "care.item_set", made, stage=stage, scope=scope)
    return made


@service(policies.SET_ITEM)
def retire_item(*, actor: Actor, item: str) -> CareItem:
    """Take a standard of care out of force."""
    found = get_item(actor, item)
    if found.site_id is None:
        whole_company(actor)
    found.active = False
    found.save(update_fields=["active"])
    audit(actor, "care.item_retired", found)
    return found


@service(policies.SET_GOAL)
def set_class_goal(
    *,
    actor: Actor,
    tier: str,
    metric: str,
    target: float,
    starts_on: date,
    until: date,
    owner: str,
    note: str = "",
) -> ClassGoal:
    """Set what is to be reached with a class of customers (ACT-04)."""
    whole_company(actor)
    if not tier.strip():
        raise invalid("Name the class of customers.", "请填写客户类别。", field="tier")
    need_one_of(metric, ANSWERED, "metric")
    threshold(metric, target, "target")
    if until < starts_on:
        raise invalid("The goal must end after it begins.", "截止日须不早于起始日。", field="until")
    goal = ClassGoal.objects.create(
        tier=tier.strip()[:60],
        metric=metric,
        target=target,
        starts_on=starts_on,
        until=until,
        owner=owner_of(actor, owner),
        note=note.strip()[:400],
        made_at=clock.now(),
    )
    audit(actor, "care.class_goal_set", goal, tier=goal.tier, metric=metric)
    return goal


@service(policies.SET_GOAL)
def retire_class_goal(*, actor: Actor, goal: str) -> ClassGoal:
    """Take a goal of a class away; its adjustments go with it."""
    whole_company(actor)
    found = get_goal(goal)
    found.active = False
    found.save(update_fields=["active"])
    audit(actor, "care.class_goal_retired", found)
    return found


@service(policies.SET_GOAL)
def add_step(*, actor: Actor, goal: str, what: str, owner: str, until: date) -> GoalStep:
    """Say how operations are adjusted to reach a goal, by whom, until when."""
    whole_company(actor)
    found = get_goal(goal)
    if not what.strip():
        raise invalid("Say what is adjusted.", "请填写调整内容。", field="what")
    if until > found.until:
        raise invalid(
            f"The goal ends on {found.until}; adjust before.",
            f"目标于 {found.until} 截止，调整须在此之前完成。",
            field="until",
        )
    user = owner_of(actor, owner)
    step = GoalStep.objects.create(goal=found, what=what.strip()[:300], owner=user, until=until)
    if user.pk != actor.user_id:
        notify([user], Text("You have an adjustment to make", "您有一项运营调整待完成"), "/care/goals/")
    audit(actor, "care.step_added", found, until=str(until))
    return step


@service(policies.SETTLE_STEP)
def settle_step(*, actor: Actor, step: str) -> GoalStep:
    """Report one's adjustment as made."""
    found = get_step(actor, step)
    if found.done_at is not None:
        raise conflict("This adjustment is made already.", "该项调整已经完成。")
    found.done_at = clock.now()
    found.save(update_fields=["done_at"])
    audit(actor, "care.step_done", found.goal)
    return found
