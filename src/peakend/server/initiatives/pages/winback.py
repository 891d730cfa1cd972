"""Win-back campaigns: plan, draw, contacts by channel, result; and the list of calls."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from peakend.language import Text
from peakend.server.customers.selectors import shown
from peakend.server.improvement.pages.pressing import asked, filled, pressed
from peakend.server.improvement.selectors import one
from peakend.server.initiatives import policies
from peakend.server.initiatives.forms import AcceptForm, CallForm, CampaignForm
from peakend.server.initiatives.selectors import winback as found
from peakend.server.initiatives.services import winback as services
from peakend.server.initiatives.services.outcomes import told_at
from peakend.server.web.pages import actor_of, page
from peakend.server.web.paging import cut
from peakend.server.web.say import say


@page(policies.CAMPAIGNS)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Campaigns, the newest first, with their verdicts."""
    rows, following = cut(found.campaigns(actor_of(request)), request.GET.get("cursor"), 50)
    campaigns: list[Any] = [(row, found.result(row), told_at(row)) for row in rows]
    return render(request, "initiatives/campaigns.html", {"campaigns": campaigns, "next": following})


@page(policies.LEAD_CAMPAIGN)
def new(request: HttpRequest) -> HttpResponse:
    """Plan a campaign."""
    actor = actor_of(request)
    form = CampaignForm(request.POST or None, actor=actor)

    def act(_: dict[str, Any]) -> str:
        made = services.plan_campaign(actor=actor, **form.entered())
        return reverse("initiatives:campaign", args=[made.key])

    return asked(
        request,
        form,
        act,
        title=say("Plan a win-back campaign", "策划客户挽回活动"),
        button=say("Plan it", "保存"),
        back=reverse("initiatives:campaigns"),
        pairs=True,
        intro=say(
            "Only customers who allow marketing and have no open case are drawn. A random share is held out "
            "and never contacted: without it nobody knows who would have come back anyway.",
            "仅抽取同意营销且没有未结工单的客户。随机留出一部分不联系，否则无从得知有多少客户本会自行回来。",
        ),
    )


@page(policies.CAMPAIGNS)
@require_GET
def campaign(request: HttpRequest, key: str) -> HttpResponse:
    """One campaign: whom it would draw, then who was contacted how, then what came of it."""
    row = found.get_campaign(actor_of(request), key)
    parts = found.mix(row)
    return render(
        request,
        "initiatives/campaign.html",
        {
            "campaign": row,
            "fit": found.fit(row) if row.assigned_at is None and row.status == "planned" else None,
            "sizes": found.sizes(row),
            "mix": [(part, found.reason_told(part.reason) if part.reason else None) for part in parts],
            "money": found.money(row),
            "told_at": told_at(row),
            "result": found.result(row),
            "accept": AcceptForm(),
        },
    )


@page(policies.LEAD_CAMPAIGN)
@require_POST
def start(request: HttpRequest, key: str) -> HttpResponse:
    """Draw both arms."""
    actor = actor_of(request)
    found.get_campaign(actor, key)
    return pressed(
        request,
        lambda: services.start_campaign(actor=actor, campaign=key),
        reverse("initiatives:campaign", args=[key]),
        say("Both arms are drawn. The worker contacts from now on.", "已完成分组，系统将开始联系。"),
    )


@page(policies.LEAD_CAMPAIGN)
@require_POST
def end(request: HttpRequest, key: str) -> HttpResponse:
    """Contact nobody any more."""
    actor = actor_of(request)
    found.get_campaign(actor, key)
    return pressed(
        request,
        lambda: services.end_campaign(actor=actor, campaign=key),
        reverse("initiatives:campaign", args=[key]),
    )


@page(policies.ACCEPT)
@require_POST
def accepted(request: HttpRequest, key: str) -> HttpResponse:
    """Somebody took the offer."""
    actor = actor_of(request)
    found.get_campaign(actor, key)
    entered = filled(request, AcceptForm(request.POST))

    def act() -> None:
        if entered is not None:
            services.accept_offer(actor=actor, campaign=key, **entered)

    return pressed(request, act, reverse("initiatives:campaign", args=[key]))


@page(policies.CALL)
@require_GET
def calls(request: HttpRequest) -> HttpResponse:
    """Whom to call, with the offer."""
    actor = actor_of(request)
    rows = list(found.calls(actor)[:100])
    people = {one_.customer.pk: one_ for one_ in shown(actor, [row.customer for row in rows])}
    listed_ = [(row, people[row.customer_id]) for row in rows]
    return render(request, "initiatives/calls.html", {"calls": listed_, "outcomes": CallForm()})


@page(policies.CALL)
@require_POST
def called(request: HttpRequest, key: str) -> HttpResponse:
    """Record a call."""
    actor = actor_of(request)
    one(found.calls(actor), Text("Call", "待致电"), key=key)
    entered = filled(request, CallForm(request.POST))

    def act() -> None:
        if entered is not None:
            services.record_call(actor=actor, call=key, **entered)

    return pressed(request, act, reverse("initiatives:calls"))
