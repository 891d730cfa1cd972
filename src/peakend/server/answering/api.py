"""Answers in the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status
from pydantic import ConfigDict, StrictFloat, StrictInt

from peakend.server.acting.keys import new_key
from peakend.server.answering import selectors
from peakend.server.answering.models import Response
from peakend.server.answering.policies import READ, SUBMIT
from peakend.server.answering.submitting import Submission, submit
from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.paging import cut

router = Router()
_Text = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]


class AnswerIn(Schema):
    """One answer: a score, chosen codes (in order for a ranking) or words; or that it was not used."""

    model_config = ConfigDict(extra="forbid")
    state: Literal["answered", "not_used", "no_answer"] = "answered"
    score: StrictInt | StrictFloat | None = None
    choice: list[str] | None = Field(None, max_length=200)
    text: str | None = Field(None, max_length=50_000)


class AnswersIn(Schema):
    """A whole response. Name exactly one of `place`, `invitation` and `survey`."""

    model_config = ConfigDict(extra="forbid")
    key: str = Field(
        "",
        pattern=r"^([A-Za-z0-9_-]{16,40})?$",
        description="Random, made by the sender: the same answer sent again is stored once",
    )
    place: _Text = ""
    invitation: _Text = Field("", description="The secret in a personal link")
    survey: _Text = Field("", description="Key of a survey, for answers of no place, such as by telephone")
    customer_id: _Text = ""
    site: _Text = Field("", description="Code of the site, where a survey is named")
    language: _Text = ""
    seconds: int | None = Field(None, ge=0, le=86_400, description="How long answering took")
    answers: dict[str, AnswerIn] = Field(
        max_length=2000,
        description='By question: {"recommend": {"score": 9}, "areas.cabin": {"state": "not_used"}}',
    )


class Stored(Schema):
    """What became of it: completed, screened (a quota was full), or the same as before."""

    key: str
    outcome: Literal["completed", "screened", "again"]


class ResponseOut(Schema):
    """A response as it is stored. Skipped questions are `no_answer`, hidden ones are not there."""

    key: str
    survey: str
    version: int
    wave: str | None
    place: str | None
    site: str | None
    team: str | None
    touchpoint: str | None
    customer_id: str | None
    invitation: str | None
    employee_id: str
    language: str
    channel: str
    state: Literal["started", "partial", "completed", "screened"]
    answers: dict[str, Any]
    flags: list[str]
    started_at: datetime
    completed_at: datetime | None
    seconds: int | None


class ResponsePage(Schema):
    """A page of responses, newest first."""

    items: list[ResponseOut]
    next: str | None


class ResponseFilters(Schema):
    """Which responses: all that is given must hold."""

    survey: _Text = ""
    place: _Text = ""
    site: _Text = ""
    touchpoint: _Text = ""
    customer_id: _Text = ""
    channel: _Text = ""
    state: Literal["started", "partial", "completed", "screened", ""] = ""
    since: datetime | None = Field(None, description="Completed at this time or later")
    until: datetime | None = Field(None, description="Completed before this time")


@router.post("/answers", response={201: Stored, 200: Stored}, summary="Send in a whole response")
@acts(SUBMIT)
def send_answers(request: HttpRequest, body: AnswersIn) -> Any:  # noqa: ANN401 - ninja's status with its body
    """201 when it was stored, 200 for the same once more, 409 for another content under the same key."""
    given = {
        name: one.model_dump(exclude_none=True) if one.state == "answered" else {"state": one.state}
        for name, one in body.answers.items()
    }
    outcome, response = submit(
        actor_of(request),
        Submission(
            key=body.key or new_key(),
            answers=given,
            **body.model_dump(exclude={"key", "answers"}),
        ),
    )
    return Status(200 if outcome == "again" else 201, {"key": response.key, "outcome": outcome})


@router.get("/responses", response=ResponsePage, summary="Read responses")
@acts(READ)
def list_responses(
    request: HttpRequest, filters: Query[ResponseFilters], cursor: str | None = None, limit: int = 50
) -> Any:  # noqa: ANN401
    """Of the caller's sites and teams. Answers of anonymous surveys are never listed one by one."""
    rows = selectors.responses(actor_of(request))
    for name, lookup in _LOOKUPS.items():
        value = getattr(filters, name)
        if value not in ("", None):
            rows = rows.filter(**{lookup: value})
    found, following = cut(rows, cursor, limit)
    return {"items": [_out(one) for one in found], "next": following}


@router.get("/responses/{key}", response=ResponseOut, summary="Read one response")
@acts(READ)
def read_response(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """One response by its key."""
    return _out(selectors.get_response(actor_of(request), key))


_LOOKUPS = {
    "survey": "survey__key",
    "place": "place__key",
    "site": "site__code",
    "touchpoint": "touchpoint__code",
    "customer_id": "customer__customer_id",
    "channel": "channel",
    "state": "state",
    "since": "completed_at__gte",
    "until": "completed_at__lt",
}


def _out(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a Response; the pager knows rows only as models
    assert isinstance(row, Response)
    return {
        "key": row.key,
        "survey": row.survey.key,
        "version": row.version.number,
        "wave": row.wave.label if row.wave else None,
        "place": row.place.key if row.place else None,
        "site": row.site.code if row.site else None,
        "team": row.team.code if row.team else None,
        "touchpoint": row.touchpoint.code if row.touchpoint else None,
        "customer_id": row.customer.customer_id if row.customer else None,
        "invitation": row.invitation.key if row.invitation else None,
        **{
            name: getattr(row, name)
            for name in (
                *("employee_id", "language", "channel", "state", "answers", "flags"),
                *("started_at", "completed_at", "seconds"),
            )
        },
    }
