"""Times as a clock on the wall of whoever looks shows them."""

from __future__ import annotations

import functools
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.module_loading import import_string

from peakend.server.web.pages import known_actor

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from peakend.server.acting.actors import Actor


def zone_of(request: HttpRequest) -> str:
    """The time zone of who looks; UTC for a stranger. Looked up once a request."""
    if not hasattr(request, "_zone"):
        actor = known_actor(request)
        request._zone = _finder()(actor) if actor else "UTC"
    return cast("str", request._zone)


def local(at: datetime, zone: str) -> datetime:
    """`at` as the clock in `zone` shows it, without a zone: templates would bring it back to UTC."""
    return at.replace(tzinfo=at.tzinfo or UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@functools.cache
def _finder() -> Callable[[Actor], str]:
    # Named in the settings: sites and their clocks are an area of their own, above this one.
    return cast("Callable[[Actor], str]", import_string(settings.ZONE_OF_ACTOR))
