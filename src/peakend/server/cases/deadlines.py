"""By when a case must move.

Its deadlines in business time of its site, pauses, and the time left in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from peakend.language import Text
from peakend.server.cases import catalogue, presets
from peakend.server.cases.calendars import (
    Calendar,
    NeverOpenError,
    add_business,
    add_workdays,
    business_minutes,
)
from peakend.server.cases.catalogue import Sla
from peakend.server.cases.models import Case
from peakend.server.cases.rules import snapshot

Kind = Literal["contact", "resolution", "recontact"]
KINDS: dict[str, Text] = {
    "contact": Text("first contact", "首次联系"),
    "resolution": Text("solution", "解决"),
    "recontact": Text("telling the customer", "回访客户"),
}


@dataclass(frozen=True)
class Clock:
    """The calendar and the time zone of a case's site."""

    calendar: Calendar
    zone: str

    def after(self, start: datetime, amount: int, unit: str) -> datetime:
        """`amount` of `unit` (minutes of business time, workdays, or days by the calendar) after `start`."""
        try:
            if unit == "workdays":
                return add_workdays(start, amount, self.calendar, self.zone)
            if unit == "minutes":
                return add_business(start, amount, self.calendar, self.zone)
        except NeverOpenError:
            # A calendar somebody left without hours must not keep a case from being opened.
            return start + timedelta(minutes=amount) if unit == "minutes" else start + timedelta(days=amount)
        return start + timedelta(days=amount)

    def minutes(self, since: datetime, until: datetime) -> float:
        """Business minutes from `since` to `until`; negative where that lies before."""
        return business_minutes(since, until, self.calendar, self.zone)


def clock_of(case: Case, calendars: Mapping[str, Calendar] | None = None) -> Clock:
    """The clock that the case runs by; `calendars` spares a query a case in lists."""
    site = case.site
    code = site.calendar if site else catalogue.DEFAULT_CALENDAR
    zone = site.timezone if site else catalogue.DEFAULT_ZONE
    if calendars is None:
        return Clock(catalogue.calendar(code), zone)
    return Clock(calendars.get(code) or calendars[catalogue.DEFAULT_CALENDAR], zone)


def kept_clock(case: Case) -> Clock:
    """The clock of a case just opened, by the calendars the process keeps: no query."""
    site = case.site
    code = site.calendar if site else catalogue.DEFAULT_CALENDAR
    return Clock(snapshot().calendar(code), site.timezone if site else catalogue.DEFAULT_ZONE)


def set_deadlines(case: Case, tier: str, clock: Clock) -> None:
    """The deadlines of a case just opened.

    Those of the company's policy, cut by the legal limits that apply.
    """
    start = case.opened_at
    listed = [one for one in snapshot().slas if _meant(one, case, tier)]
    own = next((one for one in listed if not one.regulation), None)
    contact = _due(own, start, clock, "contact") if own else None
    due = _due(own, start, clock, "resolve") if own else None
    for law in (one for one in listed if one.regulation):
        legal = _due(law, start, clock, "resolve")
        contact = _earliest(contact, _due(law, start, clock, "contact"))
        if legal is not None and (case.legal_due_at is None or legal < case.legal_due_at):
            case.legal_due_at, case.regulation = legal, law.code
    case.contact_due_at = contact if case.customer_id else None
    case.due_at = _earliest(due, case.legal_due_at)


def _meant(policy: Sla, case: Case, tier: str) -> bool:
    return (
        policy.kind in ("", case.kind)
        and policy.severity in ("", case.severity)
        and policy.tier in ("", tier)
        and (not policy.regulation or case.kind not in ("praise", "repeat"))
    )


def _due(policy: Sla, start: datetime, clock: Clock, what: str) -> datetime | None:
    amount = getattr(policy, f"{what}_amount")
    return clock.after(start, amount, getattr(policy, f"{what}_unit")) if amount else None


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((one for one in moments if one is not None), default=None)


def running(case: Case) -> tuple[Kind, datetime] | None:
    """The deadline that counts now: none while the customer is waited for or after the end."""
    if case.status in ("open", "working"):
        if case.contacted_at is None and case.contact_due_at is not None:
            return "contact", case.contact_due_at
        return ("resolution", case.due_at) if case.due_at else None
    if case.status == "resolved" and case.recontact_due_at is not None:
        return "recontact", case.recontact_due_at
    return None


def levels(case: Case, clock: Clock) -> dict[int, datetime]:
    """When each level of the running deadline is to be told: 1 due soon, 2 missed, 3 missed for long."""
    found = running(case)
    if found is None:
        return {}
    kind, due = found
    began = case.resolved_at if kind == "recontact" and case.resolved_at else case.opened_at
    whole = max(clock.minutes(began, due), 0)
    soon = clock.after(began, int(whole * presets.SOON), "minutes")
    return {1: min(soon, due), 2: due, 3: clock.after(due, presets.MANAGER_AFTER, "minutes")}


def refresh(case: Case, clock: Clock, now: datetime) -> None:
    """Set `next_due_at` and `escalate_at` after anything that moves a deadline or the status.

    Does not save.
    """
    found = running(case)
    case.next_due_at = found[1] if found else None
    told = set(
        case.escalations.filter(round=case.reopened, deadline=found[0]).values_list("level", flat=True)
        if found and case.pk
        else ()
    )
    case.escalate_at = min(
        (at for level, at in levels(case, clock).items() if level not in told), default=None
    )


def stop(case: Case, now: datetime) -> None:
    """The customer is waited for: the company's clock stands still."""
    case.waiting_since = now


def resume(case: Case, clock: Clock, now: datetime) -> float:
    """The clock runs again: deadlines move by what was left of them, never past a legal one.

    Business minutes waited.
    """
    since = case.waiting_since
    if since is None:
        return 0.0
    for name in ("contact_due_at", "due_at"):
        due = getattr(case, name)
        if due is not None and due > since:
            moved = clock.after(now, int(clock.minutes(since, due)), "minutes")
            setattr(case, name, moved)
    if case.legal_due_at is not None:
        case.due_at = _earliest(case.due_at, case.legal_due_at)
    waited = clock.minutes(since, now)
    case.waiting_since, case.waited_minutes = None, case.waited_minutes + waited
    return waited


@dataclass(frozen=True)
class Left:
    """What is left of the running deadline.

    `tone` is act (missed), watch (soon), good, or empty (none runs).
    """

    kind: str
    due: datetime | None
    minutes: float | None
    words: Text
    tone: str
    guessed: bool = False  # the holidays of that year are not known yet

    @property
    def late(self) -> bool:
        """Whether it was missed."""
        return self.minutes is not None and self.minutes < 0


def left(case: Case, clock: Clock, now: datetime) -> Left:
    """The time left for `case`, in business time, in words."""
    found = running(case)
    if found is None:
        return Left("", None, None, _resting(case), "")
    kind, due = found
    try:
        minutes = clock.minutes(now, due)
    except OverflowError:
        minutes = 0.0
    late = due <= now
    length = spell(abs(minutes), clock.calendar)
    guessed = not clock.calendar.knows(due.date())
    if late:
        return Left(
            kind,
            due,
            min(minutes, -0.01),
            Text(f"{length.en} overdue", f"逾期{_gap(length.zh)}{length.zh}"),
            "act",
            guessed,
        )
    if minutes <= 0:
        return Left(kind, due, 0.0, Text("due before you open", "开门前到期"), "watch", guessed)
    soon = levels(case, clock).get(1)
    tone = "watch" if soon is not None and now >= soon else "good"
    return Left(kind, due, minutes, Text(f"{length.en} left", f"还剩 {length.zh}"), tone, guessed)


def _gap(words: str) -> str:
    return " " if words[:1].isdigit() else ""


def _resting(case: Case) -> Text:
    if case.status == "waiting":
        return Text("waiting for the customer", "等待客户，计时暂停")
    if case.status == "closed":
        return Text("closed", "已办结")
    return Text("no deadline", "无时限")


def spell(minutes: float, calendar: Calendar) -> Text:
    """A length of business time in words: minutes, hours, or working days of this calendar."""
    whole = int(minutes)
    if whole < 60:
        return Text(f"{whole} min", f"{whole} 分钟") if whole else Text("less than a minute", "不到 1 分钟")
    days = [sum(b - a for a, b in spans) for spans in calendar.week if spans]
    day = sum(days) / len(days) if days else 1440
    if whole < 2 * day or whole < 600:
        hours, rest = divmod(whole, 60)
        if hours >= 10 or not rest:
            return Text(f"{hours} h", f"{hours} 小时")
        return Text(f"{hours} h {rest} min", f"{hours} 小时 {rest} 分")
    n = int(whole / day)
    # Around the clock a day is a day.
    if day >= 1440:
        return Text(f"{n} days", f"{n} 天")
    return Text(f"{n} working days", f"{n} 个工作日")
