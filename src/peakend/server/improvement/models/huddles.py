"""Huddles: a team's short meeting about what its customers said, with its minutes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from peakend.server.acting.keys import KeyField


class Huddle(models.Model):
    """One meeting. Its agenda is drawn from the facts of [period_from, period_to), which never move."""

    key = KeyField()
    team = models.ForeignKey("company.Team", models.PROTECT, related_name="huddles")
    led_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    period_from = models.DateTimeField()
    period_to = models.DateTimeField()
    status = models.CharField(max_length=20, default="open")  # open, closed
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    attended = models.ManyToManyField("people.User", blank=True, related_name="+")

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("team",), condition=Q(status="open"), name="one_open_huddle_a_team"
            ),
        )


class HuddlePoint(models.Model):
    """A line of the minutes; what was agreed comes back in the next huddle until it is settled."""

    key = KeyField()
    huddle = models.ForeignKey(Huddle, models.CASCADE, related_name="points")
    item = models.CharField(max_length=20)  # feedback, share, raise, follow_up
    kind = models.CharField(max_length=20, default="agreed")  # noted, agreed, unsolved
    text = models.CharField(max_length=1000)
    owner = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=20, default="open")  # open, done, dropped, raised
    topic = models.ForeignKey("improvement.Topic", models.PROTECT, null=True, related_name="points")
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
