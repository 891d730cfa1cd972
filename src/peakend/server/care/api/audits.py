"""Audits of care and the control charts for programs."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from peakend.evidence.control_charts import Point
from peakend.server.care import policies
from peakend.server.care.models import CareAudit
from peakend.server.care.selectors import audits as found
from peakend.server.care.selectors.consistency import code_of, evenness
from peakend.server.care.services import audits as services
from peakend.server.improvement.api.shapes import Code, Cursor, Day, Limit, Line, Note, Words, key_of, paged
from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.problems import gives

router = Router()
Ten = Annotated[float, Field(ge=0, le=10)]
Heads = Annotated[int, Field(ge=0, le=100_000)]
Environment = Literal["clean", "signs", "waiting", "equipment", "privacy", "access", "information", "comfort"]


class FactorIn(Schema):
    """A score with what it rests on."""

    score: Ten
    evidence: Annotated[Note, Field(min_length=1)]


class FactorsIn(Schema):
    """The four factors of lasting care."""

    marketing: FactorIn
    capability: FactorIn
    consistency: FactorIn
    identification: FactorIn


class EnvironmentIn(Schema):
    """A score of one item of the environment."""

    score: Ten
    evidence: Note = ""


class MeasureShape(Schema):
    """Something done for contact staff; without a day it is planned, not held."""

    what: Line
    held_on: Day | None = None
    invited: Heads = 0
    attended: Heads = 0


class AuditIn(Schema):
    """A care audit of a site on a day; one a day by each auditor. Scores from 0 to 10."""

    site: Code
    on: Day
    hard: Ten
    soft: Ten
    factors: FactorsIn
    environment: dict[Environment, EnvironmentIn] = Field(default_factory=dict)
    measures: list[MeasureShape] = Field(default_factory=list, max_length=20)
    note: Words = ""


class ScoreOut(Schema):
    """A score and what it rests on."""

    score: float
    evidence: str


class AuditOut(Schema):
    """An audit; `care` is hard times soft divided by ten, `alarming` a soft side that is too low."""

    key: str
    site: str
    on: date
    auditor: str | None
    hard: float
    soft: float
    care: float
    alarming: bool
    factors: dict[str, ScoreOut]
    environment: dict[str, ScoreOut]
    environment_mean: float | None
    measures: list[MeasureShape]
    note: str


class AuditsOut(Schema):
    """A page of audits."""

    items: list[AuditOut]
    next: str | None


class StateOut(Schema):
    """A site with the day of its last audit, and what that one did not record."""

    site: str
    last_on: date | None
    recent: bool
    lacks: list[str]


class StatesOut(Schema):
    """Every site in reach."""

    items: list[StateOut]


def _audit(one: CareAudit) -> dict[str, Any]:
    result = found.result(one)
    names = ("key", "on", "hard", "soft", "note")
    return {name: getattr(one, name) for name in names} | {
        "site": one.site.code,
        "auditor": key_of(one.auditor),
        "care": result.care,
        "alarming": result.alarming,
        "factors": {
            code: {"score": row.score, "evidence": row.evidence} for code, row in result.factors.items()
        },
        "environment": {
            row.code: {"score": row.score, "evidence": row.evidence} for row in result.environment
        },
        "environment_mean": result.environment_mean,
        "measures": [
            {name: getattr(row, name) for name in MeasureShape.model_fields} for row in one.measures.all()
        ],
    }


@router.get("/care/audits", response=gives(AuditsOut))
@acts(policies.AUDITS)
def list_care_audits(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> Any:  # noqa: ANN401
    """Audits of care."""
    return paged(found.audits(actor_of(request)), cursor, limit, _audit)


@router.get("/care/audits/sites", response=gives(StatesOut))
@acts(policies.AUDITS)
def list_audited_sites(request: HttpRequest) -> Any:  # noqa: ANN401
    """Every site, and whether it was audited within half a year."""
    return {
        "items": [
            {
                "site": one.site.code,
                "last_on": one.latest.audit.on if one.latest else None,
                "recent": one.recent,
                "lacks": one.lacks,
            }
            for one in found.sites(actor_of(request))
        ]
    }


@router.post("/care/audits", response=gives(AuditOut, 201))
@acts(policies.AUDIT)
def record_care_audit(request: HttpRequest, body: AuditIn) -> Any:  # noqa: ANN401
    """Record an audit of care."""
    actor = actor_of(request)
    made = services.record_audit(actor=actor, **body.dict())
    return Status(201, _audit(found.get_audit(actor, made.key)))


@router.get("/care/audits/{key}", response=gives(AuditOut))
@acts(policies.AUDITS)
def show_care_audit(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """One audit."""
    return _audit(found.get_audit(actor_of(request), key))


class PointOut(Schema):
    """A point of a control chart. `beyond`: outside three sigmas; `out`: also after Holm's correction."""

    value: float
    centre: float
    low: float
    high: float
    p_adjusted: float
    beyond: bool
    out: bool


class PlaceOut(Schema):
    """A site or a team (`site/team`) on the charts of mean and standard deviation."""

    place: str
    n: int
    mean: PointOut
    deviation: PointOut


class FewOut(Schema):
    """A place with fewer than ten answers: not judged, not shown."""

    place: str
    n: int


class EvennessOut(Schema):
    """Control charts; centre and variances are null where fewer than two places have ten answers."""

    centre: float | None
    within: float | None
    between: float | None
    places: list[PlaceOut]
    few: list[FewOut]


def _point(one: Point) -> dict[str, Any]:
    return {name: getattr(one, name) for name in PointOut.model_fields}


@router.get("/care/consistency", response=gives(EvennessOut))
@acts(policies.CONSISTENCY)
def show_consistency(
    request: HttpRequest,
    metric: Literal["nps", "csat", "ces", "rating"] = "nps",
    by: Literal["site", "team"] = "site",
    months: Annotated[int, Query(ge=1, le=12)] = 3,
) -> Any:  # noqa: ANN401
    """How even care is over the last whole months; without answers of anonymous surveys."""
    even = evenness(actor_of(request), metric, by, months)
    chart = even.chart
    return {
        "centre": chart.centre if chart else None,
        "within": chart.within if chart else None,
        "between": chart.between if chart else None,
        "places": [
            {
                "place": code_of(row),
                "n": place.n,
                "mean": _point(place.mean),
                "deviation": _point(place.spread),
            }
            for place, row in even.shown
        ],
        "few": [{"place": code_of(row), "n": n} for row, n in even.few],
    }
