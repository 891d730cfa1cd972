"""What the worker does for customers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from peakend.server.acting import clock
from peakend.server.acting.sweeps import sweep
from peakend.server.customers.models import Import

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor


@sweep("customers.forget_uploads", every=3600)
def forget_uploads(actor: Actor) -> int:
    """Empty files nobody took in within a day: they hold names and addresses."""
    old = Import.objects.filter(done_at=None, at__lt=clock.now() - timedelta(days=1))
    return old.delete()[0]
