"""Huddles: the list, and the one page that is agenda, minutes and print."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from peakend.server.improvement import policies, selectors
from peakend.server.improvement.forms import PointForm
from peakend.server.improvement.models import Huddle
from peakend.server.improvement.pages.pressing import filled, pressed
from peakend.server.improvement.selectors import huddles as found
from peakend.server.improvement.services import huddles as services
from peakend.server.people.models import User
from peakend.server.web.pages import actor_of, page
from peakend.server.web.paging import cut
from peakend.server.web.say import say


@page(policies.HUDDLES)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Huddles of one's teams, the last first."""
    actor = actor_of(request)
    rows, cursor = cut(found.huddles(actor), request.GET.get("cursor"))
    teams = [(selectors.team_key(team), team) for team in selectors.teams(actor).filter(active=True)]
    return render(request, "improvement/huddles.html", {"huddles": rows, "cursor": cursor, "teams": teams})


@page(policies.LEAD_HUDDLE)
@require_POST
def opened(request: HttpRequest) -> HttpResponse:
    """Open the huddle of a team and go to it."""
    made: list[Huddle] = []
    actor, team = actor_of(request), request.POST.get("team", "")
    response = pressed(
        request,
        lambda: made.append(services.open_huddle(actor=actor, team=team)),
        reverse("improvement:huddles"),
    )
    if made:
        response["Location"] = _to(made[0].key)
    return response


@page(policies.HUDDLES)
@require_GET
def huddle(request: HttpRequest, key: str) -> HttpResponse:
    """Agenda and minutes."""
    actor = actor_of(request)
    one = found.get_huddle(actor, key)
    present = set(one.attended.values_list("key", flat=True))
    team = User.objects.filter(is_active=True, teams=one.team) | User.objects.filter(key__in=present)
    return render(
        request,
        "improvement/huddle.html",
        {
            "huddle": one,
            "site": one.team.site,
            "agenda": found.agenda(one),
            "points": one.points.select_related("owner", "topic"),
            "people": team.distinct(),
            "present": present,
            "form": PointForm(actor=actor, initial={"item": "share", "kind": "agreed"}),
        },
    )


@page(policies.LEAD_HUDDLE)
@require_POST
def attendance(request: HttpRequest, key: str) -> HttpResponse:
    """Note who is there."""
    actor, present = actor_of(request), request.POST.getlist("present")
    return pressed(
        request,
        lambda: services.take_attendance(actor=actor, huddle=key, present=present),
        _to(key),
        say("Attendance is noted.", "已记录出席人员。"),
    )


@page(policies.LEAD_HUDDLE)
@require_POST
def point(request: HttpRequest, key: str) -> HttpResponse:
    """Write a line of the minutes."""
    actor = actor_of(request)
    entered = filled(request, PointForm(request.POST, actor=actor))
    return pressed(
        request,
        lambda: entered and services.note_point(actor=actor, huddle=key, **entered),
        _to(key) + "#minutes",
    )


@page(policies.LEAD_HUDDLE)
@require_POST
def settled(request: HttpRequest, key: str) -> HttpResponse:
    """What was agreed is done, dropped or open again."""
    actor, state = actor_of(request), request.POST.get("state", "")
    back = _back(request)
    return pressed(request, lambda: services.settle_point(actor=actor, point=key, state=state), back)


@page(policies.RAISE_TOPIC)
@require_POST
def raised(request: HttpRequest, key: str) -> HttpResponse:
    """Make a point a topic."""
    actor = actor_of(request)
    return pressed(
        request,
        lambda: services.raise_point(actor=actor, point=key),
        _back(request),
        say("It is a topic of the outer loop now.", "已转为外循环议题。"),
    )


@page(policies.LEAD_HUDDLE)
@require_POST
def closed(request: HttpRequest, key: str) -> HttpResponse:
    """End the meeting."""
    actor = actor_of(request)
    return pressed(
        request,
        lambda: services.close_huddle(actor=actor, huddle=key),
        _to(key),
        say("The huddle is closed; its minutes stand.", "例会已结束，记录已保存。"),
    )


def _to(key: str) -> str:
    return reverse("improvement:huddle", args=[key])


def _back(request: HttpRequest) -> str:
    """The huddle whose page the button stood on; only a key, so that nobody is sent elsewhere."""
    key = request.POST.get("huddle", "")
    return _to(key) if key.replace("-", "").replace("_", "").isalnum() else reverse("improvement:huddles")
