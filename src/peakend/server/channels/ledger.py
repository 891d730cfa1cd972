"""The fatigue ledger's rule: may this customer be written to now? A pure function of their history."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from peakend.language import Text

Kind = Literal["survey", "reminder", "recovery"]

REASONS: dict[str, Text] = {
    "refused": Text("Does not want to be asked", "不愿接受调查"),
    "no_address": Text("Has no address for this channel", "没有该渠道的联系方式"),
    "bounced": Text("Mail to this address came back", "发往该地址的邮件被退回"),
    "event": Text("Was already asked about this event", "已就此次互动邀请过"),
    "complaint": Text("Has an open complaint: first put it right", "有未结投诉：先解决问题"),
    "cap": Text("Was contacted {n} times in {days} days: enough", "{days} 天内已联系 {n} 次：不再打扰"),
    "answered": Text("Answered within the last {days} days", "最近 {days} 天内已作答"),
    "repeat": Text("Was asked this survey within the last {days} days", "最近 {days} 天内已收到过此调查"),
    "quiet_hours": Text("Waits until the quiet hours end", "等待免打扰时段结束"),
    "too_old": Text("The event was longer ago than {hours} hours", "互动发生已超过 {hours} 小时"),
    "survey_closed": Text("The survey was not open", "调查未开放"),
    "wave_over": Text("The wave had ended", "期次已结束"),
    "erased": Text("Was erased", "客户资料已删除"),
    "cancelled": Text("Somebody took it back", "已被撤回"),
}


@dataclass(frozen=True, slots=True)
class Contact:
    """One time somebody was written to; `survey` is the survey's key."""

    at: datetime
    survey: str = ""
    kind: Kind = "survey"


@dataclass(frozen=True, slots=True)
class History:
    """What is known of a customer when somebody wants to write to them about `survey`."""

    survey: str = ""
    kind: Kind = "survey"
    contacts: tuple[Contact, ...] = ()
    last_answer: datetime | None = None
    open_case: bool = False
    refused: bool = False
    has_address: bool = True
    bounced: bool = False
    asked_about_event: bool = False
    timezone: str = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Rules:
    """How often at most; `most` contacts in any `days` days over everything. Days of 0 switch a rule off."""

    most: int = 3
    days: int = 30
    after_answer_days: int = 14
    spare_complaints: bool = True
    repeat_days: int = 90
    quiet_from: time = time(21)
    quiet_to: time = time(8)

    @property
    def horizon(self) -> timedelta:
        """How far back contacts matter."""
        return timedelta(days=max(self.days, self.repeat_days))


@dataclass(frozen=True, slots=True)
class Verdict:
    """`send`, `suppress` for `reason`, or `delay` until `until`. `details` fill the reason's words."""

    outcome: Literal["send", "suppress", "delay"]
    reason: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    until: datetime | None = None


def verdict(history: History, rules: Rules, now: datetime) -> Verdict:
    """Whether the customer may be written to at `now`. The first reason that holds is the one told.

    A reminder is a contact like any other, but of one that was asked already: repeat distance and event do
    not count against it. A question about how a complaint was settled is asked although there was one.
    """
    for reason, details in _against(history, rules, now):
        return Verdict("suppress", reason, details)
    until = quiet_until(now, history.timezone, rules.quiet_from, rules.quiet_to)
    return Verdict("send") if until is None else Verdict("delay", "quiet_hours", until=until)


def _against(history: History, rules: Rules, now: datetime) -> list[tuple[str, dict[str, Any]]]:
    first = history.kind == "survey"
    recent = sum(one.at > now - timedelta(days=rules.days) for one in history.contacts)
    same = [one.at for one in history.contacts if one.survey == history.survey and one.kind == "survey"]
    checks: list[tuple[bool, str, dict[str, Any]]] = [
        (history.refused, "refused", {}),
        (not history.has_address, "no_address", {}),
        (history.bounced, "bounced", {}),
        (first and history.asked_about_event, "event", {}),
        (rules.spare_complaints and history.open_case and history.kind != "recovery", "complaint", {}),
        (rules.days > 0 and recent >= rules.most, "cap", {"n": recent, "days": rules.days}),
        (
            history.kind != "recovery" and _within(history.last_answer, now, rules.after_answer_days),
            "answered",
            {"days": rules.after_answer_days},
        ),
        (
            first and _within(max(same, default=None), now, rules.repeat_days),
            "repeat",
            {"days": rules.repeat_days},
        ),
    ]
    return [(reason, details) for holds, reason, details in checks if holds]


def _within(at: datetime | None, now: datetime, days: int) -> bool:
    return at is not None and at > now - timedelta(days=days)


def quiet_until(now: datetime, timezone: str, quiet_from: time, quiet_to: time) -> datetime | None:
    """When the quiet hours end that `now` lies in, by the clock of `timezone`; None outside them."""
    zone = ZoneInfo(timezone)
    local = now.astimezone(zone)
    clock = local.time()
    over_midnight = quiet_from > quiet_to
    quiet = (clock >= quiet_from or clock < quiet_to) if over_midnight else quiet_from <= clock < quiet_to
    if not quiet:
        return None
    day = local.date() + timedelta(days=1 if over_midnight and clock >= quiet_from else 0)
    until = datetime.combine(day, quiet_to, zone).astimezone(now.tzinfo)
    # Where clocks go back the hour comes twice: the second one is meant.
    return (
        until if until > now else datetime.combine(day, quiet_to.replace(fold=1), zone).astimezone(now.tzinfo)
    )


def reason_words(reason: str, details: dict[str, Any]) -> Text:
    """The reason as a person reads it."""
    words = REASONS.get(reason)
    if words is None:
        return Text(reason or "–", reason or "–")
    return words.format(**({"n": "?", "days": "?", "hours": "?"} | details))
