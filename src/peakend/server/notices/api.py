"""Notifications, webhooks and e-mails for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from peakend.server.acting.errors import NotAllowedError
from peakend.server.notices import selectors, services, webhooks
from peakend.server.notices.digests import preference_of
from peakend.server.notices.events import events
from peakend.server.notices.models import Delivery, Mail, Notification, Preference, Webhook
from peakend.server.notices.policies import OUTBOX, OWN, WEBHOOKS
from peakend.server.people.models import User
from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.paging import cut
from peakend.server.web.problems import gives

router = Router()
Name = Annotated[str, Field(min_length=1, max_length=200)]
Url = Annotated[str, Field(min_length=1, max_length=500)]
EventNames = Annotated[list[Annotated[str, Field(max_length=80)]], Field(min_length=1, max_length=100)]


class NotificationOut(Schema):
    """A line of one's page."""

    key: str
    title_en: str
    title_zh: str
    url: str
    at: datetime
    read_at: datetime | None


class Notifications(Schema):
    """A page of them."""

    items: list[NotificationOut]
    next: str | None
    unread: int


class Listing(Schema):
    """Which page of a list."""

    cursor: str | None = None
    limit: int = Field(50, ge=1, le=200)


class NotificationListing(Listing):
    """`unread`: only those."""

    unread: bool = False


class Counted(Schema):
    """How many rows were touched."""

    count: int


class DigestBody(Schema):
    """How often what is new comes by e-mail, and when."""

    digest: Literal["never", "daily", "weekly"]
    hour: int = Field(8, ge=0, le=23)
    timezone: str = Field("Asia/Shanghai", max_length=60)


class EventOut(Schema):
    """An event one may ask for."""

    name: str
    title_en: str
    title_zh: str


class EventList(Schema):
    """All of them."""

    items: list[EventOut]


class WebhookIn(Schema):
    """A new webhook; `events` are names, `case.*` or `*`."""

    name: Name
    url: Url
    events: EventNames


class WebhookPatch(Schema):
    """What to change."""

    name: Name | None = None
    url: Url | None = None
    events: EventNames | None = None
    active: bool | None = None


class WebhookOut(Schema):
    """A webhook. `failures` in a row; nothing is tried before `retry_at`. Until `old_secret_until` the secret
    before the last renewal signs as well."""

    key: str
    name: str
    url: str
    events: list[str]
    active: bool
    created_at: datetime
    failures: int
    retry_at: datetime | None
    old_secret_until: datetime | None


class WebhookWithSecret(WebhookOut):
    """The only time the secret is told."""

    secret: str


class Webhooks(Schema):
    """A page of webhooks."""

    items: list[WebhookOut]
    next: str | None


class DeliveryOut(Schema):
    """One event for one webhook; `event` is the id the other side sees."""

    key: str
    event: str
    name: str
    state: Literal["waiting", "delivered", "parked"]
    created_at: datetime
    due_at: datetime | None
    delivered_at: datetime | None
    attempts: int
    status: int | None
    seconds: float | None
    failure: str

    @staticmethod
    def resolve_event(row: Delivery) -> str:
        """The key of the event."""
        return str(row.event.key)

    @staticmethod
    def resolve_name(row: Delivery) -> str:
        """The name of the event."""
        return str(row.event.name)


class Deliveries(Schema):
    """A page of the log."""

    items: list[DeliveryOut]
    next: str | None


class DeliveryListing(Listing):
    """`state`: only those."""

    state: Literal["", "waiting", "delivered", "parked"] = ""


class MailOut(Schema):
    """An e-mail of the outbox, without its words."""

    key: str
    to: str
    subject: str
    reference: str
    due_at: datetime | None
    attempts: int
    sent_at: datetime | None
    failure: str


class Mails(Schema):
    """A page of e-mails."""

    items: list[MailOut]
    next: str | None


class MailListing(Listing):
    """Which e-mails."""

    state: Literal["waiting", "failed", "sent"] = "waiting"


@router.get("/notifications", response=gives(Notifications))
@acts(OWN)
def notifications(request: HttpRequest, listing: Query[NotificationListing]) -> dict[str, Any]:
    """One's own, newest first."""
    actor = actor_of(request)
    items, after = cut(selectors.notifications(actor, unread=listing.unread), listing.cursor, listing.limit)
    return {"items": items, "next": after, "unread": selectors.unread_count(actor)}


@router.post("/notifications/read", response=gives(Counted))
@acts(OWN)
def read_all(request: HttpRequest) -> dict[str, int]:
    """Mark all as read."""
    return {"count": services.mark_all_read(actor=actor_of(request))}


@router.get("/notifications/digest", response=gives(DigestBody))
@acts(OWN)
def digest(request: HttpRequest) -> Preference:
    """How one is told by e-mail."""
    user = User.objects.filter(pk=actor_of(request).user_id).first()
    if user is None:
        raise NotAllowedError(OWN)
    return preference_of(user)


@router.put("/notifications/digest", response=gives(DigestBody))
@acts(OWN)
def choose_digest(request: HttpRequest, body: DigestBody) -> Preference:
    """Change it."""
    return services.choose_digest(actor=actor_of(request), **body.dict())


@router.post("/notifications/{key}/read", response=gives(NotificationOut))
@acts(OWN)
def read(request: HttpRequest, key: str) -> Notification:
    """Mark one as read."""
    return services.mark_read(actor=actor_of(request), key=key)


@router.get("/webhooks/events", response=gives(EventList))
@acts(WEBHOOKS)
def event_names(request: HttpRequest) -> dict[str, Any]:
    """The events there are."""
    return {"items": [{"name": name, "title_en": t.en, "title_zh": t.zh} for name, t in events().items()]}


@router.get("/webhooks", response=gives(Webhooks))
@acts(WEBHOOKS)
def list_webhooks(request: HttpRequest, listing: Query[Listing]) -> dict[str, Any]:
    """Every webhook, newest first."""
    items, after = cut(selectors.webhooks(actor_of(request)), listing.cursor, listing.limit)
    return {"items": items, "next": after}


@router.post("/webhooks", response=gives(WebhookWithSecret, 201))
@acts(WEBHOOKS)
def create_webhook(request: HttpRequest, body: WebhookIn) -> Status[dict[str, Any]]:
    """Add one. The answer holds the secret, this once."""
    made, secret = webhooks.create_webhook(actor=actor_of(request), **body.dict())
    return Status(201, _with_secret(made, secret))


@router.get("/webhooks/{key}", response=gives(WebhookOut))
@acts(WEBHOOKS)
def webhook(request: HttpRequest, key: str) -> Webhook:
    """One webhook."""
    return selectors.get_webhook(actor_of(request), key)


@router.patch("/webhooks/{key}", response=gives(WebhookOut))
@acts(WEBHOOKS)
def change_webhook(request: HttpRequest, key: str, body: WebhookPatch) -> Webhook:
    """Change one."""
    return webhooks.change_webhook(actor=actor_of(request), key=key, **body.dict())


@router.delete("/webhooks/{key}", response=gives(None, 204))
@acts(WEBHOOKS)
def remove_webhook(request: HttpRequest, key: str) -> Status[None]:
    """Remove one with its log."""
    webhooks.remove_webhook(actor=actor_of(request), key=key)
    return Status(204, None)


@router.post("/webhooks/{key}/secret", response=gives(WebhookWithSecret))
@acts(WEBHOOKS)
def renew_secret(request: HttpRequest, key: str) -> dict[str, Any]:
    """Another secret; for 24 hours the old one signs as well, `webhook-signature` has both."""
    return _with_secret(*webhooks.renew_secret(actor=actor_of(request), key=key))


@router.delete("/webhooks/{key}/old-secret", response=gives(WebhookOut))
@acts(WEBHOOKS)
def end_old_secret(request: HttpRequest, key: str) -> Webhook:
    """Let the old secret sign nothing any more, at once."""
    return webhooks.end_old_secret(actor=actor_of(request), key=key)


@router.post("/webhooks/{key}/test", response=gives(DeliveryOut, 202))
@acts(WEBHOOKS)
def send_test(request: HttpRequest, key: str) -> Status[Delivery]:
    """Queue an event `webhook.test` for this webhook alone."""
    return Status(202, webhooks.test_webhook(actor=actor_of(request), key=key))


@router.get("/webhooks/{key}/deliveries", response=gives(Deliveries))
@acts(WEBHOOKS)
def deliveries(request: HttpRequest, key: str, listing: Query[DeliveryListing]) -> dict[str, Any]:
    """The log, newest first."""
    actor = actor_of(request)
    rows = selectors.deliveries(actor, selectors.get_webhook(actor, key), listing.state)
    items, after = cut(rows, listing.cursor, listing.limit)
    return {"items": items, "next": after}


@router.post("/webhooks/{key}/replay", response=gives(Counted))
@acts(WEBHOOKS)
def replay_parked(request: HttpRequest, key: str) -> dict[str, int]:
    """Send everything again that was given up."""
    return {"count": webhooks.replay_parked(actor=actor_of(request), webhook=key)}


@router.post("/webhooks/{key}/deliveries/{delivery}/replay", response=gives(DeliveryOut, 202))
@acts(WEBHOOKS)
def replay(request: HttpRequest, key: str, delivery: str) -> Status[Delivery]:
    """Send one again, with the id it had."""
    return Status(202, webhooks.replay(actor=actor_of(request), webhook=key, key=delivery))


@router.get("/mails", response=gives(Mails))
@acts(OUTBOX)
def mails(request: HttpRequest, listing: Query[MailListing]) -> dict[str, Any]:
    """E-mails of the outbox, newest first."""
    items, after = cut(selectors.mails(actor_of(request), listing.state), listing.cursor, listing.limit)
    return {"items": items, "next": after}


@router.post("/mails/{key}/retry", response=gives(MailOut, 202))
@acts(OUTBOX)
def retry_mail(request: HttpRequest, key: str) -> Status[Mail]:
    """Try one again now."""
    return Status(202, services.retry_mail(actor=actor_of(request), key=key))


def _with_secret(row: Webhook, secret: str) -> dict[str, Any]:
    shown = WebhookOut.from_orm(row).dict()
    return {**shown, "secret": secret}
