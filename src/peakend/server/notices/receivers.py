"""What the outbox takes from areas to the left."""

from __future__ import annotations

from django.dispatch import receiver

from peakend.server.notices.outbox import send_mail
from peakend.server.people.signals import letter_written


@receiver(letter_written)
def _queue_letter(to: str, subject: str, text: str, reference: str, **_: object) -> None:
    """Links of invitations and forgotten passwords go out like every e-mail."""
    send_mail(to, subject, text, reference=reference)
