"""The audit chain and the keys of requests that may be repeated."""

from __future__ import annotations

from django.db import models


class AuditEntry(models.Model):
    """One thing done by somebody; each entry holds the hash of the one before."""

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=20)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200)
    action = models.CharField(max_length=80, db_index=True)
    subject_type = models.CharField(max_length=80)
    subject_key = models.CharField(max_length=80, db_index=True)
    data = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ("id",)


class RepeatableRequest(models.Model):
    """An unsafe call of the API that named an idempotency key, and what it was answered."""

    caller = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("caller", "name"), name="one_request_a_key"),)


class AuditHead(models.Model):
    """The end of the audit as it was on a day, sealed with the site's key.

    Entries cut off after it are missed.
    """

    day = models.DateField(unique=True)
    entry = models.BigIntegerField()  # primary key of the last entry
    entries = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)

    class Meta:
        ordering = ("day",)
