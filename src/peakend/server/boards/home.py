"""The start page: what somebody in a role needs first today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor, Role
from peakend.server.acting.policies import LEADERS, may, require
from peakend.server.boards.behind import Line
from peakend.server.boards.findings import mix_step, quiet, whole_sentence
from peakend.server.boards.overview import Overview, latest_words, overview
from peakend.server.boards.policies import READ
from peakend.server.cases.models import UNFINISHED, Case
from peakend.server.cases.selectors import cases
from peakend.server.cases.shown import headline as case_headline
from peakend.server.web.say import say

MOST_CASES = 6


@dataclass(frozen=True, slots=True)
class Due:
    """A case with the deadline that counts; `late` when it has passed."""

    case: Case
    at: datetime | None
    late: bool

    @property
    def title(self) -> Text:
        """The case in a sentence."""
        return case_headline(self.case)


@dataclass(frozen=True, slots=True)
class Start:
    """What the start page shows. `mine`: the cases are the actor's own, not the team's."""

    found: Overview
    headline: str
    due: tuple[Due, ...]
    open_cases: int
    late_cases: int
    mine: bool
    words: tuple[Line, ...]
    next: str


def start(actor: Actor) -> Start:
    """The start page of `actor`."""
    require(actor, READ)
    found = overview(actor)
    mine = actor.role == Role.FRONT_LINE
    due, open_, late = _cases(actor, mine)
    return Start(
        found=found,
        headline=_front_line(open_, late) if mine else finding(found),
        due=due,
        open_cases=open_,
        late_cases=late,
        mine=mine,
        words=tuple(latest_words(actor, [one.board for one in found.summaries])),
        next=_next(found, open_, late, actor),
    )


def finding(found: Overview) -> str:
    """What moved among all surveys beyond chance, the worst first; or plainly that nothing did."""
    if found.changes:
        first = found.changes[0]
        return whole_sentence(first.moved, first.asked.label)
    if not any(one.n for one in found.summaries):
        return say("Nobody has answered yet", "还没有收到答卷")
    return quiet(found.period, [one.score for one in found.summaries if one.score is not None])


def _cases(actor: Actor, mine: bool) -> tuple[tuple[Due, ...], int, int]:
    if not may(actor, "cases.read"):
        return (), 0, 0
    rows = cases(actor).filter(UNFINISHED)
    if mine:
        rows = rows.filter(owner_id=actor.user_id)
    now = clock.now()
    listed = rows.select_related("customer", "touchpoint", "owner", "site").order_by(
        F("next_due_at").asc(nulls_last=True), "pk"
    )[:MOST_CASES]
    due = tuple(Due(one, one.next_due_at, bool(one.next_due_at and one.next_due_at <= now)) for one in listed)
    return due, rows.count(), rows.filter(next_due_at__lte=now).count()


def _front_line(open_: int, late: int) -> str:
    if late:
        return (
            say("{n} of your cases are overdue", "您有 {n} 个工单已超时", n=late)
            if late > 1
            else say("One of your cases is overdue", "您有 1 个工单已超时")
        )
    if open_:
        return (
            say("{n} customers wait for you", "有 {n} 位客户在等您处理", n=open_)
            if open_ > 1
            else say("One customer waits for you", "有 1 位客户在等您处理")
        )
    return say("No customer waits for you", "目前没有客户在等您")


def _next(found: Overview, open_: int, late: int, actor: Actor) -> str:
    worse = next((one for one in found.changes if one.moved.score.verdict == "worse"), None)
    if late:
        return say(
            "Call the customers whose cases are overdue, then close what is done.",
            "先联系超时工单的客户，再把已办妥的结案。",
        )
    if worse is not None and worse.moved.mix is not None and actor.role in LEADERS:
        return mix_step(worse.moved.mix)
    if worse is not None and actor.role in LEADERS:
        return say(
            "Read the answers behind {where}, agree on a cause and give it an owner; the next period shows "
            "whether it helped.",
            "阅读“{where}”背后的答卷，商定原因并落实责任人；效果由下一期数据检验。",
            where=worse.moved.behind or worse.board.title,
        )
    if open_:
        return say("Work through the open cases, the one due first.", "按到期先后处理未结工单。")
    if not any(one.n for one in found.summaries):
        return say(
            "Publish a survey and put its link or QR poster where customers are.",
            "发布一份调查，把链接或二维码海报放到客户身边。",
        )
    return say(
        "Read what customers said last and thank those who praised.",
        "看看客户最近说了什么，并感谢表扬我们的客户。",
    )
