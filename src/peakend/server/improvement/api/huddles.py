"""Huddles and broadcasts for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from peakend.server.improvement import policies
from peakend.server.improvement.api.shapes import (
    Clean,
    Code,
    Cursor,
    Day,
    FigureOut,
    Limit,
    Moment,
    Named,
    Written,
    figure,
    key_of,
    paged,
)
from peakend.server.improvement.models import Broadcast, Huddle, HuddlePoint
from peakend.server.improvement.selectors import broadcasts as told
from peakend.server.improvement.selectors import huddles as found
from peakend.server.improvement.selectors import team_key
from peakend.server.improvement.services import broadcasts as telling
from peakend.server.improvement.services import huddles as services
from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.problems import gives

router = Router()


class HuddleIn(Schema):
    """`team` is site/team; `since` counts only for the team's first huddle."""

    team: Code
    since: Moment | None = None


class HuddleOut(Schema):
    """A huddle."""

    key: str
    team: str
    status: str
    led_by: str | None
    period_from: datetime
    period_to: datetime
    closed_at: datetime | None


class HuddlesOut(Schema):
    """A page of huddles."""

    items: list[HuddleOut]
    next: str | None


class PointOut(Schema):
    """A line of the minutes; owner and topic are keys."""

    key: str
    item: str
    kind: str
    text: str
    owner: str | None
    due_on: date | None
    state: str
    topic: str | None


class PointIn(Schema):
    """A line to write."""

    text: Annotated[str, Field(min_length=1, max_length=1000), Clean]
    item: Literal["feedback", "share", "raise", "follow_up"] = "share"
    kind: Literal["agreed", "noted", "unsolved"] = "agreed"
    owner: Code | None = None
    due_on: Day | None = None


class StateIn(Schema):
    """Where a point stands."""

    state: Literal["open", "done", "dropped"]


class PresentIn(Schema):
    """Keys of the people who are there."""

    present: Annotated[list[Code], Field(max_length=200)]


class VoiceOut(Schema):
    """Words worth reading."""

    text: str
    tone: str
    case: str


class AgendaOut(Schema):
    """The four items; cases, topics and notes by key."""

    answers: int
    figures: list[FigureOut]
    voices: list[VoiceOut]
    solved: list[str]
    praise: list[str]
    overdue: list[str]
    unsolved: list[PointOut]
    topics: list[str]
    agreed: list[PointOut]
    minutes: list[PointOut]
    present: list[str]


class TopicKeyOut(Schema):
    """The key of a topic."""

    topic: str


def _huddle(one: Huddle) -> dict[str, Any]:
    names = ("key", "status", "period_from", "period_to", "closed_at")
    return {name: getattr(one, name) for name in names} | {
        "team": team_key(one.team),
        "led_by": key_of(one.led_by),
    }


def _point(one: HuddlePoint) -> dict[str, Any]:
    names = ("key", "item", "kind", "text", "due_on", "state")
    return {name: getattr(one, name) for name in names} | {
        "owner": key_of(one.owner),
        "topic": key_of(one.topic),
    }


@router.get("/huddles", response=gives(HuddlesOut))
@acts(policies.HUDDLES)
def list_huddles(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> Any:  # noqa: ANN401
    """Huddles, the newest first."""
    return paged(found.huddles(actor_of(request)), cursor, limit, _huddle)


@router.post("/huddles", response=gives(HuddleOut, 201))
@acts(policies.LEAD_HUDDLE)
def open_huddle(request: HttpRequest, body: HuddleIn) -> Any:  # noqa: ANN401
    """Open the huddle of a team; one that is open is given back."""
    return Status(201, _huddle(services.open_huddle(actor=actor_of(request), **body.dict())))


@router.get("/huddles/{key}/agenda", response=gives(AgendaOut))
@acts(policies.HUDDLES)
def read_agenda(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """Agenda and minutes."""
    one = found.get_huddle(actor_of(request), key)
    agenda = found.agenda(one)
    return {
        "answers": agenda.answers,
        "figures": [figure(each) for each in agenda.figures],
        "voices": [{"text": each.text, "tone": each.tone, "case": each.case} for each in agenda.voices],
        **{
            name: [each.key for each in getattr(agenda, name)]
            for name in ("solved", "praise", "overdue", "topics")
        },
        "unsolved": [_point(each) for each in agenda.unsolved],
        "agreed": [_point(each) for each in agenda.agreed],
        "minutes": [_point(each) for each in one.points.select_related("owner", "topic")],
        "present": list(one.attended.values_list("key", flat=True)),
    }


@router.put("/huddles/{key}/attendance", response=gives(HuddleOut))
@acts(policies.LEAD_HUDDLE)
def take_attendance(request: HttpRequest, key: str, body: PresentIn) -> Any:  # noqa: ANN401
    """Who is there."""
    return _huddle(services.take_attendance(actor=actor_of(request), huddle=key, present=body.present))


@router.post("/huddles/{key}/points", response=gives(PointOut, 201))
@acts(policies.LEAD_HUDDLE)
def note_point(request: HttpRequest, key: str, body: PointIn) -> Any:  # noqa: ANN401
    """Write a line of the minutes."""
    return Status(201, _point(services.note_point(actor=actor_of(request), huddle=key, **body.dict())))


@router.post("/huddles/{key}/close", response=gives(HuddleOut))
@acts(policies.LEAD_HUDDLE)
def close_huddle(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """End the meeting."""
    return _huddle(services.close_huddle(actor=actor_of(request), huddle=key))


@router.post("/huddle-points/{key}/state", response=gives(PointOut))
@acts(policies.LEAD_HUDDLE)
def settle_point(request: HttpRequest, key: str, body: StateIn) -> Any:  # noqa: ANN401
    """Say that it is done, dropped or open."""
    return _point(services.settle_point(actor=actor_of(request), point=key, state=body.state))


@router.post("/huddle-points/{key}/topic", response=gives(TopicKeyOut))
@acts(policies.RAISE_TOPIC)
def raise_point(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """Make it a topic; again gives the same."""
    return {"topic": services.raise_point(actor=actor_of(request), point=key).key}


class BroadcastIn(Schema):
    """ "You said, we did"; empty lists mean everybody."""

    title_en: Named
    title_zh: Named
    said_en: Written
    said_zh: Written
    did_en: Written
    did_zh: Written
    topic: Code | None = None
    sites: list[Code] = Field(default_factory=list, max_length=500)
    teams: list[Code] = Field(default_factory=list, max_length=500)
    roles: list[Code] = Field(default_factory=list, max_length=10)
    remind_after_days: Annotated[int, Field(ge=1, le=90)] = 3
    public: bool = False


class BroadcastOut(Schema):
    """A broadcast; `read_rate` counts who confirmed it."""

    key: str
    title_en: str
    title_zh: str
    said_en: str
    said_zh: str
    did_en: str
    did_zh: str
    topic: str | None
    sent_at: datetime | None
    public: bool
    told: int
    read: int
    read_rate: FigureOut


class BroadcastsOut(Schema):
    """A page of broadcasts."""

    items: list[BroadcastOut]
    next: str | None


class ReadOut(Schema):
    """When it was read (null: one was not told)."""

    read_at: datetime | None


class PublicIn(Schema):
    """Whether customers see it."""

    public: bool


def _broadcast(one: Broadcast) -> dict[str, Any]:
    names = ("key", *telling.WORDS, "sent_at", "public")
    return {name: getattr(one, name) for name in names} | {
        "topic": key_of(one.topic),
        "told": one.receipts.count(),
        "read": one.receipts.filter(read_at__isnull=False).count(),
        "read_rate": figure(told.read_rate(one)) | {"metric": "read_rate"},
    }


@router.get("/broadcasts", response=gives(BroadcastsOut))
@acts(policies.BROADCASTS)
def list_broadcasts(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> Any:  # noqa: ANN401
    """What one was told, or sent."""
    return paged(told.broadcasts(actor_of(request)), cursor, limit, _broadcast)


@router.post("/broadcasts", response=gives(BroadcastOut, 201))
@acts(policies.SEND_BROADCAST)
def send_broadcast(request: HttpRequest, body: BroadcastIn) -> Any:  # noqa: ANN401
    """Send one."""
    return Status(201, _broadcast(telling.send_broadcast(actor=actor_of(request), **body.dict())))


@router.post("/broadcasts/{key}/read", response=gives(ReadOut))
@acts(policies.BROADCASTS)
def confirm_read(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """Confirm that one has read it."""
    receipt = telling.confirm_read(actor=actor_of(request), broadcast=key)
    return {"read_at": receipt.read_at if receipt else None}


@router.put("/broadcasts/{key}/public", response=gives(BroadcastOut))
@acts(policies.SEND_BROADCAST)
def show_in_public(request: HttpRequest, key: str, body: PublicIn) -> Any:  # noqa: ANN401
    """Show it to customers, or take it off."""
    return _broadcast(telling.show_in_public(actor=actor_of(request), broadcast=key, public=body.public))
