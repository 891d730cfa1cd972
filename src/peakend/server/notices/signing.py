"""Signatures of webhooks as Standard Webhooks has them (https://www.standardwebhooks.com), so that its
libraries verify."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

PREFIX = "whsec_"


def new_secret() -> str:
    """A fresh secret of 256 random bits: `whsec_` and base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, key: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over `key.timestamp.body`."""
    shared = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{key}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(shared, signed, hashlib.sha256).digest()).decode()


def headers_of(secrets_: Sequence[str], key: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of one try; `webhook-id` is the same on every try of an event.

    With several secrets there are several signatures with a space between: one that fits is enough.
    """
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Peakend-Webhooks/1",
        "webhook-id": key,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(one, key, timestamp, body) for one in secrets_),
    }
