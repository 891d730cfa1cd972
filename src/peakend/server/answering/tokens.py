"""Signed words that forms carry: which response they belong to, which version they ask, when they were drawn.

They take the place of the CSRF cookie. A stranger's answer has no session that a foreign page could ride on;
what has to be shown is that a form was drawn here, for this place, and that each drawn form is one response.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.signing import BadSignature, Signer

from peakend.server.acting import clock
from peakend.server.acting.keys import new_key

LONGEST = timedelta(days=30)
_SLACK = timedelta(minutes=5)  # between the clocks of two web machines


@dataclass(frozen=True, slots=True)
class Token:
    """Key of the response, primary key of the version, when the first page was drawn."""

    key: str
    version: int
    began: datetime


class WrongTokenError(ValueError):
    """Not one of ours, of another place, or too old."""


def fresh(version: int) -> Token:
    """The token of a response that begins now."""
    return Token(new_key(), version, clock.now())


def sealed(token: Token, where: str) -> str:
    """The token as a form carries it; valid only at `where` (a place, an invitation)."""
    text = f"{token.key}:{token.version}:{int(token.began.timestamp() * 1000)}"
    return Signer(salt="peakend.answering." + where).sign(text)


def opened(text: str, where: str) -> Token:
    """Read a token back; `WrongTokenError` for anything that `sealed` did not make for `where`."""
    try:
        if len(text) > 200:
            raise BadSignature
        key, version, began = Signer(salt="peakend.answering." + where).unsign(text).split(":")
        token = Token(key, int(version), datetime.fromtimestamp(int(began) / 1000, UTC))
    except (BadSignature, ValueError) as error:
        raise WrongTokenError(where) from error
    if not -_SLACK <= clock.now() - token.began <= LONGEST:
        raise WrongTokenError(where)
    return token
