"""A case as pages show it: headline, quote, deadline in words, and the one next step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.policies import may
from peakend.server.cases import presets, selectors
from peakend.server.cases.calendars import Calendar
from peakend.server.cases.deadlines import KINDS, Left, clock_of, left
from peakend.server.cases.lifecycle import lacks
from peakend.server.cases.models import Case
from peakend.server.web.say import say, spoken, told

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor


@dataclass(frozen=True)
class Step:
    """What to do next.

    A sentence, the words on the button, where it leads, and whether it is done by the click.
    """

    what: Text
    button: Text
    url: str
    at_once: bool = False


@dataclass(frozen=True)
class Shown:
    """What a list and the page show of a case."""

    case: Case
    headline: Text
    quote: str
    score: dict[str, Any] | None
    tone: str
    left: Left
    deadline: Text | None
    due_local: datetime | None
    place: str
    next: Step | None


def headline(case: Case) -> Text:
    """The case in a sentence, without the customer's words."""
    found = selectors.score_of(case)
    at = case.touchpoint
    if case.kind == "repeat":
        n, days = case.details.get("reports", 0), case.details.get("days", presets.REPEAT_DAYS)
        en, zh = f"Told us {n} times in {days} days", f"{days} 天内反馈 {n} 次"
        return Text(f"{en}: {at.name}", f"{zh}：{at.name_zh or at.name}") if at else Text(en, zh)
    if found is None:
        return Text(case.title, case.title)
    en, zh = f"Scored {found['score']:g} of {found['high']}", f"评分 {found['score']:g}/{found['high']}"
    if at is None:
        return Text(en, zh)
    return Text(f"{at.name}: {en[0].lower()}{en[1:]}", f"{at.name_zh or at.name}：{zh}")


def wall(at: datetime, zone: str) -> datetime:
    """What the clock on the wall shows, without a zone: templates would bring it back to UTC."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def place_of(case: Case) -> str:
    """Where it happened, in the page's language."""
    zh = spoken() == "zh"
    parts = [
        (row.name_zh if zh else "") or row.name for row in (case.touchpoint, case.site or case.team) if row
    ]
    return "，".join(parts) if zh else ", ".join(parts)


def show(actor: Actor, case: Case, calendars: Mapping[str, Calendar] | None = None) -> Shown:
    """The case for a list or its page."""
    place = clock_of(case, calendars)
    remaining = left(case, place, clock.now())
    quote = "\n".join(selectors.said(case))
    return Shown(
        case=case,
        headline=headline(case),
        quote=quote,
        score=selectors.score_of(case),
        tone="act" if remaining.late else remaining.tone,
        left=remaining,
        deadline=KINDS.get(remaining.kind),
        due_local=wall(remaining.due, place.zone) if remaining.due else None,
        place=place_of(case),
        next=next_step(actor, case),
    )


def next_step(actor: Actor, case: Case) -> Step | None:
    """The one thing to do now; None for who may only read, or at the end."""
    if not may(actor, "cases.work"):
        return None
    at = _link(case)
    if case.status == "open" and case.owner_id != actor.user_id:
        who = case.owner
        what = (
            Text(f"It lies with {who.name}, who has not begun.", f"目前由{who.name}负责，尚未开始处理。")
            if who
            else Text("It belongs to nobody yet.", "暂无负责人。")
        )
        # Those who lead give it to somebody; those who serve take it.
        if may(actor, "cases.assign"):
            return Step(what, Text("Give to somebody", "转派"), at("assign"))
        return Step(what, Text("Take this case", "领取此工单"), at("take"), True)
    if case.status == "waiting":
        return Step(
            Text("You wait for the customer; the clock stands still.", "正在等待客户，计时已暂停。"),
            Text("Go on", "恢复处理"),
            at("go_on"),
            True,
        )
    if case.status in ("open", "working"):
        return _before_solution(case, at)
    if case.status == "resolved":
        return _after_solution(case, at)
    return None


def _link(case: Case) -> Any:  # noqa: ANN401
    return lambda name: reverse(f"cases:{name}", args=[case.key])


def _before_solution(case: Case, at: Any) -> Step:  # noqa: ANN401
    if case.customer_id and case.contacted_at is None:
        tried = len(case.contacts.all()) if case.status != "open" else 0
        what = (
            Text("Call, listen, say sorry.", "先致电，倾听，致歉。")
            if not tried
            else Text(f"Tried {tried} times, not reached yet.", f"已尝试 {tried} 次，尚未联系上。")
        )
        return Step(what, Text("Call", "联系客户"), at("contact"))
    if case.customer_id is None and case.status == "open":
        return Step(
            Text("Nobody can be called: find out what happened.", "无法联系客户，请先查明情况。"),
            Text("Begin", "开始处理"),
            at("take"),
            True,
        )
    return Step(
        Text("Put it right, then say what you did.", "解决问题，然后记录处理措施。"),
        Text("Say what was done", "填写处理措施"),
        at("resolve"),
    )


def _after_solution(case: Case, at: Any) -> Step:  # noqa: ANN401
    if lacks(case):
        return Step(
            Text("Tell the customer what was done.", "将处理结果告知客户。"),
            Text("Call back", "回访客户"),
            at("contact"),
        )
    return Step(
        Text("Cause, action and call-back are there.", "原因、措施、回访均已完成。"),
        Text("Close the case", "办结工单"),
        at("close"),
        True,
    )


def finding(listed: list[Shown], overdue: int, view: str) -> str:
    """The headline of the inbox: what the list says to do."""
    first = listed[0] if listed else None
    if first is None:
        return say("Nothing waits here", "没有待办工单")
    if view == "closed":
        return say("What is settled", "已办结的工单")
    name = first.case.customer.name if first.case.customer and first.case.customer.name else ""
    if overdue:
        who = (
            # Chinese stands apart from Latin letters, not from Chinese.
            say("call {name} first", "请先联系{gap}{name}", name=name, gap=" " if name[0].isascii() else "")
            if name
            else say("begin at the top", "请从第一张开始")
        )
        if overdue == 1:
            return say("One case is late: {who}", "1 张工单已逾期，{who}", who=who)
        return say("{n} cases are late: {who}", "{n} 张工单已逾期，{who}", n=overdue, who=who)
    if first.left.due is not None:
        return say(
            "Nothing is late; the next has {left}",
            "没有逾期工单；最近一张{left}",
            left=told(first.left.words),
        )
    return say("Nothing is late", "没有逾期工单")
