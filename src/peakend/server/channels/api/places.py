"""Places in the API."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from peakend.server.channels import places as registry
from peakend.server.channels import selectors
from peakend.server.channels.api.found import site_called, team_called, touchpoint_called
from peakend.server.channels.figures import PlaceFigures, figures
from peakend.server.channels.links import place_link
from peakend.server.channels.policies import EDIT_PLACES, READ_PLACES
from peakend.server.channels.posters import qr_png, qr_svg
from peakend.server.web.address import origin_of
from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.paging import cut

if TYPE_CHECKING:
    from peakend.server.channels.models import Place

router = Router()


class PlaceChange(Schema):
    """What may change at a place. Sites, teams and touchpoints by their codes."""

    name: str
    site: str | None = None
    team: str | None = None
    touchpoint: str | None = None
    silent_after_days: int = 7
    allowed_origin: str = Field("", description="embed: the one site whose pages may show it")


class PlaceIn(PlaceChange):
    """A new place."""

    survey: str = Field(description="Key of a published survey")
    kind: Literal["link", "qr", "kiosk", "embed"]


class Everywhere(Schema):
    """One place a site."""

    survey: str
    kind: Literal["link", "qr", "kiosk"]
    touchpoint: str | None = None


class PlaceOut(Schema):
    """A place and how it does. `rate` with its 95 % interval: a share of views, at a kiosk answers a day."""

    key: str
    survey: str
    kind: str
    name: str
    site: str | None
    team: str | None
    touchpoint: str | None
    active: bool
    url: str
    opened_at: datetime
    answers: int
    views: int
    rate: float | None
    rate_low: float | None
    rate_high: float | None
    rate_unit: Literal["share of views", "answers a day"]
    last_answer_at: datetime | None
    silent: bool
    silent_after_days: int
    allowed_origin: str


class PlacePage(Schema):
    """One page of places."""

    items: list[PlaceOut]
    next: str | None


class PlaceState(Schema):
    """Whether a place is open."""

    active: bool


@router.get("/places", response=PlacePage)
@acts(READ_PLACES)
def list_places(request: HttpRequest, cursor: str | None = None, limit: int = 50) -> dict[str, object]:
    """Places within reach with their figures."""
    found, following = cut(selectors.places(actor_of(request)), cursor, limit)
    return {"items": [_out(request, one) for one in figures(found)], "next": following}


@router.post("/places", response={201: PlaceOut})
@acts(EDIT_PLACES)
def open_place(request: HttpRequest, body: PlaceIn) -> Status:
    """Let a survey lie open at a new place."""
    actor = actor_of(request)
    site = site_called(actor, body.site)
    made = registry.open_place(
        actor=actor,
        survey=selectors.get_survey(actor, body.survey),
        kind=body.kind,
        name=body.name,
        site=site,
        team=team_called(site, body.team),
        touchpoint=touchpoint_called(body.touchpoint),
        silent_after_days=body.silent_after_days,
        allowed_origin=body.allowed_origin,
    )
    return Status(201, _shown(request, made))


@router.post("/places/everywhere", response={201: list[PlaceOut]})
@acts(EDIT_PLACES)
def open_everywhere(request: HttpRequest, body: Everywhere) -> Status:
    """A place at every site in reach that has none yet."""
    actor = actor_of(request)
    made = registry.open_everywhere(
        actor=actor,
        survey=selectors.get_survey(actor, body.survey),
        kind=body.kind,
        touchpoint=touchpoint_called(body.touchpoint),
    )
    return Status(201, [_out(request, one) for one in figures(made)])


@router.get("/places/{key}", response=PlaceOut)
@acts(READ_PLACES)
def get_place(request: HttpRequest, key: str) -> dict[str, object]:
    """One place."""
    return _shown(request, selectors.get_place(actor_of(request), key))


@router.put("/places/{key}", response=PlaceOut)
@acts(EDIT_PLACES)
def edit_place(request: HttpRequest, key: str, body: PlaceChange) -> dict[str, object]:
    """Change a place; survey, kind and address stay."""
    actor = actor_of(request)
    site = site_called(actor, body.site)
    made = registry.edit_place(
        actor=actor,
        key=key,
        name=body.name,
        site=site,
        team=team_called(site, body.team),
        touchpoint=touchpoint_called(body.touchpoint),
        silent_after_days=body.silent_after_days,
        allowed_origin=body.allowed_origin,
    )
    return _shown(request, made)


@router.put("/places/{key}/state", response=PlaceOut)
@acts(EDIT_PLACES)
def set_state(request: HttpRequest, key: str, body: PlaceState) -> dict[str, object]:
    """Close a place or open it again."""
    return _shown(request, registry.set_active(actor=actor_of(request), key=key, active=body.active))


@router.get("/places/{key}/qr.svg")
@acts(READ_PLACES)
def get_svg(request: HttpRequest, key: str) -> HttpResponse:
    """The place's QR code as SVG."""
    link = place_link(selectors.get_place(actor_of(request), key), origin_of(request))
    return HttpResponse(qr_svg(link), content_type="image/svg+xml")


@router.get("/places/{key}/qr.png")
@acts(READ_PLACES)
def get_png(request: HttpRequest, key: str) -> HttpResponse:
    """The place's QR code as PNG, about 1,000 pixels wide."""
    link = place_link(selectors.get_place(actor_of(request), key), origin_of(request))
    return HttpResponse(qr_png(link), content_type="image/png")


def _shown(request: HttpRequest, place: Place) -> dict[str, object]:
    return _out(request, figures([place])[0])


def _out(request: HttpRequest, one: PlaceFigures) -> dict[str, object]:
    place = one.place
    return {
        **{name: getattr(place, name) for name in ("key", "kind", "name", "active", "opened_at")},
        "survey": place.survey.key,
        "site": place.site.code if place.site else None,
        "team": place.team.code if place.team else None,
        "touchpoint": place.touchpoint.code if place.touchpoint else None,
        "url": place_link(place, origin_of(request)),
        "answers": one.answers,
        "views": one.views,
        "rate": one.rate,
        "rate_low": one.low,
        "rate_high": one.high,
        "rate_unit": "answers a day" if one.per_day else "share of views",
        "last_answer_at": one.last_answer_at,
        "silent": one.silent,
        "silent_after_days": place.silent_after_days,
        "allowed_origin": place.allowed_origin,
    }
