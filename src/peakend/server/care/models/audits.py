"""Care audits of sites: environment, internal marketing, four factors, hard and soft."""

from __future__ import annotations

from django.db import models

from peakend.server.acting.keys import KeyField


class CareAudit(models.Model):
    """One audit of a site on a day (ACT-13, ACT-14, ACT-15). Scores from 0 to 10. Never changed."""

    key = KeyField()
    site = models.ForeignKey("company.Site", models.PROTECT, related_name="care_audits")
    on = models.DateField()
    auditor = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    hard = models.FloatField()  # what is done: the instrumental side
    soft = models.FloatField()  # how it is done: the psychological side
    note = models.TextField(blank=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("-on", "-id")
        constraints = (
            models.UniqueConstraint(fields=("site", "on", "auditor"), name="one_care_audit_a_day"),
        )


class AuditScore(models.Model):
    """One score of an audit: an item of the environment, or one of the four factors with its evidence."""

    audit = models.ForeignKey(CareAudit, models.CASCADE, related_name="scores")
    part = models.CharField(max_length=12)  # environment, factor
    code = models.CharField(max_length=20)
    score = models.FloatField()
    evidence = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("audit", "part", "code"), name="one_care_score_a_code"),
        )


class StaffMeasure(models.Model):
    """What was done for contact staff: internal marketing (ACT-14)."""

    audit = models.ForeignKey(CareAudit, models.CASCADE, related_name="measures")
    what = models.CharField(max_length=300)
    held_on = models.DateField(null=True)  # empty: planned, not held
    invited = models.PositiveIntegerField(default=0)
    attended = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("id",)
