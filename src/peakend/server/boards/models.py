"""Counts that grow with every answer, so that nobody has to count a million again; and the views people
keep.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from peakend.server.acting.actors import Role
from peakend.server.acting.keys import KeyField

COLUMNS = tuple(f"c{n}" for n in range(11))
DIMENSIONS = ("site_id", "team_id", "touchpoint_id", "place_id", "language", "channel", "tier")


class ScoreCell(models.Model):
    """How many answers of one question had each score, in one week or month and one corner of the company.

    `c0` … `c10` count the points of the question's scale from its lowest; `option` is empty there. An option
    that was chosen, a state ("~not_used") and a score of a longer scale ("=73") have a row each and count in
    `c0`. The question "" counts responses, its option "~robot" those left out. 0 and "" stand for none: a
    NULL would be unequal to itself in the key.
    """

    survey = models.ForeignKey("surveys.Survey", models.CASCADE, db_index=False)
    span = models.CharField(max_length=5)  # week, month
    starts_on = models.DateField()
    question = models.CharField(max_length=140)
    option = models.CharField(max_length=50)
    version_id = models.BigIntegerField()
    site_id = models.BigIntegerField(default=0)
    team_id = models.BigIntegerField(default=0)
    touchpoint_id = models.BigIntegerField(default=0)
    place_id = models.BigIntegerField(default=0)
    language = models.CharField(max_length=20)
    channel = models.CharField(max_length=20)
    tier = models.CharField(max_length=60)
    c0 = models.BigIntegerField(default=0)
    c1 = models.BigIntegerField(default=0)
    c2 = models.BigIntegerField(default=0)
    c3 = models.BigIntegerField(default=0)
    c4 = models.BigIntegerField(default=0)
    c5 = models.BigIntegerField(default=0)
    c6 = models.BigIntegerField(default=0)
    c7 = models.BigIntegerField(default=0)
    c8 = models.BigIntegerField(default=0)
    c9 = models.BigIntegerField(default=0)
    c10 = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("survey", "span", "starts_on", "question", "option", "version_id", *DIMENSIONS),
                name="one_cell_a_corner",
            ),
        )


class WaitingAnswer(models.Model):
    """An answer to an anonymous survey that is not counted yet.

    Answers to a question are counted ten or more at a time: whoever watches the figure before and after one
    answer learns nothing about it.
    """

    response = models.ForeignKey("answering.Response", models.CASCADE)
    survey = models.ForeignKey("surveys.Survey", models.CASCADE, db_index=False)
    version_id = models.BigIntegerField()
    question = models.CharField(max_length=140)
    option = models.CharField(max_length=50)
    place_in_scale = models.PositiveSmallIntegerField()

    class Meta:
        indexes = (models.Index(fields=("survey", "version_id", "question"), name="waiting_of_question"),)


class FoldMark(models.Model):
    """One row: grows with every change of the counts, so that a reader notices, and lets one process fold
    at a time.
    """

    number = models.PositiveBigIntegerField(default=0)


class SavedView(models.Model):
    """A board with its filters under a name. `role` is whom it is shared with: a role, `everybody`, or
    nobody.
    """

    key = KeyField()
    owner = models.ForeignKey("people.User", models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    board = models.CharField(max_length=120)  # key of a survey, or programme:<name>
    filters = models.JSONField(default=dict)
    role = models.CharField(max_length=20, blank=True)
    default = models.BooleanField(default=False)  # what people of the role see first
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(fields=("owner", "name"), name="one_view_a_name"),
            models.UniqueConstraint(fields=("role",), condition=Q(default=True), name="one_default_a_role"),
        )


EVERYBODY = "everybody"
AUDIENCES = ("", EVERYBODY, *(role.value for role in Role))
