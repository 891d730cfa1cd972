"""Win-back: lost customers drawn into two arms before anybody is contacted, and what came of each."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from peakend.server.acting.keys import KeyField


class Campaign(models.Model):
    """An offer to customers who stay away (ACT-19). Once drawn, nothing of it changes but its status."""

    key = KeyField()
    name_en = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200)
    offer_en = models.CharField(max_length=1000)
    offer_zh = models.CharField(max_length=1000)
    site = models.ForeignKey("company.Site", models.PROTECT, null=True, related_name="+")
    survey = models.ForeignKey("surveys.Survey", models.PROTECT, null=True, related_name="+")
    # Who: tiers (none: every tier), and days without any interaction.
    tiers = models.JSONField(default=list)
    away_days = models.PositiveSmallIntegerField()
    channels = models.JSONField(default=list)  # in this order: email, sms, link, api, phone
    holdout_share = models.FloatField()
    seed = models.PositiveBigIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()  # last day of contacts
    window_days = models.PositiveSmallIntegerField()
    return_kinds = models.JSONField(default=list)  # kinds of interaction that count; none: any
    smallest = models.FloatField()  # smallest uplift worth it, a share
    expected = models.FloatField()  # share expected to come back anyway
    contact_cost = models.DecimalField(max_digits=14, decimal_places=2)
    offer_cost = models.DecimalField(max_digits=14, decimal_places=2)
    worth = models.DecimalField(max_digits=14, decimal_places=2, null=True)  # of a customer who is back
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=12, default="planned", db_index=True)  # planned, running, ended
    made_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    assigned_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name_en


class Assignment(models.Model):
    """One customer in one arm, for good. After an erasure the row stays, without the person."""

    key = KeyField()
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="assignments")
    customer = models.ForeignKey("customers.Customer", models.SET_NULL, null=True, related_name="+")
    stratum = models.CharField(max_length=60, blank=True)
    arm = models.CharField(max_length=8)  # treated, held
    # Empty in the arm held out; else waiting, invited, to_call, called, suppressed.
    contact = models.CharField(max_length=12, blank=True)
    channel = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=20, blank=True)  # why nobody contacted them: see channels.ledger
    invitation = models.ForeignKey("channels.Invitation", models.SET_NULL, null=True, related_name="+")
    contact_after = models.DateTimeField(null=True)  # quiet hours
    call_outcome = models.CharField(max_length=20, blank=True)
    called_at = models.DateTimeField(null=True)
    called_by = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    settled = models.BooleanField(default=False)
    returned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("campaign", "customer"), name="one_arm_a_customer_and_campaign"),
        )
        indexes = (
            models.Index(fields=("id",), condition=Q(contact="waiting"), name="winback_to_contact"),
            models.Index(fields=("campaign", "arm"), name="winback_by_arm"),
        )
