"""What customers say outside of surveys: informal notes, and comments on a public page."""

from __future__ import annotations

from django.db import models

from peakend.server.acting.keys import KeyField


class Note(models.Model):
    """Informal feedback, coded: a staff note, a call note, a post, a chat (LSN-09)."""

    key = KeyField()
    source = models.CharField(max_length=20)  # staff, call, social, chat
    source_key = models.CharField(max_length=200, null=True)  # the source's own id; empty for a note by hand
    digest = models.CharField(max_length=64, blank=True)  # of what the source sent
    at = models.DateTimeField(db_index=True)
    text = models.TextField()
    theme = models.CharField(max_length=80, blank=True)
    sentiment = models.SmallIntegerField(null=True)  # −1, 0, 1; empty: not yet coded
    touchpoint = models.ForeignKey("company.Touchpoint", models.PROTECT, null=True)
    site = models.ForeignKey("company.Site", models.PROTECT, null=True)
    team = models.ForeignKey("company.Team", models.PROTECT, null=True)
    customer = models.ForeignKey("customers.Customer", models.SET_NULL, null=True, related_name="notes")
    by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    coded_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("source", "source_key"), name="one_note_a_source_key"),
        )


class CommentPage(models.Model):
    """A public page where customers comment, of one site or of the company (LSN-12)."""

    key = KeyField()
    site = models.OneToOneField("company.Site", models.PROTECT, null=True, related_name="+")
    title_en = models.CharField(max_length=200)
    title_zh = models.CharField(max_length=200)
    open = models.BooleanField(default=True)
    made_at = models.DateTimeField()


class Comment(models.Model):
    """What a customer wrote in public. `sender` is a hash of today's address, only to slow robots down."""

    key = KeyField()  # given by the form: sending it twice makes one
    page = models.ForeignKey(CommentPage, models.PROTECT, related_name="comments")
    site = models.ForeignKey("company.Site", models.PROTECT, null=True)
    name = models.CharField(max_length=80, blank=True)
    contact = models.CharField(max_length=200, blank=True)  # never public
    text = models.TextField()
    publish = models.BooleanField(default=True)  # whether the customer agreed that it is shown
    status = models.CharField(max_length=20, default="new", db_index=True)
    # new, working, answered, published, rejected
    reply = models.TextField(blank=True)
    reason = models.CharField(max_length=400, blank=True)
    case = models.ForeignKey("cases.Case", models.SET_NULL, null=True, related_name="+")
    worked_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    replied_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)  # answered, published or rejected for the first time
    sender = models.CharField(max_length=64, db_index=True)

    class Meta:
        ordering = ("-id",)
