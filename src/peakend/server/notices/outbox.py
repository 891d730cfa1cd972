"""Putting things into the outbox. Call these inside the transaction of what happened: both are there or
neither."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection

from peakend.server.acting import clock
from peakend.server.notices.events import wants
from peakend.server.notices.models import Event, Mail, Notification, Webhook

if TYPE_CHECKING:
    from peakend.language import Text
    from peakend.server.people.models import User


def announce(name: str, subject: str, payload: dict[str, Any]) -> Event:
    """Tell other systems that `name` happened to the thing with the key `subject`. No customer's words in
    it."""
    return Event.objects.create(name=name, subject=subject, payload=payload, at=clock.now())


def is_heard(name: str) -> bool:
    """Whether a webhook asks for the event `name`: for events so frequent that nobody's need not be
    written."""
    # Asked at every answer: most sites have none, and Django takes longer to write a query than to ask it.
    with connection.cursor() as cursor:
        cursor.execute("select 1 from notices_webhook where active limit 1")
        if cursor.fetchone() is None:
            return False
    return any(
        wants(events, name) for events in Webhook.objects.filter(active=True).values_list("events", flat=True)
    )


def notify(people: Iterable[User], title: Text, url: str) -> None:
    """A line on the page of each of `people`; `url` is a path of the site."""
    at = clock.now()
    Notification.objects.bulk_create(
        Notification(user=user, title_en=title.en, title_zh=title.zh, url=url, at=at) for user in people
    )


def send_mail(
    to: str,
    subject: str,
    text: str,
    *,
    html: str = "",
    reference: str = "",
    due_at: datetime | None = None,
    headers: dict[str, str] | None = None,
) -> Mail:
    """Queue an e-mail; the worker sends it at `due_at` (None: now) and tries again while the server is
    away."""
    return Mail.objects.create(
        to=to,
        subject=subject,
        text=text,
        html=html,
        reference=reference,
        due_at=due_at or clock.now(),
        headers=headers or {},
    )
