"""Pages of sites, teams and touchpoints."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from peakend.server.acting.errors import SiteError
from peakend.server.company import selectors, services
from peakend.server.company.calendars import calendar_name
from peakend.server.company.forms import (
    CompanyForm,
    NewSiteForm,
    NewTeamForm,
    NewTouchpointForm,
    SiteForm,
    TeamForm,
    TouchpointForm,
)
from peakend.server.company.policies import MANAGE, SITES, TOUCHPOINTS
from peakend.server.company.words import CHANNELS, KINDS, in_words
from peakend.server.web.forms import refused
from peakend.server.web.pages import actor_of, page
from peakend.server.web.say import say, spoken

if TYPE_CHECKING:
    from django.db import models

    from peakend.server.company.models import Site, Team, Touchpoint


@page(SITES)
def sites(request: HttpRequest) -> HttpResponse:
    """Every site within reach, with how many teams and people it has."""
    rows = selectors.sites(actor_of(request)).annotate(
        team_count=Count("teams", filter=Q(teams__active=True), distinct=True),
        people_count=Count("people", filter=Q(people__is_active=True), distinct=True),
    )
    return render(
        request,
        "company/sites.html",
        {"rows": rows.order_by("-active", "code"), "name": selectors.company_name()},
    )


@page(SITES)
def site(request: HttpRequest, code: str) -> HttpResponse:
    """One site, its teams and what is known of it."""
    actor = actor_of(request)
    found = selectors.get_site(actor, code)
    teams = selectors.teams(actor).filter(site=found).order_by("-active", "code")
    context = {
        "site": found,
        "teams": teams,
        "calendar": calendar_name(found.calendar),
        "kind": in_words(KINDS, found.kind),
    }
    return render(request, "company/site.html", context)


@page(MANAGE)
def new_site(request: HttpRequest) -> HttpResponse:
    """Add a site."""
    actor = actor_of(request)
    return _form_page(
        request,
        NewSiteForm(request.POST or None),
        lambda data: redirect("company:site", services.create_site(actor=actor, **data).code),
        {
            "heading": say("Add a site", "新增网点"),
            "back": "company:sites",
            "button": say("Add site", "新增网点"),
        },
    )


@page(MANAGE)
def edit_site(request: HttpRequest, code: str) -> HttpResponse:
    """Change a site."""
    actor = actor_of(request)
    found = selectors.get_site(actor, code)

    def change(data: dict[str, Any]) -> HttpResponse:
        services.change_site(actor=actor, code=code, **data)
        return redirect("company:site", code)

    return _form_page(
        request,
        SiteForm(request.POST or None, initial=_facts(found, services.SITE_FIELDS)),
        change,
        {"heading": say("Change {name}", "修改{name}", name=called(found)), "back": "company:sites"},
    )


@page(MANAGE)
def new_team(request: HttpRequest, code: str) -> HttpResponse:
    """Add a team to a site."""
    actor = actor_of(request)
    found = selectors.get_site(actor, code)

    def create(data: dict[str, Any]) -> HttpResponse:
        services.create_team(actor=actor, site=code, **{**data, "code": data["code"]})
        return redirect("company:site", code)

    return _form_page(
        request,
        NewTeamForm(request.POST or None),
        create,
        {
            "heading": say("Add a team to {name}", "在{name}新增班组", name=called(found)),
            "back": "company:sites",
            "button": say("Add team", "新增班组"),
        },
    )


@page(MANAGE)
def edit_team(request: HttpRequest, code: str, team: str) -> HttpResponse:
    """Change a team."""
    actor = actor_of(request)
    found = selectors.get_team(actor, code, team)

    def change(data: dict[str, Any]) -> HttpResponse:
        services.change_team(actor=actor, site=code, code=team, **data)
        return redirect("company:site", code)

    return _form_page(
        request,
        TeamForm(request.POST or None, initial=_facts(found, services.TEAM_FIELDS)),
        change,
        {"heading": say("Change {name}", "修改{name}", name=called(found)), "back": "company:sites"},
    )


@page(MANAGE)
def edit_company(request: HttpRequest) -> HttpResponse:
    """The company's name."""
    actor = actor_of(request)

    def change(data: dict[str, Any]) -> HttpResponse:
        services.name_company(actor=actor, name=data["name"])
        return redirect("company:sites")

    return _form_page(
        request,
        CompanyForm(request.POST or None, initial={"name": selectors.company_name()}),
        change,
        {"heading": say("Name the company", "公司名称"), "back": "company:sites"},
    )


@page(TOUCHPOINTS)
def touchpoints(request: HttpRequest) -> HttpResponse:
    """Where customers meet the company, in the order of the journey; and templates to begin with."""
    from peakend.journey.registry.templates import templates

    rows = list(selectors.touchpoints(actor_of(request)).order_by("-active", "position", "code"))
    offered = [(name, one.title, len(one.body["touchpoints"])) for name, one in sorted(templates().items())]
    stages = dict(TouchpointForm.base_fields["stage"].choices)
    for row in rows:
        row.stage_name = stages.get(row.stage, row.stage) if row.stage else ""
        row.channel_name = in_words(CHANNELS, row.channel)
    return render(request, "company/touchpoints.html", {"rows": rows, "templates": offered})


@page(TOUCHPOINTS)
def new_touchpoint(request: HttpRequest) -> HttpResponse:
    """Add a touchpoint."""
    actor = actor_of(request)

    def create(data: dict[str, Any]) -> HttpResponse:
        if data["position"] is None:
            data.pop("position")
        services.create_touchpoint(actor=actor, **data)
        return redirect("company:touchpoints")

    return _form_page(
        request,
        NewTouchpointForm(request.POST or None),
        create,
        {
            "heading": say("Add a touchpoint", "新增接触点"),
            "back": "company:touchpoints",
            "button": say("Add touchpoint", "新增接触点"),
        },
    )


@page(TOUCHPOINTS)
def edit_touchpoint(request: HttpRequest, code: str) -> HttpResponse:
    """Change a touchpoint."""
    actor = actor_of(request)
    found = selectors.get_touchpoint(actor, code)

    def change(data: dict[str, Any]) -> HttpResponse:
        if data["position"] is None:
            data.pop("position")
        services.change_touchpoint(actor=actor, code=code, **data)
        return redirect("company:touchpoints")

    return _form_page(
        request,
        TouchpointForm(request.POST or None, initial=_facts(found, services.TOUCHPOINT_FIELDS)),
        change,
        {"heading": say("Change {name}", "修改{name}", name=called(found)), "back": "company:touchpoints"},
    )


@page(TOUCHPOINTS)
@require_POST
def import_touchpoints(request: HttpRequest) -> HttpResponse:
    """Take over the touchpoints of a template."""
    count = services.import_touchpoints(
        actor=actor_of(request), template=request.POST.get("template", ""), language=spoken()
    )
    if count:
        messages.success(request, say("{n} touchpoints were added.", "已新增 {n} 个接触点。", n=count))
    else:
        messages.info(request, say("All of them were there already.", "这些接触点均已存在，未作改动。"))
    return redirect("company:touchpoints")


def called(row: Site | Team | Touchpoint) -> str:
    """The name in the page's language."""
    return str((spoken() == "zh" and row.name_zh) or row.name)


def _facts(row: models.Model, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _form_page(
    request: HttpRequest,
    form: forms.Form,
    save: Callable[[dict[str, Any]], HttpResponse],
    context: dict[str, Any],
) -> HttpResponse:
    """Show the form, or save what was sent and go on.

    What the service refuses comes back under its fields.
    """
    if request.method == "POST" and form.is_valid():
        try:
            response = save(form.cleaned_data)
        except SiteError as error:
            if error.status in (403, 404):
                raise
            refused(form, error)
        else:
            messages.success(request, say("Saved.", "已保存。"))
            return response
    status = 422 if request.method == "POST" else 200
    return render(request, "company/form.html", {"form": form, **context}, status=status)
