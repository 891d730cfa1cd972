"""The care calendar and its tasks for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from peakend.server.care import policies
from peakend.server.care.models import CareRule, CareTask
from peakend.server.care.selectors import calendar as found
from peakend.server.care.services import calendar as services
from peakend.server.improvement.api.shapes import (
    Code,
    Cursor,
    Limit,
    Named,
    Note,
    Short,
    Written,
    key_of,
    paged,
)
from peakend.server.improvement.selectors import team_key
from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.problems import gives

router = Router()
Said = Annotated[Written, Field(max_length=2000)]
Sixty = Annotated[Short, Field(max_length=60)]


class RuleShape(Schema):
    """A rule of the calendar; `attribute` only for before_date, `survey` only for an invitation."""

    stage: Literal["before", "during", "after"]
    trigger: Literal[
        "before_visit", "before_date", "after_interaction", "case_closed", "silence", "anniversary"
    ]
    days: Annotated[int, Field(ge=0, le=1000)] = 0
    name_en: Named
    name_zh: Named
    purpose: Literal["service", "marketing", "survey", "research"]
    action: Literal["task", "invitation"] = "task"
    channel: Literal["phone", "in_person", "letter", "email", "sms"]
    text_en: Said
    text_zh: Said
    survey: Code | None = None
    attribute: Sixty = ""
    touchpoint: Code | None = None
    site: Code | None = None
    tier: Sixty = ""


class RuleOut(RuleShape):
    """A rule."""

    key: str


class RulesOut(Schema):
    """A page of rules."""

    items: list[RuleOut]
    next: str | None


class AppliedOut(Schema):
    """How many tasks and invitations were made."""

    made: int


def _rule(one: CareRule) -> dict[str, Any]:
    plain = set(RuleOut.model_fields) - {"survey", "touchpoint", "site"}
    return {name: getattr(one, name) for name in plain} | {
        "survey": key_of(one.survey),
        "touchpoint": key_of(one.touchpoint, "code"),
        "site": key_of(one.site, "code"),
    }


@router.get("/care/rules", response=gives(RulesOut))
@acts(policies.CALENDAR)
def list_care_rules(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> Any:  # noqa: ANN401
    """The care calendar."""
    return paged(found.rules(actor_of(request)), cursor, limit, _rule)


@router.post("/care/rules", response=gives(RuleOut, 201))
@acts(policies.SET_RULE)
def set_care_rule(request: HttpRequest, body: RuleShape) -> Any:  # noqa: ANN401
    """Put a rule into the calendar; it holds for what falls due from now on."""
    return Status(201, _rule(services.set_rule(actor=actor_of(request), **body.dict())))


@router.delete("/care/rules/{key}", response=gives(None, 204))
@acts(policies.SET_RULE)
def retire_care_rule(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """Take a rule out of the calendar."""
    services.retire_rule(actor=actor_of(request), rule=key)
    return Status(204, None)


@router.post("/care/rules/{key}/apply", response=gives(AppliedOut))
@acts(policies.SET_RULE)
def apply_care_rule(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """Make up to a hundred of what is due now, without waiting for the worker."""
    return {"made": services.apply_rule(actor=actor_of(request), rule=key)}


class TaskOut(Schema):
    """An occasion to care for a customer."""

    key: str
    rule: str
    stage: str
    customer_id: str | None
    at: datetime
    site: str | None
    team: str | None
    owner: str | None
    status: str
    invitation: str | None
    note: str
    settled_at: datetime | None


class TasksOut(Schema):
    """A page of tasks."""

    items: list[TaskOut]
    next: str | None


class SettleIn(Schema):
    """How a task ended."""

    status: Literal["done", "dropped"]
    note: Note = ""


def _task(one: CareTask) -> dict[str, Any]:
    names = ("key", "at", "status", "note", "settled_at")
    return {name: getattr(one, name) for name in names} | {
        "rule": one.rule.key,
        "stage": one.rule.stage,
        "customer_id": key_of(one.customer, "customer_id"),
        "site": key_of(one.site, "code"),
        "team": team_key(one.team) if one.team else None,
        "owner": key_of(one.owner),
        "invitation": key_of(one.invitation),
    }


@router.get("/care/tasks", response=gives(TasksOut))
@acts(policies.TASKS)
def list_care_tasks(
    request: HttpRequest,
    status: Annotated[Literal["open", "done", "dropped", "invited", "spared"] | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Any:  # noqa: ANN401
    """Occasions to care for customers."""
    rows = found.tasks(actor_of(request))
    return paged(rows.filter(status=status) if status else rows, cursor, limit, _task)


@router.post("/care/tasks/{key}/settle", response=gives(TaskOut))
@acts(policies.WORK_TASK)
def settle_care_task(request: HttpRequest, key: str, body: SettleIn) -> Any:  # noqa: ANN401
    """Say how a task ended."""
    return _task(services.settle_task(actor=actor_of(request), task=key, **body.dict()))
