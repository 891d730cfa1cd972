"""Standards of care, goals by class of customer and the level of care for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from peakend.server.care import policies
from peakend.server.care.level import care_level
from peakend.server.care.models import CareItem, ClassGoal, GoalStep
from peakend.server.care.selectors import programme as found
from peakend.server.care.services import programme as services
from peakend.server.improvement.api.shapes import (
    Code,
    Cursor,
    Day,
    FigureOut,
    Limit,
    Line,
    Named,
    Note,
    Short,
    figure,
    key_of,
    paged,
)
from peakend.server.improvement.selectors.goals import Measured
from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.problems import gives

router = Router()
Exchange = Literal["design", "packaging", "delivery", "service"]
Scope = Literal["customer_service", "product_quality", "service_quality", "after_sales"]
Metric = Literal["", "nps", "csat", "ces", "rating", "on_time", "checklist", "first_time_fix"]
Grade = Literal["low", "medium", "high"]
Number = Annotated[float, Field(ge=-1e9, le=1e9)]
Tier = Annotated[Named, Field(max_length=60)]


class ItemIn(Schema):
    """A standard of care. Without a metric, `measure` says how it is measured. Shares from 0 to 1."""

    stage: Exchange
    scope: Scope
    name_en: Named
    name_zh: Named
    threshold: Number
    owner: Code
    metric: Metric = ""
    measure: Short = ""
    at_least: bool = True
    touchpoint: Code | None = None
    site: Code | None = None


class ItemOut(Schema):
    """A standard with what the data say: met, missed, unclear or few; null where no metric measures it."""

    key: str
    stage: str
    scope: str
    name_en: str
    name_zh: str
    metric: str
    measure: str
    at_least: bool
    threshold: float
    owner: str
    touchpoint: str | None
    site: str | None
    figure: FigureOut | None
    verdict: str | None


class ItemsOut(Schema):
    """A page of standards."""

    items: list[ItemOut]
    next: str | None


class CellOut(Schema):
    """How many standards a stage has in a scope."""

    stage: str
    scope: str
    n: int


class CoverageOut(Schema):
    """The grid, and what is missing."""

    cells: list[CellOut]
    stages_without: list[str]
    scopes_without: list[str]


def _item(one: CareItem) -> dict[str, Any]:
    names = ("key", "stage", "scope", "name_en", "name_zh", "metric", "measure", "at_least", "threshold")
    measured = found.measured(one)
    return {name: getattr(one, name) for name in names} | {
        "owner": one.owner.key,
        "touchpoint": key_of(one.touchpoint, "code"),
        "site": key_of(one.site, "code"),
        "figure": figure(measured.figure) if measured else None,
        "verdict": measured.verdict if measured else None,
    }


@router.get("/care/items", response=gives(ItemsOut))
@acts(policies.PROGRAMME)
def list_care_items(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> Any:  # noqa: ANN401
    """Standards of care and whether the data meet them."""
    return paged(found.items(actor_of(request)), cursor, limit, _item)


@router.get("/care/items/coverage", response=gives(CoverageOut))
@acts(policies.PROGRAMME)
def care_coverage(request: HttpRequest) -> Any:  # noqa: ANN401
    """Which stages of the exchange and scopes of care have standards."""
    grid = found.coverage(found.items(actor_of(request)))
    return {
        "cells": [{"stage": stage, "scope": scope, "n": n} for (stage, scope), n in grid.cells.items()],
        "stages_without": grid.stages_without,
        "scopes_without": grid.scopes_without,
    }


@router.post("/care/items", response=gives(ItemOut, 201))
@acts(policies.SET_ITEM)
def set_care_item(request: HttpRequest, body: ItemIn) -> Any:  # noqa: ANN401
    """Set a standard of care."""
    fields = body.dict()
    fields["threshold_"] = fields.pop("threshold")
    return Status(201, _item(services.set_item(actor=actor_of(request), **fields)))


@router.delete("/care/items/{key}", response=gives(None, 204))
@acts(policies.SET_ITEM)
def retire_care_item(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """Take a standard of care out of force."""
    services.retire_item(actor=actor_of(request), item=key)
    return Status(204, None)


class ClassGoalIn(Schema):
    """A goal of a class of customers."""

    tier: Tier
    metric: Literal["nps", "csat", "ces", "rating"]
    target: Number
    starts_on: Day
    until: Day
    owner: Code
    note: Note = ""


class StepIn(Schema):
    """An adjustment of operations."""

    what: Line
    owner: Code
    until: Day


class StepOut(Schema):
    """An adjustment; `done_at` is null until it is made."""

    key: str
    what: str
    owner: str
    until: date
    done_at: datetime | None


class ClassGoalOut(Schema):
    """A goal of a class against the class's own answers."""

    key: str
    tier: str
    metric: str
    target: float
    starts_on: date
    until: date
    owner: str
    note: str
    steps: list[StepOut]
    figure: FigureOut
    verdict: str


class BranchOut(Schema):
    """A class with its goals; `current` says whether one is in force today."""

    tier: str
    current: bool
    goals: list[ClassGoalOut]


class TreeOut(Schema):
    """Every class of customers."""

    items: list[BranchOut]
    without: list[str]


def _step(one: GoalStep) -> dict[str, Any]:
    return {
        "key": one.key,
        "what": one.what,
        "owner": one.owner.key,
        "until": one.until,
        "done_at": one.done_at,
    }


def _goal(one: ClassGoal, measured: Measured) -> dict[str, Any]:
    names = ("key", "tier", "metric", "target", "starts_on", "until", "note")
    return {name: getattr(one, name) for name in names} | {
        "owner": one.owner.key,
        "steps": [_step(step) for step in one.steps.all()],
        "figure": figure(measured.figure),
        "verdict": measured.verdict,
    }


@router.get("/care/goals", response=gives(TreeOut))
@acts(policies.GOALS)
def list_class_goals(request: HttpRequest) -> Any:  # noqa: ANN401
    """Classes of customers with their goals; `without` names those that have none in force."""
    tree = found.tree()
    return {
        "items": [
            {"tier": one.tier, "current": one.current, "goals": [_goal(*pair) for pair in one.goals]}
            for one in tree
        ],
        "without": [one.tier for one in tree if not one.current],
    }


@router.post("/care/goals", response=gives(ClassGoalOut, 201))
@acts(policies.SET_GOAL)
def set_class_goal(request: HttpRequest, body: ClassGoalIn) -> Any:  # noqa: ANN401
    """Set a goal of a class of customers."""
    goal = services.set_class_goal(actor=actor_of(request), **body.dict())
    return Status(201, _goal(goal, found.goal_measured(goal)))


@router.delete("/care/goals/{key}", response=gives(None, 204))
@acts(policies.SET_GOAL)
def retire_class_goal(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """Take a goal of a class away."""
    services.retire_class_goal(actor=actor_of(request), goal=key)
    return Status(204, None)


@router.post("/care/goals/{key}/steps", response=gives(StepOut, 201))
@acts(policies.SET_GOAL)
def add_goal_step(request: HttpRequest, key: str, body: StepIn) -> Any:  # noqa: ANN401
    """Add an adjustment of operations to a goal."""
    return Status(201, _step(services.add_step(actor=actor_of(request), goal=key, **body.dict())))


@router.post("/care/steps/{key}/done", response=gives(StepOut))
@acts(policies.SETTLE_STEP)
def settle_goal_step(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """Report one's adjustment as made."""
    return _step(services.settle_step(actor=actor_of(request), step=key))


class LevelOut(Schema):
    """A level of care (minimal, standard, extended, core) and why, in both languages."""

    level: str
    reason_en: str
    reason_zh: str


@router.get("/care/level", response=gives(LevelOut))
@acts(policies.LEVEL)
def show_care_level(
    request: HttpRequest, differentiation: Grade, competition: Grade, expectation: Grade
) -> Any:  # noqa: ANN401
    """How much care a market asks for."""
    level = care_level(differentiation, competition, expectation)
    return {"level": level.level, "reason_en": level.reason.en, "reason_zh": level.reason.zh}
