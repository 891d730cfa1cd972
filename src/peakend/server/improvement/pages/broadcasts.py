""" "You said, we did": what staff read and confirm, and what customers may see of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from peakend.server.improvement import policies
from peakend.server.improvement.forms import BroadcastForm
from peakend.server.improvement.models import Receipt
from peakend.server.improvement.pages.pressing import asked, pressed
from peakend.server.improvement.selectors import broadcasts as found
from peakend.server.improvement.services import broadcasts as services
from peakend.server.web.pages import actor_of, page, public_page
from peakend.server.web.paging import cut
from peakend.server.web.say import say


@page(policies.BROADCASTS)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """What one was told, the newest first."""
    actor = actor_of(request)
    rows, cursor = cut(found.broadcasts(actor), request.GET.get("cursor"))
    unread = Receipt.objects.filter(user_id=actor.user_id, broadcast__in=rows, read_at=None)
    mine = set(unread.values_list("broadcast_id", flat=True))
    return render(
        request, "improvement/broadcasts.html", {"broadcasts": rows, "cursor": cursor, "unread": mine}
    )


@page(policies.SEND_BROADCAST)
def new(request: HttpRequest) -> HttpResponse:
    """Write one and send it."""
    actor = actor_of(request)
    return asked(
        request,
        BroadcastForm(request.POST or None, actor=actor, initial={"topic": request.GET.get("topic", "")}),
        lambda entered: _to(services.send_broadcast(actor=actor, **entered).key),
        title=say("Tell staff what was changed", "向员工通报改进"),
        intro=say(
            "Say what customers said and what was done about it. Once sent it stays as it is.",
            "写明客户说了什么、我们做了什么。发布后内容不可修改。",
        ),
        button=say("Send it", "发布"),
        back=reverse("improvement:broadcasts"),
        pairs=True,
    )


@page(policies.BROADCASTS)
@require_GET
def broadcast(request: HttpRequest, key: str) -> HttpResponse:
    """One broadcast, with the button that confirms it."""
    actor = actor_of(request)
    one = found.get_broadcast(actor, key)
    unread = one.receipts.filter(read_at=None).select_related("user")[:100]
    return render(
        request,
        "improvement/broadcast.html",
        {
            "broadcast": one,
            "receipt": found.receipt_of(actor, one),
            "rate": found.read_rate(one),
            "unread": unread,
        },
    )


@page(policies.BROADCASTS)
@require_POST
def read(request: HttpRequest, key: str) -> HttpResponse:
    """Confirm that one has read it."""
    actor = actor_of(request)
    return pressed(request, lambda: services.confirm_read(actor=actor, broadcast=key), _to(key))


@page(policies.SEND_BROADCAST)
@require_POST
def public(request: HttpRequest, key: str) -> HttpResponse:
    """Show it to customers, or take it off."""
    actor, shown = actor_of(request), request.POST.get("public") == "1"
    return pressed(
        request, lambda: services.show_in_public(actor=actor, broadcast=key, public=shown), _to(key)
    )


@public_page
@require_GET
def said_and_done(request: HttpRequest) -> HttpResponse:
    """The public page: what customers said, what was done."""
    return render(request, "improvement/said_and_done.html", {"broadcasts": found.public_broadcasts()[:30]})


def _to(key: str) -> str:
    return reverse("improvement:broadcast", args=[key])
