"""Promises to customers, every version of their claim and terms, and whether they were kept."""

from __future__ import annotations

from django.db import models

from peakend.server.acting.keys import KeyField


class Promise(models.Model):
    """Something advertised to customers (ACT-05); what it says and costs stands in its versions."""

    key = KeyField()
    code = models.SlugField(max_length=60, unique=True)
    name_en = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200)
    owner = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    touchpoint = models.ForeignKey("company.Touchpoint", models.PROTECT, null=True)
    kept_at_least = models.FloatField(default=0.9)  # share of uses that must be kept
    status = models.CharField(max_length=20, default="draft")  # draft, launched, ended
    made_at = models.DateTimeField()
    launched_at = models.DateTimeField(null=True)
    launched_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    alerted_at = models.DateTimeField(null=True)  # the owner was told that it is broken too often

    class Meta:
        ordering = ("-id",)


class PromiseVersion(models.Model):
    """Claim, terms, eligibility and economics from a day on. Never changed: a change makes the next one."""

    promise = models.ForeignKey(Promise, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    in_force_from = models.DateField()
    change_note = models.CharField(max_length=400, blank=True)
    claim_en = models.TextField()  # as advertised
    claim_zh = models.TextField()
    channels = models.JSONField(default=list)  # where it is advertised, in the company's words
    eligible = models.CharField(max_length=300, blank=True)  # who, in words
    tiers = models.JSONField(default=list)  # customers' tiers that are eligible; none: every customer
    eligible_customers = models.PositiveBigIntegerField(null=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    unit_cost = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, default="CNY")
    budget_year = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    capacity_month = models.PositiveBigIntegerField(null=True)  # uses a month that can be served
    # What is expected before anybody used it; `observed` takes the touchpoint's interactions instead.
    observed = models.BooleanField(default=False)
    share_low = models.FloatField(null=True)
    share_likely = models.FloatField(null=True)
    share_high = models.FloatField(null=True)
    uses_low = models.FloatField(null=True)
    uses_likely = models.FloatField(null=True)
    uses_high = models.FloatField(null=True)
    # Why it went to customers although the check said no.
    override_reason = models.CharField(max_length=1000, blank=True)
    override_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    override_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=("promise", "number"), name="one_promise_version_a_number"),
        )


class PromiseItem(models.Model):
    """One item of a version: what is claimed and what the terms say. Values as `terms.canonical` has them."""

    version = models.ForeignKey(PromiseVersion, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    name_en = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)  # number, yes_no, text
    better = models.CharField(max_length=10, default="more")  # for the customer: more, less
    unit_en = models.CharField(max_length=60, blank=True)
    unit_zh = models.CharField(max_length=60, blank=True)
    claimed = models.CharField(max_length=300, blank=True)  # empty: nothing is said
    terms = models.CharField(max_length=300, blank=True)
    material = models.BooleanField(default=True)
    same_meaning = models.BooleanField(default=False)  # two texts that differ only in words
    caps_uses = models.BooleanField(default=False)  # how often a year one customer may use it

    class Meta:
        ordering = ("version", "position")
        constraints = (
            models.UniqueConstraint(fields=("version", "position"), name="one_promise_item_a_position"),
        )


class PromiseUse(models.Model):
    """Once somebody asked for what was promised: kept or denied. Nothing here says who the customer is."""

    key = KeyField()
    promise = models.ForeignKey(Promise, models.PROTECT, related_name="uses")
    kept = models.BooleanField()
    reason = models.CharField(max_length=30, blank=True)  # of a denial: a code of words.DENIALS
    day = models.DateField()
    site = models.ForeignKey("company.Site", models.PROTECT)
    case = models.ForeignKey("cases.Case", models.SET_NULL, null=True, related_name="+")
    by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("promise", "day"), name="uses_of_a_promise"),)
