"""What every request passes: its number and log line, headers that protect, errors told."""

from __future__ import annotations

import logging
import secrets
import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import resolve

from peakend.errors import PeakendError
from peakend.server.web.errors import shown_error
from peakend.server.web.metrics import counted
from peakend.server.web.unavailable import noted

if TYPE_CHECKING:
    from collections.abc import Callable

    Handler = Callable[[HttpRequest], HttpResponse]

_log = logging.getLogger("peakend.requests")
# No script or style from outside or from a text that somebody entered; pictures may be drawn into the page.
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; script-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def watched(handle: Handler) -> Handler:
    """Give the request a number, log one line for it and count it."""

    def pass_on(request: HttpRequest) -> HttpResponse:
        request.number = secrets.token_hex(6)
        began = time.perf_counter()
        response = handle(request)
        seconds = time.perf_counter() - began
        route = request.resolver_match.route if request.resolver_match else "unknown"
        counted(request.method or "", route, response.status_code, seconds)
        _log.info(
            "request",
            extra={
                "number": request.number,
                "method": request.method,
                # The route, not the path: the path of a personal link is a secret.
                "route": route,
                "status": response.status_code,
                "seconds": round(seconds, 4),
            },
        )
        response["X-Request-Id"] = request.number
        return response

    return pass_on


def guarded(handle: Handler) -> Handler:
    """Headers that keep foreign scripts, frames and sniffing out, unless the page set its own."""

    def pass_on(request: HttpRequest) -> HttpResponse:
        response = handle(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
        # What one person saw must not come out of the cache for the next one on a shared device.
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return pass_on


# Where customers answer. These pages know no session, no language cookie and no messages; their forms carry
# a signed word of their own. What staff pages need costs a third of an answer, so that it is left out here.
_ANSWERING = ("/s/p/", "/s/i/", "/s/k/")


def answered(handle: Handler) -> Handler:
    """Take requests of answering pages straight to their view, past the middleware behind this one."""

    def pass_on(request: HttpRequest) -> HttpResponse:
        # Without its last slash an address goes the long way, where it is sent on to the right one.
        if not request.path_info.startswith(_ANSWERING) or not request.path_info.endswith(("/", ".js")):
            return handle(request)
        request.get_host()  # refuses a host that is not this site's
        # Its own map of addresses: the whole site's is a hundred patterns to try at every answer.
        found = request.resolver_match = resolve(request.path_info, settings.ANSWERING_URLS)
        try:
            return found.func(request, *found.args, **found.kwargs)
        except PeakendError as error:
            return shown_error(request, error)
        except Exception as error:
            # Not left to the handler of faults, which logs a traceback for each of an outage's requests.
            away = noted(request, error)
            if away is None:
                raise
            return shown_error(request, away)

    return pass_on


class Told:
    """Errors a person can act on become pages or problems."""

    def __init__(self, handle: Handler) -> None:
        self.handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.handle(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The response for a `PeakendError` and while the database is away; anything else goes on to Django's
        handler and the log."""
        told = error if isinstance(error, PeakendError) else noted(request, error)
        return shown_error(request, told) if told is not None else None
