"""How often a program or a person calls the API: counted in the process, over a window that slides.

With several web processes each counts for itself, so that the limits are that many times as wide; nothing is
stored. Whoever is known is counted under their token or their name, never under their address: a whole branch
behind one address works on. Strangers are counted by address, and loosely.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from threading import Lock
from typing import TYPE_CHECKING

from django.conf import settings

from peakend.language import Text
from peakend.server.acting.errors import TooManyError
from peakend.server.web.address import address_of
from peakend.server.web.errors import is_api, shown_error
from peakend.server.web.pages import known_actor

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

WINDOW = 60.0  # seconds
STRANGERS = 10  # this many times the calls of one token may come from one address before anybody is known
_MOST = 20_000  # callers remembered at once
_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a caller stands: how many calls are left, and in how many seconds there are more."""

    limit: int
    left: int
    seconds: int
    taken: bool


class Window:
    """Counts by name over the last `WINDOW` seconds, from this fixed window and what is left of the last.

    That weighs the calls of the last window as if they had come evenly; it keeps three numbers a caller. What
    is refused is not counted: a caller who waits as long as told is served.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic, most: int = _MOST) -> None:
        self._now = now
        self._most = most
        self._lock = Lock()
        self._counts: dict[str, tuple[float, int, int]] = {}

    def take(self, name: str, limit: int) -> Standing:
        """Count one call under `name` unless `limit` calls a window are reached."""
        now = self._now()
        with self._lock:
            began, before, count = self._counts.get(name, (now, 0, 0))
            passed = int((now - began) / WINDOW)
            if passed:
                began, before, count = began + passed * WINDOW, count if passed == 1 else 0, 0
            into = now - began
            used = count + before * (1 - into / WINDOW)
            taken = used + 1 <= limit
            if taken:
                self._counts.pop(name, None)  # so that whoever called last stands last
                self._make_room()
                self._counts[name] = (began, before, count + 1)
                used += 1
        return Standing(limit, max(0, int(limit - used)), _wait(into, before, count, limit), taken)

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._counts.clear()

    def _make_room(self) -> None:
        while len(self._counts) >= self._most:
            del self._counts[next(iter(self._counts))]  # who has not called for longest


def _wait(into: float, before: int, count: int, limit: int) -> int:
    """Whole seconds until one more call fits."""
    if count + 1 <= limit and before:
        # The share of the last window that still counts sinks evenly.
        enough = WINDOW * (1 - (limit - count - 1) / before) - into
    elif count + 1 > limit:
        # Only in the next window, when a part of this one's calls has faded.
        enough = WINDOW - into + WINDOW * (1 - (limit - 1) / count)
    else:
        enough = 0.0
    return max(1, ceil(enough))


calls = Window()
writes = Window()


def limited(handle: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Hold every caller of the API to `settings.API_RATE` calls and writes a minute; None: nobody.

    Answers tell how much is left (`RateLimit`, `RateLimit-Policy`); a refusal is 429 with `Retry-After`.
    Pages where customers answer are no part of the API and have bounds of their own.
    """

    def pass_on(request: HttpRequest) -> HttpResponse:
        rate: tuple[int, int] | None = settings.API_RATE
        if rate is None or not is_api(request):
            return handle(request)
        name, times = _caller(request)
        if not name:  # a stranger through a socket: there is nothing to hold them to
            return handle(request)
        kind, standing = "calls", calls.take(name, rate[0] * times)
        if standing.taken and request.method in _UNSAFE:
            kind, standing = "writes", writes.take(name, rate[1] * times)
        response = handle(request) if standing.taken else shown_error(request, _too_many(standing))
        response["RateLimit-Policy"] = f'"{kind}";q={standing.limit};w={int(WINDOW)}'
        response["RateLimit"] = f'"{kind}";r={standing.left};t={standing.seconds}'
        return response

    return pass_on


def _caller(request: HttpRequest) -> tuple[str, int]:
    """What the caller is counted under, and how many times the limit is theirs."""
    actor = known_actor(request)
    if actor is None:
        address = address_of(request)
        return (f"address {address}" if address else "", STRANGERS)
    # A token's name may be given twice, its text may not.
    token = request.headers.get("Authorization", "") if actor.kind == "token" else ""
    return f"{actor.kind} {actor.user_id} {hash(token)}", 1


def _too_many(standing: Standing) -> TooManyError:
    return TooManyError(
        Text("Too many calls in a minute.", "一分钟内调用过多。"),
        Text(
            f"Call again in {standing.seconds} seconds; rows go many to a call.",
            f"请在 {standing.seconds} 秒后重试；一次调用可提交多行。",
        ),
        retry_after=standing.seconds,
    )
