"""The cookie of a browser somebody signed in with before: it says so, and proves nothing else."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing

from peakend.server.people import attempts
from peakend.server.people.sealing import keyed_digest

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_COOKIE = "peakend_device"
_SALT = "peakend.people.device"
_AGE = 180 * 86_400
_MOST = 12  # people who share one device, the last ones


@dataclass(frozen=True, slots=True)
class Device:
    """A browser: its random mark and (as keyed digests) the accounts that were used on it."""

    mark: str
    accounts: tuple[str, ...] = ()

    def knows(self, email: str) -> bool:
        """Whether somebody signed in here with this e-mail."""
        return _account(email) in self.accounts


def device_of(request: HttpRequest) -> Device:
    """The device of the request; a fresh one without a cookie of ours."""
    try:
        mark, accounts = signing.loads(request.COOKIES.get(_COOKIE, ""), salt=_SALT, max_age=_AGE)
        return Device(str(mark), tuple(map(str, accounts)))
    except (signing.BadSignature, ValueError, TypeError):
        return Device(secrets.token_urlsafe(12))


def remember(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """Let the browser know that this account was used on it."""
    device, account = device_of(request), _account(email)
    accounts = (account, *(one for one in device.accounts if one != account))[:_MOST]
    response.set_cookie(
        _COOKIE,
        signing.dumps([device.mark, accounts], salt=_SALT, compress=True),
        max_age=_AGE,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def count_of(request: HttpRequest, email: str) -> attempts.Count | None:
    """What a failure counts under on a device that knows the account; None on one that does not."""
    device = device_of(request)
    return attempts.device(device.mark, _account(email)) if device.knows(email) else None


def _account(email: str) -> str:
    return keyed_digest("device", email.strip().lower())[:20]
