"""Topics, causes, changes and cycles for programs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from peakend.server.acting import clock
from peakend.server.improvement import policies
from peakend.server.improvement.api.shapes import (
    Code,
    Currency,
    Cursor,
    Day,
    FigureOut,
    Limit,
    Line,
    Money,
    Named,
    Note,
    Short,
    Words,
    Written,
    figure,
    key_of,
    paged,
)
from peakend.server.improvement.models import ChangeRequest, LoopCycle, Topic
from peakend.server.improvement.selectors import outer_loop as found
from peakend.server.improvement.services import outer_loop as services
from peakend.server.improvement.words import TOPIC_STATUSES
from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.problems import gives

router = Router()
Effect = Literal[-1, 0, 1]


class TopicIn(Schema):
    """Something to raise; site, touchpoint by code, team as site/team."""

    title: Line
    theme: Annotated[Short, Field(max_length=80)] = ""
    description: Words = ""
    site: Code | None = None
    team: Code | None = None
    touchpoint: Code | None = None


class TopicPatch(Schema):
    """What may change of a topic; what is left out stays."""

    title: Line | None = None
    theme: Annotated[Short, Field(max_length=80)] | None = None
    description: Words | None = None
    whys: Annotated[list[Note], Field(max_length=5)] | None = None
    cause: Short | None = None
    department: Annotated[Short, Field(max_length=120)] | None = None
    owner: Code | None = None
    touchpoint: Code | None = None
    cycle: Code | None = None
    resources: Words | None = None
    planned_change: Words | None = None
    review_on: Day | None = None


class MoveIn(Schema):
    """The next step, with what it needs."""

    status: Literal["accepted", "doing", "done", "checked", "declined"]
    reason: Note = ""
    review_on: Day | None = None
    review_result: Words = ""
    review_verdict: Literal["", "worked", "partly", "not"] = ""


class EvidenceIn(Schema):
    """Keys of voices to link; cases also by number."""

    cases: list[Code] = Field(default_factory=list, max_length=200)
    responses: list[Code] = Field(default_factory=list, max_length=200)
    comments: list[Code] = Field(default_factory=list, max_length=200)
    notes: list[Code] = Field(default_factory=list, max_length=200)


class LinkOut(Schema):
    """One link from feedback to fix."""

    title: str
    there: bool
    detail: str
    at: datetime | None


class EvidenceCounts(Schema):
    """How many voices are behind it."""

    cases: int
    responses: int
    comments: int
    notes: int


class TopicOut(Schema):
    """A topic."""

    key: str
    title: str
    theme: str
    description: str
    status: str
    whys: list[str]
    cause: str
    site: str | None
    touchpoint: str | None
    department: str
    owner: str | None
    resources: str
    planned_change: str
    cycle: str | None
    raised_at: datetime
    done_at: datetime | None
    review_on: date | None
    review_result: str
    review_verdict: str
    reason: str
    evidence: EvidenceCounts


class TopicWhole(TopicOut):
    """A topic with its chain."""

    chain: list[LinkOut]


class TopicsOut(Schema):
    """A page of topics."""

    items: list[TopicOut]
    next: str | None


class AddedOut(Schema):
    """How many were new."""

    new: int


class CauseOut(Schema):
    """A bar of the Pareto."""

    cause: str
    cases: int
    share: FigureOut
    running: float | None


class CausesOut(Schema):
    """Causes, the most frequent first."""

    items: list[CauseOut]
    next: str | None = None


_TOPIC = [
    "key",
    "title",
    "theme",
    "description",
    "status",
    "whys",
    "cause",
    "department",
    "resources",
    "planned_change",
    "raised_at",
    "done_at",
    "review_on",
    "review_result",
    "review_verdict",
    "reason",
]


def _topic(one: Topic) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _TOPIC} | {
        "site": key_of(one.site, "code"),
        "touchpoint": key_of(one.touchpoint, "code"),
        "owner": key_of(one.owner),
        "cycle": key_of(one.cycle),
        "evidence": found.evidence_counts(one),
    }


@router.get("/topics", response=gives(TopicsOut))
@acts(policies.TOPICS)
def list_topics(
    request: HttpRequest, cursor: Cursor = None, limit: Limit = 50, status: str | None = None
) -> Any:  # noqa: ANN401
    """Topics, the newest first; of one status where it is asked for."""
    rows = found.topics(actor_of(request))
    return paged(rows.filter(status=status) if status in TOPIC_STATUSES else rows, cursor, limit, _topic)


@router.post("/topics", response=gives(TopicOut, 201))
@acts(policies.RAISE_TOPIC)
def raise_topic(request: HttpRequest, body: TopicIn) -> Any:  # noqa: ANN401
    """Raise a topic."""
    return Status(201, _topic(services.raise_topic(actor=actor_of(request), **body.dict())))


@router.get("/topics/{key}", response=gives(TopicWhole))
@acts(policies.TOPICS)
def read_topic(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """A topic with the chain from feedback to fix."""
    one = found.get_topic(actor_of(request), key)
    chain = [
        {"title": link.title.en, "there": link.there, "detail": link.detail, "at": link.at}
        for link in found.chain(one)
    ]
    return _topic(one) | {"chain": chain}


@router.patch("/topics/{key}", response=gives(TopicOut))
@acts(policies.OWN_TOPIC)
def edit_topic(request: HttpRequest, key: str, body: TopicPatch) -> Any:  # noqa: ANN401
    """Change what is known of it."""
    fields = body.dict(exclude_unset=True)
    nullable = ("owner", "touchpoint", "cycle", "review_on")
    fields = {name: value for name, value in fields.items() if value is not None or name in nullable}
    return _topic(services.edit_topic(actor=actor_of(request), topic=key, **fields))


@router.post("/topics/{key}/status", response=gives(TopicOut))
@acts(policies.OWN_TOPIC)
def move_topic(request: HttpRequest, key: str, body: MoveIn) -> Any:  # noqa: ANN401
    """Take it one step on."""
    return _topic(services.move_topic(actor=actor_of(request), topic=key, **body.dict()))


@router.post("/topics/{key}/evidence", response=gives(AddedOut))
@acts(policies.RAISE_TOPIC)
def add_evidence(request: HttpRequest, key: str, body: EvidenceIn) -> Any:  # noqa: ANN401
    """Link voices."""
    new = services.add_evidence(
        actor=actor_of(request),
        topic=key,
        cases=body.cases,
        responses=body.responses,
        comments_=body.comments,
        notes_=body.notes,
    )
    return {"new": new}


@router.get("/causes", response=gives(CausesOut))
@acts(policies.TOPICS)
def list_causes(request: HttpRequest, days: Annotated[int, Query(ge=1, le=730)] = 90) -> Any:  # noqa: ANN401
    """Causes of cases closed in the last days."""
    now = clock.now()
    listed = found.pareto(actor_of(request), now - timedelta(days=days), now)
    return {
        "items": [
            {
                "cause": one.cause,
                "cases": one.cases,
                "share": figure(one.share) | {"metric": "share"},
                "running": one.running,
            }
            for one in listed
        ]
    }


class ChangeIn(Schema):
    """A change to be approved; effects are −1, 0 or 1."""

    title: Line
    company_benefit: Written
    company_effect: Effect
    customer_benefit: Written
    customer_effect: Effect
    description: Words = ""
    topic: Code | None = None
    site: Code | None = None
    touchpoint: Code | None = None
    cost: Money | None = None
    currency: Currency = "CNY"


class DecisionIn(Schema):
    """Approve or refuse, and why."""

    approve: bool
    note: Note = ""


class ChangeOut(Schema):
    """A change with its verdict: win_win, trade_off or lose_lose."""

    key: str
    title: str
    description: str
    verdict: str
    status: str
    company_benefit: str
    company_effect: int
    customer_benefit: str
    customer_effect: int
    cost: Decimal | None
    currency: str
    topic: str | None
    site: str | None
    asked_by: str | None
    decided_by: str | None
    decided_at: datetime | None
    decision_note: str


class ChangesOut(Schema):
    """A page of changes."""

    items: list[ChangeOut]
    next: str | None


_CHANGE = [
    "key",
    "title",
    "description",
    "verdict",
    "status",
    "company_benefit",
    "company_effect",
    "customer_benefit",
    "customer_effect",
    "cost",
    "currency",
    "decided_at",
    "decision_note",
]


def _change(one: ChangeRequest) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _CHANGE} | {
        "topic": key_of(one.topic),
        "site": key_of(one.site, "code"),
        "asked_by": key_of(one.asked_by),
        "decided_by": key_of(one.decided_by),
    }


@router.get("/changes", response=gives(ChangesOut))
@acts(policies.CHANGES)
def list_changes(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> Any:  # noqa: ANN401
    """Changes asked for."""
    return paged(found.changes(actor_of(request)), cursor, limit, _change)


@router.post("/changes", response=gives(ChangeOut, 201))
@acts(policies.ASK_CHANGE)
def ask_change(request: HttpRequest, body: ChangeIn) -> Any:  # noqa: ANN401
    """Ask for a change."""
    fields = body.dict()
    fields["cost"] = None if body.cost is None else round(Decimal(str(body.cost)), 2)
    return Status(201, _change(services.ask_change(actor=actor_of(request), **fields)))


@router.get("/changes/{key}", response=gives(ChangeOut))
@acts(policies.CHANGES)
def read_change(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """One change."""
    return _change(found.get_change(actor_of(request), key))


@router.post("/changes/{key}/decision", response=gives(ChangeOut))
@acts(policies.DECIDE_CHANGE)
def decide_change(request: HttpRequest, key: str, body: DecisionIn) -> Any:  # noqa: ANN401
    """Approve or refuse; lose-lose cannot be approved, nobody approves their own."""
    return _change(services.decide_change(actor=actor_of(request), change=key, **body.dict()))


class CycleIn(Schema):
    """A cycle to open."""

    name: Named
    site: Code | None = None


class StageIn(Schema):
    """The evidence that ends a stage."""

    stage: Literal["listen", "select", "allocate", "act", "review"]
    evidence: Written


class StageOut(Schema):
    """What a stage came to."""

    stage: str
    evidence: str
    at: datetime


class CycleOut(Schema):
    """A cycle; `stage` is where it stands."""

    key: str
    name: str
    site: str | None
    stage: str
    opened_at: datetime
    closed_at: datetime | None
    stages: list[StageOut]


class CyclesOut(Schema):
    """A page of cycles."""

    items: list[CycleOut]
    next: str | None


def _cycle(one: LoopCycle) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("key", "name", "stage", "opened_at", "closed_at")} | {
        "site": key_of(one.site, "code"),
        "stages": list(one.stages.values("stage", "evidence", "at")),
    }


@router.get("/cycles", response=gives(CyclesOut))
@acts(policies.CYCLES)
def list_cycles(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> Any:  # noqa: ANN401
    """Cycles of improvement."""
    return paged(found.cycles(actor_of(request)), cursor, limit, _cycle)


@router.post("/cycles", response=gives(CycleOut, 201))
@acts(policies.LEAD_CYCLE)
def open_cycle(request: HttpRequest, body: CycleIn) -> Any:  # noqa: ANN401
    """Open a cycle."""
    return Status(201, _cycle(services.open_cycle(actor=actor_of(request), **body.dict())))


@router.post("/cycles/{key}/stages", response=gives(CycleOut))
@acts(policies.LEAD_CYCLE)
def finish_stage(request: HttpRequest, key: str, body: StageIn) -> Any:  # noqa: ANN401
    """End the stage it is in."""
    return _cycle(services.finish_stage(actor=actor_of(request), cycle=key, **body.dict()))
