"""Keys that people and other systems see: not guessable, not countable, safe in a URL."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models

KEY_LENGTH = 22


def new_key() -> str:
    """A fresh key of 128 random bits, 22 characters."""
    return secrets.token_urlsafe(16)


class KeyField(models.CharField):
    """The column `key`: unique, made with the row, never changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's own signature
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("default", new_key)
        kwargs.setdefault("editable", False)
        kwargs.setdefault("unique", True)
        super().__init__(*args, **kwargs)
