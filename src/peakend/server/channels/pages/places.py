"""The registry of places: how each does, its code, its posters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST

from peakend.server.acting.errors import SiteError
from peakend.server.channels import places as registry
from peakend.server.channels import posters as codes
from peakend.server.channels import selectors
from peakend.server.channels.figures import figures
from peakend.server.channels.forms import EverywhereForm, PlaceForm
from peakend.server.channels.links import embed_tag, place_link
from peakend.server.channels.policies import EDIT_PLACES, READ_PLACES
from peakend.server.web.address import origin_of
from peakend.server.web.forms import refused
from peakend.server.web.pages import actor_of, page
from peakend.server.web.paging import cut
from peakend.server.web.say import say

if TYPE_CHECKING:
    from django.http import HttpRequest

    from peakend.server.channels.models import Place

MOST_POSTERS = 300
_CHANGES = ("name", "site", "team", "touchpoint", "silent_after_days", "allowed_origin")


@page(READ_PLACES)
def listed(request: HttpRequest) -> HttpResponse:
    """Every place in reach; the silent ones first."""
    actor = actor_of(request)
    rows = selectors.places(actor)
    closed = request.GET.get("closed") == "1"
    found, following = cut(rows.filter(active=not closed), request.GET.get("cursor"), 100)
    shown_ = sorted(figures(found), key=lambda one: not one.silent)
    context = {
        "rows": shown_,
        "next": following,
        "silent": sum(one.silent for one in shown_),
        "unanswered": sum(one.last_answer_at is None for one in shown_),
        "open": rows.filter(active=True).count(),
        "any_closed": rows.filter(active=False).exists(),
        "closed": closed,
        "surveys": selectors.surveys(actor).filter(status="live").exists(),
        "kinds": registry.KINDS,
    }
    return render(request, "channels/places.html", context)


@page(EDIT_PLACES)
def new(request: HttpRequest) -> HttpResponse:
    """Open a place."""
    actor = actor_of(request)
    first = {"survey": request.GET.get("survey"), "kind": "qr", "silent_after_days": 7}
    form = PlaceForm(actor, request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            made = registry.open_place(actor=actor, **form.cleaned_data)
        except SiteError as error:
            refused(form, error)
        else:
            messages.success(request, say("The place is open.", "投放点已开设。"))
            return redirect("channels:place", made.key)
    return render(request, "channels/place_form.html", {"form": form})


@page(EDIT_PLACES)
def everywhere(request: HttpRequest) -> HttpResponse:
    """Open one place a site."""
    actor = actor_of(request)
    form = EverywhereForm(actor, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = registry.open_everywhere(actor=actor, **form.cleaned_data)
        except SiteError as error:
            refused(form, error)
        else:
            told = say("{n} places were opened.", "已开设 {n} 个投放点。", n=len(made))
            messages.success(request, told)
            return redirect("channels:places")
    context = {"form": form, "sites": len(registry.reachable_sites(actor))}
    return render(request, "channels/everywhere.html", context)


@page(READ_PLACES)
def shown(request: HttpRequest, key: str) -> HttpResponse:
    """One place: how it does, and what to print, link or copy."""
    place = selectors.get_place(actor_of(request), key)
    link = place_link(place, origin_of(request))
    context = {
        "one": figures([place])[0],
        "place": place,
        "called": say(place.name, place.name_zh),
        "kind": registry.KINDS[place.kind],
        "link": link,
        "code": _drawn(link),
        "tag": embed_tag(place, origin_of(request)) if place.kind == "embed" else "",
    }
    return render(request, "channels/place.html", context)


@page(EDIT_PLACES)
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Change a place."""
    actor = actor_of(request)
    place = selectors.get_place(actor, key)
    first = {name: getattr(place, name) for name in _CHANGES}
    form = PlaceForm(actor, request.POST or None, fixed=True, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            registry.edit_place(actor=actor, key=key, **form.cleaned_data)
        except SiteError as error:
            refused(form, error)
        else:
            messages.success(request, say("Saved.", "已保存。"))
            return redirect("channels:place", key)
    context = {"form": form, "place": place, "called": say(place.name, place.name_zh)}
    return render(request, "channels/place_form.html", context)


@page(EDIT_PLACES)
@require_POST
def state(request: HttpRequest, key: str) -> HttpResponse:
    """Close a place, or open it again."""
    active = request.POST.get("active") == "1"
    registry.set_active(actor=actor_of(request), key=key, active=active)
    done = (
        say("The place is open again.", "投放点已重新开放。")
        if active
        else say("The place is closed.", "投放点已关闭。")
    )
    messages.success(request, done)
    return redirect("channels:place", key)


@page(READ_PLACES)
def poster(request: HttpRequest, key: str) -> HttpResponse:
    """One poster to print."""
    place = selectors.get_place(actor_of(request), key)
    return _printed(request, [place])


@page(READ_PLACES)
def posters(request: HttpRequest) -> HttpResponse:
    """Posters of every open place with a code, one a sheet."""
    rows = selectors.places(actor_of(request)).filter(active=True, kind="qr").order_by("site__code", "pk")
    return _printed(request, list(rows[:MOST_POSTERS]))


@page(READ_PLACES)
def svg(request: HttpRequest, key: str) -> HttpResponse:
    """The code as a file for designers."""
    place = selectors.get_place(actor_of(request), key)
    return _file(codes.qr_svg(place_link(place, origin_of(request))), "image/svg+xml", f"{key}.svg")


@page(READ_PLACES)
def png(request: HttpRequest, key: str) -> HttpResponse:
    """The code as a picture."""
    place = selectors.get_place(actor_of(request), key)
    return _file(codes.qr_png(place_link(place, origin_of(request))), "image/png", f"{key}.png")


def _printed(request: HttpRequest, places: list[Place]) -> HttpResponse:
    size = request.GET.get("size", "A4")
    language = request.GET.get("in", "both")
    start = origin_of(request)
    sheets = [
        {"place": place, "link": place_link(place, start), "code": _drawn(place_link(place, start))}
        for place in places
    ]
    context = {
        "sheets": sheets,
        "size": size if size in codes.SIZES else "A4",
        "sizes": codes.SIZES,
        "languages": codes.LANGUAGES,
        "chosen": language if language in codes.LANGUAGES else "both",
        "headline": codes.HEADLINE,
        "hint": codes.HINT,
    }
    return render(request, "channels/poster.html", context)


def _drawn(link: str) -> str:
    # Drawn by segno from an address of ours: nothing a person wrote is in it.
    return mark_safe(codes.qr_inline(link))


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
