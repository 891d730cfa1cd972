"""What the worker does again and again for the area."""

from __future__ import annotations

from peakend.server.acting.actors import Actor
from peakend.server.acting.sweeps import stopping, sweep
from peakend.server.care.models import CareRule
from peakend.server.care.services.calendar import BATCH, apply_rule


@sweep("care.calendar", every=900)
def run_calendar(actor: Actor) -> int:
    """Tasks and invitations of occasions that are due, a hundred a transaction."""
    done = 0
    for key in CareRule.objects.filter(active=True).values_list("key", flat=True):
        while not stopping():
            made = apply_rule(actor=actor, rule=key)
            done += made
            if made < BATCH:
                break
    return done
