"""From a user, a token or a request to the actor that policies know."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from peakend.server.acting import clock
from peakend.server.acting.actors import Actor, Reach, Role

if TYPE_CHECKING:
    from django.http import HttpRequest

    from peakend.server.people.models import User

WHOLE_COMPANY = frozenset({Role.CX_MANAGER, Role.ANALYST, Role.ADMINISTRATOR})
TOKEN_PREFIX = "pk_"


def actor_of_user(user: User) -> Actor:
    """The actor that `user` is when signed in."""
    return Actor(kind="person", name=user.name, role=Role(user.role), user_id=user.pk, reach=reach_of(user))


def reach_of(user: User) -> Reach:
    """The sites and teams listed for the user; nothing listed means everything for managers and analysts."""
    sites = frozenset(user.sites.values_list("pk", flat=True))
    teams = frozenset(user.teams.values_list("pk", flat=True))
    return Reach(
        everything=not sites and not teams and Role(user.role) in WHOLE_COMPANY, sites=sites, teams=teams
    )


def actor_of_request(request: HttpRequest) -> Actor | None:
    """The actor of the request: by its token, else by its session; None for a stranger."""
    sent = request.headers.get("Authorization", "")
    if sent:
        scheme, _, token = sent.partition(" ")
        return actor_of_token(token.strip()) if scheme.lower() == "bearer" else None
    from peakend.server.people.sign_ins import still_open

    user = request.user
    known = user.is_authenticated and user.is_active and still_open(request)
    return actor_of_user(user) if known else None


def digest_of_token(token: str) -> str:
    """What is kept of a token. It has 256 random bits, so one round of SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of_token(token: str) -> Actor | None:
    """The actor a valid token stands for; None for a wrong, revoked or expired one."""
    from peakend.server.people.models import ApiToken

    found = ApiToken.objects.select_related("user").filter(digest=digest_of_token(token)).first()
    now = clock.now()
    if (
        found is None
        or found.revoked_at
        or (found.expires_at and found.expires_at <= now)
        or not found.user.is_active
    ):
        return None
    if found.last_used_at is None or (now - found.last_used_at).total_seconds() > 60:
        ApiToken.objects.filter(pk=found.pk).update(last_used_at=now)
    user = found.user
    return Actor(
        kind="token",
        name=f"{user.name} · {found.name}",
        role=Role(user.role),
        user_id=user.pk,
        reach=reach_of(user),
        granted=frozenset(found.actions),
    )
