"""Service standards, KPI schemes, and each person's own goals and figures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from peakend.server.acting import clock
from peakend.server.acting.actors import Role
from peakend.server.acting.errors import InvalidError
from peakend.server.improvement import policies
from peakend.server.improvement.forms import GoalForm, SchemeForm, StandardForm
from peakend.server.improvement.pages.pressing import asked, pressed, told_into
from peakend.server.improvement.selectors import goals as found
from peakend.server.improvement.services import goals as services
from peakend.server.improvement.words import KPI_KINDS
from peakend.server.web.forms import chosen_from
from peakend.server.web.pages import actor_of, page
from peakend.server.web.say import say, say_later

PERIOD = timedelta(days=90)


@page(policies.STANDARDS)
@require_GET
def standards(request: HttpRequest) -> HttpResponse:
    """The catalogue, each with what the data say."""
    listed = [(one, found.measured(one)) for one in found.standards(actor_of(request))]
    missed = sum(measured.verdict == "missed" for _, measured in listed)
    return render(
        request,
        "improvement/standards.html",
        {"standards": listed, "missed": missed},
    )


@page(policies.SET_STANDARD)
def new_standard(request: HttpRequest) -> HttpResponse:
    """Set a standard."""
    actor = actor_of(request)

    def act(entered: dict[str, Any]) -> str:
        services.set_standard(actor=actor, **entered)
        return reverse("improvement:standards")

    return asked(
        request,
        StandardForm(request.POST or None, actor=actor),
        act,
        title=say("Set a service standard", "制定服务标准"),
        button=say("Set it", "制定"),
        back=reverse("improvement:standards"),
        pairs=True,
    )


@page(policies.SET_STANDARD)
@require_POST
def retire_standard(request: HttpRequest, key: str) -> HttpResponse:
    """Take a standard out of force."""
    actor = actor_of(request)
    return pressed(
        request,
        lambda: services.retire_standard(actor=actor, standard=key),
        reverse("improvement:standards"),
    )


@page(policies.GOALS)
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """One's own goals; for those who lead, the people and who of them has no goal yet."""
    actor = actor_of(request)
    if actor.role == Role.FRONT_LINE:
        return redirect("improvement:person", key=found.goal_people(actor).get().key)
    listed = found.goal_people(actor).filter(role=Role.FRONT_LINE).prefetch_related("teams__site")
    without = set(found.without_goal(actor).values_list("pk", flat=True))
    return render(request, "improvement/people.html", {"people": listed, "without": without})


@page(policies.GOALS)
@require_GET
def person(request: HttpRequest, key: str) -> HttpResponse:
    """Somebody's goals against their own figures."""
    actor = actor_of(request)
    user = found.get_person(actor, key)
    today = clock.now().date()
    goals = [(goal, found.goal_measured(goal)) for goal in found.goals(actor).filter(user=user)]
    figures = [
        figure
        for figure in (
            found.own_figure(user, metric, "", today - PERIOD, today)
            for metric in ("nps", "csat", "on_time", "checklist", "first_time_fix")
        )
        if figure.n
    ]
    scheme = found.schemes().filter(role=user.role, active=True).first()
    return render(
        request,
        "improvement/person.html",
        {
            "person": user,
            "own": user.pk == actor.user_id,
            "goals": goals,
            "figures": figures,
            "scheme": scheme,
            "days": PERIOD.days,
        },
    )


@page(policies.SET_GOAL)
def new_goal(request: HttpRequest, key: str) -> HttpResponse:
    """Set a goal of somebody."""
    actor = actor_of(request)
    user = found.get_person(actor, key)
    to = reverse("improvement:person", args=[key])

    def act(entered: dict[str, Any]) -> str:
        services.set_goal(actor=actor, person=key, **entered)
        return to

    return asked(
        request,
        GoalForm(request.POST or None, actor=actor),
        act,
        title=say("Set a goal of {name}", "为{name}设定目标", name=user.name),
        button=say("Set it", "设定"),
        back=to,
    )


@page(policies.SET_GOAL)
@require_POST
def drop_goal(request: HttpRequest, key: str) -> HttpResponse:
    """Take a goal away."""
    actor = actor_of(request)
    goal = found.get_goal(actor, key)
    return pressed(
        request,
        lambda: services.drop_goal(actor=actor, goal=key),
        reverse("improvement:person", args=[goal.user.key]),
    )


class MeasureForm(forms.Form):
    """One measure of a scheme."""

    kind = forms.ChoiceField(label=say_later("Kind", "类别"), choices=chosen_from(KPI_KINDS))
    name_en = forms.CharField(label=say_later("English", "英文"), max_length=200)
    name_zh = forms.CharField(label=say_later("Chinese", "中文"), max_length=200)
    weight = forms.FloatField(label=say_later("Weight", "权重"), min_value=0, max_value=1)


Measures = forms.formset_factory(MeasureForm, extra=6, max_num=12, absolute_max=12)


@page(policies.SCHEMES)
@require_GET
def schemes(request: HttpRequest) -> HttpResponse:
    """What people of each role are judged by."""
    return render(request, "improvement/schemes.html", {"schemes": found.schemes()[:50]})


@page(policies.SET_SCHEME)
def new_scheme(request: HttpRequest) -> HttpResponse:
    """Write a scheme; the guard names what keeps it from being used."""
    sent = request.POST if request.method == "POST" else None
    form, rows = SchemeForm(sent), Measures(sent, prefix="measure")
    if sent is not None and form.is_valid() and rows.is_valid():
        items = [row.cleaned_data for row in rows if row.cleaned_data]
        try:
            services.set_scheme(actor=actor_of(request), items=items, **form.cleaned_data)
        except InvalidError as error:
            told_into(form, error)
        else:
            messages.success(request, say("The scheme is in force.", "考核方案已启用。"))
            return redirect("improvement:schemes")
    status = 422 if sent is not None else 200
    return render(request, "improvement/scheme.html", {"form": form, "rows": rows}, status=status)
