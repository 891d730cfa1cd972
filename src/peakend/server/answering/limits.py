"""How often one address answers at one place, and how often a place is looked at: counted in the process.

Nothing of it is stored. An address is only the key of a count, hashed with a number that dies with the
process and is another in each. With several web processes each has its own counts, so that the bounds are
that many times as wide. A branch, a stadium or an airport behind one address stays far below them.
"""

from __future__ import annotations

import atexit
import contextlib
import secrets
import time
from collections import Counter
from hashlib import blake2b
from threading import Lock

SUSPECT = 120  # completed answers a minute of one address at one place: from here on they are marked
ABSURD = 600  # from here on the page asks for a pause
_WINDOW = 60.0
_MOST = 20_000  # addresses remembered at once
_FLUSH = 60.0

_own = secrets.token_bytes(16)
_lock = Lock()
_counts: dict[bytes, tuple[float, int, int]] = {}


def rate(place: str, address: str) -> int:
    """Count one answer and say how many came in the last minute, about.

    0 where the address is not known (a proxy on a socket): there is nothing to hold a caller to then.
    """
    if not address:
        return 0
    name = blake2b(f"{place} {address}".encode(), key=_own, digest_size=16).digest()
    now = time.monotonic()
    with _lock:
        began, before, count = _counts.get(name, (now, 0, 0))
        passed = int((now - began) / _WINDOW)
        if passed:
            began, before, count = began + passed * _WINDOW, count if passed == 1 else 0, 0
        count += 1
        if len(_counts) >= _MOST and name not in _counts:
            _counts.clear()
        _counts[name] = (began, before, count)
    return count + int(before * (1 - (now - began) / _WINDOW))


_views: Counter[int] = Counter()
_flushed: float | None = None  # None: nothing was counted yet


def viewed(place: int) -> None:
    """Count a view of the place with the primary key `place`.

    Views are added to the database at most once a minute and process, a statement a place: they are the
    base of a rate, and a process that is killed loses at most what it counted since.
    """
    global _flushed
    now = time.monotonic()
    with _lock:
        _views[place] += 1
        if _flushed is None:
            _flushed = now
        due = now - _flushed >= _FLUSH
    if due:
        flush_views()


def flush_if_due() -> None:
    """Write the views counted so far if the last time is long enough ago; answers call it too."""
    if _views and _flushed is not None and time.monotonic() - _flushed >= _FLUSH:
        flush_views()


def flush_views() -> None:
    """Write the views counted so far."""
    global _flushed
    from django.db import DatabaseError
    from django.db.models import F

    from peakend.server.channels.models import Place

    with _lock:
        waiting = dict(_views)
        _views.clear()
        _flushed = time.monotonic()
    while waiting:
        place, count = waiting.popitem()
        try:
            Place.objects.filter(pk=place).update(views=F("views") + count)
        except DatabaseError:
            # A page is not refused because its views cannot be counted just now.
            with _lock:
                _views.update(waiting | {place: count})
            return


def forget() -> None:
    """For tests: as in a fresh process."""
    global _flushed
    with _lock:
        _counts.clear()
        _views.clear()
        _flushed = None


@atexit.register
def _last() -> None:
    # A process that ends in order writes what it counted; one that cannot any more only loses some views.
    if _views:
        with contextlib.suppress(Exception):
            flush_views()
