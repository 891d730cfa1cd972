"""The audit: append-only, each entry sealed with the hash of the one before, so that a change shows."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from peakend.server.acting import clock
from peakend.server.acting.models import AuditEntry

if TYPE_CHECKING:
    from django.db import models

    from peakend.server.acting.actors import Actor

GENESIS = "0" * 64
_LOCK = 7_163_001  # of PostgreSQL's advisory locks: whoever holds it writes the next entry
_FIELDS = ("actor_kind", "actor_id", "actor_name", "action", "subject_type", "subject_key")


def audit(actor: Actor, action: str, subject: models.Model | None = None, **data: object) -> AuditEntry:
    """Write that `actor` did `action` to `subject`; `data` must go into JSON and hold no customer's words.

    Must run in the transaction of what it tells of: both happen or neither.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an audit entry belongs into the transaction of what it tells of")
    # SQLite admits one writer by itself.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
    last = AuditEntry.objects.order_by("-id").values_list("digest", flat=True).first() or GENESIS
    entry = AuditEntry(
        at=clock.now(),
        actor_kind=actor.kind,
        actor_id=actor.user_id,
        actor_name=actor.name,
        action=action,
        subject_type=subject._meta.label_lower if subject is not None else "",
        subject_key=str(getattr(subject, "key", None) or getattr(subject, "pk", "") or ""),
        data=json.loads(json.dumps(data, cls=DjangoJSONEncoder)),
        previous=last,
    )
    entry.digest = digest_of(entry)
    entry.save(force_insert=True)
    return entry


def digest_of(entry: AuditEntry) -> str:
    """SHA-256 of the entry with the digest before it, in hex."""
    content: dict[str, Any] = {name: getattr(entry, name) for name in _FIELDS}
    content |= {"at": entry.at.isoformat(), "data": entry.data, "previous": entry.previous}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check of the chain found: how many entries hold, and the id of the first that does not.

    `heads` counts the ends written down on earlier days; `missing` are the days whose end is not in the
    chain any more, or whose note was tampered with: entries were cut off or the whole chain was made anew.
    """

    entries: int
    broken_at: int | None
    head: str
    heads: int = 0
    missing: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether nothing was changed, inserted, removed or cut off."""
        return self.broken_at is None and not self.missing


def verify() -> Verified:
    """Walk the whole chain and compare it with the ends that were written down (see `heads`).

    An entry changed, removed or inserted breaks the chain where it stands; entries cut off the end are
    missed by the heads of the days they were there.
    """
    from peakend.server.acting.heads import written_heads

    heads = list(written_heads())
    wanted = {head.entry for head in heads}
    at: dict[int, tuple[int, str]] = {}
    previous, count, broken = GENESIS, 0, None
    with transaction.atomic():
        for entry in AuditEntry.objects.order_by("id").iterator(chunk_size=2000):
            if entry.previous != previous or digest_of(entry) != entry.digest:
                broken = entry.pk
                break
            previous, count = entry.digest, count + 1
            if entry.pk in wanted:
                at[entry.pk] = (count, entry.digest)
    missing = {
        head.day or "?"
        for head in heads
        if not head.holds()
        or (at.get(head.entry) != (head.entries, head.digest) and (broken is None or head.entry < broken))
    }
    return Verified(count, broken, previous, len(heads), tuple(sorted(missing)))
