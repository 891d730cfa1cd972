"""Saying no: to one survey, or to all of them. The secret in the link is the right to do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.errors import NotFoundError
from peakend.server.acting.services import service
from peakend.server.channels.links import digest_of
from peakend.server.channels.models import Invitation
from peakend.server.channels.policies import DECLINE
from peakend.server.customers.consents import last_word
from peakend.server.customers.models import Consent

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor

_OPEN = ("sent", "opened", "started", "bounced")


def invitation_behind(secret: str) -> Invitation:
    """The invitation whose link holds `secret`; `NotFoundError` for any other text."""
    rows = Invitation.objects.select_related("survey", "customer")
    found = rows.filter(digest=digest_of(secret)).first()
    if found is None:
        raise NotFoundError(Text("invitation", "邀请"))
    return found


@service(DECLINE, audited=False)
def decline(*, actor: Actor, secret: str, everything: bool) -> Invitation:
    """Decline this invitation and, with `everything`, all surveys. A second time changes nothing.

    What was answered stays answered. The refusal is an append-only consent row.
    """
    found = invitation_behind(secret)
    Invitation.objects.filter(pk=found.pk, status__in=_OPEN).update(status="declined", remind_at=None)
    if everything and found.customer is not None:
        word = last_word(found.customer, "survey", "")
        if word is None or word.status != "withdrawn":
            Consent.objects.create(
                customer=found.customer,
                purpose="survey",
                channel="",
                status="withdrawn",
                source=f"invitation {found.key}",
                at=clock.now(),
            )
    found.refresh_from_db()
    return found
