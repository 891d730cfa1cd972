"""Who owns a case: whoever served, else the team's least loaded, else the supervisor, else a CX manager.

Never nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Role
from peakend.server.cases.models import OPEN, Case
from peakend.server.cases.timeline import happened
from peakend.server.notices.outbox import announce, notify, send_mail
from peakend.server.people.models import User

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor
    from peakend.server.company.models import Site, Team, Touchpoint


@dataclass(frozen=True)
class Route:
    """The owner with the reason, and the supervisor who watches.

    None where the company has no such person.
    """

    owner: User | None
    supervisor: User | None
    why: str


def least_loaded(people: QuerySet[User]) -> QuerySet[User]:
    """`people` who are active, those with the fewest open cases first.

    Of equals who was given one longest ago.
    """
    return (
        people.filter(is_active=True)
        .annotate(
            load=Count("owned_cases", filter=Q(owned_cases__status__in=OPEN), distinct=True),
            last=Max("owned_cases__opened_at"),
        )
        .order_by("load", "last", "pk")
        .distinct()
    )


def route(site: Site | None, team: Team | None, served_by: str, *, avoid: Iterable[int] = ()) -> Route:
    """Who is to own a case of that place; not one of `avoid` (primary keys of users)."""
    without = list(avoid)
    people = User.objects.exclude(pk__in=without)
    supervisor = supervisor_of(site, team, without)
    owner = _served(people, site, team, served_by)
    if owner is not None:
        return Route(owner, supervisor, "served")
    if team is not None:
        owner = least_loaded(people.filter(role=Role.FRONT_LINE, teams=team)).first()
        if owner is not None:
            return Route(owner, supervisor, "fewest")
    if supervisor is not None:
        return Route(supervisor, supervisor, "supervisor")
    return Route(queue(site, without), None, "queue")


def _served(people: QuerySet[User], site: Site | None, team: Team | None, served_by: str) -> User | None:
    if not served_by:
        return None
    found = people.filter(is_active=True, employee_id=served_by).exclude(role=Role.ANALYST)
    # Somebody who has left the team could not even open the case.
    if team is not None:
        found = found.filter(Q(teams=team) | Q(sites=team.site_id))
    elif site is not None:
        found = found.filter(Q(teams__site=site) | Q(sites=site))
    return found.order_by("pk").first()


def supervisor_of(site: Site | None, team: Team | None, avoid: Iterable[int] = ()) -> User | None:
    """The supervisor of the place; of several, the one with the fewest open cases."""
    if site is None and team is None:
        return None
    place = Q(sites=site or (team.site_id if team else None))
    if team is not None:
        place |= Q(teams=team)
    return least_loaded(User.objects.filter(place, role=Role.SUPERVISOR).exclude(pk__in=list(avoid))).first()


def queue(site: Site | None, avoid: Iterable[int] = ()) -> User | None:
    """The CX manager with the fewest open cases who sees that place; an administrator where there is none."""
    sees = Q(sites__isnull=True, teams__isnull=True)
    if site is not None:
        sees |= Q(sites=site)
    for role in (Role.CX_MANAGER, Role.ADMINISTRATOR):
        found = least_loaded(User.objects.filter(sees, role=role).exclude(pk__in=list(avoid))).first()
        if found is not None:
            return found
    return None


def owner_of_touchpoint(touchpoint: Touchpoint | None) -> User | None:
    """The user that a touchpoint names as its owner, by e-mail, employee number or name."""
    if touchpoint is None or not touchpoint.owner.strip():
        return None
    named = touchpoint.owner.strip()
    meant = Q(email__iexact=named) | Q(employee_id=named) | Q(name=named)
    return User.objects.filter(meant, is_active=True).exclude(role=Role.ANALYST).order_by("pk").first()


def give(case: Case, route_: Route, actor: Actor, *, first: bool = True) -> None:
    """Make the route's people the case's and tell them; the case is saved.

    `first`: it was only now opened.
    """
    case.owner, case.supervisor = route_.owner, route_.supervisor or case.supervisor
    told = [one for one in (route_.owner, case.supervisor) if one is not None]
    if route_.owner is None:
        happened(case, "unrouted", actor)
    else:
        happened(case, "routed", actor, to=route_.owner.name, why=route_.why)
        if case.notified_at is None:
            case.notified_at = clock.now()
    case.save()
    tell(
        told,
        case,
        Text(f"New case {case.number}: {case.title}", f"新工单 {case.number}：{case.title}"),
        mark="case.opened",
    )
    if first:
        announce("case.opened", case.key, facts(case))


def facts(case: Case) -> dict[str, object]:
    """What other systems are told of a case: codes, no customer's words, no customer."""
    return {
        "case": case.key,
        "number": case.number,
        "kind": case.kind,
        "severity": case.severity,
        "status": case.status,
        "site": case.site.code if case.site else None,
        "touchpoint": case.touchpoint.code if case.touchpoint else None,
        "due_at": case.due_at.isoformat() if case.due_at else None,
        "cause": case.cause or None,
    }


def tell(people: Iterable[User], case: Case, title: Text, *, mark: str) -> None:
    """A line on the page and an e-mail to each of `people`; `mark` says what about, for the figures."""
    listed = list({one.pk: one for one in people if one.is_active}.values())
    path = reverse("cases:case", args=[case.key])
    notify(listed, title, path)
    for user in listed:
        language = "zh" if user.language.startswith("zh") else "en"
        words = title.in_("zh" if language == "zh" else "en")
        due = f"{case.next_due_at:%Y-%m-%d %H:%M} UTC" if case.next_due_at else ""
        opened = Text("Open it here:", "请在此处理：").in_("zh" if language == "zh" else "en")
        by = Text("Next deadline:", "最近时限：").in_("zh" if language == "zh" else "en")
        text = f"{words}\n\n" + (f"{by} {due}\n" if due else "") + f"{opened} {settings.PUBLIC_URL}{path}\n"
        send_mail(user.email, words[:300], text, reference=f"{mark}:{case.key}")
