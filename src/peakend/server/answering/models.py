"""What customers answered: one row a questionnaire, its answers in it, and what is still to do with it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from peakend.server.acting.keys import KeyField


class Response(models.Model):
    """A questionnaire begun or finished.

    `answers` maps a question's id (or `id.row` in a matrix, `id.expectation` in a pair) to
    `{"state": "answered"|"not_used"|"no_answer", "score": number, "choice": [codes], "text": words}`,
    each part only where it applies. An anonymous response has neither customer nor invitation, and its
    time is cut to the hour. `place`, `site`, `team`, `touchpoint`, `employee_id` say what it is about,
    `tier` which tier the customer had when it was completed (never of an anonymous one).
    `folded` and `synced` are what the worker still has to do with a completed one: add it to the live
    figures, bring it to the warehouse.
    """

    key = KeyField()  # given by the page that began it: sending it twice changes nothing
    survey = models.ForeignKey("surveys.Survey", models.PROTECT, related_name="responses", db_index=False)
    version = models.ForeignKey("surveys.SurveyVersion", models.PROTECT, db_index=False)
    wave = models.ForeignKey("channels.Wave", models.PROTECT, null=True, db_index=False)
    place = models.ForeignKey("channels.Place", models.PROTECT, null=True, db_index=False)
    invitation = models.OneToOneField("channels.Invitation", models.SET_NULL, null=True)
    customer = models.ForeignKey("customers.Customer", models.SET_NULL, null=True)
    interaction = models.ForeignKey("customers.Interaction", models.SET_NULL, null=True, db_index=False)
    site = models.ForeignKey("company.Site", models.PROTECT, null=True, db_index=False)
    team = models.ForeignKey("company.Team", models.PROTECT, null=True, db_index=False)
    touchpoint = models.ForeignKey("company.Touchpoint", models.PROTECT, null=True, db_index=False)
    employee_id = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=20)
    channel = models.CharField(max_length=20)  # link, qr, kiosk, embed, email, api
    tier = models.CharField(max_length=60, blank=True, default="")
    state = models.CharField(max_length=12, default="started")  # started, partial, completed, screened
    page = models.PositiveSmallIntegerField(default=0)
    answers = models.JSONField(default=dict)
    flags = models.JSONField(default=list)  # speeder, straight_liner, robot
    digest = models.CharField(
        max_length=64, blank=True
    )  # of what was sent: the same key with another is a conflict
    started_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    seconds = models.PositiveIntegerField(null=True)
    folded = models.BooleanField(default=False)
    synced = models.BooleanField(default=False)

    class Meta:
        indexes = (
            models.Index(fields=("survey", "completed_at"), name="responses_by_survey"),
            # Partial: they hold only what waits, so that a million answers done cost a sweep nothing.
            models.Index(
                fields=("id",), condition=Q(folded=False, state="completed"), name="responses_to_fold"
            ),
            models.Index(
                fields=("id",), condition=Q(synced=False, state="completed"), name="responses_to_sync"
            ),
        )
