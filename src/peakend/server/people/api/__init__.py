"""People, their own account, tokens and the audit for programs.

Signing in, passwords and second factors are for persons at the pages only: a token must not be able to make
more of itself than it is.
"""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status

from peakend.server.acting.actors import Role
from peakend.server.acting.audit import verify
from peakend.server.acting.errors import NotFoundError
from peakend.server.acting.policies import actions
from peakend.server.people import second_factor, selectors, services, sign_ins, tokens
from peakend.server.people.acting import WHOLE_COMPANY
from peakend.server.people.api.shapes import (
    ActionOut,
    AuditQuery,
    CheckedOut,
    Ended,
    EntriesOut,
    Listing,
    MePatch,
    PeopleOut,
    PeopleQuery,
    PersonIn,
    PersonOut,
    PersonPatch,
    RuleIn,
    RuleOut,
    SessionsOut,
    TokenIn,
    TokenMade,
    TokensOut,
)
from peakend.server.people.audit_pages import entries
from peakend.server.people.models import ApiToken, User
from peakend.server.people.policies import AUDIT, MANAGE, OWN, READ
from peakend.server.web.address import origin_of
from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.paging import cut
from peakend.server.web.problems import gives

router = Router()


@router.get("/people", response=gives(PeopleOut))
@acts(READ)
def people(request: HttpRequest, asked: Query[PeopleQuery]) -> dict[str, Any]:
    """People within reach, oldest first."""
    rows = selectors.searched(
        selectors.people(actor_of(request)), asked.q.replace("\x00", ""), asked.role or "", asked.active
    )
    items, after = cut(rows.prefetch_related("sites", "teams__site"), asked.cursor, asked.limit, False)
    return {"items": [_person(one) for one in items], "next": after}


@router.post("/people", response=gives(PersonOut, 201))
@acts(MANAGE)
def create_person(request: HttpRequest, body: PersonIn) -> Status[dict[str, Any]]:
    """Add somebody; they are sent a link to choose a password."""
    made = services.create_person(actor=actor_of(request), origin=origin_of(request), **_given(body))
    return Status(201, _person(made.user))


@router.get("/people/{key}", response=gives(PersonOut))
@acts(READ)
def person(request: HttpRequest, key: str) -> dict[str, Any]:
    """One person."""
    return _person(selectors.get_person(actor_of(request), key))


@router.patch("/people/{key}", response=gives(PersonOut))
@acts(MANAGE)
def change_person(request: HttpRequest, key: str, body: PersonPatch) -> dict[str, Any]:
    """Change role, scope and facts. Nobody changes their own role or scope.

    One administrator always stays.
    """
    return _person(services.change_person(actor=actor_of(request), key=key, **_given(body)))


@router.post("/people/{key}/deactivate", response=gives(PersonOut))
@acts(MANAGE)
def deactivate_person(request: HttpRequest, key: str) -> dict[str, Any]:
    """End somebody's access: sessions and tokens at once."""
    return _person(services.deactivate_person(actor=actor_of(request), key=key))


@router.post("/people/{key}/reactivate", response=gives(PersonOut))
@acts(MANAGE)
def reactivate_person(request: HttpRequest, key: str) -> dict[str, Any]:
    """Let somebody sign in again."""
    return _person(services.reactivate_person(actor=actor_of(request), key=key))


@router.post("/people/{key}/invite", response=gives(PersonOut))
@acts(MANAGE)
def invite_again(request: HttpRequest, key: str) -> dict[str, Any]:
    """Send the link to choose a password once more."""
    made = services.invite_again(actor=actor_of(request), key=key, origin=origin_of(request))
    return _person(made.user)


@router.post("/people/{key}/reset-second-factor", response=gives(PersonOut))
@acts(MANAGE)
def reset_second_factor(request: HttpRequest, key: str) -> dict[str, Any]:
    """Take a lost phone's second factor away."""
    return _person(services.reset_second_factor(actor=actor_of(request), key=key))


@router.get("/people/{key}/tokens", response=gives(TokensOut))
@acts(MANAGE)
def tokens_of_person(request: HttpRequest, key: str, asked: Query[Listing]) -> dict[str, Any]:
    """Somebody's tokens."""
    found = selectors.get_person(actor_of(request), key)
    items, after = cut(tokens.tokens_of(found.pk), asked.cursor, asked.limit)
    return {"items": items, "next": after}


@router.delete("/people/{key}/tokens/{token}", response=gives(None, 204))
@acts(MANAGE)
def revoke_token_of(request: HttpRequest, key: str, token: str) -> Status[None]:
    """End somebody's token."""
    tokens.revoke_token_of(actor=actor_of(request), person=key, key=token)
    return Status(204, None)


@router.get("/me", response=gives(PersonOut))
@acts(OWN)
def me(request: HttpRequest) -> dict[str, Any]:
    """Who asks."""
    return _person(User.objects.get(pk=actor_of(request).user_id))


@router.patch("/me", response=gives(PersonOut))
@acts(OWN)
def change_me(request: HttpRequest, body: MePatch) -> dict[str, Any]:
    """Change one's own name and language."""
    return _person(services.change_profile(actor=actor_of(request), **_given(body)))


@router.get("/me/sessions", response=gives(SessionsOut))
@acts(OWN)
def sessions(request: HttpRequest, asked: Query[Listing]) -> dict[str, Any]:
    """Where one is signed in."""
    rows, after = cut(sign_ins.open_of(actor_of(request).user_id), asked.cursor, asked.limit)
    here = sign_ins.mark_of(request)
    names = ("key", "device", "address", "began_at", "seen_at")
    items = [{name: getattr(row, name) for name in names} | {"this": row.key == here} for row in rows]
    return {"items": items, "next": after}


@router.post("/me/sessions/end-others", response=gives(Ended))
@acts(OWN)
def end_others(request: HttpRequest) -> dict[str, int]:
    """Sign every device out but the one that asks."""
    mark = sign_ins.mark_of(request)
    return {"ended": sign_ins.end_other_sessions(actor=actor_of(request), but=mark)}


@router.delete("/me/sessions/{key}", response=gives(None, 204))
@acts(OWN)
def end_session(request: HttpRequest, key: str) -> Status[None]:
    """Sign one device out."""
    sign_ins.end_session(actor=actor_of(request), key=key)
    return Status(204, None)


@router.get("/me/tokens", response=gives(TokensOut))
@acts(OWN)
def own_tokens(request: HttpRequest, asked: Query[Listing]) -> dict[str, Any]:
    """One's tokens."""
    items, after = cut(tokens.tokens_of(actor_of(request).user_id), asked.cursor, asked.limit)
    return {"items": items, "next": after}


@router.post("/me/tokens", response=gives(TokenMade, 201))
@acts(OWN)
def create_token(request: HttpRequest, body: TokenIn) -> Status[ApiToken]:
    """A token, never for more than the caller may do."""
    expires = body.expires_at
    token, text = tokens.create_token(
        actor=actor_of(request),
        name=body.name,
        scopes=body.scopes,
        expires_at=expires if expires is None or expires.tzinfo else expires.replace(tzinfo=UTC),
    )
    token.token = text
    return Status(201, token)


@router.delete("/me/tokens/{key}", response=gives(None, 204))
@acts(OWN)
def revoke_token(request: HttpRequest, key: str) -> Status[None]:
    """End one of one's tokens."""
    tokens.revoke_token(actor=actor_of(request), key=key)
    return Status(204, None)


@router.get("/actions", response=gives(list[ActionOut]))
@acts(OWN)
def all_actions(request: HttpRequest) -> list[dict[str, Any]]:
    """Everything that can be done here, for scopes of tokens: the whole list, which is short."""
    return [
        {"name": one.name, "en": one.what.en, "zh": one.what.zh, "roles": sorted(one.roles)}
        for one in actions().values()
    ]


@router.get("/roles", response=gives(list[RuleOut]))
@acts(MANAGE)
def rules(request: HttpRequest) -> list[dict[str, Any]]:
    """Which roles need a second factor."""
    wanted = second_factor.wanted_roles()
    return [{"role": role, "second_factor": role.value in wanted} for role in Role]


@router.put("/roles/{role}", response=gives(RuleOut))
@acts(MANAGE)
def change_rule(request: HttpRequest, role: str, body: RuleIn) -> dict[str, Any]:
    """Ask everybody in a role for a second factor, or stop asking."""
    if role not in {one.value for one in Role}:
        raise NotFoundError
    rule = second_factor.require_for(
        actor=actor_of(request), role=Role(role), second_factor=body.second_factor
    )
    return {"role": role, "second_factor": rule.second_factor}


@router.get("/audit", response=gives(EntriesOut))
@acts(AUDIT)
def audit_log(request: HttpRequest, asked: Query[AuditQuery]) -> dict[str, Any]:
    """What was done, last first."""
    wanted = {
        "who": asked.who,
        "what": asked.what,
        "subject": asked.subject,
        "from": asked.from_,
        "to": asked.to,
    }
    items, after = cut(entries(wanted), asked.cursor, asked.limit)
    return {"items": items, "next": after}


@router.post("/audit/check", response=gives(CheckedOut))
@acts(AUDIT)
def check_audit(request: HttpRequest) -> dict[str, Any]:
    """Walk the whole chain and compare it with the ends that were written down."""
    found = verify()
    return {
        "whole": found.whole,
        "entries": found.entries,
        "broken_at": found.broken_at,
        "head": found.head,
        "heads": found.heads,
        "missing": list(found.missing),
    }


def _given(body: Schema) -> dict[str, Any]:
    """The fields that were sent; null is as good as left out."""
    given = {name: value for name, value in body.dict(exclude_unset=True).items() if value is not None}
    if "teams" in given:
        given["teams"] = [(one["site"], one["code"]) for one in given["teams"]]
    return given


def _person(user: User) -> dict[str, Any]:
    names = ("key", "name", "email", "role", "language", "employee_id", "created_at")
    sites = [site.code for site in user.sites.all()]
    teams = [{"site": team.site.code, "code": team.code} for team in user.teams.all()]
    return {name: getattr(user, name) for name in names} | {
        "active": user.is_active,
        "second_factor": second_factor.has(user),
        "whole_company": not sites and not teams and Role(user.role) in WHOLE_COMPANY,
        "sites": sites,
        "teams": teams,
        "last_sign_in_at": user.last_login,
    }
