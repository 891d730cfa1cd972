"""Informal notes and public comments for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from peakend.server.improvement import policies
from peakend.server.improvement.api.shapes import (
    Code,
    Cursor,
    Limit,
    Moment,
    Named,
    Short,
    Words,
    Written,
    key_of,
    paged,
)
from peakend.server.improvement.models import Comment, CommentPage, Note
from peakend.server.improvement.selectors import team_key
from peakend.server.improvement.selectors import voices as found
from peakend.server.improvement.services import voices as services
from peakend.server.improvement.words import COMMENT_STATUSES
from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.problems import gives

router = Router()
Theme = Annotated[Short, Field(max_length=80)]
Sentiment = Literal[-1, 0, 1]


class NoteIn(Schema):
    """A note. With `source_key` it is kept once, however often it is sent."""

    source: Literal["staff", "call", "social", "chat"]
    text: Written
    source_key: Annotated[Code, Field(max_length=120)] | None = None
    theme: Theme = ""
    sentiment: Sentiment | None = None
    touchpoint: Code | None = None
    site: Code | None = None
    team: Code | None = None
    customer_id: Annotated[Code, Field(max_length=120)] | None = None
    at: Moment | None = None


class CodingIn(Schema):
    """What a note is about."""

    theme: Annotated[Theme, Field(min_length=1)]
    sentiment: Sentiment
    touchpoint: Code | None = None


class NoteOut(Schema):
    """A note as it is kept."""

    key: str
    source: str
    source_key: str | None
    at: datetime
    text: str
    theme: str
    sentiment: int | None
    touchpoint: str | None
    site: str | None
    team: str | None
    customer_id: str | None
    coded_at: datetime | None


class NotesOut(Schema):
    """A page of notes."""

    items: list[NoteOut]
    next: str | None


def _note(one: Note) -> dict[str, Any]:
    names = ("key", "source", "source_key", "at", "text", "theme", "sentiment", "coded_at")
    return {name: getattr(one, name) for name in names} | {
        "touchpoint": key_of(one.touchpoint, "code"),
        "site": key_of(one.site, "code"),
        "team": team_key(one.team) if one.team else None,
        "customer_id": key_of(one.customer, "customer_id"),
    }


@router.get("/notes", response=gives(NotesOut))
@acts(policies.NOTES)
def list_notes(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> Any:  # noqa: ANN401
    """Informal feedback."""
    return paged(found.notes(actor_of(request)), cursor, limit, _note)


@router.post("/notes", response=gives(NoteOut, 201))
@acts(policies.WRITE_NOTE)
def write_note(request: HttpRequest, body: NoteIn) -> Any:  # noqa: ANN401
    """Bring a note in."""
    return Status(201, _note(services.write_note(actor=actor_of(request), **body.dict())))


@router.put("/notes/{key}/coding", response=gives(NoteOut))
@acts(policies.WRITE_NOTE)
def code_note(request: HttpRequest, key: str, body: CodingIn) -> Any:  # noqa: ANN401
    """Code a note."""
    return _note(services.code_note(actor=actor_of(request), note=key, **body.dict()))


class CommentOut(Schema):
    """A comment with its status and, by created_at, its age."""

    key: str
    page: str
    site: str | None
    name: str
    contact: str
    text: str
    publish: bool
    status: str
    reply: str
    reason: str
    case: str | None
    created_at: datetime
    replied_at: datetime | None


class CommentsOut(Schema):
    """A page of comments."""

    items: list[CommentOut]
    next: str | None


class ReplyIn(Schema):
    """The company's reply."""

    reply: Written
    publish: bool = False


class RejectionIn(Schema):
    """Why it is not shown."""

    reason: Annotated[Words, Field(min_length=1, max_length=400)]


class PageIn(Schema):
    """A public page to open; without a site it is the company's."""

    title_en: Named
    title_zh: Named
    site: Code | None = None


class PageOut(Schema):
    """A public page; customers find it at /c/{key}/."""

    key: str
    title_en: str
    title_zh: str
    site: str | None
    open: bool


class PagesOut(Schema):
    """A page of public pages."""

    items: list[PageOut]
    next: str | None


def _comment(one: Comment) -> dict[str, Any]:
    names = [
        "key",
        "name",
        "contact",
        "text",
        "publish",
        "status",
        "reply",
        "reason",
        "created_at",
        "replied_at",
    ]
    return {name: getattr(one, name) for name in names} | {
        "page": one.page.key,
        "site": key_of(one.site, "code"),
        "case": key_of(one.case),
    }


def _page(one: CommentPage) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("key", "title_en", "title_zh", "open")} | {
        "site": key_of(one.site, "code")
    }


@router.get("/comments", response=gives(CommentsOut))
@acts(policies.COMMENTS)
def list_comments(
    request: HttpRequest, cursor: Cursor = None, limit: Limit = 50, status: str | None = None
) -> Any:  # noqa: ANN401
    """Public comments."""
    rows = found.comments(actor_of(request))
    return paged(rows.filter(status=status) if status in COMMENT_STATUSES else rows, cursor, limit, _comment)


@router.post("/comments/{key}/work", response=gives(CommentOut))
@acts(policies.ANSWER_COMMENT)
def work_on_comment(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """Take it into work."""
    return _comment(services.work_on_comment(actor=actor_of(request), comment=key))


@router.post("/comments/{key}/reply", response=gives(CommentOut))
@acts(policies.ANSWER_COMMENT)
def answer_comment(request: HttpRequest, key: str, body: ReplyIn) -> Any:  # noqa: ANN401
    """Answer it, and publish both where the customer agreed."""
    return _comment(services.answer_comment(actor=actor_of(request), comment=key, **body.dict()))


@router.post("/comments/{key}/rejection", response=gives(CommentOut))
@acts(policies.ANSWER_COMMENT)
def reject_comment(request: HttpRequest, key: str, body: RejectionIn) -> Any:  # noqa: ANN401
    """Keep it off the page."""
    return _comment(services.reject_comment(actor=actor_of(request), comment=key, reason=body.reason))


@router.post("/comments/{key}/case", response=gives(CommentOut))
@acts(policies.ANSWER_COMMENT)
def open_case(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """Open a case for it."""
    return _comment(services.open_case(actor=actor_of(request), comment=key))


@router.get("/comment-pages", response=gives(PagesOut))
@acts(policies.COMMENTS)
def list_pages(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> Any:  # noqa: ANN401
    """Public pages."""
    return paged(found.pages(actor_of(request)), cursor, limit, _page)


@router.post("/comment-pages", response=gives(PageOut, 201))
@acts(policies.COMMENT_PAGES)
def open_page(request: HttpRequest, body: PageIn) -> Any:  # noqa: ANN401
    """Open a public page."""
    return Status(201, _page(services.open_page(actor=actor_of(request), **body.dict())))


@router.post("/comment-pages/{key}/close", response=gives(PageOut))
@acts(policies.COMMENT_PAGES)
def close_page(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """Take no more comments."""
    return _page(services.close_page(actor=actor_of(request), page=key))
