"""Addresses customers get: secret for a person, open for a place."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from peakend.server.channels.models import Invitation, Place


def secret_of(key: str) -> str:
    """The secret in the link of the invitation `key`: 256 bits that only the site's own key can make again.

    It is never stored: the database keeps its digest, and a reminder makes it anew.
    """
    made = salted_hmac("peakend.channels.invitation", key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def digest_of(secret: str) -> str:
    """What is kept of a secret. It has 256 bits, so one round of SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def origin() -> str:
    """The beginning of addresses in e-mails and on posters: `PEAKEND_PUBLIC_URL`."""
    return str(settings.PUBLIC_URL) or "http://localhost:8000"


def personal_link(invitation: Invitation) -> str:
    """The address under which the invited person, and nobody else, answers."""
    return f"{origin()}/s/i/{secret_of(invitation.key)}/"


def decline_link(invitation: Invitation) -> str:
    """The address under which they say no."""
    return f"{origin()}/s/no/{secret_of(invitation.key)}/"


def place_link(place: Place, start: str = "") -> str:
    """The address of a place; `start` is the beginning of the site's address where it is known better."""
    return f"{start or origin()}/s/p/{place.key}/"


def embed_tag(place: Place, start: str = "") -> str:
    """The one tag that a web page copies to show the survey."""
    return f'<script src="{start or origin()}/s/embed/{place.key}.js" async></script>'
