"""Tokens: what somebody lets a program do in their name. Never more than they may do themselves."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import InvalidError, NotFoundError
from peakend.server.acting.policies import Action, actions, may
from peakend.server.acting.services import audit, service
from peakend.server.people.acting import TOKEN_PREFIX, digest_of_token
from peakend.server.people.models import ApiToken
from peakend.server.people.policies import MANAGE, OWN
from peakend.server.people.selectors import get_person
from peakend.server.web.say import told

LONGEST = timedelta(days=731)


def grantable(actor: Actor) -> list[Action]:
    """The actions `actor` may hand to a program."""
    return [one for one in actions().values() if one.roles and may(actor, one.name)]


def tokens_of(user_id: int | None) -> QuerySet[Any]:
    """The tokens of a user that were not revoked."""
    return ApiToken.objects.filter(user_id=user_id, revoked_at=None)


@service(OWN)
def create_token(
    *, actor: Actor, name: str, scopes: Sequence[str], expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A token for `scopes` (names of actions, or `area.*`) and its text, which nobody can read again.

    `InvalidError` for a scope the actor does not have, none at all, or an end in the past or over two years
    away.
    """
    wanted = sorted(set(scopes))
    if not wanted:
        raise _invalid("scopes", Text("Choose at least one thing it may do.", "请至少选择一项权限。"))
    for scope in wanted:
        if not _has(actor, scope):
            raise _invalid("scopes", Text(f"You may not grant {scope[:80]}.", f"您无权授予 {scope[:80]}。"))
    now = clock.now()
    if expires_at is not None and not now < expires_at <= now + LONGEST:
        raise _invalid(
            "expires_at",
            Text("The end lies between now and two years from now.", "到期时间须在当前时间之后、两年之内。"),
        )
    if not name.strip() or len(name) > 200 or "\x00" in name:
        raise _invalid(
            "name", Text("A name of 1 to 200 characters is needed.", "请填写 1 至 200 个字符的名称。")
        )
    text = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user_id=actor.user_id,
        name=name.strip(),
        digest=digest_of_token(text),
        actions=wanted,
        expires_at=expires_at,
    )
    audit(actor, "people.token_created", token, name=token.name, scopes=wanted)
    return token, text


@service(OWN)
def revoke_token(*, actor: Actor, key: str) -> ApiToken:
    """End one of the actor's own tokens at once; `NotFoundError` for anybody else's."""
    token = tokens_of(actor.user_id).filter(key=key).first()
    if token is None:
        raise NotFoundError
    return _revoked(actor, token)


@service(MANAGE)
def revoke_token_of(*, actor: Actor, person: str, key: str) -> ApiToken:
    """End a token of somebody whom the actor administers."""
    token = tokens_of(get_person(actor, person).pk).filter(key=key).first()
    if token is None:
        raise NotFoundError
    return _revoked(actor, token)


def revoke_all(user_id: int) -> int:
    """End every token of a user; part of services that take trust away. How many."""
    return int(tokens_of(user_id).update(revoked_at=clock.now()))


def _revoked(actor: Actor, token: ApiToken) -> ApiToken:
    token.revoked_at = clock.now()
    token.save(update_fields=["revoked_at"])
    audit(actor, "people.token_revoked", token, name=token.name)
    return token


def _has(actor: Actor, scope: str) -> bool:
    """Whether the actor may grant `scope`. A whole area comes only from who is not limited within it."""
    area, _, verb = scope.partition(".")
    if verb == "*":
        unlimited = actor.granted is None or bool(actor.granted & {"*", f"{area}.*"})
        return unlimited and any(one.name.startswith(f"{area}.") for one in grantable(actor))
    return scope in actions() and may(actor, scope)


def _invalid(field: str, sentence: Text) -> InvalidError:
    return InvalidError(
        sentence,
        Text("Mend it and send it again.", "请更正后重新提交。"),
        fields=[{"field": field, "message": told(sentence)}],
    )


def expiry_in(days: int | None) -> datetime | None:
    """The time `days` from now; None stays None."""
    return None if days is None else clock.now() + timedelta(days=days)
