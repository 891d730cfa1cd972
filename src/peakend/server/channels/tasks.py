"""What the worker does for channels. Every row settles in its own short transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.server.acting.sweeps import sweep
from peakend.server.channels import sending, silence, waves
from peakend.server.channels.models import Place

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor


@sweep("channels.send", every=10)
def send(actor: Actor) -> int:
    """Send, delay or suppress what is due."""
    return sum(sending.send_one(actor=actor, invitation=one) for one in sending.due())


@sweep("channels.remind", every=300)
def remind(actor: Actor) -> int:
    """Remind, once, those who have not answered."""
    return sum(sending.remind_one(actor=actor, invitation=one) for one in sending.to_remind())


@sweep("channels.waves", every=60)
def run_waves(actor: Actor) -> int:
    """Open waves, draw their samples, end them."""
    moved = waves.open_and_close(actor=actor)
    looked_at = sum(waves.queue_some(actor=actor, wave=one) for one in waves.to_queue())
    return moved + looked_at + waves.spare_late()


@sweep("channels.silence", every=900)
def hear(actor: Actor) -> int:
    """Count answers of places and tell of those that fell silent."""
    changed, after = 0, 0
    while True:
        rows = Place.objects.filter(active=True, pk__gt=after).select_related("site").order_by("pk")
        some = list(rows[: silence.BATCH])
        if not some:
            return changed
        changed += silence.listen(some)
        after = some[-1].pk
