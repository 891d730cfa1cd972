"""The outer loop: topics with evidence and causes, the changes asked for, and the cycle they belong to."""

from __future__ import annotations

from django.db import models

from peakend.server.acting.keys import KeyField


class LoopCycle(models.Model):
    """One turn of the loop: listen, select, allocate, act, review (ACT-08). Each stage leaves evidence."""

    key = KeyField()
    name = models.CharField(max_length=200)
    site = models.ForeignKey("company.Site", models.PROTECT, null=True)
    stage = models.CharField(max_length=20, default="listen")  # …, review, closed
    opened_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)


class CycleStage(models.Model):
    """What a stage of a cycle came to. Written once, when the cycle leaves the stage."""

    cycle = models.ForeignKey(LoopCycle, models.CASCADE, related_name="stages")
    stage = models.CharField(max_length=20)
    evidence = models.TextField()
    by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("cycle", "stage"), name="one_evidence_a_stage"),)


class Topic(models.Model):
    """Something customers meet again and again, with its cause and the fix (ACT-24)."""

    key = KeyField()
    title = models.CharField(max_length=300)
    theme = models.CharField(max_length=80, blank=True)  # a code of themes.THEMES, or the company's own word
    description = models.TextField(blank=True)
    # raised → accepted → doing → done → checked; declined with a reason from any of the first three
    status = models.CharField(max_length=20, default="raised", db_index=True)
    whys = models.JSONField(default=list)  # up to five answers, each the why of the one before
    cause = models.CharField(max_length=200, blank=True)
    site = models.ForeignKey("company.Site", models.PROTECT, null=True)
    team = models.ForeignKey("company.Team", models.PROTECT, null=True)
    touchpoint = models.ForeignKey("company.Touchpoint", models.PROTECT, null=True)
    department = models.CharField(max_length=120, blank=True)
    owner = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    resources = models.TextField(blank=True)
    planned_change = models.TextField(blank=True)
    cycle = models.ForeignKey(LoopCycle, models.PROTECT, null=True, related_name="topics")
    raised_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    raised_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    review_on = models.DateField(null=True)
    review_told_at = models.DateTimeField(null=True)
    review_result = models.TextField(blank=True)
    review_verdict = models.CharField(max_length=20, blank=True)  # worked, partly, not
    reason = models.CharField(max_length=400, blank=True)  # of a decline
    changed_at = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        ordering = ("-id",)


class TopicStep(models.Model):
    """What happened to a topic, in order. Append-only."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="steps")
    status = models.CharField(max_length=20)
    note = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)


class TopicEvidence(models.Model):
    """One voice behind a topic: exactly one of a case, a response, a public comment, an informal note."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="evidence")
    case = models.ForeignKey("cases.Case", models.CASCADE, null=True, related_name="+")
    response = models.ForeignKey("answering.Response", models.CASCADE, null=True, related_name="+")
    comment = models.ForeignKey("improvement.Comment", models.CASCADE, null=True, related_name="+")
    note = models.ForeignKey("improvement.Note", models.CASCADE, null=True, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = tuple(
            models.UniqueConstraint(fields=("topic", kind), name=f"one_{kind}_a_topic")
            for kind in ("case", "response", "comment", "note")
        )


class ChangeRequest(models.Model):
    """A change that somebody wants approved, weighed for the company and for the customer (ACT-03).

    Effects are −1 (worse), 0 (nothing) or 1 (better).
    """

    key = KeyField()
    title = models.CharField(max_length=300)
    description = models.TextField(blank=True)
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, related_name="changes")
    site = models.ForeignKey("company.Site", models.PROTECT, null=True)
    touchpoint = models.ForeignKey("company.Touchpoint", models.PROTECT, null=True)
    company_benefit = models.TextField()
    company_effect = models.SmallIntegerField()
    customer_benefit = models.TextField()
    customer_effect = models.SmallIntegerField()
    cost = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, default="CNY")
    status = models.CharField(max_length=20, default="asked", db_index=True)  # asked, approved, refused
    asked_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, db_index=True)
    decision_note = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ("-id",)

    @property
    def verdict(self) -> str:
        """win_win, trade_off or lose_lose. What helps neither side is lose-lose, even if it harms nobody."""
        if self.company_effect > 0 and self.customer_effect > 0:
            return "win_win"
        return "trade_off" if self.company_effect > 0 or self.customer_effect > 0 else "lose_lose"
