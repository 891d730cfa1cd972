"""The worker for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.problems import gives
from peakend.server.work import selectors
from peakend.server.work.policies import READ

router = Router()


class WorkerOut(Schema):
    """A process that lives."""

    key: str
    host: str
    pid: int
    started_at: datetime
    beat_at: datetime
    doing: str


class SweepOut(Schema):
    """A sweep: `every` seconds; `failures` in a row."""

    name: str
    every: float
    late: bool
    ran_at: datetime | None
    seconds: float
    rows: int
    total: int
    failures: int
    failed_at: datetime | None
    failure_en: str
    failure_zh: str


class WorkOut(Schema):
    """How the worker does."""

    workers: list[WorkerOut]
    sweeps: list[SweepOut]


@router.get("/worker", response=gives(WorkOut))
@acts(READ)
def worker(request: HttpRequest) -> dict[str, Any]:
    """Who works and how every sweep went last."""
    found = []
    for one in selectors.standings(actor_of(request)):
        run = one.run
        found.append(
            {
                "name": one.name,
                "every": one.every,
                "late": one.late,
                "ran_at": run.ran_at if run else None,
                "seconds": run.seconds if run else 0.0,
                "rows": run.rows if run else 0,
                "total": run.total if run else 0,
                "failures": run.failures if run else 0,
                "failed_at": run.failed_at if run else None,
                "failure_en": run.failure_en if run else "",
                "failure_zh": run.failure_zh if run else "",
            }
        )
    return {"workers": list(selectors.workers()), "sweeps": found}
