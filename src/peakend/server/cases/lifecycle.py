"""The life of a case: open, working, waiting, resolved, closed, and again. Every step is one service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.services import audit, service
from peakend.server.cases import catalogue, presets
from peakend.server.cases.deadlines import clock_of, refresh, resume, stop
from peakend.server.cases.models import OPEN, UNFINISHED, Case
from peakend.server.cases.recovery import ask_back
from peakend.server.cases.refusals import MissingError, NotNowError, TakenError, wrong
from peakend.server.cases.repeats import detect
from peakend.server.cases.routing import Route, facts, route, tell
from peakend.server.cases.selectors import cases, colleagues, get_user, locked
from peakend.server.cases.signals import case_closed, case_resolved
from peakend.server.cases.timeline import happened
from peakend.server.notices.outbox import announce
from peakend.server.people.models import User

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor

NOTE_LENGTH = 4000


def settled(case: Case) -> Case:
    """Save the case with its running deadline anew."""
    refresh(case, clock_of(case), clock.now())
    case.save()
    return case


@service("cases.work")
def take(*, actor: Actor, key: str) -> Case:
    """Begin work on a case nobody began; `TakenError` where somebody else did."""
    case = locked(actor, key)
    if case.status == "open":
        before = case.owner
        case.owner = User.objects.filter(pk=actor.user_id).first() or case.owner
        case.status = "working"
        happened(case, "taken", actor)
        if before is not None and before != case.owner:
            tell([before], case, _moved(case, actor.name), mark="case.moved")
    elif case.status not in OPEN:
        raise NotNowError(case, Text("taken", "领取"))
    elif case.owner_id != actor.user_id:
        raise TakenError(case)
    audit(actor, "cases.take", case)
    return settled(case)


def _moved(case: Case, name: str) -> Text:
    return Text(f"Case {case.number} is now with {name}", f"工单 {case.number} 现由{name}负责")


@service("cases.assign")
def assign(*, actor: Actor, key: str, to: str, note: str = "") -> Case:
    """Give the case to the user with the key `to`, who must be able to see it; the one before is told."""
    case = locked(actor, key)
    if case.status == "closed":
        raise NotNowError(case, Text("given to somebody", "转派"))
    found = next((one for one in colleagues(actor, case) if one.key == to), None)
    if found is None:
        raise wrong(
            "to",
            Text("That person cannot see this case.", "该人员无权查看此工单。"),
            Text("Choose somebody of its team or site.", "请选择该团队或网点的人员。"),
        )
    _give(case, found, actor, note)
    audit(actor, "cases.assign", case, to=found.key)
    return settled(case)


def _give(case: Case, to: User, actor: Actor, note: str = "") -> None:
    before = case.owner
    if before == to:
        return
    case.owner = to
    if case.notified_at is None:
        case.notified_at = clock.now()
    happened(case, "assigned", actor, note[:NOTE_LENGTH], to=to.name, before=before.name if before else "-")
    tell(
        [to],
        case,
        Text(f"Case {case.number} was given to you", f"工单 {case.number} 已转派给您"),
        mark="case.assigned",
    )
    if before is not None:
        tell([before], case, _moved(case, to.name), mark="case.moved")


@service("cases.assign")
def reassign_all(*, actor: Actor, who: str, to: str = "") -> int:
    """Give every unfinished case of the user `who` away, to the user `to` or by the rules of routing.

    How many.

    For somebody who leaves or is ill. A case that `to` cannot see goes by the rules.
    """
    leaver = get_user(actor, who)
    heir = get_user(actor, to) if to else None
    moved = 0
    for case_key in list(cases(actor).filter(UNFINISHED, owner=leaver).values_list("key", flat=True)):
        case = locked(actor, case_key)
        if heir is not None and any(one.pk == heir.pk for one in colleagues(actor, case)):
            chosen: User | None = heir
        else:
            chosen = route(case.site, case.team, "", avoid=(leaver.pk,)).owner
        if chosen is None or chosen.pk == leaver.pk:
            continue
        _give(case, chosen, actor)
        settled(case)
        moved += 1
    audit(actor, "cases.reassign_all", leaver, to=to, moved=moved)
    return moved


@service("cases.work")
def wait(*, actor: Actor, key: str, note: str) -> Case:
    """Wait for the customer: the company's clock stands still, a legal deadline goes on. Says for what."""
    case = locked(actor, key)
    if case.status not in ("open", "working"):
        raise NotNowError(case, Text("set to waiting", "转为等待客户"))
    if not note.strip():
        raise wrong("note", Text("Say what you wait for.", "请说明在等待什么。"))
    case.status = "waiting"
    stop(case, clock.now())
    happened(case, "waiting", actor, note.strip()[:NOTE_LENGTH])
    audit(actor, "cases.wait", case)
    return settled(case)


@service("cases.work")
def go_on(*, actor: Actor, key: str) -> Case:
    """The customer answered: work goes on, the clock runs."""
    case = locked(actor, key)
    if case.status != "waiting":
        raise NotNowError(case, Text("continued", "恢复处理"))
    continue_(case, actor)
    audit(actor, "cases.go_on", case)
    return settled(case)


def continue_(case: Case, actor: Actor) -> None:
    """End the pause of a waiting case. Does not save."""
    waited = resume(case, clock_of(case), clock.now())
    case.status = "working"
    happened(case, "resumed", actor, waited=int(waited))


@service("cases.work")
def note(*, actor: Actor, key: str, text: str) -> Case:
    """Add a note for colleagues.

    `@` and a colleague's e-mail address tells that colleague, if they see the case.
    """
    case = locked(actor, key)
    text = text.strip()[:NOTE_LENGTH]
    if not text:
        raise wrong("text", Text("A note needs words.", "请填写备注内容。"))
    happened(case, "noted", actor, text)
    folded = text.casefold()
    told = [one for one in colleagues(actor, case) if f"@{one.email.casefold()}" in folded]
    tell(
        told,
        case,
        Text(
            f"{actor.name} mentions you in case {case.number}", f"{actor.name}在工单 {case.number} 中提到了您"
        ),
        mark="case.mentioned",
    )
    audit(actor, "cases.note", case, mentioned=len(told))
    return settled(case)


@service("cases.work")
def resolve(*, actor: Actor, key: str, cause: str, action: str) -> Case:
    """Say why it happened and what was done; the customer is then told and asked.

    `MissingError` names what lacks.
    """
    case = locked(actor, key)
    if case.status not in OPEN:
        raise NotNowError(case, Text("resolved", "标记为已解决"))
    missing = []
    if cause not in catalogue.causes():
        missing.append(("cause", Text("the cause, from the list", "原因（从列表中选择）")))
    if not action.strip():
        missing.append(("action", Text("what was done", "处理措施")))
    if case.customer_id and not case.contacts.exists():
        missing.append(("contact", Text("a contact with the customer", "与客户的联系记录")))
    if missing:
        raise MissingError(missing)
    now = clock.now()
    if case.status == "waiting":
        continue_(case, actor)
    place = clock_of(case)
    case.status, case.cause, case.action = "resolved", cause, action.strip()[:20_000]
    case.resolved_at = now
    case.recontact_due_at = (
        place.after(now, presets.RECONTACT_MINUTES, "minutes") if case.customer_id else None
    )
    if case.owner is None:
        case.owner = User.objects.filter(pk=actor.user_id).first()
    happened(case, "resolved", actor, case.action, cause=cause)
    audit(actor, "cases.resolve", case, cause=cause)
    settled(case)
    if case.due_at is not None and now > case.due_at:
        case.details = {**case.details, "late": True}
        case.save()
    ask_back(case, actor)
    detect(case, actor)
    announce("case.resolved", case.key, facts(case))
    case_resolved.send(Case, case=case)
    return case


def lacks(case: Case) -> list[tuple[str, Text]]:
    """What the case still needs before it may close, as codes with words."""
    missing = []
    if case.status in OPEN or not case.cause:
        missing.append(("cause", Text("the cause", "原因")))
    if case.status in OPEN or not case.action.strip():
        missing.append(("action", Text("what was done", "处理措施")))
    if case.customer_id is not None and not _told(case):
        missing.append(
            (
                "recontact",
                Text(
                    f"telling the customer what was done (reached once, or tried {presets.ATTEMPTS} times)",
                    f"回访客户（联系上 1 次，或尝试 {presets.ATTEMPTS} 次）",
                ),
            )
        )
    return missing


def _told(case: Case) -> bool:
    """Whether the customer was told what was done, or as good as: tried often enough."""
    after = [
        one.outcome
        for one in case.contacts.all()
        if one.recontact and case.resolved_at and one.at >= case.resolved_at
    ]
    return bool({"reached", "refused"} & set(after)) or len(after) >= presets.ATTEMPTS


@service("cases.work")
def close(*, actor: Actor, key: str) -> Case:
    """Close a case that has its cause, its action and its re-contact; `MissingError` names what it lacks."""
    case = locked(actor, key)
    if case.status == "closed":
        raise NotNowError(case, Text("closed", "办结"))
    missing = lacks(case)
    if missing:
        raise MissingError(missing)
    case.status, case.closed_at = "closed", clock.now()
    # The next report of the same begins a new case.
    case.repeat_of = None
    happened(case, "closed", actor)
    audit(actor, "cases.close", case)
    settled(case)
    announce("case.closed", case.key, facts(case))
    case_closed.send(Case, case=case)
    return case


@service("cases.work")
def reopen(*, actor: Actor, key: str, note: str) -> Case:
    """Open a resolved or closed case again, with new deadlines; says why."""
    case = locked(actor, key)
    if case.status not in ("resolved", "closed"):
        raise NotNowError(case, Text("reopened", "重新打开"))
    if not note.strip():
        raise wrong("note", Text("Say why.", "请说明原因。"))
    reopened(case, actor, note.strip()[:NOTE_LENGTH])
    audit(actor, "cases.reopen", case)
    return case


def reopened(case: Case, actor: Actor, note: str) -> None:
    """Make the case work again, with a solution due as long from now as it once was from its opening."""
    now, place = clock.now(), clock_of(case)
    if case.due_at is not None:
        given = max(place.minutes(case.opened_at, case.due_at) - case.waited_minutes, 0)
        case.due_at = place.after(now, int(given), "minutes")
    if case.status == "closed" and case.owner is not None and not case.owner.is_active:
        case.owner = route(case.site, case.team, case.served_by).owner
    case.status = "working"
    case.resolved_at = case.closed_at = case.recontact_due_at = None
    case.reopened += 1
    case.escalation = 0
    happened(case, "reopened", actor, note)
    settled(case)
    if case.owner is not None:
        tell(
            [one for one in (case.owner, case.supervisor) if one is not None],
            case,
            Text(f"Case {case.number} is open again", f"工单 {case.number} 已重新打开"),
            mark="case.reopened",
        )


@service("cases.extend")
def extend(*, actor: Actor, key: str, note: str) -> Case:
    """Give a complex case the longer time that its regulation allows, with the reason. Once."""
    case = locked(actor, key)
    law = next((one for one in catalogue.slas() if one.code == case.regulation), None)
    if law is None or law.extended_amount is None or case.details.get("extended"):
        raise wrong(
            "key",
            Text("No regulation of this case allows a longer time.", "此工单适用的规定不允许再延长时限。"),
        )
    if case.status not in OPEN:
        raise NotNowError(case, Text("given more time", "延长时限"))
    if not note.strip():
        raise wrong("note", Text("Say what makes it complex.", "请说明情况复杂的理由。"))
    place = clock_of(case)
    case.legal_due_at = place.after(case.opened_at, law.extended_amount, law.resolve_unit)
    case.due_at = case.legal_due_at
    case.details = {**case.details, "extended": True}
    happened(case, "extended", actor, note.strip()[:NOTE_LENGTH], due=f"{case.legal_due_at:%Y-%m-%d}")
    audit(actor, "cases.extend", case)
    return settled(case)


def reroute(actor: Actor, case_key: str) -> bool:
    """Look again for an owner of a case that has none, or whose owner has gone; whether one was found."""
    case = locked(actor, case_key)
    if case.owner is not None and case.owner.is_active:
        return False
    found: Route = route(case.site, case.team, case.served_by)
    if found.owner is None:
        return False
    case.supervisor = found.supervisor or case.supervisor
    _give(case, found.owner, actor)
    audit(actor, "cases.route", case, to=found.owner.key)
    settled(case)
    return True
