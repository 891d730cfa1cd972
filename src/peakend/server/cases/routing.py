"""Who owns a case: whoever served, else the team's least loaded, else the supervisor, else a CX manager.

Never nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection
from django.db.models import Count, F, Max, Q, QuerySet
from django.urls import reverse

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Role
from peakend.server.cases.models import OPEN, Case, CaseEvent
from peakend.server.cases.timeline import line
from peakend.server.notices.models import Mail
from peakend.server.notices.outbox import announce, notify
from peakend.server.people.models import User

if TYPE_CHECKING:
    from datetime import datetime

    from peakend.server.acting.actors import Actor
    from peakend.server.company.models import Site, Team, Touchpoint

FIRST_NUMBER = 1000  # so that a number is never one digit on the phone


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
    without = set(avoid)
    near = _near(site, team, without) if site or team else _anywhere(served_by, without)
    supervisor = _least([one.user for one in near if one.supervises])
    served = [one.user for one in near if one.serves and served_by and one.user.employee_id == served_by]
    if served:
        return Route(served[0], supervisor, "served")
    owner = _least([one.user for one in near if one.in_team and one.user.role == Role.FRONT_LINE])
    if owner is not None:
        return Route(owner, supervisor, "fewest")
    if supervisor is not None:
        return Route(supervisor, supervisor, "supervisor")
    return Route(queue(site, without), None, "queue")


@dataclass(frozen=True)
class _Near:
    """Somebody active at a place, and what makes them so."""

    user: User
    in_team: bool
    supervises: bool
    serves: bool


def _near(site: Site | None, team: Team | None, avoid: set[int]) -> list[_Near]:
    """Everybody of the place, by one query: who serves it, works in the team, supervises it."""
    of_team = team.site_id if team else None
    watched = site.pk if site else of_team  # the site whose supervisors count
    sites = {one for one in (watched, of_team) if one is not None}
    place = Q(sites__in=sites) | (Q(teams=team) if team else Q(teams__site=site))
    rows = User.objects.filter(place, is_active=True).annotate(by_team=F("teams"), by_site=F("sites"))
    found: dict[int, User] = {}
    teams: dict[int, set[int]] = {}
    places: dict[int, set[int]] = {}
    for user in rows.order_by("pk"):
        if user.pk not in avoid:
            found[user.pk] = user
            teams.setdefault(user.pk, set()).add(user.by_team)
            places.setdefault(user.pk, set()).add(user.by_site)
    near = []
    for pk, user in found.items():
        in_team = team is not None and team.pk in teams[pk]
        near.append(
            _Near(
                user,
                in_team,
                user.role == Role.SUPERVISOR and (in_team or watched in places[pk]),
                # Somebody who has left the team could not even open the case.
                user.role != Role.ANALYST and (team is None or in_team or of_team in places[pk]),
            )
        )
    return near


def _anywhere(served_by: str, avoid: set[int]) -> list[_Near]:
    if not served_by:
        return []
    people = User.objects.filter(is_active=True, employee_id=served_by).exclude(role=Role.ANALYST)
    return [_Near(one, False, False, True) for one in people.order_by("pk") if one.pk not in avoid]


def _least(people: list[User]) -> User | None:
    """Like `least_loaded`, of people at hand: no query where there is one."""
    if len(people) < 2:
        return people[0] if people else None
    rows = Case.objects.filter(owner__in=people).order_by().values_list("owner")
    counted = rows.annotate(load=Count("pk", filter=Q(status__in=OPEN)), last=Max("opened_at"))
    loads = {owner: (load, last.timestamp()) for owner, load, last in counted}
    return min(people, key=lambda one: (*loads.get(one.pk, (0, 0.0)), one.pk))


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


def next_number(at: datetime) -> int:
    """The number of a new case."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into cases_casenumber (at) values (%s) returning id",
            [connection.ops.adapt_datetimefield_value(at)],
        )
        return FIRST_NUMBER + int(cursor.fetchone()[0])


def begin(case: Case, route_: Route, actor: Actor) -> None:
    """Write a new case of the route's people with its first lines, and tell them and other systems."""
    case.owner, case.supervisor = route_.owner, route_.supervisor or case.supervisor
    now = clock.now()
    if route_.owner is not None:
        case.notified_at = now
    case.save(force_insert=True)
    opened = line(case, "opened", actor, at=case.opened_at)
    if route_.owner is None:
        routed = line(case, "unrouted", actor, at=now)
    else:
        routed = line(case, "routed", actor, at=now, to=route_.owner.name, why=route_.why)
    CaseEvent.objects.bulk_create([opened, routed])
    tell(
        [one for one in (route_.owner, case.supervisor) if one is not None],
        case,
        Text(f"New case {case.number}: {case.title}", f"新工单 {case.number}：{case.title}"),
        mark="case.opened",
    )
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
    now, mails = clock.now(), []
    for user in listed:
        language = "zh" if user.language.startswith("zh") else "en"
        words = title.in_("zh" if language == "zh" else "en")
        due = f"{case.next_due_at:%Y-%m-%d %H:%M} UTC" if case.next_due_at else ""
        opened = Text("Open it here:", "请在此处理：").in_("zh" if language == "zh" else "en")
        by = Text("Next deadline:", "最近时限：").in_("zh" if language == "zh" else "en")
        text = f"{words}\n\n" + (f"{by} {due}\n" if due else "") + f"{opened} {settings.PUBLIC_URL}{path}\n"
        mails.append(
            Mail(to=user.email, subject=words[:300], text=text, reference=f"{mark}:{case.key}", due_at=now)
        )
    # What `send_mail` does, for all of them by one query: this stands in the way of a customer's answer.
    Mail.objects.bulk_create(mails)
