"""Secrets that the site must be able to read again are sealed.

Those it only compares are hashed with a key.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.crypto import salted_hmac


def _fernet(secret: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"peakend.people.sealing").derive(
        secret.encode()
    )
    return Fernet(base64.urlsafe_b64encode(derived))


def _keys() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def seal(text: str) -> str:
    """`text` so that only a process with the site's secret key reads it."""
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """What was sealed; ValueError where the secret key is another one now."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise ValueError("sealed with another secret key") from error


def keyed_digest(purpose: str, text: str) -> str:
    """SHA-256 of `text` under the site's key, 64 hex digits.

    Without the key nobody can try guesses against it.
    """
    return salted_hmac(f"peakend.people.{purpose}", text, algorithm="sha256").hexdigest()
