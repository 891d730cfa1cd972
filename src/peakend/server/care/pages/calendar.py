"""The care calendar and its tasks."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from peakend.server.care import policies
from peakend.server.care.forms import RuleForm, SettleForm
from peakend.server.care.selectors import calendar as found
from peakend.server.care.services import calendar as services
from peakend.server.improvement.pages.pressing import asked, filled, pressed
from peakend.server.web.pages import actor_of, page
from peakend.server.web.say import say

MOST = 200


@page(policies.CALENDAR)
@require_GET
def shown(request: HttpRequest) -> HttpResponse:
    """Before, during, after: the rules and how often each came to pass."""
    stages = found.stages(actor_of(request))
    without = [stage.code for stage in stages if not stage.rules]
    return render(request, "care/calendar.html", {"stages": stages, "without": without})


@page(policies.SET_RULE)
def new(request: HttpRequest) -> HttpResponse:
    """Put a rule into the calendar."""
    actor = actor_of(request)

    def act(entered: dict[str, Any]) -> str:
        services.set_rule(actor=actor, **entered)
        return reverse("care:calendar")

    return asked(
        request,
        RuleForm(request.POST or None, actor=actor),
        act,
        title=say("Put a rule into the care calendar", "添加关怀规则"),
        button=say("Put it in", "添加"),
        back=reverse("care:calendar"),
        intro=say(
            "It holds for what falls due from now on. Who was erased or does not agree is left alone.",
            "规则仅适用于此后到期的时机。资料已删除或未同意的客户不会被打扰。",
        ),
        pairs=True,
    )


@page(policies.SET_RULE)
@require_POST
def retire(request: HttpRequest, key: str) -> HttpResponse:
    """Take a rule out."""
    actor = actor_of(request)
    return pressed(request, lambda: services.retire_rule(actor=actor, rule=key), reverse("care:calendar"))


@page(policies.SET_RULE)
@require_POST
def apply(request: HttpRequest, key: str) -> HttpResponse:
    """Make what is due now, without waiting for the worker."""
    actor = actor_of(request)
    return pressed(
        request,
        lambda: services.apply_rule(actor=actor, rule=key),
        reverse("care:calendar"),
        say("What is due was made.", "到期的关怀已生成。"),
    )


@page(policies.TASKS)
@require_GET
def tasks(request: HttpRequest) -> HttpResponse:
    """What is to be done for customers, and what was done lately."""
    rows = found.tasks(actor_of(request))
    waiting = rows.filter(status="open")
    lists = {
        "open": waiting.order_by("at")[:MOST],
        "waiting": waiting.count(),
        "settled": rows.exclude(status="open")[:50],
        "form": SettleForm(auto_id=False),
    }
    return render(request, "care/tasks.html", lists)


@page(policies.WORK_TASK)
@require_POST
def settle(request: HttpRequest, key: str) -> HttpResponse:
    """Say how a task ended."""
    actor = actor_of(request)
    to = reverse("care:tasks")
    found.get_task(actor, key)
    entered = filled(request, SettleForm(request.POST))
    if entered is None:
        return pressed(request, lambda: None, to)
    return pressed(request, lambda: services.settle_task(actor=actor, task=key, **entered), to)
