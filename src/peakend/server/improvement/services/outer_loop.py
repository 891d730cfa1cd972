"""Raising topics, finding their cause, fixing and checking them; cycles; approval of changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import NotAllowedError
from peakend.server.acting.policies import within
from peakend.server.acting.services import audit, service
from peakend.server.answering.models import Response
from peakend.server.cases.models import Case
from peakend.server.improvement import policies
from peakend.server.improvement.models import ChangeRequest, CycleStage, LoopCycle, Topic, TopicStep
from peakend.server.improvement.refusals import conflict, invalid, need_one_of
from peakend.server.improvement.selectors import (
    one,
    own_sites,
    person_of,
    seen,
    team_of,
    touchpoint_of,
)
from peakend.server.improvement.selectors.outer_loop import changes, cycles, get_cycle, get_topic, topics
from peakend.server.improvement.selectors.voices import comments, notes
from peakend.server.improvement.words import REVIEW_VERDICTS, STAGES
from peakend.server.notices.outbox import announce, notify

NEXT: dict[str, tuple[str, ...]] = {
    "raised": ("accepted", "declined"),
    "accepted": ("doing", "declined"),
    "doing": ("done", "declined"),
    "done": ("checked", "doing"),
    "checked": (),
    "declined": (),
}
STAGE_ORDER = tuple(STAGES)
_PLAIN = ("title", "theme", "description", "cause", "department", "resources", "planned_change", "review_on")


def new_topic(actor: Actor, **fields: Any) -> Topic:  # noqa: ANN401 - columns of a topic
    """Write a topic and its first step. Call it from a service, which checks and audits."""
    now = clock.now()
    topic = Topic.objects.create(raised_by_id=actor.user_id, raised_at=now, **fields)
    TopicStep.objects.create(topic=topic, status="raised", by_id=actor.user_id, at=now)
    announce("topic.raised", topic.key, {"theme": topic.theme})
    return topic


@service(policies.RAISE_TOPIC)
def raise_topic(
    *,
    actor: Actor,
    title: str,
    theme: str = "",
    description: str = "",
    site: str | None = None,
    team: str | None = None,
    touchpoint: str | None = None,
) -> Topic:
    """Raise something that a team cannot solve alone. Without a site it concerns the whole company."""
    if not title.strip():
        raise invalid("Name the topic.", "请填写议题名称。", field="title")
    of_team = team_of(actor, team)
    place = of_team.site if of_team else _site(actor, site)
    topic = new_topic(
        actor,
        title=title.strip()[:300],
        theme=theme.strip()[:80],
        description=description.strip(),
        site=place,
        team=of_team,
        touchpoint=touchpoint_of(touchpoint),
    )
    audit(actor, "improvement.topic_raised", topic)
    return topic


@service(policies.OWN_TOPIC)
def edit_topic(*, actor: Actor, topic: str, **fields: Any) -> Topic:  # noqa: ANN401 - its columns
    """Change what is known of a topic: plain columns, `whys`, and `owner`, `touchpoint`, `cycle` by key."""
    found = _locked(actor, topic)
    if found.status in ("checked", "declined"):
        raise conflict("This topic is closed.", "议题已关闭。")
    before = found.owner_id
    for name in set(fields) & set(_PLAIN):
        setattr(found, name, _tidy(name, fields[name]))
    if "whys" in fields:
        found.whys = _whys(fields["whys"])
    # Who or what it has already may stay, even where it could not be chosen any more.
    if "owner" in fields and fields["owner"] != (found.owner.key if found.owner else None):
        found.owner = person_of(actor, fields["owner"])
    if "touchpoint" in fields:
        found.touchpoint = touchpoint_of(fields["touchpoint"])
    if "cycle" in fields and fields["cycle"] != (found.cycle.key if found.cycle else None):
        found.cycle = get_cycle(actor, fields["cycle"]) if fields["cycle"] else None
    found.save()
    if found.owner is not None and found.owner_id not in (before, actor.user_id):
        notify(
            [found.owner],
            Text(f"You own the topic “{found.title[:200]}”", f"您已成为议题“{found.title[:200]}”的责任人"),
            f"/topics/{found.key}/",
        )
    audit(actor, "improvement.topic_edited", found, fields=sorted(fields))
    return found


@service(policies.OWN_TOPIC)
def move_topic(
    *,
    actor: Actor,
    topic: str,
    status: str,
    reason: str = "",
    review_on: date | None = None,
    review_result: str = "",
    review_verdict: str = "",
) -> Topic:
    """Take a topic one step on. Each step asks for what it cannot do without."""
    found = _locked(actor, topic)
    if status == found.status:
        audit(actor, "improvement.topic_stayed", found)
        return found
    if status not in NEXT[found.status]:
        raise conflict(
            f"A topic that is {found.status} cannot become {status}.",
            "议题当前状态不能直接变为所选状态。",
            Text("Choose one of the steps the page offers.", "请选择页面提供的步骤。"),
        )
    now = clock.now()
    if status == "declined":
        found.reason = _needed(reason, "reason", "Say why it is declined.", "请说明不予受理的理由。")[:400]
    elif status == "done":
        found.review_on = review_on or found.review_on
        _needed(found.review_on, "review_on", "Set the day of the review.", "请确定验证日期。")
        found.done_at, found.review_told_at = now, None
    elif status == "checked":
        need_one_of(review_verdict, REVIEW_VERDICTS, "review_verdict")
        found.review_result = _needed(
            review_result,
            "review_result",
            "A topic cannot be closed without the result of its review.",
            "没有验证结果，议题不能关闭。",
        )
        found.review_verdict = review_verdict
    else:
        _ready(found, status)
        found.done_at = None
    found.status = status
    found.save()
    TopicStep.objects.create(topic=found, status=status, note=reason[:400], by_id=actor.user_id, at=now)
    announce(f"topic.{status}", found.key, {"theme": found.theme})
    audit(actor, "improvement.topic_moved", found, status=status)
    return found


@service(policies.RAISE_TOPIC)
def add_evidence(
    *,
    actor: Actor,
    topic: str,
    cases: Sequence[str] = (),
    responses: Sequence[str] = (),
    comments_: Sequence[str] = (),
    notes_: Sequence[str] = (),
) -> int:
    """Link voices (by key; cases by key or number) to a topic; how many are new. Each is linked once."""
    found = _locked(actor, topic)
    reach = {
        "case": _cases(actor, cases),
        "response": seen(actor, Response.objects.filter(key__in=responses, survey__anonymous=False)),
        "comment": comments(actor).filter(key__in=comments_),
        "note": notes(actor).filter(key__in=notes_),
    }
    asked = {"case": cases, "response": responses, "comment": comments_, "note": notes_}
    new = 0
    for kind, rows in reach.items():
        rows = list(rows)
        if len(rows) != len(set(asked[kind])):
            raise invalid(
                f"A {kind} on the list does not exist, is anonymous, or is outside your reach.",
                "列表中有不存在、匿名或不在您管辖范围内的条目。",
                field=kind,
            )
        for row in rows:
            new += found.evidence.get_or_create(**{kind: row}, defaults={"added_at": clock.now()})[1]
    audit(actor, "improvement.evidence_added", found, new=new)
    return new


@service(policies.LEAD_CYCLE)
def open_cycle(*, actor: Actor, name: str, site: str | None = None) -> LoopCycle:
    """Begin a turn of the loop at its first stage."""
    if not name.strip():
        raise invalid("Name the cycle.", "请填写循环名称。", field="name")
    cycle = LoopCycle.objects.create(
        name=name.strip()[:200],
        site=_site(actor, site),
        opened_by_id=actor.user_id,
        opened_at=clock.now(),
    )
    audit(actor, "improvement.cycle_opened", cycle)
    return cycle


@service(policies.LEAD_CYCLE)
def finish_stage(*, actor: Actor, cycle: str, stage: str, evidence: str) -> LoopCycle:
    """End the stage the cycle is in with its evidence. The last, review, closes the cycle with the result.

    It also waits until each topic of the cycle is checked or declined.
    """
    found = one(cycles(actor).select_for_update(of=("self",)), Text("Cycle", "循环"), key=cycle)
    if found.stage != stage:
        raise conflict(f"The cycle is at {found.stage}.", "循环当前不在该阶段。")
    _needed(
        evidence,
        "evidence",
        "A stage ends with evidence; a cycle cannot close without a review result.",
        "阶段须以证据收尾；没有回顾结果，循环不能结束。",
    )
    if stage == "review" and found.topics.exclude(status__in=("checked", "declined")).exists():
        raise conflict(
            "Topics of this cycle are still open.",
            "本循环还有未关闭的议题。",
            Text("Check or decline them first.", "请先完成验证或不予受理。"),
        )
    now = clock.now()
    CycleStage.objects.create(
        cycle=found, stage=stage, evidence=evidence.strip(), by_id=actor.user_id, at=now
    )
    found.stage = STAGE_ORDER[STAGE_ORDER.index(stage) + 1]
    found.closed_at = now if found.stage == "closed" else None
    found.save(update_fields=["stage", "closed_at"])
    audit(actor, "improvement.stage_finished", found, stage=stage)
    return found


@service(policies.ASK_CHANGE)
def ask_change(
    *,
    actor: Actor,
    title: str,
    company_benefit: str,
    company_effect: int,
    customer_benefit: str,
    customer_effect: int,
    description: str = "",
    topic: str | None = None,
    site: str | None = None,
    touchpoint: str | None = None,
    cost: Decimal | None = None,
    currency: str = "CNY",
) -> ChangeRequest:
    """Ask for a change, saying what it does for the company and for the customer (−1, 0 or 1 each)."""
    _needed(title, "title", "Name the change.", "请填写变更名称。")
    if company_effect not in (-1, 0, 1) or customer_effect not in (-1, 0, 1):
        raise invalid("An effect is −1, 0 or 1.", "影响只能是 −1、0 或 1。")
    _needed(company_benefit, "company_benefit", "Say what the company has of it.", "请说明对公司的影响。")
    _needed(customer_benefit, "customer_benefit", "Say what customers have of it.", "请说明对客户的影响。")
    found = get_topic(actor, topic) if topic else None
    change = ChangeRequest.objects.create(
        title=title.strip()[:300],
        description=description.strip(),
        topic=found,
        site=_site(actor, site) or (found.site if found else None),
        touchpoint=touchpoint_of(touchpoint) or (found.touchpoint if found else None),
        company_benefit=company_benefit.strip(),
        company_effect=company_effect,
        customer_benefit=customer_benefit.strip(),
        customer_effect=customer_effect,
        cost=cost,
        currency=currency,
        asked_by_id=actor.user_id,
        asked_at=clock.now(),
    )
    audit(actor, "improvement.change_asked", change, verdict=change.verdict)
    return change


@service(policies.DECIDE_CHANGE)
def decide_change(*, actor: Actor, change: str, approve: bool, note: str = "") -> ChangeRequest:
    """Approve or refuse: never lose-lose, a trade-off only with its reason, and nobody one's own."""
    found = one(changes(actor).select_for_update(of=("self",)), Text("Change", "变更"), key=change)
    if found.status != "asked":
        raise conflict("It is decided already.", "该申请已有结论。")
    if actor.user_id is None or found.asked_by_id == actor.user_id:
        raise NotAllowedError(policies.DECIDE_CHANGE)
    if approve and found.verdict == "lose_lose":
        raise conflict(
            "A change that helps neither the company nor the customer cannot be approved.",
            "对公司和客户都没有好处的变更不能批准。",
            Text("Refuse it, or ask for a better one.", "请否决，或重新提出更好的方案。"),
        )
    if found.verdict == "trade_off" or not approve:
        _needed(note, "note", "Say why.", "请说明理由。")
    found.status = "approved" if approve else "refused"
    found.decided_by_id, found.decided_at, found.decision_note = actor.user_id, clock.now(), note[:400]
    found.save()
    if found.asked_by is not None:
        notify(
            [found.asked_by],
            Text(
                f"Your change “{found.title[:200]}” was {found.status}",
                f"您的变更“{found.title[:200]}”已有审批结论",
            ),
            f"/changes/{found.key}/",
        )
    announce(f"change.{found.status}", found.key, {"verdict": found.verdict})
    audit(actor, "improvement.change_decided", found, approved=approve, verdict=found.verdict)
    return found


def _ready(topic: Topic, status: str) -> None:
    if status == "accepted":
        _needed(topic.owner, "owner", "Name who owns it.", "请指定责任人。")
        _needed(topic.department, "department", "Name the department.", "请填写责任部门。")
        return
    _needed(topic.cause, "cause", "Name the cause first.", "请先确定原因。")
    _needed(topic.planned_change, "planned_change", "Say what will be changed.", "请填写计划的变更。")
    asked = list(topic.changes.values_list("status", flat=True))
    if asked and "approved" not in asked:
        raise conflict(
            "Its change is not approved.",
            "相关变更尚未获批。",
            Text("Wait for the approval, or ask for another change.", "请等待审批，或另行提出变更。"),
        )


def _needed(value: Any, field: str, en: str, zh: str) -> Any:  # noqa: ANN401 - whatever the field holds
    if not value or (isinstance(value, str) and not value.strip()):
        raise invalid(en, zh, field=field)
    return value.strip() if isinstance(value, str) else value


def _tidy(name: str, value: Any) -> Any:  # noqa: ANN401 - whatever the column holds
    """Texts as a page shows them: those of one line on one line, no space around."""
    if not isinstance(value, str):
        return value
    return (
        value.strip() if name in ("description", "resources", "planned_change") else " ".join(value.split())
    )


def _whys(whys: Sequence[str]) -> list[str]:
    """The chain without gaps at its end: at most five."""
    chain = [" ".join(why.split())[:400].strip() for why in whys if why.strip()]
    if len(chain) > 5:
        raise invalid("Five whys are enough.", "最多五个“为什么”。", field="whys")
    return chain


def _locked(actor: Actor, key: str) -> Topic:
    return one(topics(actor).select_for_update(of=("self",)), Text("Topic", "议题"), key=key)


def _site(actor: Actor, code: str | None) -> Any:  # noqa: ANN401 - a Site or None
    if code:
        return one(own_sites(actor), Text("Site", "网点"), code=code)
    if not actor.reach.everything:
        listed = list(own_sites(actor)[:2])
        if len(listed) != 1:
            raise invalid("Choose the site it concerns.", "请选择所涉网点。", field="site")
        return listed[0]
    return None


def _cases(actor: Actor, keys: Sequence[str]) -> Any:  # noqa: ANN401 - a query
    from django.db.models import Q

    numbers = [int(key) for key in keys if key.isdecimal() and len(key) < 19]
    return within(actor, Case.objects.filter(Q(key__in=keys) | Q(number__in=numbers)))
