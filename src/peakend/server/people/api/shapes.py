"""What the API of people takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from peakend.server.acting.actors import Role
from peakend.server.people.models import ApiToken

Name = Annotated[str, Field(min_length=1, max_length=200)]
Language = Literal["en", "zh"]


class TeamRef(Schema):
    """A team by the codes of its site and its own."""

    site: str
    code: str


class PersonOut(Schema):
    """Somebody who may sign in; `whole_company`: sees everything."""

    key: str
    name: str
    email: str
    role: Role
    language: str
    employee_id: str
    active: bool
    second_factor: bool
    whole_company: bool
    sites: list[str]
    teams: list[TeamRef]
    created_at: datetime
    last_sign_in_at: datetime | None


class PersonPatch(Schema):
    """What may change; what is left out stays. `sites` and `teams` replace those there are."""

    name: Name | None = None
    email: Annotated[str, Field(max_length=254)] | None = None
    role: Role | None = None
    language: Language | None = None
    employee_id: Annotated[str, Field(max_length=80)] | None = None
    sites: Annotated[list[str], Field(max_length=1000)] | None = None
    teams: Annotated[list[TeamRef], Field(max_length=1000)] | None = None


class PersonIn(PersonPatch):
    """A new person."""

    name: Name
    email: Annotated[str, Field(max_length=254)]
    role: Role


class PeopleOut(Schema):
    """A page of people."""

    items: list[PersonOut]
    next: str | None


class MePatch(Schema):
    """What people change of themselves."""

    name: Name | None = None
    language: Language | None = None


class SessionOut(Schema):
    """A browser somebody is signed in on; `this`: the one that asks."""

    key: str
    device: str
    address: str
    began_at: datetime
    seen_at: datetime
    this: bool


class SessionsOut(Schema):
    """A page of sessions."""

    items: list[SessionOut]
    next: str | None


class Ended(Schema):
    """How many sessions were ended."""

    ended: int


class TokenOut(Schema):
    """A token, without its text."""

    key: str
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None

    @staticmethod
    def resolve_scopes(token: ApiToken) -> list[str]:
        """The actions it is limited to."""
        return list(token.actions)


class TokenMade(TokenOut):
    """A new token with its text, which is never given again."""

    token: str


class TokenIn(Schema):
    """A new token: `scopes` are actions (see /actions) or `area.*`; at most two years."""

    name: Name
    scopes: Annotated[list[Annotated[str, Field(max_length=80)]], Field(min_length=1, max_length=200)]
    expires_at: datetime | None = None


class TokensOut(Schema):
    """A page of tokens."""

    items: list[TokenOut]
    next: str | None


class ActionOut(Schema):
    """Something one may do, in both languages, and the roles that may."""

    name: str
    en: str
    zh: str
    roles: list[Role]


class RuleOut(Schema):
    """Whether a role needs a second factor."""

    role: Role
    second_factor: bool


class RuleIn(Schema):
    """Ask a role for a second factor, or stop asking."""

    second_factor: bool


class EntryOut(Schema):
    """One entry of the audit."""

    id: int
    at: datetime
    actor_kind: str
    actor_name: str
    action: str
    subject_type: str
    subject_key: str
    data: dict[str, Any]
    previous: str
    digest: str


class EntriesOut(Schema):
    """A page of the audit."""

    items: list[EntryOut]
    next: str | None


class CheckedOut(Schema):
    """What a check of the chain found; see the audit's page for the words."""

    whole: bool
    entries: int
    broken_at: int | None
    head: str
    heads: int
    missing: list[str]


class Listing(Schema):
    """Which page of a list."""

    cursor: str | None = None
    limit: int = Field(50, ge=1, le=200)


class PeopleQuery(Listing):
    """Which people."""

    q: Annotated[str, Field(max_length=100)] = ""
    role: Role | None = None
    active: bool | None = None


class AuditQuery(Listing):
    """Which entries: part of the name, (beginning of) the action, key or kind of the subject, days."""

    who: Annotated[str, Field(max_length=100)] = ""
    what: Annotated[str, Field(max_length=100)] = ""
    subject: Annotated[str, Field(max_length=100)] = ""
    from_: Annotated[str, Field(alias="from", max_length=10)] = ""
    to: Annotated[str, Field(max_length=10)] = ""
