"""Service standards, KPI schemes of roles, and the goals of people."""

from __future__ import annotations

from django.db import models

from peakend.server.acting.keys import KeyField


class Standard(models.Model):
    """A promise of service the company holds itself to (LSN-13)."""

    key = KeyField()
    name_en = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200)
    metric = models.CharField(max_length=30)  # a code of metrics.METRICS
    at_least = models.BooleanField(default=True)  # False: at most
    threshold = models.FloatField()  # in the metric's unit; shares from 0 to 1
    months = models.PositiveSmallIntegerField(default=3)  # whole calendar months that are looked at
    evidence = models.TextField(blank=True)
    budget = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, default="CNY")
    touchpoint = models.ForeignKey("company.Touchpoint", models.PROTECT, null=True)
    site = models.ForeignKey("company.Site", models.PROTECT, null=True)
    active = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)


class Scheme(models.Model):
    """What people of a role are judged by (ORG-05). One active scheme a role."""

    key = KeyField()
    role = models.CharField(max_length=20)
    name_en = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200)
    service_at_least = models.FloatField(default=0.5)
    sales_at_most = models.FloatField(default=0.2)
    active = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("role",), condition=models.Q(active=True), name="one_active_scheme_a_role"
            ),
        )


class SchemeItem(models.Model):
    """One measure of a scheme with its weight; the weights of a scheme sum to 1."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="items")
    kind = models.CharField(max_length=20)  # service, complaints, sales, other
    name_en = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200)
    weight = models.FloatField()

    class Meta:
        ordering = ("id",)


class Goal(models.Model):
    """What one employee is to reach at a touchpoint (ORG-11)."""

    key = KeyField()
    user = models.ForeignKey("people.User", models.CASCADE, related_name="goals")
    touchpoint = models.ForeignKey("company.Touchpoint", models.PROTECT)
    metric = models.CharField(max_length=30)
    target = models.FloatField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    note = models.CharField(max_length=400, blank=True)
    set_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        ordering = ("user", "touchpoint", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "touchpoint", "metric", "starts_on"), name="one_goal_a_period"
            ),
        )
