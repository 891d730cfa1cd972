"""Pages for administrators: people, their roles and scope; what the company asks of each role."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from peakend.language import Text
from peakend.server.acting.actors import Role, role_name
from peakend.server.acting.errors import InvalidError, NotFoundError, SiteError
from peakend.server.acting.policies import may
from peakend.server.people import second_factor, selectors, services, sign_ins, tokens
from peakend.server.people.acting import reach_of
from peakend.server.people.forms import PersonForm
from peakend.server.people.models import User
from peakend.server.people.policies import MANAGE, READ
from peakend.server.web.address import origin_of
from peakend.server.web.forms import refused
from peakend.server.web.pages import actor_of, page
from peakend.server.web.paging import cut
from peakend.server.web.say import say


@page(READ)
def people(request: HttpRequest) -> HttpResponse:
    """Everybody within reach."""
    words, role = request.GET.get("q", "")[:100], request.GET.get("role", "")
    state = request.GET.get("state", "active")
    active = {"active": True, "inactive": False}.get(state)
    rows = selectors.searched(selectors.people(actor_of(request)), words, role, active)
    found, after = cut(rows.prefetch_related("sites", "teams__site"), request.GET.get("cursor"), 50, False)
    for one in found:
        one.role_name = role_name(Role(one.role))
    context = {
        "rows": found,
        "next": after,
        "count": rows.count(),
        "q": words,
        "role": role,
        "state": state,
        "roles": [(one.value, role_name(one)) for one in Role],
    }
    return render(request, "people/people.html", context)


@page(READ)
def person(request: HttpRequest, key: str) -> HttpResponse:
    """One person: role, scope, and for administrators their sessions and tokens."""
    actor = actor_of(request)
    found = selectors.get_person(actor, key)
    manages = may(actor, MANAGE)
    context: dict[str, Any] = {
        "person": found,
        "role": role_name(Role(found.role)),
        "whole": reach_of(found).everything,
        "factor": second_factor.has(found),
        "own": found.pk == actor.user_id,
        "manages": manages,
        "sessions": sign_ins.open_of(found.pk) if manages else (),
        "tokens": tokens.tokens_of(found.pk) if manages else (),
        "link": request.session.pop(f"link {found.key}", "") if manages else "",
    }
    return render(request, "people/person.html", context)


@page(MANAGE)
def new_person(request: HttpRequest) -> HttpResponse:
    """Add somebody; they get a link to choose a password."""
    actor = actor_of(request)
    form = PersonForm(actor, request.POST or None, initial={"role": Role.FRONT_LINE, "language": "zh"})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = services.create_person(actor=actor, origin=origin_of(request), **_given(form))
            except SiteError as error:
                _shown(form, error)
                status = error.status
            else:
                request.session[f"link {made.user.key}"] = made.link
                messages.success(request, say("{n} is invited.", "已邀请{n}。", n=made.user.name))
                return redirect("people:person", made.user.key)
    return render(request, "people/person_form.html", {"form": form}, status=status)


@page(MANAGE)
def edit_person(request: HttpRequest, key: str) -> HttpResponse:
    """Change somebody's role, scope and facts."""
    actor = actor_of(request)
    found = selectors.get_person(actor, key)
    form = PersonForm(actor, request.POST or None, initial=_facts(found))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.change_person(actor=actor, key=key, **_given(form))
            except SiteError as error:
                _shown(form, error)
                status = error.status
            else:
                messages.success(request, say("Saved.", "已保存。"))
                return redirect("people:person", key)
    return render(request, "people/person_form.html", {"form": form, "person": found}, status=status)


@page(MANAGE)
@require_POST
def act_on_person(request: HttpRequest, key: str, what: str) -> HttpResponse:
    """Deactivate, reactivate, invite again, reset the second factor."""
    actor = actor_of(request)
    if what == "deactivate":
        services.deactivate_person(actor=actor, key=key)
        said = say("Deactivated. Sessions and tokens have ended.", "已停用，其登录与令牌均已失效。")
    elif what == "reactivate":
        services.reactivate_person(actor=actor, key=key)
        said = say("Active again.", "已重新启用。")
    elif what == "invite":
        made = services.invite_again(actor=actor, key=key, origin=origin_of(request))
        request.session[f"link {key}"] = made.link
        said = say("The invitation was sent again.", "邀请已重新发送。")
    elif what == "reset-second-factor":
        services.reset_second_factor(actor=actor, key=key)
        said = say("The second factor is gone.", "两步验证已重置。")
    else:
        raise NotFoundError
    messages.success(request, said)
    return redirect("people:person", key)


@page(MANAGE)
@require_POST
def revoke_token_of(request: HttpRequest, key: str, token: str) -> HttpResponse:
    """End somebody's token."""
    tokens.revoke_token_of(actor=actor_of(request), person=key, key=token)
    messages.success(request, say("The token is revoked.", "令牌已吊销。"))
    return redirect("people:person", key)


@page(MANAGE)
def rules(request: HttpRequest) -> HttpResponse:
    """Which roles need a second factor."""
    actor = actor_of(request)
    if request.method == "POST":
        asked = request.POST.get("role", "")
        if asked not in {one.value for one in Role}:
            raise InvalidError(
                Text("There is no such role.", "没有这个角色。"),
                Text("Choose one of the list.", "请从列表中选择。"),
            )
        second_factor.require_for(
            actor=actor, role=Role(asked), second_factor=request.POST.get("second_factor") == "on"
        )
        messages.success(request, say("Saved.", "已保存。"))
        return redirect("people:rules")
    wanted = second_factor.wanted_roles()
    rows = [
        {
            "role": one.value,
            "name": role_name(one),
            "wanted": one.value in wanted,
            "people": User.objects.filter(role=one, is_active=True).count(),
            "with": User.objects.filter(role=one, is_active=True).exclude(totp_confirmed_at=None).count(),
        }
        for one in Role
    ]
    return render(request, "people/rules.html", {"rows": rows})


def _given(form: PersonForm) -> dict[str, Any]:
    data = dict(form.cleaned_data)
    data["role"] = Role(data["role"])
    data["teams"] = [tuple(one.split("/", 1)) for one in data["teams"]]
    return data


def _facts(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "email": user.email,
        "role": user.role,
        "sites": list(user.sites.values_list("code", flat=True)),
        "teams": [f"{site}/{code}" for site, code in user.teams.values_list("site__code", "code")],
        "employee_id": user.employee_id,
        "language": user.language[:2],
    }


def _shown(form: PersonForm, error: SiteError) -> None:
    if error.status in (403, 404):
        raise error
    refused(form, error)
