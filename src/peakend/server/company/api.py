"""Sites, teams and touchpoints for programs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from peakend.server.company import selectors, services
from peakend.server.company.models import Company, Site, Team, Touchpoint
from peakend.server.company.policies import MANAGE, READ, TOUCHPOINTS
from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.paging import cut
from peakend.server.web.problems import gives

router = Router()
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]{0,59}$")]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Words = Annotated[str, Field(max_length=200)]
Short = Annotated[str, Field(max_length=60)]
Stage = Literal["", "pre", "purchase", "use", "service"]
Place = Annotated[int, Field(ge=0, le=100_000)]


class CompanyOut(Schema):
    """The company."""

    name: str


class CompanyIn(Schema):
    """Its name."""

    name: Words


class SiteOut(Schema):
    """A site."""

    code: str
    name: str
    name_zh: str
    kind: str
    region: str
    timezone: str
    calendar: str
    active: bool


class SitePatch(Schema):
    """What may change of a site; what is left out stays."""

    name: Name | None = None
    name_zh: Words | None = None
    kind: Short | None = None
    region: Annotated[str, Field(max_length=120)] | None = None
    timezone: Short | None = None
    calendar: Short | None = None
    active: bool | None = None


class SiteIn(SitePatch):
    """A new site."""

    code: Code
    name: Name


class TeamOut(Schema):
    """A team; `site` is the code of its site."""

    site: str
    code: str
    name: str
    name_zh: str
    active: bool

    @staticmethod
    def resolve_site(team: Team) -> str:
        """The code of the site."""
        return str(team.site.code)


class TeamPatch(Schema):
    """What may change of a team."""

    name: Name | None = None
    name_zh: Words | None = None
    active: bool | None = None


class TeamIn(TeamPatch):
    """A new team."""

    code: Code
    name: Name


class TouchpointOut(Schema):
    """A touchpoint."""

    code: str
    name: str
    name_zh: str
    position: int
    stage: str
    channel: str
    owner: str
    active: bool


class TouchpointPatch(Schema):
    """What may change of a touchpoint."""

    name: Name | None = None
    name_zh: Words | None = None
    position: Place | None = None
    stage: Stage | None = None
    channel: Short | None = None
    owner: Words | None = None
    active: bool | None = None


class TouchpointIn(TouchpointPatch):
    """A new touchpoint."""

    code: Code
    name: Name


class ImportIn(Schema):
    """Which template of touchpoints; `language` of the names of owners."""

    template: Literal["airline", "bank", "property", "retailer"]
    language: Literal["en", "zh"] = "en"


class Imported(Schema):
    """How many touchpoints were new."""

    new: int


class Sites(Schema):
    """A page of sites."""

    items: list[SiteOut]
    next: str | None


class Teams(Schema):
    """A page of teams."""

    items: list[TeamOut]
    next: str | None


class Touchpoints(Schema):
    """A page of touchpoints."""

    items: list[TouchpointOut]
    next: str | None


class Listing(Schema):
    """Which page of a list."""

    cursor: str | None = None
    limit: int = Field(50, ge=1, le=200)


def _given(body: Schema) -> dict[str, Any]:
    """The fields that were sent; null is as good as left out."""
    return {name: value for name, value in body.dict(exclude_unset=True).items() if value is not None}


@router.get("/company", response=gives(CompanyOut))
@acts(READ)
def company(request: HttpRequest) -> dict[str, str]:
    """The company's name."""
    return {"name": selectors.company_name()}


@router.patch("/company", response=gives(CompanyOut))
@acts(MANAGE)
def name_company(request: HttpRequest, body: CompanyIn) -> Company:
    """Name the company."""
    return services.name_company(actor=actor_of(request), name=body.name)


@router.get("/sites", response=gives(Sites))
@acts(READ)
def sites(request: HttpRequest, listing: Query[Listing]) -> dict[str, Any]:
    """Sites within reach, oldest first."""
    items, after = cut(selectors.sites(actor_of(request)), listing.cursor, listing.limit, newest_first=False)
    return {"items": items, "next": after}


@router.post("/sites", response=gives(SiteOut, 201))
@acts(MANAGE)
def create_site(request: HttpRequest, body: SiteIn) -> Status[Site]:
    """Add a site."""
    return Status(201, services.create_site(actor=actor_of(request), **_given(body)))


@router.get("/sites/{code}", response=gives(SiteOut))
@acts(READ)
def site(request: HttpRequest, code: str) -> Site:
    """One site."""
    return selectors.get_site(actor_of(request), code)


@router.patch("/sites/{code}", response=gives(SiteOut))
@acts(MANAGE)
def change_site(request: HttpRequest, code: str, body: SitePatch) -> Site:
    """Change a site."""
    return services.change_site(actor=actor_of(request), code=code, **_given(body))


@router.get("/sites/{code}/teams", response=gives(Teams))
@acts(READ)
def teams(request: HttpRequest, code: str, listing: Query[Listing]) -> dict[str, Any]:
    """The teams of a site."""
    actor = actor_of(request)
    rows = selectors.teams(actor).filter(site=selectors.get_site(actor, code))
    items, after = cut(rows, listing.cursor, listing.limit, newest_first=False)
    return {"items": items, "next": after}


@router.post("/sites/{code}/teams", response=gives(TeamOut, 201))
@acts(MANAGE)
def create_team(request: HttpRequest, code: str, body: TeamIn) -> Status[Team]:
    """Add a team to a site."""
    return Status(201, services.create_team(actor=actor_of(request), site=code, **_given(body)))


@router.get("/sites/{code}/teams/{team}", response=gives(TeamOut))
@acts(READ)
def team(request: HttpRequest, code: str, team: str) -> Team:
    """One team."""
    return selectors.get_team(actor_of(request), code, team)


@router.patch("/sites/{code}/teams/{team}", response=gives(TeamOut))
@acts(MANAGE)
def change_team(request: HttpRequest, code: str, team: str, body: TeamPatch) -> Team:
    """Change a team."""
    return services.change_team(actor=actor_of(request), site=code, code=team, **_given(body))


@router.get("/touchpoints", response=gives(Touchpoints))
@acts(READ)
def touchpoints(request: HttpRequest, listing: Query[Listing]) -> dict[str, Any]:
    """Touchpoints, oldest first; their `position` is the order of the journey."""
    rows = selectors.touchpoints(actor_of(request))
    items, after = cut(rows, listing.cursor, listing.limit, newest_first=False)
    return {"items": items, "next": after}


@router.post("/touchpoints", response=gives(TouchpointOut, 201))
@acts(TOUCHPOINTS)
def create_touchpoint(request: HttpRequest, body: TouchpointIn) -> Status[Touchpoint]:
    """Add a touchpoint."""
    return Status(201, services.create_touchpoint(actor=actor_of(request), **_given(body)))


@router.post("/touchpoints/import", response=gives(Imported))
@acts(TOUCHPOINTS)
def import_touchpoints(request: HttpRequest, body: ImportIn) -> dict[str, int]:
    """Take over a template's touchpoints; those that are there stay as they are."""
    made = services.import_touchpoints(
        actor=actor_of(request), template=body.template, language=body.language
    )
    return {"new": made}


@router.get("/touchpoints/{code}", response=gives(TouchpointOut))
@acts(READ)
def touchpoint(request: HttpRequest, code: str) -> Touchpoint:
    """One touchpoint."""
    return selectors.get_touchpoint(actor_of(request), code)


@router.patch("/touchpoints/{code}", response=gives(TouchpointOut))
@acts(TOUCHPOINTS)
def change_touchpoint(request: HttpRequest, code: str, body: TouchpointPatch) -> Touchpoint:
    """Change a touchpoint."""
    return services.change_touchpoint(actor=actor_of(request), code=code, **_given(body))
