"""What the worker does for privacy: remove what is older than it may be."""

from __future__ import annotations

from django.db import transaction

from peakend.server.acting.actors import Actor
from peakend.server.acting.services import audit
from peakend.server.acting.sweeps import sweep
from peakend.server.privacy.retention import remove_old


@sweep("privacy.remove_old", every=3600)
def remove_what_is_old(actor: Actor) -> int:
    """Remove what its retention rule no longer allows; says so in the audit when anything went."""
    removed = {kind: n for kind, n in remove_old().items() if n}
    if removed:
        with transaction.atomic():
            audit(actor, "privacy.remove_old", None, **removed)
    return sum(removed.values())
