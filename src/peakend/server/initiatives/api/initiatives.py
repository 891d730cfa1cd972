"""Initiatives, their spend and their effect for programs."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from peakend.server.improvement.api.shapes import (
    Clean,
    Code,
    Currency,
    Cursor,
    Day,
    Limit,
    Named,
    Note,
    key_of,
    paged,
)
from peakend.server.initiatives import policies
from peakend.server.initiatives.judging import due_on
from peakend.server.initiatives.models import Initiative, Spend
from peakend.server.initiatives.selectors import initiatives as found
from peakend.server.initiatives.services import initiatives as services
from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.problems import gives

router = Router()
Kind = Literal["training", "staffing", "equipment", "process", "digital", "care", "other"]
Metric = Literal["nps", "csat", "ces", "rating"]


class InitiativeIn(Schema):
    """What is tried and what it is to change; `smallest`: the least change worth it; shares 0 to 1."""

    name_en: Named
    name_zh: Named
    kind: Kind
    metric: Metric
    smallest: Annotated[float, Field(gt=0, le=200)]
    before_from: Day
    before_to: Day
    after_from: Day
    after_to: Day
    touchpoint: Code | None = None
    site: Code | None = None
    control_sites: list[Code] = Field(default_factory=list, max_length=50)


class SpendIn(Schema):
    """Money spent."""

    day: Day
    amount: Annotated[float, Field(ge=0.01, lt=1e9)]
    currency: Currency = "CNY"
    note: Note = ""


class SpendOut(Schema):
    """An entry of the ledger."""

    key: str
    day: date
    amount: Decimal
    currency: str
    note: str


class JudgementOut(Schema):
    """worked, harmed, no_effect, cannot_tell or few; bases under ten are null, and nothing is told then."""

    verdict: str
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    detectable: float | None = None
    more: int | None = None
    n: dict[str, int | None]
    values: dict[str, float] = Field(default_factory=dict)


class InitiativeOut(Schema):
    """An initiative; no result before `told_at`."""

    key: str
    name_en: str
    name_zh: str
    kind: str
    metric: str
    smallest: float
    before_from: date
    before_to: date
    after_from: date
    after_to: date
    touchpoint: str | None
    site: str | None
    control_sites: list[str]
    spends: list[SpendOut]
    told_at: datetime
    result: JudgementOut | None


class InitiativesOut(Schema):
    """A page of initiatives."""

    items: list[InitiativeOut]
    next: str | None


_PLAIN = [
    *("key", "name_en", "name_zh", "kind", "metric", "smallest"),
    *("before_from", "before_to", "after_from", "after_to"),
]


def _spend(one: Spend) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("key", "day", "amount", "currency", "note")}


def _initiative(one: Initiative) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _PLAIN} | {
        "touchpoint": key_of(one.touchpoint, "code"),
        "site": key_of(one.site, "code"),
        "control_sites": [site.code for site in one.control_sites.all()],
        "spends": [_spend(entry) for entry in one.spends.all()],
        "told_at": due_on(one),
        "result": one.result or None,
    }


@router.get("/initiatives", response=gives(InitiativesOut))
@acts(policies.INITIATIVES)
def list_initiatives(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> Any:  # noqa: ANN401
    """Initiatives, the newest first."""
    return paged(found.initiatives(actor_of(request)), cursor, limit, _initiative)


@router.post("/initiatives", response=gives(InitiativeOut, 201))
@acts(policies.LEAD_INITIATIVE)
def set_initiative(request: HttpRequest, body: InitiativeIn) -> Any:  # noqa: ANN401
    """Set an initiative down."""
    return Status(201, _initiative(services.set_initiative(actor=actor_of(request), **body.dict())))


@router.get("/initiatives/{key}", response=gives(InitiativeOut))
@acts(policies.INITIATIVES)
def get_initiative(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """An initiative with its spend and, once its time is over, its verdict."""
    return _initiative(found.get_initiative(actor_of(request), key))


@router.post("/initiatives/{key}/withdraw", response=gives(None, 204))
@acts(policies.LEAD_INITIATIVE)
def withdraw_initiative(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """Take it off the lists."""
    services.withdraw(actor=actor_of(request), initiative=key)
    return Status(204, None)


@router.post("/initiatives/{key}/spend", response=gives(SpendOut, 201))
@acts(policies.LEAD_INITIATIVE)
def add_spend(request: HttpRequest, key: str, body: SpendIn) -> Any:  # noqa: ANN401
    """Put money spent into the ledger."""
    fields = body.dict() | {"amount": round(Decimal(str(body.amount)), 2)}
    return Status(201, _spend(services.add_spend(actor=actor_of(request), initiative=key, **fields)))


@router.delete("/spend/{key}", response=gives(None, 204))
@acts(policies.LEAD_INITIATIVE)
def remove_spend(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """Take a wrong entry out."""
    services.remove_spend(actor=actor_of(request), spend=key)
    return Status(204, None)


class PointOut(Schema):
    """An initiative on the curve: its own spend, all up to it, and the change with its interval."""

    initiative: str
    name_en: str
    name_zh: str
    amount: Decimal
    cumulated: Decimal
    difference: float
    low: float | None
    high: float | None


class CurveOut(Schema):
    """Cost against satisfaction; `apart` are judged initiatives with money in other currencies."""

    metric: str
    currency: str
    points: list[PointOut]
    apart: int


@router.get("/spend-effect", response=gives(CurveOut))
@acts(policies.INITIATIVES)
def spend_effect(
    request: HttpRequest,
    metric: Metric = "nps",
    touchpoint: Annotated[str, Query(max_length=125), Clean] = "",
) -> Any:  # noqa: ANN401
    """What was spent on a touchpoint against what it changed."""
    curve = found.curve(actor_of(request), metric, touchpoint)
    names = ("amount", "cumulated", "difference", "low", "high")
    return {
        "metric": curve.metric,
        "currency": curve.currency,
        "apart": curve.apart,
        "points": [
            {name: getattr(point, name) for name in names}
            | {
                "initiative": point.initiative.key,
                "name_en": point.initiative.name_en,
                "name_zh": point.initiative.name_zh,
            }
            for point in curve.points
        ],
    }
