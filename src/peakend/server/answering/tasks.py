"""What the worker does for answers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection

from peakend.server.acting import clock
from peakend.server.acting.services import service
from peakend.server.acting.sweeps import sweep
from peakend.server.answering.policies import SUBMIT
from peakend.server.channels.models import Invitation

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor


@sweep("answering.unlink", every=6 * 3600)
def unlink(actor: Actor) -> int:
    """Take the last trace that leads from an anonymous answer to its invitation out of PostgreSQL.

    Completing writes both rows in one transaction, whose number PostgreSQL keeps with each row version
    (`xmin`): an administrator of the database could lay one beside the other. Writing all such invitations
    anew in one statement gives them one number. Until then, and in backups taken before, that trace is
    there.
    """
    if connection.vendor != "postgresql":
        return 0
    return _written_anew(actor=actor)


@service(SUBMIT, audited=False)
def _written_anew(*, actor: Actor) -> int:
    rows = Invitation.objects.filter(survey__anonymous=True, status="completed")
    recent = rows.filter(created_at__gte=clock.now() - timedelta(days=100))
    # Few rows in one transaction would still stand beside few answers; the invitations of the last 100 days
    # do not.
    return int(recent.update(status="completed"))
