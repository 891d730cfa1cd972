"""Initiatives: money spent so that customers be happier, and whether they are (ACT-20)."""

from __future__ import annotations

from django.db import models

from peakend.server.acting.keys import KeyField


class Initiative(models.Model):
    """What was tried and what it was to change, set down before the result; judged once, by the worker."""

    key = KeyField()
    name_en = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    metric = models.CharField(max_length=20)  # nps, csat, ces, rating
    touchpoint = models.ForeignKey("company.Touchpoint", models.PROTECT, null=True, related_name="+")
    site = models.ForeignKey("company.Site", models.PROTECT, null=True, related_name="+")
    control_sites = models.ManyToManyField("company.Site", blank=True, related_name="+")
    smallest = models.FloatField()  # smallest change worth it, in the metric's unit
    before_from = models.DateField()
    before_to = models.DateField()
    after_from = models.DateField()
    after_to = models.DateField()
    withdrawn = models.BooleanField(default=False)
    made_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    judged_at = models.DateTimeField(null=True, db_index=True)
    result = models.JSONField(default=dict)  # see judging.Result

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name_en


class Spend(models.Model):
    """Money spent on an initiative on a day."""

    key = KeyField()
    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="spends")
    day = models.DateField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    note = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("day", "id")
