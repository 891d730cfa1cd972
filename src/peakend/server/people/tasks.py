"""What the worker does for people and the audit."""

from __future__ import annotations

from datetime import UTC, timedelta

from django.contrib.sessions.models import Session

from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.heads import write_head
from peakend.server.acting.sweeps import sweep
from peakend.server.people import attempts, sign_ins


@sweep("people.tidy", every=3600)
def tidy(actor: Actor) -> int:
    """Forget counts of failures, ended sessions and cookies that mean nothing any more."""
    expired = Session.objects.filter(expire_date__lt=clock.now().astimezone(UTC) - timedelta(days=1))
    return attempts.forget_old() + sign_ins.forget_old() + int(expired.delete()[0])


@sweep("audit.write_head", every=900)
def write_down_head(actor: Actor) -> int:
    """Write down once a day where the audit ends."""
    return 0 if write_head() is None else 1
