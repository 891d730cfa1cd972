"""The people an actor may see."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Q, QuerySet

from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import NotFoundError
from peakend.server.people.models import User


def people(actor: Actor) -> QuerySet[Any]:
    """Users whose sites or teams the actor reaches, and the actor."""
    rows = User.objects.all()
    if actor.reach.everything:
        return rows
    reached = User.objects.filter(
        Q(sites__in=actor.reach.sites)
        | Q(teams__in=actor.reach.teams)
        | Q(teams__site__in=actor.reach.sites)
        | Q(pk=actor.user_id)
    )
    return rows.filter(pk__in=reached.values("pk"))


def get_person(actor: Actor, key: str) -> User:
    """The user with the key; `NotFoundError` outside the actor's reach."""
    found = people(actor).filter(key=key).first()
    if found is None:
        raise NotFoundError
    return cast(User, found)


def searched(
    rows: QuerySet[Any], words: str = "", role: str = "", active: bool | None = None
) -> QuerySet[Any]:
    """`rows` whose name or e-mail contains `words`, in a role, active or not."""
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(email__icontains=words))
    if role:
        rows = rows.filter(role=role)
    return rows if active is None else rows.filter(is_active=active)
