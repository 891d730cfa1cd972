"""One's own account: profile, password, second factor, where one is signed in, tokens."""

from __future__ import annotations

from collections import defaultdict
from typing import cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from peakend.language import Text
from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import NotAllowedError, SiteError
from peakend.server.people import (
    attempts,
    door,
    entering,
    passwords,
    second_factor,
    services,
    sign_ins,
    tokens,
)
from peakend.server.people.forms import ChangePasswordForm, CodeForm, ProfileForm, TokenForm
from peakend.server.people.models import User
from peakend.server.people.policies import OWN
from peakend.server.web.forms import refused
from peakend.server.web.pages import actor_of, page
from peakend.server.web.say import say, told

AREAS = {
    "answering": Text("Answers", "答复"),
    "audit": Text("Audit", "审计日志"),
    "boards": Text("Figures", "数据看板"),
    "care": Text("Customer care", "客户关怀"),
    "cases": Text("Cases", "工单"),
    "channels": Text("Invitations and places", "邀请与点位"),
    "company": Text("Sites and touchpoints", "网点与接触点"),
    "customers": Text("Customers", "客户"),
    "improvement": Text("Improvement", "改进"),
    "initiatives": Text("Initiatives, win-back", "举措与客户挽回"),
    "notices": Text("Notices and webhooks", "通知与 Webhook"),
    "people": Text("People", "人员"),
    "privacy": Text("Personal data", "个人信息"),
    "promises": Text("Promises", "对客户的承诺"),
    "surveys": Text("Surveys", "调查"),
    "sync": Text("Warehouse", "数据仓库"),
    "work": Text("Worker", "后台任务"),
}


def _person(request: HttpRequest) -> tuple[Actor, User]:
    """Who sits at the page. Programs have no account to look after on pages."""
    actor = actor_of(request)
    if actor.kind != "person":
        raise NotAllowedError(OWN)
    return actor, cast(User, request.user)


@page(OWN)
def profile(request: HttpRequest) -> HttpResponse:
    """Name and language, and the way to the rest."""
    actor, user = _person(request)
    form = ProfileForm(request.POST or None, initial={"name": user.name, "language": user.language[:2]})
    if request.method == "POST" and form.is_valid():
        try:
            changed = services.change_profile(actor=actor, **form.cleaned_data)
        except SiteError as error:
            refused(form, error)
        else:
            response = redirect("people:profile")
            entering.speak(response, changed.language)
            english = changed.language == "en"
            messages.success(request, "Saved." if english else "已保存。")
            return response
    context = {
        "form": form,
        "person": user,
        "factor": second_factor.has(user),
        "codes_left": second_factor.codes_left(user),
        "sessions": sign_ins.open_of(user.pk).count(),
        "tokens": tokens.tokens_of(user.pk).count(),
    }
    return render(request, "people/profile.html", context, status=422 if request.method == "POST" else 200)


@page(OWN)
def change_password(request: HttpRequest) -> HttpResponse:
    """Another password; every other session ends."""
    actor, user = _person(request)
    form = ChangePasswordForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            count = attempts.own_password(user.key)
            try:
                attempts.begin(count)
                changed = passwords.change_password(
                    actor=actor, session=sign_ins.mark_of(request), **form.cleaned_data
                )
            except SiteError as error:
                refused(form, error)
                status = error.status
            else:
                attempts.succeeded(count)
                update_session_auth_hash(request, changed)
                messages.success(
                    request,
                    say(
                        "Your password is changed; other devices are signed out.",
                        "密码已修改，其他设备已退出。",
                    ),
                )
                return redirect("people:profile")
    return render(request, "people/password.html", {"form": form}, status=status)


@page(OWN)
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in."""
    _, user = _person(request)
    context = {"rows": sign_ins.open_of(user.pk), "this": sign_ins.mark_of(request)}
    return render(request, "people/sessions.html", context)


@page(OWN)
@require_POST
def end_session(request: HttpRequest, key: str) -> HttpResponse:
    """Sign one device out."""
    actor, _ = _person(request)
    sign_ins.end_session(actor=actor, key=key)
    messages.success(request, say("That device is signed out.", "该设备已退出登录。"))
    return redirect("people:sessions")


@page(OWN)
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """Sign every other device out."""
    actor, _ = _person(request)
    count = sign_ins.end_other_sessions(actor=actor, but=sign_ins.mark_of(request))
    messages.success(request, say("Devices signed out: {n}.", "已退出 {n} 台设备。", n=count))
    return redirect("people:sessions")


@page(OWN)
def set_up_factor(request: HttpRequest) -> HttpResponse:
    """Set up the second factor, or see that there is one."""
    actor, user = _person(request)
    if second_factor.has(user):
        context = {
            "form": CodeForm(),
            "codes_left": second_factor.codes_left(user),
            "needed": second_factor.wanted_of(user.role),
        }
        return render(request, "people/factor.html", context)
    form, secret = CodeForm(request.POST or None), door.enrolling_secret(request)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                codes = second_factor.confirm(
                    actor=actor,
                    secret=secret,
                    code=form.cleaned_data["code"],
                    session=sign_ins.mark_of(request),
                )
            except SiteError as error:
                refused(form, error)
            else:
                door.enrolled(request)
                # What was signed in with less must not go on under the old name.
                request.session.cycle_key()
                messages.success(
                    request,
                    say(
                        "The second step is on; other devices are signed out.",
                        "两步验证已启用，其他设备已退出。",
                    ),
                )
                return render(request, "people/codes.html", {"codes": codes, "next": "/you/"})
    qr = second_factor.qr_picture(second_factor.provisioning_url(user, secret))
    context = {"form": form, "secret": secret, "qr": qr}
    return render(request, "people/set_up.html", context, status=status)


@page(OWN)
@require_POST
def change_factor(request: HttpRequest) -> HttpResponse:
    """Fresh recovery codes, or turn the second factor off; both against a code."""
    actor, user = _person(request)
    form, count = CodeForm(request.POST), attempts.code(user.key)
    try:
        attempts.begin(count)
        code = request.POST.get("code", "")[:40]
        if request.POST.get("what") == "off":
            second_factor.turn_off(actor=actor, code=code)
            attempts.succeeded(count)
            messages.success(request, say("The second factor is off.", "已停用两步验证。"))
            return redirect("people:profile")
        codes = second_factor.renew_codes(actor=actor, code=code)
    except SiteError as error:
        refused(form, error)
        context = {
            "form": form,
            "codes_left": second_factor.codes_left(user),
            "needed": second_factor.wanted_of(user.role),
        }
        return render(request, "people/factor.html", context, status=error.status)
    attempts.succeeded(count)
    return render(request, "people/codes.html", {"codes": codes, "next": "/you/"})


@page(OWN)
def own_tokens(request: HttpRequest) -> HttpResponse:
    """Tokens for programs: those there are, and a new one, whose text is shown this once."""
    actor, user = _person(request)
    form = TokenForm(_scope_choices(actor), request.POST or None)
    status, text = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                _, text = tokens.create_token(
                    actor=actor,
                    name=data["name"],
                    scopes=data["scopes"],
                    expires_at=tokens.expiry_in(data["days"]),
                )
            except SiteError as error:
                refused(form, error)
            else:
                status, form = 200, TokenForm(_scope_choices(actor))
    rows = tokens.tokens_of(user.pk).order_by("-pk")
    return render(request, "people/tokens.html", {"form": form, "rows": rows, "text": text}, status=status)


@page(OWN)
@require_POST
def revoke_token(request: HttpRequest, key: str) -> HttpResponse:
    """End a token."""
    actor, _ = _person(request)
    tokens.revoke_token(actor=actor, key=key)
    messages.success(request, say("The token is revoked.", "令牌已吊销。"))
    return redirect("people:tokens")


def _scope_choices(actor: Actor) -> list[tuple[str, list[tuple[str, str]]]]:
    """Actions by area, each with what it lets a program do."""
    by_area: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in tokens.grantable(actor):
        by_area[one.name.partition(".")[0]].append((one.name, told(one.what)))
    return [
        (
            told(AREAS[area]) if area in AREAS else area,
            [(f"{area}.*", say("Everything below", "以下全部")), *listed],
        )
        for area, listed in by_area.items()
    ]
