"""What the demonstration's staff did with the cases: most are put right, some wait, a few are late."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from peakend.server.acting import clock
from peakend.server.cases.contacts import log_contact
from peakend.server.cases.lifecycle import close, note, resolve, take, wait
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
# In the customer's language, as their own agents write.
_SAID = {
    "zh": {
        "heard": "已致电客户，了解经过。",
        "checked": "与当班同事核对了经过。",
        "waiting": "向客户说明原因并致歉，高峰时段增开一个柜台。",
        "product": "向客户致歉，已报告责任部门更换，下次行程前会再确认。",
        "lounge": "向客户致歉，说明饮品更换的原因；已在下次行程备好健怡可乐，并计入改进议题。",
        "asked": "请客户发来登机牌照片，收到后继续。",
        "told": "已告知处理结果，客户表示认可。",
    },
    "en": {
        "heard": "Called the customer and heard what happened.",
        "checked": "Went through it with the colleagues of that shift.",
        "waiting": "Explained and apologised; one more counter opens at peak times.",
        "product": "Apologised; reported to those in charge, to be checked before the next trip.",
        "lounge": "Apologised and explained the swap; diet cola is set aside for the next trip, and the case "
        "stands as evidence of the topic.",
        "asked": "Asked for a photo of the boarding pass; goes on when it is here.",
        "told": "Told the customer what was done; they are content.",
    },
}
# Only younger cases were left lying: months of delay would say that nobody works here.
_YOUNG = timedelta(days=5)


def work(now: datetime, causes: set[str]) -> dict[str, int]:
    """Let the owners work on the cases as the weeks went by; how many cases ended in which state."""
    chance = Random(7)
    actors: dict[int, Actor] = {}
    for case in Case.objects.select_related("touchpoint", "customer").order_by("opened_at", "id"):
        owner = case.owner or case.supervisor
        if owner is None or case.customer is None:
            continue
        actor = actors.get(owner.pk) or actors.setdefault(owner.pk, actor_of_user(owner))
        _one(case, actor, now, chance, causes)
    return {
        status: Case.objects.filter(status=status).count()
        for status in ("open", "working", "waiting", "resolved", "closed")
    }


def _left_at(age: timedelta, chance: Random) -> int:
    """How many steps are done: all of the old ones, few of the newest, and one or two that are late."""
    if age < timedelta(hours=3):
        return 0
    if age < timedelta(hours=12):
        return chance.choice((2, 3))
    if age < _YOUNG and chance.random() < 0.45:
        return chance.choice((2, 4, -1, -1, -1))
    return 6


def _one(case: Case, actor: Actor, now: datetime, chance: Random, causes: set[str]) -> None:
    code = case.touchpoint.code if case.touchpoint else ""
    wanted = _DONE.get(code, "waiting")
    cause = wanted if wanted in causes else sorted(causes)[chance.randrange(len(causes))]
    said = _SAID["zh" if case.customer is None or case.customer.language.startswith("zh") else "en"]
    action = said["lounge" if code == "lounge" else wanted]
    age = now - case.opened_at
    left = _left_at(age, chance)

    def called(note_: str) -> object:
        return log_contact(actor=actor, key=case.key, channel="phone", outcome="reached", note=note_)

    steps: list[tuple[float, Callable[[], object]]] = [
        (chance.uniform(0.2, 1), lambda: take(actor=actor, key=case.key)),
        (chance.uniform(0.1, 1.5), lambda: called(said["heard"])),
        (chance.uniform(0.5, 4), lambda: note(actor=actor, key=case.key, text=said["checked"])),
        (chance.uniform(2, 20), lambda: resolve(actor=actor, key=case.key, cause=cause, action=action)),
        (chance.uniform(2, 20), lambda: called(said["told"])),
        (0.1, lambda: close(actor=actor, key=case.key)),
    ]
    at = case.opened_at
    # The note is written on the hard ones and on the newest, which people open first.
    spare = 2 if age > _YOUNG and chance.random() < 0.85 else None
    for step, (hours, act) in enumerate(steps[: left if left >= 0 else 2]):
        at += timedelta(hours=hours)
        if at >= now:
            return
        if step != spare:
            with clock.at(at):
                act()
    if left < 0:
        with clock.at(at + timedelta(minutes=5)):
            wait(actor=actor, key=case.key, note=said["asked"])
