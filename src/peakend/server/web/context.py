"""What every template knows: the language, the menu and who is signed in."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from peakend.language import Text
from peakend.server.web.navigation import places
from peakend.server.web.pages import known_actor
from peakend.server.web.say import spoken

if TYPE_CHECKING:
    from django.http import HttpRequest

    from peakend.server.web.navigation import Place

GROUPS = {
    "work": Text("Today", "今日"),
    "listen": Text("Listen", "倾听"),
    "improve": Text("Improve", "改进"),
    "care": Text("Care and proof", "关怀与成效"),
    "keep": Text("Settings", "设置"),
}


def site(request: HttpRequest) -> dict[str, Any]:
    """`language`, `actor`, `menu` (groups), `here` (the page's name), `near` (its place in the menu)."""
    actor = None if getattr(request, "path", "").startswith("/s/") else known_actor(request)
    match = getattr(request, "resolver_match", None)
    listed = places(actor) if actor else []
    here = match.view_name if match else ""
    near = _nearest(listed, here, getattr(request, "path", ""))
    order = list(GROUPS)
    listed.sort(key=lambda one: (order.index(one.group), one.position))
    return {
        "language": spoken(),
        "actor": actor,
        "menu": [_group(name, list(ones), near) for name, ones in groupby(listed, key=lambda one: one.group)],
        "here": here,
        "near": near,
    }


def _nearest(listed: list[Place], here: str, path: str) -> str:
    """The place of the page itself, else the one whose address begins the page's: a case is among cases."""
    if any(one.route == here for one in listed):
        return here
    addresses = {reverse(one.route): one.route for one in listed}
    above = [address for address in addresses if len(address) > 1 and path.startswith(address)]
    return addresses[max(above, key=len)] if above else ""


# Groups of more places than this stay folded until one is in them: the menu fits a screen.
_FOLDED_ABOVE = 4


def _group(name: str, listed: list[Place], near: str) -> dict[str, Any]:
    """One heading of the menu; the daily work is never folded."""
    return {
        "title": GROUPS[name],
        "places": listed,
        "folded": name != "work" and len(listed) > _FOLDED_ABOVE,
        "here": any(one.route == near for one in listed),
    }
