"""The care calendar: its rules and what they brought about; rules of suggestions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from peakend.server.acting.keys import KeyField


class CareRule(models.Model):
    """When to care, what for, through which channel (ACT-16). Not changed: retired, and another made."""

    key = KeyField()
    stage = models.CharField(max_length=10)  # before, during, after
    trigger = models.CharField(max_length=20)  # see words.TRIGGERS
    days = models.PositiveSmallIntegerField(default=0)
    attribute = models.CharField(max_length=60, blank=True)  # of before_date: which date of the profile
    touchpoint = models.ForeignKey("company.Touchpoint", models.PROTECT, null=True)
    site = models.ForeignKey("company.Site", models.PROTECT, null=True)
    tier = models.CharField(max_length=60, blank=True)  # empty: every class
    name_en = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200)
    purpose = models.CharField(max_length=20)  # of the consent it needs
    action = models.CharField(max_length=12, default="task")  # task, invitation
    channel = models.CharField(max_length=20)
    survey = models.ForeignKey("surveys.Survey", models.PROTECT, null=True)
    text_en = models.TextField()
    text_zh = models.TextField()
    active = models.BooleanField(default=True)
    made_at = models.DateTimeField()  # only what falls due from here on is cared for

    class Meta:
        ordering = ("id",)


class CareTask(models.Model):
    """One occasion of a rule with a customer: a task for staff, or an invitation. Once, whoever sweeps."""

    key = KeyField()
    rule = models.ForeignKey(CareRule, models.PROTECT, related_name="tasks")
    customer = models.ForeignKey(
        "customers.Customer", models.SET_NULL, null=True, related_name="care_tasks", db_index=False
    )
    occasion = models.CharField(max_length=80)
    at = models.DateTimeField()  # when the occasion fell due
    site = models.ForeignKey("company.Site", models.PROTECT, null=True)
    team = models.ForeignKey("company.Team", models.PROTECT, null=True)
    owner = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="care_tasks")
    status = models.CharField(max_length=12, default="open")  # open, done, dropped, invited, spared
    invitation = models.ForeignKey("channels.Invitation", models.SET_NULL, null=True, related_name="+")
    note = models.CharField(max_length=400, blank=True)
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("site",), condition=Q(status="open"), name="care_tasks_to_do"),)
        constraints = (
            models.UniqueConstraint(
                fields=("customer", "rule", "occasion"), name="one_care_task_an_occasion"
            ),
        )


class SuggestionRule(models.Model):
    """If these facts of a customer's profile, then suggest this (ACT-18)."""

    key = KeyField()
    name_en = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200)
    conditions = models.JSONField(default=list)  # [{"fact": …, "op": …, "value": …}], all must hold
    text_en = models.TextField()
    text_zh = models.TextField()
    active = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
