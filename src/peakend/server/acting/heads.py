"""Where the audit ended, written down once a day in three places, so that cutting entries off its end shows.

A row in the database, a line in the site's home and a line in the log. Row and line carry a seal made with
the site's secret key: whoever can only write to the database can take rows away, but not the lines in the
home, and can make up neither.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from peakend.server.acting import clock
from peakend.server.acting.models import AuditEntry, AuditHead
from peakend.server.home import home

_log = logging.getLogger("peakend.audit")


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry (its primary key and digest) on `day` (ISO) and how many entries there were up to it."""

    day: str
    entry: int
    entries: int
    digest: str
    seal: str = ""

    def sealed(self) -> Head:
        """The same with its seal."""
        return Head(self.day, self.entry, self.entries, self.digest, self._made_seal())

    def holds(self) -> bool:
        """Whether the seal was made by this site's key for exactly this head."""
        return constant_time_compare(self.seal, self._made_seal())

    def _made_seal(self) -> str:
        content = f"{self.day}|{self.entry}|{self.entries}|{self.digest}"
        return salted_hmac("peakend.audit.head", content, algorithm="sha256").hexdigest()


def heads_file() -> Path:
    """The file in the site's home with one JSON object a line, one line a day."""
    return home().folder / "audit_heads.jsonl"


def write_head() -> Head | None:
    """Write down where the audit ends today; None where it is written already or the audit is empty."""
    day = clock.now().astimezone(UTC).date()
    if AuditHead.objects.filter(day=day).exists():
        return None
    last = AuditEntry.objects.order_by("-id").first()
    if last is None:
        return None
    count = AuditEntry.objects.filter(pk__lte=last.pk).count()
    head = Head(day.isoformat(), last.pk, count, last.digest).sealed()
    try:
        with transaction.atomic():
            AuditHead.objects.create(
                day=day, entry=head.entry, entries=head.entries, digest=head.digest, seal=head.seal
            )
    except IntegrityError:  # another worker was first
        return None
    with heads_file().open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(head)) + "\n")
    _log.info("audit head", extra=asdict(head))
    return head


def written_heads() -> Iterator[Head]:
    """Every head in the database and in the home, whatever its seal; a broken line has none that holds."""
    for row in AuditHead.objects.order_by("day"):
        yield Head(row.day.isoformat(), row.entry, row.entries, row.digest, row.seal)
    file = heads_file()
    if file.exists():
        for line in file.read_text("utf-8").splitlines():
            try:
                yield Head(**json.loads(line))
            except (ValueError, TypeError):
                yield Head("", 0, 0, "")
