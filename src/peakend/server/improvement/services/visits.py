"""Planning and carrying out service visits; checklists; gestures at the end."""

from __future__ import annotations

import hashlib
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict

from django.db.models import F, Q

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor, Role
from peakend.server.acting.policies import within
from peakend.server.acting.services import audit, service
from peakend.server.cases.models import Case
from peakend.server.customers.models import Customer
from peakend.server.improvement import policies
from peakend.server.improvement.models import (
    Checklist,
    ChecklistItem,
    Gesture,
    GestureRule,
    Visit,
    VisitCheck,
)
from peakend.server.improvement.refusals import conflict, invalid, need_one_of
from peakend.server.improvement.selectors import one, own_sites, person_of, team_of, touchpoint_of
from peakend.server.improvement.selectors.visits import get_checklist, get_visit, lines, visits
from peakend.server.improvement.words import ASPECTS_OF
from peakend.server.notices.outbox import announce, notify


class ItemWords(TypedDict):
    """One item of a checklist as it comes in."""

    code: str
    text_en: str
    text_zh: str
    aspect: str
    weight: float
    required: bool
    photo: bool


@service(policies.EDIT_CHECKLIST)
def save_checklist(
    *,
    actor: Actor,
    code: str,
    name_en: str,
    name_zh: str,
    items: list[ItemWords],
    kind: str = "visit",
    reopen_days: int = 30,
) -> Checklist:
    """Make a checklist, or the next version of one; visits planned before keep theirs."""
    need_one_of(kind, ASPECTS_OF, "kind")
    problems = checklist_problems(kind, items)
    if problems:
        raise invalid(problems[0].en, problems[0].zh, field="items")
    if not code or not name_en.strip() or not name_zh.strip():
        raise invalid(
            "A checklist needs a code and its name in both languages.", "检查表须有编号和中英文名称。"
        )
    rows = Checklist.objects.select_for_update().filter(code=code)
    last = rows.order_by("-version").first()
    rows.update(active=False)
    made = Checklist.objects.create(
        code=code,
        version=last.version + 1 if last else 1,
        name_en=" ".join(name_en.split()),
        name_zh=" ".join(name_zh.split()),
        kind=kind,
        reopen_days=reopen_days,
        made_at=clock.now(),
    )
    ChecklistItem.objects.bulk_create(
        ChecklistItem(
            checklist=made,
            position=position,
            **{**item, **{name: " ".join(item[name].split()) for name in ("text_en", "text_zh")}},
        )
        for position, item in enumerate(items)
    )
    audit(actor, "improvement.checklist_saved", made, code=code, version=made.version)
    return made


def checklist_problems(kind: str, items: list[ItemWords]) -> list[Text]:
    """What is wrong with the items: unknown aspects, codes twice, weights of an aspect not summing to 1."""
    found: list[Text] = []
    codes = [item["code"] for item in items]
    if not items or len(set(codes)) != len(codes):
        found.append(Text("Items need codes of their own.", "每个检查项须有各自的编号。"))
    sums: dict[str, float] = {}
    for item in items:
        if not item["text_en"].strip() or not item["text_zh"].strip():
            found.append(Text("Write every item in both languages.", "每个检查项须有中英文。"))
        if item["aspect"] not in ASPECTS_OF[kind]:
            found.append(Text(f"{item['aspect']} is none of its aspects.", "检查项的方面不属于该类检查表。"))
        if not 0 < item["weight"] <= 1:
            found.append(Text("A weight lies between 0 and 1.", "权重须在 0 与 1 之间。"))
        sums[item["aspect"]] = sums.get(item["aspect"], 0) + item["weight"]
    for aspect, total in sums.items():
        if abs(total - 1) > 1e-6:
            found.append(
                Text(
                    f"The weights of {aspect} sum to {total:.2f}, not to 1.",
                    f"{aspect} 的权重之和为 {total:.2f}，应为 1。",
                )
            )
    return found


@service(policies.PLAN_VISIT)
def plan_visit(
    *,
    actor: Actor,
    checklist: str,
    site: str,
    task: str,
    window_from: datetime,
    window_to: datetime,
    team: str | None = None,
    employee: str | None = None,
    customer_id: str | None = None,
    touchpoint: str | None = None,
    case: str | None = None,
    order_id: str | None = None,
) -> Visit:
    """Plan a visit. The same `order_id` again gives the visit that is there."""
    if order_id:
        before = Visit.objects.filter(order_id=order_id).first()
        if before is not None:
            audit(actor, "improvement.visit_planned_again", before)
            return get_visit(actor, before.key)
    if window_to <= window_from:
        raise invalid("The window must end after it begins.", "时间窗的结束须晚于开始。", field="window_to")
    if not task.strip():
        raise invalid("Say what is to be done.", "请填写服务内容。", field="task")
    of_team = team_of(actor, team)
    place = one(own_sites(actor), Text("Site", "网点"), code=site)
    if of_team is not None and of_team.site_id != place.pk:
        raise invalid("The team is of another site.", "该团队不属于此网点。", field="team")
    person = person_of(actor, employee)
    visit = Visit.objects.create(
        order_id=order_id or None,
        checklist=get_checklist(checklist),
        customer=customer_of(customer_id),
        case=one(within(actor, Case.objects.all()), Text("Case", "工单"), key=case) if case else None,
        site=place,
        team=of_team,
        touchpoint=touchpoint_of(touchpoint),
        employee=person,
        task=task.strip()[:300],
        window_from=window_from,
        window_to=window_to,
    )
    _tell(visit, actor)
    audit(actor, "improvement.visit_planned", visit)
    return visit


@service(policies.WORK_VISIT)
def arrive(*, actor: Actor, visit: str) -> Visit:
    """Say that one has arrived; the first time counts. A visit nobody had becomes one's own."""
    found = locked(actor, visit)
    if found.status == "cancelled":
        raise conflict("This visit was cancelled.", "该上门服务已取消。")
    if found.status == "planned":
        found.status, found.arrived_at = "arrived", clock.now()
        if found.employee is None:
            found.employee_id = actor.user_id
        found.save()
    audit(actor, "improvement.visit_arrived", found)
    return found


@service(policies.WORK_VISIT)
def check_item(*, actor: Actor, visit: str, item: str, done: bool, note: str = "") -> VisitCheck:
    """Say of one item whether it was done. The same again changes nothing, also after the end."""
    found = locked(actor, visit)
    listed = one(found.checklist.items.all(), Text("Item", "检查项"), code=item)
    score, note = float(done), note.strip()[:400]
    before = found.checks.filter(item=listed).first()
    if before is not None and (before.score, before.note) == (score, note):
        audit(actor, "improvement.item_checked_again", found, item=item)
        return before
    if found.status != "arrived":
        raise conflict(
            "Items are checked between arrival and the end of the visit.",
            "只能在到达之后、完工之前记录检查项。",
            Text("Confirm the arrival first.", "请先确认到达。"),
        )
    check, _ = VisitCheck.objects.update_or_create(
        visit=found,
        item=listed,
        defaults={"score": score, "note": note, "by_id": actor.user_id, "at": clock.now()},
    )
    audit(actor, "improvement.item_checked", found, item=item, done=done)
    return check


@service(policies.WORK_VISIT)
def finish_visit(*, actor: Actor, visit: str) -> Visit:
    """End the visit: it passes where every required item is done, with its photo where one is asked for.

    Draws the arm of the end gesture. Finishing it again changes nothing.
    """
    found = locked(actor, visit)
    if found.status == "finished":
        audit(actor, "improvement.visit_finished_again", found)
        return found
    if found.status != "arrived":
        raise conflict("Nobody has arrived yet.", "尚未确认到达。")
    missing = [line.item.code for line in lines(found) if line.item.required and line.state != "done"]
    found.status, found.finished_at = "finished", clock.now()
    found.verdict = "failed" if missing else "passed"
    found.save()
    drawn = _draw_gesture(found)
    announce("visit.finished", found.key, {"verdict": found.verdict, "missing": missing})
    audit(
        actor,
        "improvement.visit_finished",
        found,
        verdict=found.verdict,
        missing=missing,
        arm=drawn.arm if drawn else "",
    )
    return found


@service(policies.PLAN_VISIT)
def reopen_visit(*, actor: Actor, visit: str, task: str, window_from: datetime, window_to: datetime) -> Visit:
    """The work did not hold: plan the visit that mends it. A visit is re-opened once."""
    found = locked(actor, visit)
    if found.status != "finished":
        raise conflict("Only a finished visit can be re-opened.", "只有已完工的服务才能返工。")
    again = found.reopened_by.first()
    if again is not None:
        audit(actor, "improvement.visit_reopened_again", again)
        return again
    if window_to <= window_from:
        raise invalid("The window must end after it begins.", "时间窗的结束须晚于开始。", field="window_to")
    found.reopened_at = clock.now()
    found.save()
    copied = ("checklist", "customer", "case", "site", "team", "touchpoint", "employee")
    again = Visit.objects.create(
        task=(task.strip() or found.task)[:300],
        window_from=window_from,
        window_to=window_to,
        reopens=found,
        **{name: getattr(found, name) for name in copied},
    )
    _tell(again, actor)
    audit(actor, "improvement.visit_reopened", found, again=again.key)
    return again


@service(policies.PLAN_VISIT)
def cancel_visit(*, actor: Actor, visit: str) -> Visit:
    """Call a visit off before anybody has arrived."""
    found = locked(actor, visit)
    if found.status not in ("planned", "cancelled"):
        raise conflict("It has begun already.", "服务已经开始，不能取消。")
    found.status = "cancelled"
    found.save()
    audit(actor, "improvement.visit_cancelled", found)
    return found


@service(policies.SET_GESTURE)
def set_gesture(
    *,
    actor: Actor,
    name_en: str,
    name_zh: str,
    unit_cost: Decimal,
    cap: Decimal,
    currency: str = "CNY",
    treated_share: float = 0.5,
    checklist: str = "",
) -> GestureRule:
    """Begin an end gesture: a gift for a random share of visits until the cap is spent."""
    if not 0 < treated_share < 1:
        raise invalid(
            "Between 0 and 1 of the visits get the gift, so that there is something to compare with.",
            "赠送比例须在 0 与 1 之间，以便留出对照组。",
            field="treated_share",
        )
    if unit_cost <= 0 or cap < unit_cost:
        raise invalid("The cap must pay for at least one gift.", "费用上限至少应够一份。", field="cap")
    if checklist:
        get_checklist(checklist)
    GestureRule.objects.filter(checklist_code=checklist, active=True).update(active=False)
    rule = GestureRule.objects.create(
        name_en=name_en.strip(),
        name_zh=name_zh.strip(),
        unit_cost=unit_cost,
        cap=cap,
        currency=currency,
        treated_share=treated_share,
        checklist_code=checklist,
        made_at=clock.now(),
    )
    audit(actor, "improvement.gesture_set", rule, cap=cap)
    return rule


@service(policies.SET_GESTURE)
def end_gesture(*, actor: Actor, rule: str) -> GestureRule:
    """Draw no more visits for the rule; what was drawn stays."""
    found = one(GestureRule.objects.all(), Text("Gesture", "收尾心意"), key=rule)
    GestureRule.objects.filter(pk=found.pk).update(active=False)
    audit(actor, "improvement.gesture_ended", found)
    found.active = False
    return found


@service(policies.WORK_VISIT)
def give_gesture(*, actor: Actor, visit: str) -> Gesture:
    """Say that the gift was handed over."""
    found = get_visit(actor, visit)
    gesture: Gesture = one(Gesture.objects.filter(visit=found), Text("Gesture", "收尾心意"), arm="treatment")
    Gesture.objects.filter(pk=gesture.pk, given_at=None).update(given_at=clock.now())
    audit(actor, "improvement.gesture_given", found)
    gesture.refresh_from_db()
    return gesture


def customer_of(customer_id: str | None) -> Customer | None:
    """The customer with this id in the company's systems, made where it is new; None for none."""
    if not customer_id:
        return None
    if len(customer_id) > 120:
        raise invalid("A customer's id has at most 120 characters.", "客户编号最长 120 个字符。")
    return Customer.objects.get_or_create(customer_id=customer_id)[0]


def _draw_gesture(visit: Visit) -> Gesture | None:
    """Draw the arm by a hash of rule and visit: nobody can steer it, and a repeat draws the same.

    Once the cap is spent neither arm is drawn, or the control arm would go on alone into other weeks.
    """
    rule = (
        GestureRule.objects.filter(Q(checklist_code=visit.checklist.code) | Q(checklist_code=""), active=True)
        .order_by("-checklist_code", "-id")
        .first()
    )
    if rule is None or rule.spent + rule.unit_cost > rule.cap:
        return None
    drawn = int.from_bytes(hashlib.sha256(f"{rule.key}\n{visit.key}".encode()).digest()[:8], "big") / 2**64
    arm = "treatment" if drawn < rule.treated_share else "control"
    if arm == "treatment":
        paid = GestureRule.objects.filter(pk=rule.pk, spent__lte=F("cap") - F("unit_cost")).update(
            spent=F("spent") + F("unit_cost")
        )
        if not paid:
            return None
    cost = rule.unit_cost if arm == "treatment" else Decimal(0)
    return Gesture.objects.create(visit=visit, rule=rule, arm=arm, cost=cost, at=clock.now())


def locked(actor: Actor, key: str) -> Visit:
    """The visit, held until the transaction ends; `ConflictError` where a colleague has it."""
    found = one(visits(actor).select_for_update(of=("self",)), Text("Visit", "上门服务"), key=key)
    if actor.role == Role.FRONT_LINE and found.employee_id not in (None, actor.user_id):
        raise conflict("Somebody else has this visit.", "该服务已由他人负责。")
    return found


def _tell(visit: Visit, actor: Actor) -> None:
    if visit.employee is not None and visit.employee_id != actor.user_id:
        task = visit.task[:200]
        title = Text(f"A visit is planned for you: {task}", f"为您安排了上门服务：{task}")
        notify([visit.employee], title, f"/visits/{visit.key}/")


def built_in() -> list[dict[str, Any]]:
    """The checklists that come with Peakend, as `save_checklist` takes them."""
    from peakend.server.improvement.built_in import CHECKLISTS

    return CHECKLISTS


@service(policies.EDIT_CHECKLIST)
def add_built_in(*, actor: Actor) -> list[Checklist]:
    """Put the checklists that come with Peakend in force; those the company has stay as they are."""
    made = [
        save_checklist(actor=actor, **one_)
        for one_ in built_in()
        if not Checklist.objects.filter(code=one_["code"]).exists()
    ]
    audit(actor, "improvement.checklists_added", None, codes=[one_.code for one_ in made])
    return made
