"""What makes a function a page: it says its action, or that anybody may see it. The tests read both."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.module_loading import import_string

from peakend.server.acting.errors import NotSignedInError
from peakend.server.acting.policies import require

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from peakend.server.acting.actors import Actor

    View = Callable[..., HttpResponse]


def known_actor(request: HttpRequest) -> Actor | None:
    """Who acts; None for a stranger. Looked up once a request, when it is first asked for."""
    if not hasattr(request, "_actor"):
        request._actor = _finder()(request)
    return cast("Actor | None", request._actor)


@functools.cache
def _finder() -> Callable[[HttpRequest], Actor | None]:
    # Named in the settings: those who sign in are an area of their own, above this one.
    return cast("Callable[[HttpRequest], Actor | None]", import_string(settings.ACTOR_OF_REQUEST))


def actor_of(request: HttpRequest) -> Actor:
    """Who acts; `NotSignedInError` for a stranger."""
    actor = known_actor(request)
    if actor is None:
        raise NotSignedInError
    return actor


def page(action: str) -> Callable[[View], View]:
    """A page of `action`: strangers are sent to sign in, others need the policy's yes.

    It only reads; what it changes goes through a service, which asks the policy again.
    """

    def made(view: View) -> View:
        @functools.wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401 - the URL's
            actor = known_actor(request)
            if actor is None:
                return _to_sign_in(request)
            require(actor, action)
            return view(request, *args, **kwargs)

        shown.action = action  # type: ignore[attr-defined]
        return shown

    return made


def public_page(view: View) -> View:
    """A page that strangers may see: answering, signing in, the assets, health."""
    view.public = True  # type: ignore[attr-defined]
    return view


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.htmx:
        raise NotSignedInError
    # Only a page that was read can be come back to.
    next_ = {"next": request.get_full_path()} if request.method == "GET" else {}
    return redirect(f"{reverse('people:sign_in')}?{urlencode(next_)}" if next_ else reverse("people:sign_in"))
