"""Against guessing: failures are counted in the database, and each further one makes the next wait longer.

Three kinds of counts. The **account** from unknown devices is tight, because that is where a guesser is. A
**device** somebody signed in with before counts by itself: a stranger who hammers an account delays unknown
devices only, and its owner walks in. The **address** is loose, because a whole branch may sit behind one. No
wait is longer than a quarter of an hour, so nobody can be locked out for long.

An attempt is counted before the password is looked at and taken back when it was right, so that a hundred
guesses at once are a hundred counts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.errors import TooManyError
from peakend.server.people.models import Attempts
from peakend.server.people.sealing import keyed_digest


@dataclass(frozen=True, slots=True)
class Limit:
    """`free` failures cost nothing; then waits double from `first` to `longest` seconds.

    `forget` hours clear it.
    """

    free: int
    first: int
    longest: int
    forget: int


ACCOUNT = Limit(free=5, first=15, longest=900, forget=24)
DEVICE = Limit(free=10, first=15, longest=900, forget=24)
ADDRESS = Limit(free=100, first=5, longest=300, forget=1)
LETTERS = Limit(free=3, first=1200, longest=3600, forget=6)


@dataclass(frozen=True, slots=True)
class Count:
    """One thing that is counted: its name (hashed before it is kept) and its limit."""

    name: str
    limit: Limit

    @property
    def bucket(self) -> str:
        """The name in the table."""
        return keyed_digest("attempts", self.name)


def account(email: str) -> Count:
    """Guesses at an account from devices it does not know."""
    return Count(f"account:{email.strip().lower()}", ACCOUNT)


def device(mark: str, user_key: str) -> Count:
    """Guesses at an account from a device it was used on."""
    return Count(f"device:{mark}:{user_key}", DEVICE)


def code(user_key: str) -> Count:
    """Guesses at somebody's second factor, after their password was right."""
    return Count(f"code:{user_key}", ACCOUNT)


def own_password(user_key: str) -> Count:
    """Guesses at the present password by whoever sits at an open session."""
    return Count(f"own:{user_key}", ACCOUNT)


def address(ip: str) -> Count:
    """Guesses from one network address."""
    return Count(f"address:{ip}", ADDRESS)


def letters(email: str) -> Count:
    """Letters with a link to the same mailbox."""
    return Count(f"letters:{email.strip().lower()}", LETTERS)


def begin(*counts: Count) -> None:
    """Count one attempt under each of `counts`, or raise `TooManyError` where one has to wait."""
    now = clock.now()
    by_bucket = {one.bucket: one.limit for one in counts}
    # Committed whatever happens to the request: the count must outlive a failure.
    with transaction.atomic():
        rows = _locked(list(by_bucket), now)
        wait = max(_seconds_left(row, now) for row in rows)
        if not wait:
            for row in rows:
                _count(row, by_bucket[row.bucket], now)
    if wait:
        raise waiting(wait)


def succeeded(*own: Count, shared: Sequence[Count] = ()) -> None:
    """The attempt was right: forget `own` counts, take one off `shared` ones (an address others use too)."""
    Attempts.objects.filter(bucket__in=[one.bucket for one in own]).delete()
    Attempts.objects.filter(bucket__in=[one.bucket for one in shared], failures__gt=0).update(
        failures=F("failures") - 1, blocked_until=None
    )


def waiting(seconds: int) -> TooManyError:
    """The error that says when to try again."""
    minutes = math.ceil(seconds / 60)
    when = (
        Text(f"in {seconds} seconds", f"{seconds} 秒后")
        if seconds < 90
        else Text(f"in {minutes} minutes", f"{minutes} 分钟后")
    )
    return TooManyError(
        Text("Too many attempts that failed.", "失败次数过多。"),
        Text(f"Try again {when.en}.", f"请在 {when.zh}重试。"),
        retry_after=seconds,
    )


def forget_old() -> int:
    """Delete counts that mean nothing any more; how many."""
    return int(Attempts.objects.filter(last_at__lt=clock.now() - timedelta(hours=48)).delete()[0])


def _locked(buckets: list[str], now: datetime) -> list[Attempts]:
    known = set(Attempts.objects.filter(bucket__in=buckets).values_list("bucket", flat=True))
    Attempts.objects.bulk_create(
        [Attempts(bucket=bucket, last_at=now) for bucket in sorted(set(buckets) - known)],
        ignore_conflicts=True,
    )
    # In one order, so that two attempts never wait for each other.
    return list(Attempts.objects.select_for_update().filter(bucket__in=buckets).order_by("bucket"))


def _seconds_left(row: Attempts, now: datetime) -> int:
    if row.blocked_until is None or row.blocked_until <= now:
        return 0
    return max(1, math.ceil((row.blocked_until - now).total_seconds()))


def _count(row: Attempts, limit: Limit, now: datetime) -> None:
    if now - row.last_at > timedelta(hours=limit.forget):
        row.failures = 0
    row.failures += 1
    over = row.failures - limit.free
    seconds = 0 if over < 0 else min(limit.longest, limit.first * 2 ** min(over, 20))
    row.blocked_until = now + timedelta(seconds=seconds) if seconds else None
    row.last_at = now
    row.save()
