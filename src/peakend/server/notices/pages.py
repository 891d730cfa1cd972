"""Pages of one's notifications and of the outbox of e-mails."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import NotAllowedError, SiteError
from peakend.server.notices import selectors, services
from peakend.server.notices.digests import preference_of
from peakend.server.notices.forms import DigestForm
from peakend.server.notices.menu import badge
from peakend.server.notices.models import Notification
from peakend.server.notices.policies import OUTBOX, OWN
from peakend.server.people.models import User
from peakend.server.web.address import own_path
from peakend.server.web.forms import refused
from peakend.server.web.pages import actor_of, page
from peakend.server.web.paging import cut
from peakend.server.web.say import say


def _person(request: HttpRequest) -> tuple[Actor, User]:
    actor = actor_of(request)
    if actor.kind != "person":
        raise NotAllowedError(OWN)
    return actor, cast(User, request.user)


@page(OWN)
def notifications(request: HttpRequest) -> HttpResponse:
    """What is new, newest first."""
    actor = actor_of(request)
    rows, after = cut(selectors.notifications(actor), request.GET.get("cursor"), 30)
    return render(
        request,
        "notices/notifications.html",
        {"rows": rows, "next": after, "unread": selectors.unread_count(actor)},
    )


@page(OWN)
def count(request: HttpRequest) -> HttpResponse:
    """The badge of the header alone, fetched again and again."""
    return HttpResponse(badge(request, actor_of(request)))


@page(OWN)
@require_POST
def read(request: HttpRequest, key: str) -> HttpResponse:
    """Mark one as read; `open` goes on to what it is about."""
    found: Notification = services.mark_read(actor=actor_of(request), key=key)
    if "open" in request.POST:
        return redirect(own_path(found.url, "/notifications/"))
    if request.htmx:
        return render(request, "notices/notification.html", {"one": found})
    return redirect("notices:notifications")


@page(OWN)
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    services.mark_all_read(actor=actor_of(request))
    return redirect("notices:notifications")


@page(OWN)
def digest(request: HttpRequest) -> HttpResponse:
    """How one is told by e-mail."""
    actor, user = _person(request)
    kept = preference_of(user)
    initial = {"digest": kept.digest, "hour": kept.hour, "timezone": kept.timezone}
    form, status = DigestForm(request.POST or None, initial=initial), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.choose_digest(actor=actor, **form.cleaned_data)
            except SiteError as error:
                refused(form, error)
            else:
                messages.success(request, say("Saved.", "已保存。"))
                return redirect("notices:notifications")
    context = {"form": form, "address": user.email, "server": bool(settings.EMAIL_URL)}
    return render(request, "notices/digest.html", context, status=status)


@page(OUTBOX)
def mails(request: HttpRequest) -> HttpResponse:
    """E-mails that wait, that were given up, that left."""
    actor = actor_of(request)
    state = request.GET.get("state", "waiting")
    state = state if state in ("waiting", "failed", "sent") else "waiting"
    rows, after = cut(selectors.mails(actor, state), request.GET.get("cursor"), 50)
    context = {"rows": rows, "next": after, "state": state, "outbox": selectors.outbox()}
    return render(request, "notices/mails.html", context)


@page(OUTBOX)
@require_POST
def retry(request: HttpRequest, key: str) -> HttpResponse:
    """Try one again."""
    services.retry_mail(actor=actor_of(request), key=key)
    messages.success(request, say("It is tried again now.", "正在重新发送。"))
    return redirect("notices:mails")
