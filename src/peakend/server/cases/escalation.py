"""What is late is told upwards: the owner before the deadline, the supervisor at it, the CX manager after it.

Once each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Role
from peakend.server.acting.services import audit
from peakend.server.cases.deadlines import KINDS, clock_of, levels, refresh, running
from peakend.server.cases.models import UNFINISHED, Case, Escalation
from peakend.server.cases.routing import facts, supervisor_of, tell
from peakend.server.cases.timeline import STATES, happened
from peakend.server.notices.outbox import announce
from peakend.server.people.models import User

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor

BATCH = 200


def escalate_due(actor: Actor) -> int:
    """Tell what has become due soon or late; how many cases. Each in its own small transaction."""
    waiting = Case.objects.filter(UNFINISHED, escalate_at__lte=clock.now()).order_by("escalate_at")
    return sum(_escalated(key, actor) for key in list(waiting.values_list("pk", flat=True)[:BATCH]))


@transaction.atomic
def _escalated(pk: int, actor: Actor) -> bool:
    now = clock.now()
    case = (
        Case.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("site", "team__site", "owner", "supervisor", "touchpoint")
        .filter(UNFINISHED, pk=pk, escalate_at__lte=now)
        .first()
    )
    if case is None:
        return False
    place, found = clock_of(case), running(case)
    reached = [level for level, at in levels(case, place).items() if at <= now]
    if found is not None and reached:
        kind = found[0]
        fresh = [level for level in sorted(reached) if _first_time(case, kind, level)]
        if fresh:
            _tell(case, kind, fresh, actor)
            case.escalated_at, case.escalation = now, max(case.escalation, fresh[-1])
            audit(actor, "cases.escalate", case, deadline=kind, levels=fresh)
            announce("case.escalated", case.key, {**facts(case), "deadline": kind, "level": fresh[-1]})
    refresh(case, place, now)
    case.save()
    return True


def _first_time(case: Case, kind: str, level: int) -> bool:
    _, made = Escalation.objects.get_or_create(
        case=case, round=case.reopened, deadline=kind, level=level, defaults={"at": clock.now()}
    )
    return bool(made)


def _tell(case: Case, kind: str, fresh: list[int], actor: Actor) -> None:
    """Tell everybody whom the fresh levels concern, in one message each.

    A late worker tells what it missed.
    """
    level = fresh[-1]
    people: list[User] = [case.owner] if case.owner is not None else []
    if level >= 2:
        case.supervisor = case.supervisor or supervisor_of(case.site, case.team)
        people += [case.supervisor] if case.supervisor else managers(case)
    if level >= 3:
        people += managers(case)
    named = " · ".join(dict.fromkeys(one.name for one in people))
    happened(case, "escalated", actor, deadline=kind, state=level, to=named)
    what, state = KINDS[kind], STATES[level]
    tell(
        people,
        case,
        Text(
            f"Case {case.number}: {what.en} {state.en}",
            f"工单 {case.number}：{what.zh}{state.zh}",
        ),
        mark="case.escalated",
    )


def managers(case: Case) -> list[User]:
    """The CX managers who see the case."""
    found = User.objects.filter(role=Role.CX_MANAGER, is_active=True).prefetch_related("sites", "teams")
    return [
        one
        for one in found
        if (not one.sites.all() and not one.teams.all())
        or case.site_id in {site.pk for site in one.sites.all()}
    ]
