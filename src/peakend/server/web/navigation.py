"""The places of the site, as its menu lists them: each area adds its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.safestring import mark_safe

from peakend.server.acting.policies import may

if TYPE_CHECKING:
    from django.http import HttpRequest

    from peakend.language import Text
    from peakend.server.acting.actors import Actor


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One entry of the menu: seen by those who may do `action`; `route` is the name of its page."""

    position: int
    route: str
    title: Text
    action: str
    group: str = "work"


_places: dict[str, Place] = {}


def add_place(route: str, title: Text, action: str, position: int, group: str = "work") -> None:
    """Add an entry; `group` is work (daily), listen (asking), improve, care, or keep (administration)."""
    _places[route] = Place(position, route, title, action, group)


def places(actor: Actor) -> list[Place]:
    """The entries `actor` sees, in order."""
    return sorted((one for one in _places.values() if may(actor, one.action)), key=lambda one: one.position)


_header: list[Callable[[HttpRequest, Actor], str]] = []


def add_to_header(part: Callable[[HttpRequest, Actor], str]) -> None:
    """Show what `part` gives (safe HTML, or nothing) beside the brand on every page of somebody signed in."""
    _header.append(part)


def header_parts(request: HttpRequest, actor: Actor) -> str:
    """What the areas put into the header."""
    return mark_safe("".join(part(request, actor) for part in _header))  # each part escaped its own
