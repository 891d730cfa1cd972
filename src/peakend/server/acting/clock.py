"""What time it is: one place, so that tests and simulations can move it."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_set: ContextVar[datetime | None] = ContextVar("peakend_clock", default=None)


def now() -> datetime:
    """The time, with UTC as its zone."""
    return _set.get() or timezone.now()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Inside, it is `moment` (which must have a zone)."""
    token = _set.set(moment)
    try:
        yield
    finally:
        _set.reset(token)
