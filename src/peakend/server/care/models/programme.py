"""The care programme: its standards, and goals by class of customer."""

from __future__ import annotations

from django.db import models

from peakend.server.acting.keys import KeyField


class CareItem(models.Model):
    """A standard of care at a stage of the exchange, in one of four scopes (ACT-09, ACT-10).

    `metric` is a code of improvement's metrics where customers' answers measure it; else `measure` says how.
    """

    key = KeyField()
    stage = models.CharField(max_length=20)  # design, packaging, delivery, service
    scope = models.CharField(max_length=20)  # see words.SCOPES
    name_en = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200)
    metric = models.CharField(max_length=30, blank=True)
    measure = models.CharField(max_length=200, blank=True)
    at_least = models.BooleanField(default=True)  # False: at most
    threshold = models.FloatField()
    owner = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    touchpoint = models.ForeignKey("company.Touchpoint", models.PROTECT, null=True)
    site = models.ForeignKey("company.Site", models.PROTECT, null=True)  # empty: the whole company
    active = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)


class ClassGoal(models.Model):
    """What is to be reached with a class of customers (ACT-04); `tier` as customers have it."""

    key = KeyField()
    tier = models.CharField(max_length=60, db_index=True)
    metric = models.CharField(max_length=30)
    target = models.FloatField()
    starts_on = models.DateField()
    until = models.DateField()
    owner = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    note = models.CharField(max_length=400, blank=True)
    active = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("tier", "id")


class GoalStep(models.Model):
    """How operations are adjusted to reach a goal."""

    key = KeyField()
    goal = models.ForeignKey(ClassGoal, models.CASCADE, related_name="steps")
    what = models.CharField(max_length=300)
    owner = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    until = models.DateField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
