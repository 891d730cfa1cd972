"""What the demonstration's staff did with the cases: most are put right, some wait, a few are late."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from peakend.server.acting import clock
from peakend.server.cases.contacts import log_contact
from peakend.server.cases.lifecycle import close, note, resolve, take
from peakend.server.cases.models import Case
from peakend.server.people.acting import actor_of_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.server.acting.actors import Actor

# Causes of the catalogue by what went wrong where, with what was done about it.
_DONE = {
    "checkin": "waiting",
    "security": "waiting",
    "boarding": "waiting",
    "baggage": "waiting",
    "lounge": "product",
    "meals": "product",
    "cabin": "product",
}
_ACTION = {
    "waiting": "向客户说明原因并致歉，高峰时段增开一个柜台。",
    "product": "向客户致歉，已报告采购更换，并为下次行程备好其偏好的饮品。",
}
# Only younger cases were left lying: months of delay would say that nobody works here.
_YOUNG = timedelta(days=5)


def work(now: datetime, causes: set[str]) -> dict[str, int]:
    """Let the owners work on the cases as the weeks went by; how many cases ended in which state."""
    chance = Random(7)
    for case in Case.objects.order_by("opened_at", "id"):
        owner = case.owner or case.supervisor
        if owner is None:
            continue
        age = now - case.opened_at
        # The oldest are done, the newest still untouched.
        if age < timedelta(hours=20) or (age < _YOUNG and chance.random() < 0.08):
            continue
        _one(case, actor_of_user(owner), now, chance, causes)
    return {
        status: Case.objects.filter(status=status).count()
        for status in ("open", "working", "waiting", "resolved", "closed")
    }


def _one(case: Case, actor: Actor, now: datetime, chance: Random, causes: set[str]) -> None:
    code = case.touchpoint.code if case.touchpoint else ""
    wanted = _DONE.get(code, "waiting")
    cause = wanted if wanted in causes else sorted(causes)[chance.randrange(len(causes))]
    steps: list[tuple[float, Callable[[], object]]] = [
        (chance.uniform(0.3, 5), lambda: take(actor=actor, key=case.key)),
        (
            chance.uniform(0.2, 8),
            lambda: log_contact(
                actor=actor, key=case.key, channel="phone", outcome="reached", note="已致电客户，了解经过。"
            ),
        ),
        (chance.uniform(0.5, 6), lambda: note(actor=actor, key=case.key, text="与当班同事核对了经过。")),
        (
            chance.uniform(3, 40),
            lambda: resolve(
                actor=actor, key=case.key, cause=cause, action=_ACTION.get(wanted, _ACTION["waiting"])
            ),
        ),
        (
            chance.uniform(2, 30),
            lambda: log_contact(
                actor=actor,
                key=case.key,
                channel="phone",
                outcome="reached",
                note="已告知处理结果，客户表示认可。",
            ),
        ),
        (0.1, lambda: close(actor=actor, key=case.key)),
    ]
    at = case.opened_at
    for hours, step in steps:
        at += timedelta(hours=hours)
        if at >= now or (now - case.opened_at < _YOUNG and chance.random() < 0.04):
            return
        with clock.at(at):
            step()
