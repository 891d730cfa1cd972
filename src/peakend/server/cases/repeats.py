"""The same complaint again and again.

Four reports become one case of whoever owns the touchpoint (ACT-01).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Role
from peakend.server.acting.services import audit
from peakend.server.cases import presets
from peakend.server.cases.deadlines import kept_clock, refresh, set_deadlines
from peakend.server.cases.models import Case, Escalation
from peakend.server.cases.routing import Route, begin, next_number, owner_of_touchpoint, queue, tell
from peakend.server.cases.signals import case_opened
from peakend.server.cases.timeline import happened
from peakend.server.people.models import User

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor


def detect(case: Case, actor: Actor) -> Case | None:
    """The case that gathers `case` with the same made before, opened now if this is the fourth in 90 days.

    The same: one customer at one touchpoint, or with one cause, or with several people or places. None where
    it is not one of them.
    """
    if case.customer_id is None or case.kind in ("repeat", "praise") or case.parent_id is not None:
        return None
    _hold(case.customer_id)
    since = clock.now() - timedelta(days=presets.REPEAT_DAYS)
    reports, gathered = _reports(case.customer_id, since)
    for topic, same in _topics(case, reports):
        if topic in gathered or len(same) >= presets.REPEATS:
            gathering = Case.objects.filter(repeat_of=topic).first()
            return _gather(gathering, topic, _whole(same), case, actor)
    return None


def _hold(customer: int) -> None:
    """One at a time for one customer: two reports at the same moment must see each other.

    SQLite admits one writer by itself.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("select 1 from customers_customer where id = %s for update", [customer])


@dataclass(frozen=True)
class _Report:
    """What of a case tells whether it is the same complaint."""

    pk: int
    touchpoint_id: int | None
    cause: str
    where: tuple[int | None, int | None, str]


def _reports(customer: int, since: datetime) -> tuple[list[_Report], set[str]]:
    """The cases that no other gathers yet, oldest first, and what cases of the customer gather already."""
    rows = Case.objects.filter(Q(opened_at__gte=since) | Q(repeat_of__isnull=False), customer=customer)
    fields = ("pk", "touchpoint_id", "cause", "site_id", "team_id", "served_by")
    found, gathered = [], set()
    for kind, parent, opened_at, topic, *values in rows.order_by("pk").values_list(
        "kind", "parent_id", "opened_at", "repeat_of", *fields
    ):
        if topic is not None:
            gathered.add(topic)
        if parent is None and kind not in ("repeat", "praise") and opened_at >= since:
            pk, touchpoint, cause, *where = values
            found.append(_Report(pk, touchpoint, cause, tuple(where)))
    return found, gathered


def _whole(reports: list[_Report]) -> list[Case]:
    return list(Case.objects.filter(pk__in=[one.pk for one in reports]).order_by("pk"))


def _topics(case: Case, reports: list[_Report]) -> list[tuple[str, list[_Report]]]:
    """What `case` may be a repetition of, the most certain first, each with the reports of the same."""
    stem = f"customer {case.customer_id}"
    found = []
    if case.touchpoint_id:
        same = [one for one in reports if one.touchpoint_id == case.touchpoint_id]
        found.append((f"{stem} touchpoint {case.touchpoint_id}", same))
    if case.cause:
        found.append((f"{stem} cause {case.cause}"[:80], [one for one in reports if one.cause == case.cause]))
    where = {one.where for one in reports}
    # Told several people, each promised to pass it on.
    found.append((f"{stem} everywhere", reports if len(where) > 1 else []))
    return found


def _gather(gathering: Case | None, topic: str, same: list[Case], case: Case, actor: Actor) -> Case | None:
    if gathering is None:
        try:
            with transaction.atomic():
                gathering = _opened(topic, same, case, actor)
        except IntegrityError:
            gathering = Case.objects.get(repeat_of=topic)
    for report in same:
        Case.objects.filter(pk=report.pk, parent=None).update(parent=gathering, changed_at=clock.now())
        happened(report, "gathered", actor, parent=gathering.number)
        happened(gathering, "reported", actor, child=report.number)
        report.parent = gathering
    case.parent = gathering
    return gathering


def _opened(topic: str, same: list[Case], case: Case, actor: Actor) -> Case:
    now = clock.now()
    at_one = case.touchpoint if " touchpoint " in topic else None
    places = {one.site_id for one in same}
    made = Case(
        number=next_number(now),
        title=f"{len(same)} × {case.touchpoint.name}" if at_one and case.touchpoint else f"{len(same)} × ",
        kind="repeat",
        severity="high",
        customer=case.customer,
        touchpoint=at_one or case.touchpoint,
        site=case.site if len(places) == 1 else None,
        repeat_of=topic,
        opened_at=now,
        escalated_at=now,
        escalation=3,
        cause=case.cause if " cause " in topic else "",
        details={"reports": len(same), "days": presets.REPEAT_DAYS},
    )
    if not at_one:
        made.title = f"{len(same)} × {case.title}"[:300]
    place = kept_clock(made)
    set_deadlines(made, case.customer.tier if case.customer else "", place)
    refresh(made, place, now)
    owner = owner_of_touchpoint(made.touchpoint)
    begin(made, Route(owner or queue(made.site), case.supervisor, "touchpoint" if owner else "queue"), actor)
    Escalation.objects.create(case=made, deadline="repeat", level=3, at=now)
    managers = User.objects.filter(role=Role.CX_MANAGER, is_active=True)
    named = " · ".join(one.name for one in managers)
    happened(made, "repeated", actor, n=len(same), days=presets.REPEAT_DAYS, to=named)
    tell(
        managers,
        made,
        Text(
            f"{len(same)} reports of the same in {presets.REPEAT_DAYS} days: case {made.number}",
            f"{presets.REPEAT_DAYS} 天内同一问题反馈 {len(same)} 次：工单 {made.number}",
        ),
        mark="case.repeated",
    )
    audit(actor, "cases.repeat", made, reports=[one.key for one in same])
    case_opened.send(Case, case=made)
    return made
