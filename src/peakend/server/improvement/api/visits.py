"""Service visits, checklists and gestures for programs."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import File, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from peakend.server.acting import clock
from peakend.server.improvement import photos as keeping
from peakend.server.improvement import policies
from peakend.server.improvement.api.shapes import (
    Code,
    Currency,
    Cursor,
    FigureOut,
    Limit,
    Line,
    Moment,
    Money,
    Named,
    Note,
    Share,
    figure,
    key_of,
    paged,
)
from peakend.server.improvement.figures import visit_figures
from peakend.server.improvement.models import Checklist, GestureRule, Photo, Visit
from peakend.server.improvement.selectors import team_key
from peakend.server.improvement.selectors import visits as found
from peakend.server.improvement.services import photos as photo_services
from peakend.server.improvement.services import visits as services
from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.problems import gives

router = Router()
Slug = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,60}$")]


class VisitIn(Schema):
    """A visit to plan. `order_id` is the planning system's own: the same again gives the same visit."""

    checklist: Slug
    site: Code
    task: Line
    window_from: Moment
    window_to: Moment
    team: Code | None = None
    employee: Code | None = None
    customer_id: Annotated[Code, Field(max_length=120)] | None = None
    touchpoint: Code | None = None
    case: Code | None = None
    order_id: Annotated[Code, Field(max_length=120)] | None = None


class AgainIn(Schema):
    """The visit that mends one."""

    task: Line
    window_from: Moment
    window_to: Moment


class CheckIn(Schema):
    """What was found for an item."""

    done: bool
    note: Note = ""


class LineOut(Schema):
    """An item of a visit: state is open, done, failed or photo (its photo is missing)."""

    item: str
    aspect: str
    required: bool
    photo: bool
    state: str
    note: str
    photos: list[str]


class VisitOut(Schema):
    """A visit."""

    key: str
    order_id: str | None
    checklist: str
    version: int
    site: str
    team: str | None
    employee: str | None
    customer_id: str | None
    touchpoint: str | None
    task: str
    window_from: datetime
    window_to: datetime
    status: str
    arrived_at: datetime | None
    finished_at: datetime | None
    verdict: str
    reopens: str | None
    reopened_at: datetime | None
    gesture: str | None


class VisitWhole(VisitOut):
    """A visit with its items and scores by aspect."""

    lines: list[LineOut]
    aspects: dict[str, float]


class VisitsOut(Schema):
    """A page of visits."""

    items: list[VisitOut]
    next: str | None


class KpisOut(Schema):
    """On-time arrival, checklist and first-time-fix."""

    on_time: FigureOut
    checklist: FigureOut
    first_time_fix: FigureOut


class PhotoOut(Schema):
    """A photograph; fetch it at /visit-photos/{key}/."""

    key: str
    item: str
    width: int
    height: int
    size: int


class ItemShape(Schema):
    """An item of a checklist."""

    code: Slug
    text_en: Named
    text_zh: Named
    aspect: Literal["timeliness", "conduct", "quality", "manner", "procedure", "efficiency"]
    weight: Share
    required: bool = True
    photo: bool = False


class ChecklistIn(Schema):
    """A checklist, or its next version."""

    name_en: Named
    name_zh: Named
    kind: Literal["visit", "counter"] = "visit"
    reopen_days: Annotated[int, Field(ge=1, le=365)] = 30
    items: Annotated[list[ItemShape], Field(min_length=1, max_length=60)]


class ChecklistOut(ChecklistIn):
    """A checklist in force."""

    code: str
    version: int


class ChecklistsOut(Schema):
    """The checklists in force."""

    items: list[ChecklistOut]
    next: str | None = None


def _visit(one: Visit) -> dict[str, Any]:
    names = [
        "key",
        "order_id",
        "task",
        "window_from",
        "window_to",
        "status",
        "arrived_at",
        "finished_at",
        "verdict",
        "reopened_at",
    ]
    gesture = getattr(one, "gesture", None)
    return {name: getattr(one, name) for name in names} | {
        "checklist": one.checklist.code,
        "version": one.checklist.version,
        "site": one.site.code,
        "team": team_key(one.team) if one.team else None,
        "employee": key_of(one.employee),
        "customer_id": key_of(one.customer, "customer_id"),
        "touchpoint": key_of(one.touchpoint, "code"),
        "reopens": key_of(one.reopens),
        "gesture": gesture.arm if gesture else None,
    }


def _whole(one: Visit) -> dict[str, Any]:
    listed = [
        {
            "item": line.item.code,
            "aspect": line.item.aspect,
            "required": line.item.required,
            "photo": line.item.photo,
            "state": line.state,
            "note": line.check.note if line.check else "",
            "photos": [photo.key for photo in line.photos],
        }
        for line in found.lines(one)
    ]
    return _visit(one) | {"lines": listed, "aspects": found.aspect_scores(one)}


def _photo(one: Photo) -> dict[str, Any]:
    names = ("key", "width", "height", "size")
    return {name: getattr(one, name) for name in names} | {"item": one.item.code}


def _checklist(one: Checklist) -> dict[str, Any]:
    names = ("code", "version", "name_en", "name_zh", "kind", "reopen_days")
    return {name: getattr(one, name) for name in names} | {
        "items": [{name: getattr(item, name) for name in ItemShape.model_fields} for item in one.items.all()]
    }


@router.get("/visits", response=gives(VisitsOut))
@acts(policies.VISITS)
def list_visits(
    request: HttpRequest, cursor: Cursor = None, limit: Limit = 50, status: str | None = None
) -> Any:  # noqa: ANN401
    """Visits, the newest first."""
    rows = found.visits(actor_of(request))
    return paged(rows.filter(status=status) if status else rows, cursor, limit, _visit)


@router.post("/visits", response=gives(VisitOut, 201))
@acts(policies.PLAN_VISIT)
def plan_visit(request: HttpRequest, body: VisitIn) -> Any:  # noqa: ANN401
    """Plan a visit."""
    return Status(201, _visit(services.plan_visit(actor=actor_of(request), **body.dict())))


@router.get("/visit-figures", response=gives(KpisOut))
@acts(policies.VISITS)
def read_figures(request: HttpRequest, days: Annotated[int, Query(ge=1, le=730)] = 90) -> Any:  # noqa: ANN401
    """The figures of the visits in reach."""
    since = clock.now() - timedelta(days=days)
    rows = found.visits(actor_of(request)).filter(window_to__gte=since)
    return {name: figure(one) for name, one in visit_figures(rows).items()}


@router.get("/visits/{key}", response=gives(VisitWhole))
@acts(policies.VISITS)
def read_visit(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """One visit with its items."""
    return _whole(found.get_visit(actor_of(request), key))


@router.post("/visits/{key}/arrive", response=gives(VisitOut))
@acts(policies.WORK_VISIT)
def arrive(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """Say that one has arrived."""
    return _visit(services.arrive(actor=actor_of(request), visit=key))


@router.put("/visits/{key}/items/{item}", response=gives(VisitWhole))
@acts(policies.WORK_VISIT)
def check_item(request: HttpRequest, key: str, item: str, body: CheckIn) -> Any:  # noqa: ANN401
    """Save one item."""
    services.check_item(actor=actor_of(request), visit=key, item=item, **body.dict())
    return _whole(found.get_visit(actor_of(request), key))


@router.post("/visits/{key}/items/{item}/photos", response=gives(PhotoOut, 201))
@acts(policies.WORK_VISIT)
def add_photo(request: HttpRequest, key: str, item: str, photo: File[UploadedFile]) -> Any:  # noqa: ANN401
    """Add a photograph."""
    sent = photo.read(keeping.MOST_BYTES + 1)
    return Status(
        201, _photo(photo_services.add_photo(actor=actor_of(request), visit=key, item=item, sent=sent))
    )


@router.delete("/visit-photos/{key}", response=gives(None, 204))
@acts(policies.WORK_VISIT)
def remove_photo(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """Take a photograph away while the visit runs."""
    photo_services.remove_photo(actor=actor_of(request), photo=key)
    return Status(204, None)


@router.post("/visits/{key}/finish", response=gives(VisitWhole))
@acts(policies.WORK_VISIT)
def finish_visit(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """End the visit."""
    return _whole(services.finish_visit(actor=actor_of(request), visit=key))


@router.post("/visits/{key}/gesture", response=gives(VisitOut))
@acts(policies.WORK_VISIT)
def give_gesture(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """Say that the gift was handed over."""
    services.give_gesture(actor=actor_of(request), visit=key)
    return _visit(found.get_visit(actor_of(request), key))


@router.post("/visits/{key}/reopen", response=gives(VisitOut, 201))
@acts(policies.PLAN_VISIT)
def reopen_visit(request: HttpRequest, key: str, body: AgainIn) -> Any:  # noqa: ANN401
    """Plan the visit that mends it."""
    return Status(201, _visit(services.reopen_visit(actor=actor_of(request), visit=key, **body.dict())))


@router.post("/visits/{key}/cancel", response=gives(VisitOut))
@acts(policies.PLAN_VISIT)
def cancel_visit(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """Call it off."""
    return _visit(services.cancel_visit(actor=actor_of(request), visit=key))


@router.get("/checklists", response=gives(ChecklistsOut))
@acts(policies.CHECKLISTS)
def list_checklists(request: HttpRequest) -> Any:  # noqa: ANN401
    """The checklists in force."""
    return {"items": [_checklist(one) for one in found.checklists()]}


@router.put("/checklists/{code}", response=gives(ChecklistOut))
@acts(policies.EDIT_CHECKLIST)
def save_checklist(request: HttpRequest, code: Slug, body: ChecklistIn) -> Any:  # noqa: ANN401
    """Save a checklist as a new version."""
    return _checklist(services.save_checklist(actor=actor_of(request), code=code, **body.dict()))


@router.post("/built-in-checklists", response=gives(ChecklistsOut))
@acts(policies.EDIT_CHECKLIST)
def add_built_in(request: HttpRequest) -> Any:  # noqa: ANN401
    """Add those that come with Peakend."""
    services.add_built_in(actor=actor_of(request))
    return {"items": [_checklist(one) for one in found.checklists()]}


class GestureIn(Schema):
    """An end gesture."""

    name_en: Named
    name_zh: Named
    unit_cost: Annotated[Money, Field(ge=0.01, lt=1e7)]
    cap: Annotated[Money, Field(ge=0.01, lt=1e9)]
    currency: Currency = "CNY"
    treated_share: Share = 0.5
    checklist: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{0,60}$")] = ""


class ArmOut(Schema):
    """One arm."""

    arm: str
    visits: int
    score: FigureOut
    held: FigureOut


class GestureOut(Schema):
    """An end gesture with its cost and effect."""

    key: str
    name_en: str
    name_zh: str
    unit_cost: Decimal
    cap: Decimal
    spent: Decimal
    currency: str
    treated_share: float
    checklist: str
    active: bool
    arms: list[ArmOut]
    difference: float | None
    low: float | None
    high: float | None
    verdict: str


class GesturesOut(Schema):
    """Gestures, the newest first."""

    items: list[GestureOut]
    next: str | None


def _gesture(one: GestureRule) -> dict[str, Any]:
    effect = found.effect_of(one)
    names = ["key", "name_en", "name_zh", "unit_cost", "cap", "spent", "currency", "treated_share", "active"]
    return {name: getattr(one, name) for name in names} | {
        "checklist": one.checklist_code,
        "arms": [
            {
                "arm": arm.arm,
                "visits": arm.visits,
                "score": figure(arm.score),
                "held": figure(arm.held),
            }
            for arm in effect.arms
        ],
        "difference": effect.difference,
        "low": effect.low,
        "high": effect.high,
        "verdict": effect.verdict.en,
    }


@router.get("/gestures", response=gives(GesturesOut))
@acts(policies.GESTURES)
def list_gestures(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> Any:  # noqa: ANN401
    """End gestures with their effect."""
    return paged(found.rules(), cursor, limit, _gesture)


@router.post("/gestures", response=gives(GestureOut, 201))
@acts(policies.SET_GESTURE)
def set_gesture(request: HttpRequest, body: GestureIn) -> Any:  # noqa: ANN401
    """Begin an end gesture."""
    fields = body.dict()
    for name in ("unit_cost", "cap"):
        fields[name] = round(Decimal(str(fields[name])), 2)
    return Status(201, _gesture(services.set_gesture(actor=actor_of(request), **fields)))


@router.post("/gestures/{key}/end", response=gives(GestureOut))
@acts(policies.SET_GESTURE)
def end_gesture(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """Draw no more visits."""
    return _gesture(services.end_gesture(actor=actor_of(request), rule=key))
