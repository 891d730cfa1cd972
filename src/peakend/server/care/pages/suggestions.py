"""Made to measure: the rules, and one customer with what suits them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from peakend.server.care import policies
from peakend.server.care.forms import SuggestionForm
from peakend.server.care.selectors import profile as found
from peakend.server.care.services import suggestions as services
from peakend.server.improvement.pages.pressing import asked, pressed
from peakend.server.web.pages import actor_of, page
from peakend.server.web.say import say


@page(policies.SUGGESTIONS)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """The rules in force."""
    return render(request, "care/suggestions.html", {"rules": found.suggestion_rules()})


@page(policies.SET_SUGGESTION)
def new(request: HttpRequest) -> HttpResponse:
    """Write a rule."""
    actor = actor_of(request)
    form = SuggestionForm(request.POST or None)

    def act(_: dict[str, Any]) -> str:
        services.set_suggestion(actor=actor, **form.entered())
        return reverse("care:suggestions")

    return asked(
        request,
        form,
        act,
        title=say("If … then suggest", "如果……则建议"),
        button=say("Put it in force", "启用"),
        back=reverse("care:suggestions"),
        intro=say("All conditions must hold.", "须同时满足全部条件。"),
        pairs=True,
    )


@page(policies.SET_SUGGESTION)
@require_POST
def retire(request: HttpRequest, key: str) -> HttpResponse:
    """Take a rule out of force."""
    actor = actor_of(request)
    return pressed(
        request, lambda: services.retire_suggestion(actor=actor, rule=key), reverse("care:suggestions")
    )


@page(policies.FOR_CUSTOMER)
@require_GET
def for_customer(request: HttpRequest, customer: str) -> HttpResponse:
    """What suits a customer, and why."""
    profile = services.look_at_profile(actor=actor_of(request), customer=customer)
    return render(request, "care/for_customer.html", {"profile": profile})
