"""Standards, schemes and goals for programs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from peakend.server.acting.actors import Role
from peakend.server.improvement import policies
from peakend.server.improvement.api.shapes import (
    Code,
    Currency,
    Cursor,
    Day,
    FigureOut,
    Limit,
    Money,
    Named,
    Note,
    Share,
    Words,
    figure,
    key_of,
    paged,
)
from peakend.server.improvement.models import Goal, Scheme, Standard
from peakend.server.improvement.selectors import goals as found
from peakend.server.improvement.services import goals as services
from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.problems import gives

router = Router()
Metric = Literal["nps", "csat", "ces", "rating", "on_time", "checklist", "first_time_fix"]
Number = Annotated[float, Field(ge=-100, le=100)]


class StandardIn(Schema):
    """A service standard; shares from 0 to 1."""

    name_en: Named
    name_zh: Named
    metric: Metric
    threshold: Number
    at_least: bool = True
    months: Annotated[int, Field(ge=1, le=24)] = 3
    evidence: Words = ""
    budget: Money | None = None
    currency: Currency = "CNY"
    touchpoint: Code | None = None
    site: Code | None = None


class StandardOut(Schema):
    """A standard with what the data say: met, missed, unclear or few."""

    key: str
    name_en: str
    name_zh: str
    metric: str
    threshold: float
    at_least: bool
    months: int
    evidence: str
    budget: Decimal | None
    currency: str
    touchpoint: str | None
    site: str | None
    figure: FigureOut
    verdict: str


class StandardsOut(Schema):
    """A page of standards."""

    items: list[StandardOut]
    next: str | None


def _standard(one: Standard) -> dict[str, Any]:
    names = [
        "key",
        "name_en",
        "name_zh",
        "metric",
        "threshold",
        "at_least",
        "months",
        "evidence",
        "budget",
        "currency",
    ]
    measured = found.measured(one)
    return {name: getattr(one, name) for name in names} | {
        "touchpoint": key_of(one.touchpoint, "code"),
        "site": key_of(one.site, "code"),
        "figure": figure(measured.figure),
        "verdict": measured.verdict,
    }


@router.get("/standards", response=gives(StandardsOut))
@acts(policies.STANDARDS)
def list_standards(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> Any:  # noqa: ANN401
    """Service standards and whether the data meet them."""
    return paged(found.standards(actor_of(request)), cursor, limit, _standard)


@router.post("/standards", response=gives(StandardOut, 201))
@acts(policies.SET_STANDARD)
def set_standard(request: HttpRequest, body: StandardIn) -> Any:  # noqa: ANN401
    """Set a standard."""
    fields = body.dict()
    fields["budget"] = None if body.budget is None else round(Decimal(str(body.budget)), 2)
    return Status(201, _standard(services.set_standard(actor=actor_of(request), **fields)))


@router.delete("/standards/{key}", response=gives(None, 204))
@acts(policies.SET_STANDARD)
def retire_standard(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """Take a standard out of force."""
    services.retire_standard(actor=actor_of(request), standard=key)
    return Status(204, None)


class MeasureShape(Schema):
    """One measure of a scheme."""

    kind: Literal["service", "complaints", "sales", "other"]
    name_en: Named
    name_zh: Named
    weight: Share


class SchemeIn(Schema):
    """A KPI scheme; of the front line service must weigh enough and sales little."""

    role: Role
    name_en: Named
    name_zh: Named
    items: Annotated[list[MeasureShape], Field(min_length=1, max_length=30)]
    service_at_least: Share = 0.5
    sales_at_most: Share = 0.2


class SchemeOut(SchemeIn):
    """A scheme."""

    key: str
    active: bool


class SchemesOut(Schema):
    """A page of schemes."""

    items: list[SchemeOut]
    next: str | None


class CheckOut(Schema):
    """What keeps a scheme from being used."""

    problems: list[str]


def _scheme(one: Scheme) -> dict[str, Any]:
    names = ["key", "role", "name_en", "name_zh", "service_at_least", "sales_at_most", "active"]
    return {name: getattr(one, name) for name in names} | {
        "items": [
            {name: getattr(item, name) for name in MeasureShape.model_fields} for item in one.items.all()
        ]
    }


@router.get("/schemes", response=gives(SchemesOut))
@acts(policies.SCHEMES)
def list_schemes(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> Any:  # noqa: ANN401
    """KPI schemes."""
    return paged(found.schemes(), cursor, limit, _scheme)


@router.post("/schemes", response=gives(SchemeOut, 201))
@acts(policies.SET_SCHEME)
def set_scheme(request: HttpRequest, body: SchemeIn) -> Any:  # noqa: ANN401
    """Put a scheme in force."""
    return Status(201, _scheme(services.set_scheme(actor=actor_of(request), **body.dict())))


@router.post("/schemes/check", response=gives(CheckOut))
@acts(policies.SCHEMES)
def check_scheme(request: HttpRequest, body: SchemeIn) -> Any:  # noqa: ANN401
    """Say what is wrong with a scheme without saving it."""
    items: Any = [item.dict() for item in body.items]
    problems = services.scheme_problems(body.role, items, body.service_at_least, body.sales_at_most)
    return {"problems": [one.en for one in problems]}


class GoalIn(Schema):
    """A personal goal; the same person, touchpoint, metric and first day again changes it."""

    person: Code
    touchpoint: Code
    metric: Metric
    target: Number
    starts_on: Day
    ends_on: Day
    note: Note = ""


class GoalOut(Schema):
    """A goal against its owner's own figure."""

    key: str
    person: str
    touchpoint: str
    metric: str
    target: float
    starts_on: date
    ends_on: date
    note: str
    figure: FigureOut
    verdict: str


class GoalsOut(Schema):
    """A page of goals."""

    items: list[GoalOut]
    next: str | None


def _goal(one: Goal) -> dict[str, Any]:
    measured = found.goal_measured(one)
    names = ("key", "metric", "target", "starts_on", "ends_on", "note")
    return {name: getattr(one, name) for name in names} | {
        "person": one.user.key,
        "touchpoint": one.touchpoint.code,
        "figure": figure(measured.figure),
        "verdict": measured.verdict,
    }


@router.get("/goals", response=gives(GoalsOut))
@acts(policies.GOALS)
def list_goals(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> Any:  # noqa: ANN401
    """One's own goals; for leaders those of their people."""
    return paged(found.goals(actor_of(request)), cursor, limit, _goal)


@router.put("/goals", response=gives(GoalOut))
@acts(policies.SET_GOAL)
def set_goal(request: HttpRequest, body: GoalIn) -> Any:  # noqa: ANN401
    """Set a goal."""
    return _goal(services.set_goal(actor=actor_of(request), **body.dict()))


@router.delete("/goals/{key}", response=gives(None, 204))
@acts(policies.SET_GOAL)
def drop_goal(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """Take a goal away."""
    services.drop_goal(actor=actor_of(request), goal=key)
    return Status(204, None)
