"""What customers asked for their data, what was done, and the proof."""

from __future__ import annotations

from django.db import models

from peakend.server.acting.keys import KeyField


class PrivacyRequest(models.Model):
    """A customer's wish to see or to erase their data (PIPL art. 45 and 47, GDPR art. 15, 17, 20).

    An erasure is done first here, then in the warehouse by the worker; `whose` is blanked once both are
    proven (in their earlier requests too), and `fingerprint` (a keyed hash) remains: a source may bring the
    customer again.
    """

    key = KeyField()
    kind = models.CharField(max_length=12)  # export, erasure
    customer = models.ForeignKey("customers.Customer", models.SET_NULL, null=True, related_name="+")
    whose = models.CharField(max_length=120, blank=True)  # their id in the warehouse
    fingerprint = models.CharField(max_length=64, db_index=True)
    reason = models.CharField(max_length=400, blank=True)
    requested_by = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+")
    requested_at = models.DateTimeField()
    due_at = models.DateTimeField()  # PIPL says promptly, GDPR one month
    site_done_at = models.DateTimeField(null=True)
    warehouse_done_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=400, blank=True)
    proof = models.JSONField(default=dict)
    file = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("-id",)


class RetentionRule(models.Model):
    """How many days a kind of data is kept; after that a sweep removes it."""

    kind = models.CharField(max_length=40, unique=True)
    days = models.PositiveIntegerField()
    changed_at = models.DateTimeField(auto_now=True)
