"""Who may show an answering page in a frame: for an embedded place its one origin, else nobody."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peakend.server.answering.occasions import Occasion

# Anything else would end the directive and begin another.
ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?")


def allowed_parent(occasion: Occasion) -> str:
    """The origin whose pages may frame the place; empty for none."""
    place = occasion.place
    if place is None or place.kind != "embed" or not ORIGIN.fullmatch(place.allowed_origin):
        return ""
    return place.allowed_origin


@lru_cache(maxsize=1000)
def policy(parent: str = "") -> str:
    """The Content-Security-Policy of an answering page."""
    ancestors = parent or "'none'"
    return (
        "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none'; "
        f"base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
    )
