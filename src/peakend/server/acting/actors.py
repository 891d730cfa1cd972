"""Who acts: a person, a program with a token, a customer who answers, the worker. No call is without one."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from peakend.language import Text

Kind = Literal["person", "token", "respondent", "system"]


class Role(StrEnum):
    """What somebody does in the company."""

    FRONT_LINE = "front_line"
    SUPERVISOR = "supervisor"
    CX_MANAGER = "cx_manager"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Reach:
    """Which part of the company an actor sees: all of it, or these sites and teams (primary keys)."""

    everything: bool = False
    sites: frozenset[int] = frozenset()
    teams: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts, as policies and the audit see them.

    `user_id` is the primary key of the user (None: respondent or system), `granted` the actions a token is
    limited to (None: no limit but the role), `name` what the audit prints.
    """

    kind: Kind
    name: str
    role: Role | None = None
    user_id: int | None = None
    reach: Reach = field(default_factory=Reach)
    granted: frozenset[str] | None = None


def system(name: str) -> Actor:
    """The worker or a command, named after what it does: `system("sweep cases.escalate")`."""
    return Actor(kind="system", name=name, reach=Reach(everything=True))


def respondent(name: str = "respondent") -> Actor:
    """A customer on a public page."""
    return Actor(kind="respondent", name=name)


_ROLE_NAMES: dict[Role, tuple[str, str]] = {
    Role.FRONT_LINE: ("Front line", "一线员工"),
    Role.SUPERVISOR: ("Supervisor", "主管"),
    Role.CX_MANAGER: ("CX manager", "客户体验经理"),
    Role.ANALYST: ("Analyst", "分析师"),
    Role.ADMINISTRATOR: ("Administrator", "管理员"),
}


def role_name(role: Role) -> Text:
    """The role as a person reads it."""
    from peakend.language import Text

    return Text(*_ROLE_NAMES[role])
