"""Standards of care, goals by class of customer, the level of care."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from peakend.server.care import policies, words
from peakend.server.care.forms import GoalForm, ItemForm, LevelForm, StepForm
from peakend.server.care.level import care_level, whole_table
from peakend.server.care.selectors import programme as found
from peakend.server.care.services import programme as services
from peakend.server.improvement.pages.pressing import asked, pressed
from peakend.server.web.pages import actor_of, page
from peakend.server.web.say import say


@page(policies.PROGRAMME)
@require_GET
def items(request: HttpRequest) -> HttpResponse:
    """The programme: its grid, and each standard with what customers say."""
    rows = found.items(actor_of(request))
    grid = found.coverage(rows)
    return render(
        request,
        "care/items.html",
        {
            "items": [(one, found.measured(one)) for one in rows],
            "grid": [
                (stage, [(scope, grid.cells[stage, scope]) for scope in words.SCOPES])
                for stage in words.EXCHANGE
            ],
            "scopes": list(words.SCOPES),
            "coverage": grid,
        },
    )


@page(policies.SET_ITEM)
def new_item(request: HttpRequest) -> HttpResponse:
    """Set a standard of care."""
    actor = actor_of(request)

    def act(entered: dict[str, Any]) -> str:
        at_least = not entered.pop("at_most")
        services.set_item(actor=actor, at_least=at_least, **entered)
        return reverse("care:items")

    return asked(
        request,
        ItemForm(request.POST or None, actor=actor),
        act,
        title=say("Set a standard of care", "制定关怀标准"),
        button=say("Set it", "制定"),
        back=reverse("care:items"),
        pairs=True,
    )


@page(policies.SET_ITEM)
@require_POST
def retire_item(request: HttpRequest, key: str) -> HttpResponse:
    """Take a standard out of force."""
    actor = actor_of(request)
    return pressed(request, lambda: services.retire_item(actor=actor, item=key), reverse("care:items"))


@page(policies.GOALS)
@require_GET
def goals(request: HttpRequest) -> HttpResponse:
    """The tree: class, goals, adjustments; and which classes have no goal."""
    tree = found.tree()
    without = [branch.tier for branch in tree if not branch.current]
    shown = {"tree": tree, "without": without, "me": actor_of(request).user_id}
    return render(request, "care/goals.html", shown)


@page(policies.SET_GOAL)
def new_goal(request: HttpRequest) -> HttpResponse:
    """Set a goal of a class."""
    actor = actor_of(request)

    def act(entered: dict[str, Any]) -> str:
        services.set_class_goal(actor=actor, **entered)
        return reverse("care:goals")

    return asked(
        request,
        GoalForm(request.POST or None, actor=actor, initial={"tier": request.GET.get("tier", "")[:60]}),
        act,
        title=say("Set a goal of a class of customers", "为一类客户设定目标"),
        button=say("Set it", "设定"),
        back=reverse("care:goals"),
    )


@page(policies.SET_GOAL)
@require_POST
def retire_goal(request: HttpRequest, key: str) -> HttpResponse:
    """Take a goal away."""
    actor = actor_of(request)
    return pressed(request, lambda: services.retire_class_goal(actor=actor, goal=key), reverse("care:goals"))


@page(policies.SET_GOAL)
def new_step(request: HttpRequest, key: str) -> HttpResponse:
    """Add an adjustment of operations to a goal."""
    actor = actor_of(request)
    goal = found.get_goal(key)

    def act(entered: dict[str, Any]) -> str:
        services.add_step(actor=actor, goal=key, **entered)
        return reverse("care:goals")

    return asked(
        request,
        StepForm(request.POST or None, actor=actor),
        act,
        title=say("Adjust operations for “{tier}”", "为“{tier}”调整运营", tier=goal.tier),
        button=say("Add it", "添加"),
        back=reverse("care:goals"),
    )


@page(policies.SETTLE_STEP)
@require_POST
def settle_step(request: HttpRequest, key: str) -> HttpResponse:
    """Report an adjustment as made."""
    actor = actor_of(request)
    return pressed(request, lambda: services.settle_step(actor=actor, step=key), reverse("care:goals"))


@page(policies.LEVEL)
@require_GET
def level(request: HttpRequest) -> HttpResponse:
    """The selector of the level of care, with its whole table."""
    form = LevelForm(request.GET or None)
    chosen = care_level(**form.cleaned_data) if form.is_bound and form.is_valid() else None
    status = 422 if form.is_bound and chosen is None else 200
    shown = {"form": form, "chosen": chosen, "table": whole_table()}
    return render(request, "care/level.html", shown, status=status)
