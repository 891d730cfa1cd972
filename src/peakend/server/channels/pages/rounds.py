"""Waves, triggers and quotas: who is asked by itself, and how many answers are enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from peakend.server.acting.errors import SiteError
from peakend.server.channels import quotas as quota_services
from peakend.server.channels import selectors
from peakend.server.channels import triggers as trigger_services
from peakend.server.channels import waves as wave_services
from peakend.server.channels.figures import response_figures
from peakend.server.channels.forms import QuotaForm, TriggerForm, WaveForm
from peakend.server.channels.policies import MANAGE, READ
from peakend.server.channels.sampling import Sampling
from peakend.server.surveys.questionnaire import Condition, ShowIf
from peakend.server.web.forms import refused
from peakend.server.web.pages import actor_of, page
from peakend.server.web.say import say

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from peakend.server.channels.models import Quota, Trigger

MOST = 100


@page(READ)
def waves(request: HttpRequest) -> HttpResponse:
    """Every wave with its response rate."""
    rows = wave_services.figures(selectors.waves(actor_of(request))[:MOST])
    for row in rows:
        row["rate"] = response_figures(row["reached_sent"], row["reached_completed"])
    return render(request, "channels/waves.html", {"rows": rows, "tab": "waves"})


@page(MANAGE)
def wave_new(request: HttpRequest) -> HttpResponse:
    """Plan a wave."""
    actor = actor_of(request)
    form = WaveForm(actor, request.POST or None, initial={"starts_on": wave_services.today(), "share": 100})
    if request.method == "POST" and form.is_valid():
        asked: dict[str, Any] = dict(form.cleaned_data)
        sampling = Sampling(
            mode=asked.pop("mode"),
            share=asked.pop("share") / 100,
            by=asked.pop("by"),
            shares=asked.pop("shares"),
        )
        try:
            wave_services.plan_wave(actor=actor, sampling=sampling, **asked)
        except SiteError as error:
            refused(form, error)
        else:
            messages.success(request, say("The wave is planned.", "期次已安排。"))
            return redirect("channels:waves")
    return render(request, "channels/wave_form.html", {"form": form})


@page(MANAGE)
@require_POST
def wave_end(request: HttpRequest, key: str) -> HttpResponse:
    """End a wave now."""
    wave_services.end_wave(actor=actor_of(request), key=key)
    messages.success(request, say("The wave has ended.", "期次已结束。"))
    return redirect("channels:waves")


@page(READ)
def triggers(request: HttpRequest) -> HttpResponse:
    """Every trigger with what came of it."""
    rows = [
        (one, selectors.funnel(one.invitation_set.all()))
        for one in selectors.triggers(actor_of(request))[:MOST]
    ]
    return render(request, "channels/triggers.html", {"rows": rows, "tab": "triggers"})


@page(MANAGE)
def trigger_edit(request: HttpRequest, key: str = "") -> HttpResponse:
    """Make or change a trigger."""
    actor = actor_of(request)
    trigger = selectors.get_trigger(actor, key) if key else None
    form = TriggerForm(actor, request.POST or None, initial=_trigger_values(trigger))
    if request.method == "POST" and form.is_valid():
        asked: dict[str, Any] = dict(form.cleaned_data)
        asked["share"] = asked["share"] / 100
        for name in ("kinds", "outcomes"):
            asked[name] = asked[name].replace("，", ",").split(",")
        try:
            trigger_services.save_trigger(actor=actor, key=key or None, **asked)
        except SiteError as error:
            refused(form, error)
        else:
            messages.success(request, say("The trigger is saved.", "触发规则已保存。"))
            return redirect("channels:triggers")
    return render(request, "channels/trigger_form.html", {"form": form, "trigger": trigger})


@page(READ)
def quotas(request: HttpRequest) -> HttpResponse:
    """Every quota and how full it is."""
    rows = list(selectors.quotas(actor_of(request))[:MOST])
    full = sum(one.count >= one.target for one in rows)
    return render(request, "channels/quotas.html", {"rows": rows, "full": full, "tab": "quotas"})


@page(MANAGE)
def quota_edit(request: HttpRequest, key: str = "") -> HttpResponse:
    """Make or change a quota."""
    actor = actor_of(request)
    quota = selectors.get_quota(actor, key) if key else None
    form = QuotaForm(actor, request.POST or None, initial=_quota_values(quota))
    if request.method == "POST" and form.is_valid():
        asked: dict[str, Any] = dict(form.cleaned_data)
        question, op, value = (asked.pop(name) for name in ("question", "op", "value"))
        rule = ShowIf(conditions=[Condition(question=question, op=op, value=value)]) if question else None
        wave = quota.wave if quota else None
        try:
            quota_services.save_quota(actor=actor, key=key or None, rule=rule, wave=wave, **asked)
        except SiteError as error:
            refused(form, error)
        else:
            messages.success(request, say("The quota is saved.", "配额已保存。"))
            return redirect("channels:quotas")
    return render(request, "channels/quota_form.html", {"form": form, "quota": quota})


def _trigger_values(trigger: Trigger | None) -> dict[str, Any]:
    if trigger is None:
        return {"delay_minutes": 30, "max_age_hours": 24, "share": 100, "active": True}
    plain = ("survey", "name", "touchpoint", "site", "delay_minutes", "max_age_hours", "channel", "active")
    return {name: getattr(trigger, name) for name in plain} | {
        "share": round(100 * trigger.share),
        "kinds": ", ".join(trigger.kinds),
        "outcomes": ", ".join(trigger.outcomes),
    }


def _quota_values(quota: Quota | None) -> dict[str, Any]:
    if quota is None:
        return {"active": True}
    found = {name: getattr(quota, name) for name in ("survey", "name", "target", "on_full", "active")}
    conditions = quota.rule.get("conditions", [])
    return found | (conditions[0] if conditions else {})
