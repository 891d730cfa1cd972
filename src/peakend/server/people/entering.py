"""From a right password to a session: the second factor stands between, and the session begins afresh."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.contrib.auth import login
from django.db import transaction
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare

from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.services import audit, service
from peakend.server.people import devices, second_factor
from peakend.server.people.acting import actor_of_user
from peakend.server.people.models import User
from peakend.server.people.policies import OWN

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_HALF = "half"
_LASTS = 600
_BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, slots=True)
class Half:
    """Somebody whose password was right and whose second factor is missing; where they want to go then."""

    user: User
    way: str
    next: str


def enter(request: HttpRequest, user: User, next_: str, *, way: str, strong: bool = False) -> HttpResponse:
    """Go on after the first factor: to the second one, to setting one up, or in.

    `way` is password or provider; `strong` says that the provider asked for a second factor itself.
    """
    if strong or not (second_factor.has(user) or second_factor.wanted_of(user.role)):
        return let_in(request, user, next_, way=way)
    request.session.flush()  # whatever another person or a stranger put into it
    request.session[_HALF] = {
        "user": user.pk,
        "stamp": user.get_session_auth_hash(),
        "until": clock.now().timestamp() + _LASTS,
        "way": way,
        "next": next_,
    }
    return redirect("people:sign_in_code" if second_factor.has(user) else "people:sign_in_set_up")


def half_of(request: HttpRequest) -> Half | None:
    """Who is between the factors in this browser; None for nobody, or where it took over ten minutes."""
    kept = request.session.get(_HALF)
    if not kept or kept["until"] < clock.now().timestamp():
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), kept["stamp"]):
        return None
    return Half(cast(User, user), kept["way"], kept["next"])


def let_in(request: HttpRequest, user: User, next_: str, *, way: str) -> HttpResponse:
    """Sign in for good and go to `next_` (a path of the site)."""
    begin_session(request, user, way=way)
    return greet(request, redirect(next_), user)


def begin_session(request: HttpRequest, user: User, *, way: str) -> None:
    """A session with a new name and nothing in it, so that one planted before is worth nothing; and its audit
    entry."""
    # Also what is in it: a key for an authenticator that its planter has read would become the user's own.
    request.session.flush()
    with transaction.atomic():
        login(request, user, backend=_BACKEND)
        _note(actor=actor_of_user(user), user=user, way=way)


def greet(request: HttpRequest, response: HttpResponse, user: User) -> HttpResponse:
    """Set what the browser is to remember: that it knows the account, and the user's language."""
    devices.remember(request, response, user.email)
    speak(response, user.language)
    return response


def speak(response: HttpResponse, language: str) -> None:
    """Let pages be in `language` (en or zh) from now on."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        "zh-hans" if language.startswith("zh") else "en",
        max_age=31_536_000,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


@service(OWN)
def _note(*, actor: Actor, user: User, way: str) -> None:
    audit(actor, "people.signed_in", user, way=way)
