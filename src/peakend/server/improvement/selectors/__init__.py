"""What an actor may see of the area."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from peakend.language import Text
from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import NotFoundError
from peakend.server.acting.policies import within
from peakend.server.company.models import Site, Team, Touchpoint
from peakend.server.people.models import User


def one(rows: QuerySet[Any], kind: Text, **by: object) -> Any:  # noqa: ANN401 - a model's instance
    """The one row of `rows`; `NotFoundError` where there is none in the actor's reach."""
    found = rows.filter(**by).first()
    if found is None:
        raise NotFoundError(kind)
    return found


def sites(actor: Actor) -> QuerySet[Site]:
    """Sites the actor reaches, also through a team."""
    if actor.reach.everything:
        return Site.objects.all()
    return Site.objects.filter(Q(pk__in=actor.reach.sites) | Q(teams__in=actor.reach.teams)).distinct()


def teams(actor: Actor) -> QuerySet[Team]:
    """Teams the actor reaches."""
    rows = Team.objects.select_related("site")
    if actor.reach.everything:
        return rows
    return rows.filter(Q(pk__in=actor.reach.teams) | Q(site_id__in=actor.reach.sites))


def own_sites(actor: Actor) -> QuerySet[Site]:
    """Sites the actor answers for: those listed for them, not those a team of theirs stands at."""
    return Site.objects.all() if actor.reach.everything else Site.objects.filter(pk__in=actor.reach.sites)


def people(actor: Actor) -> QuerySet[User]:
    """Active colleagues in the actor's reach, the actor among them."""
    rows = User.objects.filter(is_active=True)
    if actor.reach.everything:
        return rows
    seen = (
        Q(teams__in=actor.reach.teams)
        | Q(teams__site__in=actor.reach.sites)
        | Q(sites__in=actor.reach.sites)
        | Q(pk=actor.user_id)
    )
    return rows.filter(pk__in=rows.filter(seen).values("pk"))


def site_of(actor: Actor, code: str | None) -> Site | None:
    """The site with this code; None for none; `NotFoundError` outside the actor's reach."""
    return one(sites(actor), Text("Site", "网点"), code=code) if code else None


def touchpoint_of(code: str | None) -> Touchpoint | None:
    """The touchpoint with this code; None for none."""
    return one(Touchpoint.objects.all(), Text("Touchpoint", "接触点"), code=code) if code else None


def team_of(actor: Actor, key: str | None) -> Team | None:
    """The team named `site/team` by codes; None for none; `NotFoundError` outside the actor's reach."""
    if not key:
        return None
    site, _, code = key.partition("/")
    return one(teams(actor), Text("Team", "团队"), site__code=site, code=code)


def person_of(actor: Actor, key: str | None) -> User | None:
    """The colleague with this key; None for none; `NotFoundError` outside the actor's reach."""
    return one(people(actor), Text("Person", "人员"), key=key) if key else None


def seen(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """`rows` with a site and a team that the actor may see."""
    return within(actor, rows)


def team_key(team: Team) -> str:
    """`site/team`, as `team_of` reads it."""
    return f"{team.site.code}/{team.code}"
