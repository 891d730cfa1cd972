"""What has to be told: to people on their page, to mailboxes, to other systems. Rows that carry their own
truth."""

from __future__ import annotations

from django.db import models

from peakend.server.acting.keys import KeyField


class Event(models.Model):
    """Something that happened, as webhooks tell it. Written in the transaction of what happened; `key` is
    its id."""

    key = KeyField()
    name = models.CharField(max_length=80)  # case.opened, response.completed, …
    subject = models.CharField(max_length=80)  # key of what it is about
    payload = models.JSONField(default=dict)
    at = models.DateTimeField()
    spread = models.BooleanField(default=False)  # whether deliveries were made for every subscriber

    class Meta:
        indexes = (models.Index(fields=("id",), condition=models.Q(spread=False), name="events_to_spread"),)


class Mail(models.Model):
    """One e-mail in the outbox: `due_at` says when it is tried next; empty once it is sent or given up.

    Whoever tries it first moves `due_at` on by a lease: nobody else tries it meanwhile, and where the process
    dies it is tried again once the lease is over.
    """

    key = KeyField()  # its Message-ID: a second try of one that went through shows as the same
    to = models.EmailField()
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    reference = models.CharField(max_length=80, blank=True, db_index=True)  # key of what it is about
    due_at = models.DateTimeField(null=True, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=400, blank=True)

    class Meta:
        indexes = (
            # Partial: it holds only what was given up.
            models.Index(
                fields=("id",), condition=models.Q(due_at=None, sent_at=None), name="mails_given_up"
            ),
        )


class Notification(models.Model):
    """A line on somebody's page."""

    key = KeyField()
    user = models.ForeignKey("people.User", models.CASCADE, related_name="notifications")
    title_en = models.CharField(max_length=300)
    title_zh = models.CharField(max_length=300)
    url = models.CharField(max_length=300)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("user",), condition=models.Q(read_at=None), name="notifications_unread"),
        )


class Preference(models.Model):
    """How somebody wants to be told by e-mail of what is new on their page; without a row: every morning."""

    user = models.OneToOneField("people.User", models.CASCADE, related_name="notice_preference")
    digest = models.CharField(max_length=10, default="daily")  # never, daily, weekly
    hour = models.PositiveSmallIntegerField(default=8)  # in `timezone`
    timezone = models.CharField(max_length=60, default="Asia/Shanghai")
    next_at = models.DateTimeField(null=True, db_index=True)
    told_until = models.BigIntegerField(default=0)  # primary key of the last notification in a digest


class Webhook(models.Model):
    """An address of another system that is told of events. Secrets are sealed with the site's key.

    After a renewal `old_secret` signs as well until `old_secret_until`, while the other side changes over.
    """

    key = KeyField()
    name = models.CharField(max_length=200)
    url = models.CharField(max_length=500)
    secret = models.CharField(max_length=400)
    old_secret = models.CharField(max_length=400, blank=True)
    old_secret_until = models.DateTimeField(null=True)
    events = models.JSONField(default=list)  # names, or "case.*", or "*"
    active = models.BooleanField(default=True)
    created_by = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    # While the address fails nothing is tried before `retry_at`; one success forgets both.
    failures = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One event for one webhook: `due_at` says when it is tried next; empty once it arrived or was parked."""

    key = KeyField()
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(Event, models.CASCADE, related_name="deliveries")
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    # Trying goes on for so long from here: a replay begins anew.
    since = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)  # of the last answer
    seconds = models.FloatField(null=True)
    failure = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("webhook", "event"), name="one_delivery_an_event"),)
        indexes = (
            models.Index(
                fields=("webhook", "id"),
                condition=models.Q(due_at__isnull=False),
                name="deliveries_waiting",
            ),
            models.Index(fields=("webhook", "-id"), name="deliveries_of_webhook"),
        )

    @property
    def state(self) -> str:
        """delivered, parked or waiting."""
        return "delivered" if self.delivered_at else "waiting" if self.due_at else "parked"
