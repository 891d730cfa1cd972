"""The warehouse for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from peakend.server.acting.errors import NotFoundError
from peakend.server.sync import analysing
from peakend.server.sync.models import AnalysisRun
from peakend.server.sync.policies import READ, RUN
from peakend.server.sync.selectors import Freshness, freshness
from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.paging import cut
from peakend.server.web.problems import gives

router = Router()


class FreshnessOut(Schema):
    """How fresh the warehouse is; null: never."""

    synced_at: datetime | None
    snapshot_at: datetime | None
    analysed_at: datetime | None
    waiting: int
    analysing: bool
    erasures_waiting: int


class RunOut(Schema):
    """A run of the analyses; `failed` names those that failed, in words."""

    key: str
    status: str
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    done: int
    unchanged: int
    failed: list[dict[str, str]]
    failure_en: str
    failure_zh: str


class Runs(Schema):
    """A page of runs."""

    items: list[RunOut]
    next: str | None


class Listing(Schema):
    """Which page of a list."""

    cursor: str | None = None
    limit: int = Field(50, ge=1, le=200)


def _whole_company(request: HttpRequest) -> None:
    if not actor_of(request).reach.everything:
        raise NotFoundError


@router.get("/warehouse", response=gives(FreshnessOut))
@acts(READ)
def fresh(request: HttpRequest) -> Freshness:
    """How fresh what one reads is."""
    _whole_company(request)
    return freshness()


@router.get("/warehouse/runs", response=gives(Runs))
@acts(READ)
def runs(request: HttpRequest, listing: Query[Listing]) -> dict[str, Any]:
    """Runs of the analyses, newest first."""
    _whole_company(request)
    items, after = cut(AnalysisRun.objects.all(), listing.cursor, listing.limit)
    return {"items": items, "next": after}


@router.post("/warehouse/runs", response=gives(RunOut, 202))
@acts(RUN)
def ask(request: HttpRequest) -> Status[AnalysisRun]:
    """Have the analyses run soon."""
    return Status(202, analysing.run_analyses(actor=actor_of(request)))
