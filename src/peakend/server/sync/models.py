"""How far the warehouse follows the site, what was analysed when, and erasures that wait for the
warehouse."""

from __future__ import annotations

from django.db import models

from peakend.server.acting.keys import KeyField


class Watermark(models.Model):
    """How far one kind of rows was brought to the warehouse. Written after the warehouse committed them."""

    name = models.CharField(max_length=40, unique=True)
    row = models.BigIntegerField(default=0)
    at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    data = models.JSONField(default=dict)


class AnalysisRun(models.Model):
    """One run of every analysis: asked for by somebody, or by the night (`day`)."""

    key = KeyField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+")
    day = models.DateField(null=True, unique=True)
    started_at = models.DateTimeField(null=True)
    # Moves while it runs: one that stands still was killed.
    beat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=12, default="waiting")  # waiting, running, done, failed
    done = models.PositiveIntegerField(default=0)  # analyses computed
    unchanged = models.PositiveIntegerField(default=0)
    failed = models.JSONField(default=list)  # [{"name", "en", "zh"}] of analyses that failed
    failure_en = models.CharField(max_length=400, blank=True)
    failure_zh = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ("-id",)


class ErasureInWarehouse(models.Model):
    """A customer to be erased in the warehouse; their id is blanked once the proof stands."""

    key = KeyField()
    customer_id = models.CharField(max_length=120, blank=True)
    reference = models.CharField(max_length=80, blank=True, db_index=True)  # key of the request
    clues = models.JSONField(default=list)  # e-mail, phone, name: what the proof searches for beside the id
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, db_index=True)
    attempts = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    proof = models.JSONField(default=dict)
    failure = models.CharField(max_length=400, blank=True)
