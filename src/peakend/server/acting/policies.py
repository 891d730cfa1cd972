"""Who may do what. Every action is declared once, by its area, with the roles that may do it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from peakend.language import Text
from peakend.server.acting.actors import Actor, Role
from peakend.server.acting.errors import NotAllowedError

EVERYBODY = frozenset(Role)
MANAGERS = frozenset({Role.CX_MANAGER, Role.ADMINISTRATOR})
LEADERS = MANAGERS | {Role.SUPERVISOR}
READERS = LEADERS | {Role.ANALYST}


@dataclass(frozen=True, slots=True)
class Action:
    """Something an actor may do, `area.verb`: the unit of policies and of the scopes of tokens."""

    name: str
    roles: frozenset[Role]
    what: Text
    respondents: bool = False


_actions: dict[str, Action] = {}


def declare(name: str, roles: Collection[Role], what: Text, *, respondents: bool = False) -> str:
    """Declare the action `name`; its name again. ValueError where it was declared otherwise before."""
    action = Action(name, frozenset(roles), what, respondents)
    if _actions.setdefault(name, action) != action:
        raise ValueError(f"the action {name} is declared twice")
    return name


def actions() -> dict[str, Action]:
    """Every action by name."""
    return dict(sorted(_actions.items()))


def may(actor: Actor, action: str) -> bool:
    """Whether `actor` may do `action`; KeyError for an action nobody declared."""
    declared = _actions[action]
    if actor.kind == "system":
        return True
    if actor.kind == "respondent":
        return declared.respondents
    if actor.granted is not None and not _granted(actor.granted, action):
        return False
    return actor.role in declared.roles


def require(actor: Actor, action: str) -> None:
    """Raise `NotAllowedError` unless `actor` may do `action`."""
    if not may(actor, action):
        raise NotAllowedError(action)


def within(actor: Actor, rows: QuerySet[Any], site: str = "site", team: str | None = "team") -> QuerySet[Any]:
    """`rows` of the sites and teams `actor` reaches; `site` and `team` are the lookups of the foreign keys.

    A row of a team is seen by those who reach the team or its site; a row without a site only by those who
    reach everything.
    """
    if actor.reach.everything:
        return rows
    seen = Q(**{f"{site}_id__in": actor.reach.sites})
    if team is not None:
        seen |= Q(**{f"{team}_id__in": actor.reach.teams})
    return rows.filter(seen)


def _granted(granted: frozenset[str], action: str) -> bool:
    area = action.partition(".")[0]
    return action in granted or f"{area}.*" in granted or "*" in granted
