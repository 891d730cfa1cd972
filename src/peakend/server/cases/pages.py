"""The inbox, the team's load, opening by hand, and the file to take away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import SiteError
from peakend.server.acting.policies import may
from peakend.server.cases import catalogue, figures, presets, selectors
from peakend.server.cases.forms import LeaveForm, OpenForm
from peakend.server.cases.lifecycle import reassign_all
from peakend.server.cases.models import Compensation
from peakend.server.cases.opening import open_case
from peakend.server.cases.policies import ASSIGN, EXPORT, LEAD, READ, WORK
from peakend.server.cases.selectors import Wanted
from peakend.server.cases.shown import finding, show
from peakend.server.company import selectors as places
from peakend.server.web.downloads import csv_file
from peakend.server.web.forms import refused
from peakend.server.web.pages import actor_of, page
from peakend.server.web.say import say

PAGE = 20
VIEWS: dict[str, Text] = {
    "mine": Text("Mine", "我的"),
    "team": Text("Team", "团队"),
    "overdue": Text("Late", "已逾期"),
    "unowned": Text("Without owner", "无负责人"),
    "resolved": Text("To call back", "待回访"),
    "closed": Text("Closed", "已办结"),
}


def _wanted(request: HttpRequest, default: str) -> Wanted:
    asked = {name: request.GET.get(name, "")[:120] for name in ("view", "severity", "kind", "q")}
    return Wanted(
        view=asked["view"] if asked["view"] in selectors.VIEWS else default,
        severity=asked["severity"] if asked["severity"] in presets.SEVERITIES else "",
        kind=asked["kind"] if asked["kind"] in presets.KINDS else "",
        words=asked["q"],
    )


@page(READ)
def inbox(request: HttpRequest) -> HttpResponse:
    """What is due first."""
    actor = actor_of(request)
    counts = selectors.counts(actor)
    wanted = _wanted(request, "mine" if counts["mine"] else "team")
    rows, after = selectors.cut_by_due(selectors.wanted(actor, wanted), request.GET.get("cursor", ""), PAGE)
    calendars = catalogue.calendars()
    listed = [show(actor, case, calendars) for case in rows]
    asked = {"view": wanted.view, "severity": wanted.severity, "kind": wanted.kind, "q": wanted.words}
    kept = {name: value for name, value in asked.items() if value}
    views = [
        (code, name, counts.get(code), urlencode({**kept, "view": code}))
        for code, name in VIEWS.items()
        if code != "unowned" or counts["unowned"]
    ]
    late = sum(one.left.late for one in listed)
    return render(
        request,
        "cases/inbox.html",
        {
            "listed": listed,
            "finding": finding(listed, late if wanted.view != "overdue" else counts["overdue"], wanted.view),
            "views": views,
            "wanted": wanted,
            "counts": counts,
            "severities": presets.SEVERITIES,
            "kinds": presets.KINDS,
            "after": urlencode({**kept, "cursor": after}) if after else "",
            "first": not request.GET.get("cursor"),
            "here_query": urlencode(kept),
            "loop": _loop(actor) if may(actor, LEAD) and not request.htmx else None,
        },
    )


def _loop(actor: Actor) -> dict[str, Any]:
    found = figures.loop(actor)
    return {"days": found.days, "rows": figures.rows(found)}


@page(LEAD)
def team(request: HttpRequest) -> HttpResponse:
    """Who has how much, what is late, how the loop runs, what waits for a yes."""
    actor = actor_of(request)
    loads = figures.loads(actor)
    calendars = catalogue.calendars()
    wanted = selectors.wanted(actor, Wanted(view="overdue"))
    late, _ = selectors.cut_by_due(wanted, "", 10)
    asked = (
        Compensation.objects.filter(status="asked", case__in=selectors.cases(actor))
        .select_related("case", "by")
        .order_by("id")[:50]
    )
    return render(
        request,
        "cases/team.html",
        {
            "loads": [one for one in loads if one.open or one.overdue or one.resolved],
            "free": [one.user.name for one in loads if not (one.open or one.overdue or one.resolved)],
            "most": max((one.open for one in loads), default=0),
            "loop": _loop(actor),
            "late": [show(actor, case, calendars) for case in late],
            "asked": asked,
            "counts": selectors.counts(actor),
        },
    )


@page(WORK)
def new(request: HttpRequest) -> HttpResponse:
    """Open a case for what a customer said at the desk or on the phone."""
    actor = actor_of(request)
    teams = places.teams(actor).filter(active=True)
    sites = places.sites(actor).filter(active=True)
    if not actor.reach.everything:
        # A team's people see its site, but what they open is their team's.
        sites = sites.filter(pk__in=actor.reach.sites)
    initial = {"customer_id": request.GET.get("customer", "")[:120]}
    form = OpenForm(request.POST or None, teams=teams, sites=sites, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        site, _, team_code = data.pop("place").partition("/")
        try:
            case = open_case(actor=actor, site=site, team=team_code, **data)
            messages.success(request, say("Case {n} is open.", "工单 {n} 已建立。", n=case.number))
            return redirect("cases:case", case.key)
        except SiteError as error:
            refused(form, error)
    return render(request, "cases/new.html", {"form": form})


@page(ASSIGN)
def leave(request: HttpRequest) -> HttpResponse:
    """Give away the cases of somebody who leaves."""
    actor = actor_of(request)
    form = LeaveForm(request.POST or None, people=selectors.staff(actor))
    if request.method == "POST" and form.is_valid():
        try:
            moved = reassign_all(actor=actor, **form.cleaned_data)
            messages.success(request, say("{n} cases have a new owner.", "已转派 {n} 张工单。", n=moved))
            return redirect("cases:team")
        except SiteError as error:
            refused(form, error)
    return render(request, "cases/leave.html", {"form": form})


COLUMNS = (
    *("number", "kind", "severity", "status", "title", "customer_id", "site", "team", "touchpoint", "owner"),
    *("opened_at", "contact_due_at", "contacted_at", "due_at", "resolved_at", "closed_at", "escalation"),
    *("cause", "action", "recovery_score", "score", "words"),
)


@page(EXPORT)
def export(request: HttpRequest) -> HttpResponse:
    """The cases that the filters show, as CSV."""
    return export_of(request)


def export_of(request: HttpRequest) -> HttpResponse:
    """The file, for the page and the API."""
    actor = actor_of(request)
    rows = selectors.with_all(selectors.wanted(actor, _wanted(request, "all"))).order_by("pk")
    stamp = f"{clock.now():%Y%m%d}"
    return csv_file(f"cases-{stamp}.csv", COLUMNS, _lines(rows))


def _lines(rows: Any) -> Iterator[list[object]]:  # noqa: ANN401
    for case in rows.iterator(chunk_size=500):
        yield [
            case.number,
            case.kind,
            case.severity,
            case.status,
            case.title,
            case.customer.customer_id if case.customer else "",
            case.site.code if case.site else "",
            case.team.code if case.team else "",
            case.touchpoint.code if case.touchpoint else "",
            case.owner.name if case.owner else "",
            case.opened_at,
            case.contact_due_at,
            case.contacted_at,
            case.due_at,
            case.resolved_at,
            case.closed_at,
            case.escalation,
            case.cause,
            case.action,
            case.recovery_score,
            case.details.get("score"),
            " / ".join(selectors.said(case)),
        ]
