"""What follows from a completed answer within this area: other systems are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.dispatch import receiver

from peakend.server.answering.signals import response_completed
from peakend.server.notices.outbox import announce, is_heard

if TYPE_CHECKING:
    from peakend.server.answering.models import Response


@receiver(response_completed, dispatch_uid="answering.announce")
def completed(sender: object, response: Response, **_: object) -> None:
    """Tell webhooks which answer it is, not what it says.

    Not of an anonymous one: the minute in which it came would tell who gave it. And not where nobody listens:
    a row for every answer that nobody reads costs every customer some waiting.
    """
    if response.survey.anonymous or not is_heard("response.completed"):
        return
    announce(
        "response.completed",
        response.key,
        {
            "survey": response.survey.key,
            "site": response.site.code if response.site else None,
            "touchpoint": response.touchpoint.code if response.touchpoint else None,
            "channel": response.channel,
            "language": response.language,
            "completed_at": response.completed_at.isoformat(),
        },
    )
