"""Notifications of whoever asks; webhooks, deliveries and mails for administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.db.models import Min, Q, QuerySet

from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import NotFoundError
from peakend.server.notices.models import Delivery, Event, Mail, Notification, Webhook

UNREAD_MOST = 99


def notifications(actor: Actor, *, unread: bool = False) -> QuerySet[Any]:
    """The actor's own notifications."""
    rows = Notification.objects.filter(user_id=actor.user_id)
    return rows.filter(read_at=None) if unread else rows


def unread_count(actor: Actor) -> int:
    """How many of them are unread, counted up to one over `UNREAD_MOST`."""
    if actor.user_id is None:
        return 0
    return notifications(actor, unread=True).order_by()[: UNREAD_MOST + 1].count()


def get_notification(actor: Actor, key: str) -> Notification:
    """One of the actor's own; `NotFoundError` for anybody else's."""
    found = notifications(actor).filter(key=key).first()
    if found is None:
        raise NotFoundError
    return cast(Notification, found)


def webhooks(actor: Actor) -> QuerySet[Any]:
    """Every webhook: they tell of the whole company, so who sees a part of it sees none."""
    return Webhook.objects.all() if actor.reach.everything else Webhook.objects.none()


def get_webhook(actor: Actor, key: str) -> Webhook:
    """The webhook with the key; `NotFoundError` otherwise."""
    found = webhooks(actor).filter(key=key).first()
    if found is None:
        raise NotFoundError
    return cast(Webhook, found)


def deliveries(actor: Actor, webhook: Webhook, state: str = "") -> QuerySet[Any]:
    """The deliveries of a webhook, with their events; `state` is delivered, waiting, parked or empty."""
    rows = Delivery.objects.filter(webhook__in=webhooks(actor), webhook_id=webhook.pk).select_related("event")
    wanted = {
        "delivered": Q(delivered_at__isnull=False),
        "waiting": Q(due_at__isnull=False),
        "parked": Q(due_at=None, delivered_at=None),
    }
    return rows.filter(wanted[state]) if state in wanted else rows


def get_delivery(actor: Actor, webhook: str, key: str) -> Delivery:
    """A delivery of the webhook; `NotFoundError` otherwise."""
    found = deliveries(actor, get_webhook(actor, webhook)).filter(key=key).first()
    if found is None:
        raise NotFoundError
    return cast(Delivery, found)


def mails(actor: Actor, state: str = "waiting") -> QuerySet[Any]:
    """E-mails of the outbox: `state` is waiting, failed or sent."""
    rows = Mail.objects.all() if actor.reach.everything else Mail.objects.none()
    if state == "failed":
        return rows.filter(due_at=None, sent_at=None)
    return rows.filter(sent_at__isnull=False) if state == "sent" else rows.filter(due_at__isnull=False)


def get_mail(actor: Actor, key: str) -> Mail:
    """The mail with the key; `NotFoundError` otherwise."""
    rows = Mail.objects.filter(key=key) if actor.reach.everything else Mail.objects.none()
    found = rows.first()
    if found is None:
        raise NotFoundError
    return cast(Mail, found)


@dataclass(frozen=True, slots=True)
class Outbox:
    """How the outbox stands. The oldest due times are None where nothing is due; `server`: whether mails
    can leave."""

    server: bool
    mails_waiting: int
    mails_failed: int
    mail_due_since: datetime | None
    events_to_spread: int
    event_since: datetime | None
    deliveries_waiting: int
    delivery_due_since: datetime | None
    deliveries_parked: int


def outbox() -> Outbox:
    """The outbox now; for pages of administrators, readiness and metrics."""
    now = clock.now()
    waiting = Mail.objects.filter(due_at__isnull=False)
    spread = Event.objects.filter(spread=False)
    open_ = Delivery.objects.filter(due_at__isnull=False, webhook__active=True)
    return Outbox(
        server=bool(settings.EMAIL_URL),
        mails_waiting=waiting.count(),
        mails_failed=Mail.objects.filter(due_at=None, sent_at=None).count(),
        mail_due_since=waiting.filter(due_at__lte=now).aggregate(at=Min("due_at"))["at"],
        events_to_spread=spread.count(),
        event_since=spread.order_by("pk").values_list("at", flat=True).first(),
        deliveries_waiting=open_.count(),
        delivery_due_since=open_.filter(due_at__lte=now).aggregate(at=Min("due_at"))["at"],
        deliveries_parked=Delivery.objects.filter(due_at=None, delivered_at=None).count(),
    )
