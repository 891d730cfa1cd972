"""Setting standards, KPI schemes and people's goals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from math import isfinite
from typing import TypedDict

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor, Role
from peakend.server.acting.errors import InvalidError
from peakend.server.acting.services import audit, service
from peakend.server.improvement import policies
from peakend.server.improvement.models import Goal, Scheme, SchemeItem, Standard
from peakend.server.improvement.refusals import invalid, need_one_of
from peakend.server.improvement.selectors import one, own_sites, people, touchpoint_of
from peakend.server.improvement.selectors.goals import get_goal, get_standard, schemes
from peakend.server.improvement.words import KPI_KINDS, METRICS, SHARES
from peakend.server.notices.outbox import notify

RANGES = {"nps": (-100.0, 100.0), "ces": (1.0, 7.0), "rating": (1.0, 5.0)}


class ItemInScheme(TypedDict):
    """One measure of a scheme as it comes in."""

    kind: str
    name_en: str
    name_zh: str
    weight: float


@service(policies.SET_STANDARD)
def set_standard(
    *,
    actor: Actor,
    name_en: str,
    name_zh: str,
    metric: str,
    threshold: float,
    at_least: bool = True,
    months: int = 3,
    evidence: str = "",
    budget: Decimal | None = None,
    currency: str = "CNY",
    touchpoint: str | None = None,
    site: str | None = None,
) -> Standard:
    """Put a standard into the catalogue (LSN-13). Shares are given from 0 to 1."""
    _target(metric, threshold, "threshold")
    if not name_en.strip() or not name_zh.strip():
        raise invalid("Name it in both languages.", "请填写中英文名称。", field="name_en")
    if not 1 <= months <= 24:
        raise invalid("Look at 1 to 24 months.", "考察期须为 1 至 24 个月。", field="months")
    place = one(own_sites(actor), Text("Site", "网点"), code=site) if site else None
    if place is None and not actor.reach.everything:
        raise invalid("Choose the site.", "请选择网点。", field="site")
    made = Standard.objects.create(
        name_en=name_en.strip()[:200],
        name_zh=name_zh.strip()[:200],
        metric=metric,
        threshold=threshold,
        at_least=at_least,
        months=months,
        evidence=evidence.strip(),
        budget=budget,
        currency=currency,
        touchpoint=touchpoint_of(touchpoint),
        site=place,
        made_at=clock.now(),
    )
    audit(actor, "improvement.standard_set", made, metric=metric, threshold=threshold)
    return made


@service(policies.SET_STANDARD)
def retire_standard(*, actor: Actor, standard: str) -> Standard:
    """Take a standard out of force."""
    found = get_standard(actor, standard)
    if found.site_id is None and not actor.reach.everything:
        raise invalid("This standard is the whole company's.", "该标准属于全公司，您无权撤销。")
    found.active = False
    found.save(update_fields=["active"])
    audit(actor, "improvement.standard_retired", found)
    return found


def scheme_problems(
    role: str, items: list[ItemInScheme], service_at_least: float = 0.5, sales_at_most: float = 0.2
) -> list[Text]:
    """What keeps a scheme from being used (ORG-05); an empty list for a sound one.

    Weights sum to 1. Of the front line service and complaints together weigh at least `service_at_least`, and
    sales at most `sales_at_most` (0: not at all).
    """
    found: list[Text] = []
    total = sum(item["weight"] for item in items)
    if any(not isfinite(item["weight"]) or item["weight"] < 0 for item in items):
        found.append(Text("A weight lies between 0 and 1.", "权重须在 0 与 1 之间。"))
    if not items or not abs(total - 1) <= 1e-6:
        found.append(Text(f"The weights sum to {total:.2f}, not to 1.", f"权重之和为 {total:.2f}，应为 1。"))
    if role != Role.FRONT_LINE:
        return found
    service_weight = sum(item["weight"] for item in items if item["kind"] in ("service", "complaints"))
    sales = sum(item["weight"] for item in items if item["kind"] == "sales")
    if service_weight < service_at_least - 1e-9:
        found.append(
            Text(
                f"Service weighs {service_weight:.0%}; the front line needs at least {service_at_least:.0%}.",
                f"服务权重为 {service_weight:.0%}，一线岗位至少应为 {service_at_least:.0%}。",
            )
        )
    if sales > sales_at_most + 1e-9:
        found.append(
            Text(
                f"Sales weigh {sales:.0%}; the front line is judged by at most {sales_at_most:.0%}.",
                f"销售权重为 {sales:.0%}，一线岗位不得超过 {sales_at_most:.0%}。",
            )
        )
    return found


@service(policies.SET_SCHEME)
def set_scheme(
    *,
    actor: Actor,
    role: str,
    name_en: str,
    name_zh: str,
    items: list[ItemInScheme],
    service_at_least: float = 0.5,
    sales_at_most: float = 0.2,
) -> Scheme:
    """Put a scheme of a role in force instead of the one before; `InvalidError` with every problem it has."""
    need_one_of(role, [one_.value for one_ in Role], "role")
    if not name_en.strip() or not name_zh.strip():
        raise invalid("Name it in both languages.", "请填写中英文名称。", field="name_en")
    for item in items:
        need_one_of(item["kind"], KPI_KINDS, "kind")
    if not 0 <= service_at_least <= 1 or not 0 <= sales_at_most <= 1:
        raise invalid("A share lies between 0 and 1.", "比例须在 0 与 1 之间。", field="service_at_least")
    problems = scheme_problems(role, items, service_at_least, sales_at_most)
    if problems:
        raise InvalidError(
            Text(" ".join(one_.en for one_ in problems), "".join(one_.zh for one_ in problems)),
            Text("Change the weights.", "请调整权重。"),
            fields=[{"field": "items", "message": one_.en} for one_ in problems],
        )
    Scheme.objects.select_for_update().filter(role=role, active=True).update(active=False)
    scheme = Scheme.objects.create(
        role=role,
        name_en=name_en.strip()[:200],
        name_zh=name_zh.strip()[:200],
        service_at_least=service_at_least,
        sales_at_most=sales_at_most,
        active=True,
        made_at=clock.now(),
    )
    SchemeItem.objects.bulk_create(SchemeItem(scheme=scheme, **item) for item in items)
    audit(actor, "improvement.scheme_set", scheme, role=role)
    return schemes().get(pk=scheme.pk)


@service(policies.SET_GOAL)
def set_goal(
    *,
    actor: Actor,
    person: str,
    touchpoint: str,
    metric: str,
    target: float,
    starts_on: date,
    ends_on: date,
    note: str = "",
) -> Goal:
    """Set what somebody in reach is to reach at a touchpoint; the same period again changes the target."""
    _target(metric, target, "target")
    if ends_on < starts_on:
        raise invalid("The period must end after it begins.", "结束日须不早于起始日。", field="ends_on")
    user = one(people(actor), Text("Person", "人员"), key=person)
    place = touchpoint_of(touchpoint)
    if place is None:
        raise invalid("Choose the touchpoint.", "请选择接触点。", field="touchpoint")
    goal, _ = Goal.objects.update_or_create(
        user=user,
        touchpoint=place,
        metric=metric,
        starts_on=starts_on,
        defaults={
            "target": target,
            "ends_on": ends_on,
            "note": note.strip()[:400],
            "set_by_id": actor.user_id,
            "set_at": clock.now(),
        },
    )
    if user.pk != actor.user_id:
        notify([user], Text("You have a new goal", "您有新的目标"), f"/goals/{user.key}/")
    audit(actor, "improvement.goal_set", goal, metric=metric, target=target)
    return goal


@service(policies.SET_GOAL)
def drop_goal(*, actor: Actor, goal: str) -> None:
    """Take a goal away."""
    found = get_goal(actor, goal)
    audit(actor, "improvement.goal_dropped", found)
    found.delete()


def _target(metric: str, value: float, field: str) -> None:
    need_one_of(metric, METRICS, "metric")
    low, high = (0.0, 1.0) if metric in SHARES else RANGES[metric]
    if not (isfinite(value) and low <= value <= high):
        raise invalid(
            f"It lies between {low:g} and {high:g}.", f"数值须在 {low:g} 与 {high:g} 之间。", field=field
        )
