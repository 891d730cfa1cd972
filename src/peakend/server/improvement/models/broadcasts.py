"""Broadcasts: what customers said, what the company did, and who has read it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from peakend.server.acting.keys import KeyField


class Broadcast(models.Model):
    """ "You said, we did" in both languages (ACT-25). Nothing of it changes once it is sent but `public`."""

    key = KeyField()
    topic = models.ForeignKey("improvement.Topic", models.PROTECT, null=True, related_name="broadcasts")
    title_en = models.CharField(max_length=200)
    title_zh = models.CharField(max_length=200)
    said_en = models.TextField()
    said_zh = models.TextField()
    did_en = models.TextField()
    did_zh = models.TextField()
    # To whom: people of these sites and teams (none: everybody) in these roles (none: every role).
    sites = models.ManyToManyField("company.Site", blank=True, related_name="+")
    teams = models.ManyToManyField("company.Team", blank=True, related_name="+")
    roles = models.JSONField(default=list)
    remind_after_days = models.PositiveSmallIntegerField(default=3)
    public = models.BooleanField(default=False)
    made_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)


class Receipt(models.Model):
    """That somebody was told a broadcast, and when they said they had read it."""

    broadcast = models.ForeignKey(Broadcast, models.CASCADE, related_name="receipts")
    user = models.ForeignKey("people.User", models.CASCADE, related_name="+")
    read_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)  # empty: read, or reminded already

    class Meta:
        constraints = (models.UniqueConstraint(fields=("broadcast", "user"), name="one_receipt_a_reader"),)
        indexes = (
            models.Index(
                fields=("remind_at",), condition=Q(remind_at__isnull=False), name="receipts_to_remind"
            ),
        )
