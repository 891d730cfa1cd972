"""Initiatives, what was spent on them, their verdicts, and cost against satisfaction."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from peakend.language import Text
from peakend.server.improvement.pages.pressing import asked, filled, pressed
from peakend.server.improvement.selectors import one
from peakend.server.initiatives import policies
from peakend.server.initiatives.drawing import drawn
from peakend.server.initiatives.forms import CurveForm, InitiativeForm, SpendForm
from peakend.server.initiatives.judging import due_on
from peakend.server.initiatives.selectors import initiatives as found
from peakend.server.initiatives.services import initiatives as services
from peakend.server.web.pages import actor_of, page
from peakend.server.web.paging import cut
from peakend.server.web.say import say


@page(policies.INITIATIVES)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Initiatives, the newest first, with spend and verdict."""
    rows, following = cut(found.initiatives(actor_of(request)), request.GET.get("cursor"), 50)
    told: list[Any] = [(row, found.spent(row), due_on(row)) for row in rows]
    return render(request, "initiatives/initiatives.html", {"initiatives": told, "next": following})


@page(policies.LEAD_INITIATIVE)
def new(request: HttpRequest) -> HttpResponse:
    """Set an initiative down."""
    actor = actor_of(request)

    def act(entered: dict[str, Any]) -> str:
        made = services.set_initiative(actor=actor, **entered)
        return reverse("initiatives:initiative", args=[made.key])

    return asked(
        request,
        InitiativeForm(request.POST or None, actor=actor),
        act,
        title=say("Set an initiative down", "登记举措"),
        button=say("Set it down", "登记"),
        back=reverse("initiatives:initiatives"),
        pairs=True,
        intro=say(
            "Say beforehand what it is to change and which change would be worth it; it cannot be changed "
            "later. Answers of anonymous surveys count only where both periods are whole months.",
            "请事先说明要改变什么、多大的变化才值得；此后不可修改。两个时段均为整月时，匿名调查的答卷才计入。",
        ),
    )


@page(policies.INITIATIVES)
@require_GET
def initiative(request: HttpRequest, key: str) -> HttpResponse:
    """One initiative with its ledger and its verdict."""
    row = found.get_initiative(actor_of(request), key)
    return render(
        request,
        "initiatives/initiative.html",
        {"initiative": row, "sums": found.spent(row), "told_at": due_on(row), "form": SpendForm()},
    )


@page(policies.LEAD_INITIATIVE)
@require_POST
def spend(request: HttpRequest, key: str) -> HttpResponse:
    """Put money spent into the ledger."""
    actor = actor_of(request)
    found.get_initiative(actor, key)
    entered = filled(request, SpendForm(request.POST))

    def act() -> None:
        if entered is not None:
            services.add_spend(actor=actor, initiative=key, **entered)

    return pressed(request, act, reverse("initiatives:initiative", args=[key]))


@page(policies.LEAD_INITIATIVE)
@require_POST
def withdraw(request: HttpRequest, key: str) -> HttpResponse:
    """Take it off the lists."""
    actor = actor_of(request)
    found.get_initiative(actor, key)
    return pressed(
        request,
        lambda: services.withdraw(actor=actor, initiative=key),
        reverse("initiatives:initiatives"),
    )


@page(policies.LEAD_INITIATIVE)
@require_POST
def remove_spend(request: HttpRequest, key: str) -> HttpResponse:
    """Take a wrong entry out."""
    actor = actor_of(request)
    entry = one(found.spends(actor), Text("Spend", "投入"), key=key)
    return pressed(
        request,
        lambda: services.remove_spend(actor=actor, spend=key),
        reverse("initiatives:initiative", args=[entry.initiative.key]),
    )


@page(policies.INITIATIVES)
@require_GET
def spend_effect(request: HttpRequest) -> HttpResponse:
    """Cost against satisfaction: what was spent on a touchpoint, and what it changed."""
    actor = actor_of(request)
    first = {"metric": found.most_judged(actor)}
    form = CurveForm(request.GET if "metric" in request.GET else first, actor=actor)
    entered = form.cleaned_data if form.is_valid() else {**first, "touchpoint": ""}
    curve = found.curve(actor, entered["metric"], entered["touchpoint"])
    return render(
        request,
        "initiatives/spend_effect.html",
        {"form": form, "curve": curve, "drawing": drawn(curve)},
        status=200 if form.is_valid() else 422,
    )
