"""Views people keep: a board with its filters under a name, private, or shared with a role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

from peakend.language import Text
from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import ConflictError, InvalidError, NotFoundError
from peakend.server.acting.policies import may, require
from peakend.server.acting.services import audit, service
from peakend.server.boards.models import AUDIENCES, EVERYBODY, SavedView
from peakend.server.boards.options import read_options
from peakend.server.boards.policies import KEEP, READ, SHARE
from peakend.server.boards.subjects import get_board

_VIEW = Text("view", "视图")
# Kept without the period: a view is opened for the period one is in.
KEPT = ("item", "unit", "tier", "site", "team", "touchpoint", "place", "channel", "language")


def views(actor: Actor) -> QuerySet[SavedView]:
    """The actor's own views and those shared with their role."""
    require(actor, READ)
    shared = Q(role__in=[EVERYBODY, str(actor.role or "")]) & ~Q(role="")
    return SavedView.objects.filter(Q(owner_id=actor.user_id) | shared).select_related("owner")


def get_view(actor: Actor, key: str) -> SavedView:
    """The view; `NotFoundError` where it is somebody else's."""
    found = views(actor).filter(key=key).first()
    if found is None:
        raise NotFoundError(_VIEW)
    return found


def default_view(actor: Actor) -> SavedView | None:
    """What opens first for the actor's role."""
    found = {view.role: view for view in views(actor).filter(default=True)}
    return found.get(str(actor.role or "")) or found.get(EVERYBODY)


@service(KEEP)
def save_view(
    *,
    actor: Actor,
    name: str,
    board: str,
    filters: Mapping[str, Any],
    role: str = "",
    default: bool = False,
) -> SavedView:
    """Keep a view under `name`; the actor's own view of that name is replaced.

    `role`: whom it is shared with ("everybody" or a role; empty: nobody). `default`: what they see first.
    """
    name = name.strip()
    if not 0 < len(name) <= 120 or "\x00" in name:
        raise _invalid(
            "name", Text("Give the view a name of 1 to 120 characters.", "请为视图命名（1 至 120 个字符）。")
        )
    if role not in AUDIENCES:
        raise _invalid("role", Text("There is no such role.", "没有这个角色。"))
    if role or default:
        require(actor, SHARE)
    if default and not role:
        raise _invalid("default", Text("Say for which role it opens first.", "请说明为哪个角色默认打开。"))
    if actor.user_id is None:
        raise ConflictError(Text("Views belong to a person.", "视图须归属于某位用户。"))
    kept = {key: str(filters[key])[:140] for key in KEPT if filters.get(key)}
    found = get_board(actor, board)
    read_options(actor, found, kept)
    if default:
        SavedView.objects.filter(role=role, default=True).update(default=False)
    view, _ = SavedView.objects.update_or_create(
        owner_id=actor.user_id,
        name=name,
        defaults={"board": found.key, "filters": kept, "role": role, "default": default},
    )
    audit(actor, KEEP, view, name=name, role=role, default=default)
    return view


@service(KEEP)
def remove_view(*, actor: Actor, key: str) -> None:
    """Remove one's own view; a shared one also by those who may share."""
    view = get_view(actor, key)
    if view.owner_id != actor.user_id and not may(actor, SHARE):
        raise NotFoundError(_VIEW)
    audit(actor, KEEP, view, removed=True)
    view.delete()


def _invalid(field: str, message: Text) -> InvalidError:
    from peakend.server.web.say import told

    return InvalidError(
        message,
        Text("Mend it and save again.", "请修改后重新保存。"),
        fields=[{"field": field, "message": told(message)}],
    )
