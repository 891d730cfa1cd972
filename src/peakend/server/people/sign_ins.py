"""Where somebody is signed in.

One row a browser, looked at on every request, so that ending it works at once.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib.auth import user_logged_in
from django.dispatch import receiver

from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import NotFoundError
from peakend.server.acting.services import audit, service
from peakend.server.people.models import SignedIn, User
from peakend.server.people.policies import OWN
from peakend.server.web.address import address_of

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

_MARK = "signed_in"
_SYSTEMS = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("HarmonyOS", "HarmonyOS"), ("Android", "Android")),
    *(("Windows", "Windows"), ("Mac OS X", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)
_BROWSERS = (
    *(("MicroMessenger", "WeChat"), ("DingTalk", "DingTalk"), ("Edg", "Edge"), ("Firefox", "Firefox")),
    *(("OPR", "Opera"), ("Chrome", "Chrome"), ("Safari", "Safari")),
)


def device_name(agent: str) -> str:
    """What a person calls the device that sent this `User-Agent`: "Chrome · Windows".

    Empty for an unknown one.
    """
    found = []
    for names in (_BROWSERS, _SYSTEMS):
        found.append(next((name for mark, name in names if re.search(rf"\b{re.escape(mark)}", agent)), ""))
    return " · ".join(filter(None, found))


@receiver(user_logged_in)
def _write_down(request: HttpRequest, user: User, **_: object) -> None:
    now = clock.now()
    row = SignedIn.objects.create(
        user=user,
        device=device_name(request.headers.get("User-Agent", "")),
        address=address_of(request),
        began_at=now,
        seen_at=now,
    )
    request.session[_MARK] = row.key


def still_open(request: HttpRequest) -> bool:
    """Whether the session of the request was not ended; notes once in five minutes that it was seen."""
    mark = request.session.get(_MARK)
    row = SignedIn.objects.filter(key=mark, ended_at=None).first() if mark else None
    if row is None:
        return False
    now = clock.now()
    if now - row.began_at > timedelta(seconds=settings.SESSION_COOKIE_AGE):
        return False
    if now - row.seen_at > timedelta(minutes=5):
        SignedIn.objects.filter(pk=row.pk).update(seen_at=now)
    return True


def mark_of(request: HttpRequest) -> str:
    """The key of the row of this very session; empty for a program."""
    return str(request.session.get(_MARK, ""))


def open_of(user_id: int | None) -> QuerySet[Any]:
    """The browsers where a user is signed in, last seen first.

    Those whose cookie has run out are not among them.
    """
    oldest = clock.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return SignedIn.objects.filter(user_id=user_id, ended_at=None, began_at__gt=oldest)


@service(OWN)
def end_session(*, actor: Actor, key: str) -> SignedIn:
    """End one of the actor's own sessions; `NotFoundError` for anybody else's."""
    row = open_of(actor.user_id).filter(key=key).first()
    if row is None:
        raise NotFoundError
    SignedIn.objects.filter(pk=row.pk).update(ended_at=clock.now())
    audit(actor, "people.session_ended", row, device=row.device)
    return cast(SignedIn, row)


@service(OWN)
def end_other_sessions(*, actor: Actor, but: str = "") -> int:
    """End every session of the actor's but the one with the key `but`; how many."""
    ended = end_all(cast(int, actor.user_id), but)
    audit(actor, "people.sessions_ended", User.objects.get(pk=actor.user_id), count=ended)
    return ended


def end_all(user_id: int, but: str = "") -> int:
    """End a user's sessions but one; part of services that take trust away. How many."""
    rows = SignedIn.objects.filter(user_id=user_id, ended_at=None).exclude(key=but)
    return int(rows.update(ended_at=clock.now()))


def forget_old() -> int:
    """Delete rows of sessions that ended or ran out a month ago; how many."""
    return int(SignedIn.objects.filter(began_at__lt=clock.now() - timedelta(days=31)).delete()[0])
