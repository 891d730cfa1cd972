"""The parts of the company an actor may see."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Q, QuerySet

from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import NotFoundError
from peakend.server.company.models import Company, Site, Team, Touchpoint


def company_name() -> str:
    """The company's name; empty until somebody gave it."""
    return Company.objects.values_list("name", flat=True).first() or ""


def sites(actor: Actor) -> QuerySet[Any]:
    """Sites within the actor's reach; a team's people see its site too."""
    rows = Site.objects.all()
    if actor.reach.everything:
        return rows
    return rows.filter(
        Q(pk__in=actor.reach.sites) | Q(pk__in=Team.objects.filter(pk__in=actor.reach.teams).values("site"))
    )


def teams(actor: Actor) -> QuerySet[Any]:
    """Teams within the actor's reach, with their sites."""
    rows = Team.objects.select_related("site")
    if actor.reach.everything:
        return rows
    return rows.filter(Q(site__in=actor.reach.sites) | Q(pk__in=actor.reach.teams))


def get_site(actor: Actor, code: str) -> Site:
    """The site `code`; `NotFoundError` outside the actor's reach."""
    found = sites(actor).filter(code=code).first()
    if found is None:
        raise NotFoundError
    return cast(Site, found)


def get_team(actor: Actor, site: str, code: str) -> Team:
    """The team `code` of the site with the code `site`; `NotFoundError` outside the actor's reach."""
    found = teams(actor).filter(site__code=site, code=code).first()
    if found is None:
        raise NotFoundError
    return cast(Team, found)


def touchpoints(actor: Actor) -> QuerySet[Any]:
    """Every touchpoint: they are the whole company's."""
    return Touchpoint.objects.all()


def get_touchpoint(actor: Actor, code: str) -> Touchpoint:
    """The touchpoint `code`; `NotFoundError` where there is none."""
    found = touchpoints(actor).filter(code=code).first()
    if found is None:
        raise NotFoundError
    return cast(Touchpoint, found)
