"""Customers as the site needs them: how to reach them, what they allowed, what they did."""

from __future__ import annotations

from django.db import models

from peakend.server.acting.keys import KeyField


class Customer(models.Model):
    """Somebody the company serves; `customer_id` is theirs in the warehouse and in the company's systems."""

    customer_id = models.CharField(max_length=120, unique=True)
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True, db_index=True)
    phone = models.CharField(max_length=40, blank=True, db_index=True)
    language = models.CharField(max_length=20, blank=True)
    tier = models.CharField(max_length=60, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    site = models.ForeignKey("company.Site", models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True, db_index=True)
    erased_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name or self.customer_id


class Consent(models.Model):
    """What a customer allowed, refused or withdrew for a purpose and a channel. The last word counts."""

    key = KeyField()
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="consents", db_index=False)
    purpose = models.CharField(max_length=60)  # survey, service, marketing, research, quote
    channel = models.CharField(max_length=40, blank=True)  # empty: every channel
    status = models.CharField(max_length=20)  # given, withdrawn, refused
    source = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("customer", "purpose", "at"), name="consents_of_a_customer"),)


class Interaction(models.Model):
    """Something that happened between a customer and the company, as a source tells it. Append-only."""

    event_id = models.CharField(max_length=120, unique=True)
    digest = models.CharField(
        max_length=64, blank=True
    )  # of what was told: the same id with another is a conflict
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, related_name="interactions")
    at = models.DateTimeField(db_index=True)
    touchpoint = models.ForeignKey("company.Touchpoint", models.SET_NULL, null=True)
    kind = models.CharField(max_length=80, blank=True)
    channel = models.CharField(max_length=40, blank=True)
    site = models.ForeignKey("company.Site", models.SET_NULL, null=True)
    team = models.ForeignKey("company.Team", models.SET_NULL, null=True)
    employee_id = models.CharField(max_length=80, blank=True)
    outcome = models.CharField(max_length=80, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)


class Import(models.Model):
    """A file somebody uploaded and read over before it was taken in; emptied once it was, or a day later."""

    key = KeyField()
    kind = models.CharField(max_length=20)  # customers, interactions, consents
    filename = models.CharField(max_length=200)
    user = models.ForeignKey("people.User", models.CASCADE, related_name="+")
    rows = models.JSONField(default=list)
    ignored = models.JSONField(default=list)  # names of columns nobody knows
    counts = models.JSONField(default=dict)  # created, changed, same, refused; once it was taken in
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
