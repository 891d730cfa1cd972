"""What the worker does for cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from peakend.server.acting.sweeps import sweep
from peakend.server.cases.escalation import escalate_due
from peakend.server.cases.lifecycle import reroute
from peakend.server.cases.models import UNFINISHED, Case

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor


@sweep("cases.escalate", every=30)
def escalate(actor: Actor) -> int:
    """Tell owners, supervisors and CX managers of deadlines that come near or were missed."""
    return escalate_due(actor)


@sweep("cases.route", every=60)
def route_again(actor: Actor) -> int:
    """Find an owner for cases that have none, or whose owner may no longer sign in."""
    found = 0
    lost = Case.objects.filter(UNFINISHED).filter(Q(owner=None) | Q(owner__is_active=False))
    for key in list(lost.values_list("key", flat=True)[:200]):
        with transaction.atomic():
            found += reroute(actor, key)
    return found
