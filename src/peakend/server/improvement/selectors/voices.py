"""Informal notes and public comments."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from peakend.language import Text
from peakend.server.acting.actors import Actor
from peakend.server.acting.policies import within
from peakend.server.improvement.models import Comment, CommentPage, Note
from peakend.server.improvement.selectors import one

OPEN_COMMENTS = ("new", "working")


def notes(actor: Actor) -> QuerySet[Note]:
    """Notes of the actor's sites and teams, and those the actor wrote."""
    rows = Note.objects.select_related("touchpoint", "site", "team__site", "customer", "by")
    if actor.reach.everything:
        return rows
    return rows.filter(
        Q(site_id__in=actor.reach.sites) | Q(team_id__in=actor.reach.teams) | Q(by_id=actor.user_id)
    )


def get_note(actor: Actor, key: str) -> Note:
    """The note; `NotFoundError` outside the actor's reach."""
    return one(notes(actor), Text("Note", "记录"), key=key)


def comments(actor: Actor) -> QuerySet[Comment]:
    """Comments on pages of the actor's sites; those on the company's page for who sees everything."""
    return within(actor, Comment.objects.select_related("page", "site", "case", "worked_by"), team=None)


def get_comment(actor: Actor, key: str) -> Comment:
    """The comment; `NotFoundError` outside the actor's reach."""
    return one(comments(actor), Text("Comment", "意见"), key=key)


def pages(actor: Actor) -> QuerySet[CommentPage]:
    """Pages of the actor's sites."""
    return within(actor, CommentPage.objects.select_related("site"), team=None)


def get_page(key: str) -> CommentPage:
    """A public page, for anybody who has its address."""
    return one(CommentPage.objects.select_related("site"), Text("Page", "页面"), key=key)


def published(page: CommentPage) -> QuerySet[Comment]:
    """What everybody may read on the page, the newest first."""
    return page.comments.filter(status="published", publish=True)
