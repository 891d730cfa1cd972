"""Topics, causes, changes and cycles."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from peakend.server.acting import clock
from peakend.server.improvement import policies
from peakend.server.improvement.forms import ChangeForm, CycleForm, ReviewForm, TopicForm, TopicWorkForm
from peakend.server.improvement.models import Topic
from peakend.server.improvement.pages.pressing import asked, filled, pressed
from peakend.server.improvement.selectors import outer_loop as found
from peakend.server.improvement.services import outer_loop as services
from peakend.server.improvement.templatetags.improvement import named
from peakend.server.improvement.words import STAGE_QUESTIONS, STAGES, TOPIC_STATUSES
from peakend.server.web.pages import actor_of, page
from peakend.server.web.paging import cut
from peakend.server.web.say import say

PERIOD = timedelta(days=90)


@page(policies.TOPICS)
@require_GET
def topics(request: HttpRequest) -> HttpResponse:
    """Topics, those in work unless another status is asked for."""
    actor, status = actor_of(request), request.GET.get("status", "")
    rows = found.topics(actor)
    rows = rows.filter(status=status) if status in TOPIC_STATUSES else rows
    listed, cursor = cut(rows, request.GET.get("cursor"))
    waiting = found.topics(actor).filter(status="raised").count()
    return render(
        request,
        "improvement/topics.html",
        {
            "topics": listed,
            "cursor": cursor,
            "status": status,
            "statuses": TOPIC_STATUSES,
            "waiting": waiting,
        },
    )


@page(policies.RAISE_TOPIC)
def new_topic(request: HttpRequest) -> HttpResponse:
    """Raise a topic."""
    actor = actor_of(request)
    return asked(
        request,
        TopicForm(request.POST or None, actor=actor),
        lambda entered: _topic(services.raise_topic(actor=actor, **entered).key),
        title=say("Raise a topic", "提出议题"),
        button=say("Raise it", "提出"),
        back=reverse("improvement:topics"),
    )


@page(policies.TOPICS)
@require_GET
def topic(request: HttpRequest, key: str) -> HttpResponse:
    """One topic: the chain from feedback to fix, the voices behind it, and what comes next."""
    actor = actor_of(request)
    one = found.get_topic(actor, key)
    initial: dict[str, Any] = {
        name: getattr(one, name)
        for name in ("cause", "department", "resources", "planned_change", "review_on")
    }
    initial |= {f"why{n}": why for n, why in enumerate(one.whys, start=1)}
    initial |= {
        "owner": one.owner.key if one.owner else "",
        "touchpoint": one.touchpoint.code if one.touchpoint else "",
        "cycle": one.cycle.key if one.cycle else "",
    }
    return render(
        request,
        "improvement/topic.html",
        {
            "topic": one,
            "chain": found.chain(one),
            "counts": found.evidence_counts(one),
            "evidence": found.evidence(actor, one)[:50],
            "steps": one.steps.select_related("by"),
            "changes": one.changes.all(),
            "next": services.NEXT[one.status],
            "form": TopicWorkForm(actor=actor, initial=initial, kept=_kept(one)),
            "review": ReviewForm(),
        },
    )


@page(policies.OWN_TOPIC)
@require_POST
def edit_topic(request: HttpRequest, key: str) -> HttpResponse:
    """Keep what the owner found out."""
    actor = actor_of(request)
    one = found.get_topic(actor, key)
    entered = filled(request, TopicWorkForm(request.POST, actor=actor, kept=_kept(one)))
    if entered is not None:
        entered["whys"] = [entered.pop(f"why{n}") for n in range(1, 6)]
    return pressed(
        request,
        lambda: entered is not None and services.edit_topic(actor=actor, topic=key, **entered),
        _topic(key),
        say("Saved.", "已保存。") if entered is not None else "",
    )


@page(policies.OWN_TOPIC)
@require_POST
def move_topic(request: HttpRequest, key: str) -> HttpResponse:
    """Take a topic one step on."""
    actor, post = actor_of(request), request.POST
    words = ("status", "reason", "review_result", "review_verdict")
    return pressed(
        request,
        lambda: services.move_topic(
            actor=actor, topic=key, **{name: post.get(name, "")[:4000] for name in words}
        ),
        _topic(key),
    )


@page(policies.RAISE_TOPIC)
@require_POST
def add_evidence(request: HttpRequest, key: str) -> HttpResponse:
    """Link cases by their numbers, as people know them."""
    actor = actor_of(request)
    numbers = request.POST.get("cases", "").replace(",", " ").replace("，", " ").split()[:50]
    return pressed(
        request,
        lambda: services.add_evidence(actor=actor, topic=key, cases=numbers),
        _topic(key),
        say("Linked.", "已关联。"),
    )


@page(policies.TOPICS)
@require_GET
def causes(request: HttpRequest) -> HttpResponse:
    """Which causes make most cases, with the list behind each."""
    from peakend.server.cases.catalogue import causes as cause_names

    actor, now = actor_of(request), clock.now()
    listed = found.pareto(actor, now - PERIOD, now)
    chosen = request.GET.get("cause", "")
    cases = found.cases_of_cause(actor, chosen, now - PERIOD, now)[:100] if chosen else []
    most = max((one.cases for one in listed), default=1)
    return render(
        request,
        "improvement/causes.html",
        {
            "causes": [(one, round(100 * one.cases / most)) for one in listed],
            "total": sum(one.cases for one in listed),
            "names": cause_names(every=True),
            "chosen": chosen,
            "cases": cases,
            "days": PERIOD.days,
        },
    )


@page(policies.CHANGES)
@require_GET
def changes(request: HttpRequest) -> HttpResponse:
    """Changes asked for."""
    actor = actor_of(request)
    listed, cursor = cut(found.changes(actor), request.GET.get("cursor"))
    waiting = found.changes(actor).filter(status="asked").count()
    return render(
        request, "improvement/changes.html", {"changes": listed, "cursor": cursor, "waiting": waiting}
    )


@page(policies.ASK_CHANGE)
def new_change(request: HttpRequest) -> HttpResponse:
    """The change approval form."""
    actor = actor_of(request)

    def act(entered: dict[str, Any]) -> str:
        for side in ("company_effect", "customer_effect"):
            entered[side] = int(entered[side])
        return _change(services.ask_change(actor=actor, **entered).key)

    return asked(
        request,
        ChangeForm(request.POST or None, actor=actor, initial={"topic": request.GET.get("topic", "")}),
        act,
        title=say("Ask for a change", "申请变更"),
        intro=say(
            "A change helps the company, its customers, or better both. One that helps neither is refused.",
            "变更应使公司或客户受益，最好双赢。双方都不受益的变更不会获批。",
        ),
        button=say("Ask for approval", "提交审批"),
        back=reverse("improvement:changes"),
    )


@page(policies.CHANGES)
@require_GET
def change(request: HttpRequest, key: str) -> HttpResponse:
    """One change with its verdict, and the decision."""
    actor = actor_of(request)
    one = found.get_change(actor, key)
    return render(
        request, "improvement/change.html", {"change": one, "own": one.asked_by_id == actor.user_id}
    )


@page(policies.DECIDE_CHANGE)
@require_POST
def decide_change(request: HttpRequest, key: str) -> HttpResponse:
    """Approve or refuse."""
    actor, post = actor_of(request), request.POST
    return pressed(
        request,
        lambda: services.decide_change(
            actor=actor, change=key, approve=post.get("decision") == "approve", note=post.get("note", "")
        ),
        _change(key),
    )


@page(policies.CYCLES)
def cycles(request: HttpRequest) -> HttpResponse:
    """Turns of the loop, and opening one."""
    actor = actor_of(request)
    form = CycleForm(request.POST or None, actor=actor)
    if request.method == "POST":
        entered = filled(request, form)
        return pressed(
            request,
            lambda: entered and services.open_cycle(actor=actor, **entered),
            reverse("improvement:cycles"),
        )
    listed, cursor = cut(found.cycles(actor), request.GET.get("cursor"))
    return render(request, "improvement/cycles.html", {"cycles": listed, "cursor": cursor, "form": form})


@page(policies.CYCLES)
@require_GET
def cycle(request: HttpRequest, key: str) -> HttpResponse:
    """One turn: its stages with their evidence, its topics."""
    one = found.get_cycle(actor_of(request), key)
    done = {stage.stage: stage for stage in one.stages.select_related("by")}
    stages = [(code, STAGES[code], STAGE_QUESTIONS[code], done.get(code)) for code in STAGE_QUESTIONS]
    return render(
        request,
        "improvement/cycle.html",
        {"cycle": one, "stages": stages, "topics": one.topics.select_related("owner")},
    )


@page(policies.LEAD_CYCLE)
@require_POST
def finish_stage(request: HttpRequest, key: str) -> HttpResponse:
    """End a stage with its evidence."""
    actor, post = actor_of(request), request.POST
    return pressed(
        request,
        lambda: services.finish_stage(
            actor=actor,
            cycle=key,
            stage=post.get("stage", ""),
            evidence=post.get("evidence", "")[:4000],
        ),
        reverse("improvement:cycle", args=[key]),
    )


def _kept(topic: Topic) -> dict[str, tuple[str, str]]:
    """What a topic holds that one may not be able to choose any more: a leaver, a closed cycle."""
    held = {
        "owner": topic.owner and (topic.owner.key, topic.owner.name),
        "touchpoint": topic.touchpoint and (topic.touchpoint.code, named(topic.touchpoint)),
        "cycle": topic.cycle and (topic.cycle.key, topic.cycle.name),
    }
    return {name: now for name, now in held.items() if now}


def _topic(key: str) -> str:
    return reverse("improvement:topic", args=[key])


def _change(key: str) -> str:
    return reverse("improvement:change", args=[key])
