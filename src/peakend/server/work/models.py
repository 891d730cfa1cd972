"""What the worker tells of itself: who works, and how each sweep went last."""

from __future__ import annotations

from django.db import models

from peakend.server.acting.keys import KeyField


class Worker(models.Model):
    """One process of the worker. `beat_at` moves while it lives; `doing` is the sweep under way."""

    key = KeyField()
    host = models.CharField(max_length=120)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField(db_index=True)
    doing = models.CharField(max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True)


class SweepRun(models.Model):
    """How one sweep went last, whichever worker ran it."""

    name = models.CharField(max_length=80, unique=True)
    every = models.FloatField()
    ran_at = models.DateTimeField(null=True)
    seconds = models.FloatField(default=0)
    rows = models.PositiveIntegerField(default=0)
    # The last run that settled anything, and all rows ever.
    busy_at = models.DateTimeField(null=True)
    total = models.PositiveBigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)  # in a row
    failed_at = models.DateTimeField(null=True)
    failure_en = models.CharField(max_length=400, blank=True)
    failure_zh = models.CharField(max_length=400, blank=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("name",)
