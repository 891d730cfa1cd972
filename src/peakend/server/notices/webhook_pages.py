"""Pages of webhooks and what became of every delivery."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from peakend.server.acting import clock
from peakend.server.acting.errors import SiteError
from peakend.server.notices import selectors
from peakend.server.notices import webhooks as services
from peakend.server.notices.events import title_of
from peakend.server.notices.forms import ChangeWebhookForm, WebhookForm
from peakend.server.notices.models import Delivery
from peakend.server.notices.policies import WEBHOOKS
from peakend.server.web.forms import refused
from peakend.server.web.pages import actor_of, page
from peakend.server.web.paging import cut
from peakend.server.web.say import say

_SECRET = "webhook secret"


@page(WEBHOOKS)
def webhooks(request: HttpRequest) -> HttpResponse:
    """Every webhook."""
    rows = list(selectors.webhooks(actor_of(request)))
    troubled = [one for one in rows if one.active and one.failures]
    return render(request, "notices/webhooks.html", {"rows": rows, "troubled": len(troubled)})


@page(WEBHOOKS)
def new_webhook(request: HttpRequest) -> HttpResponse:
    """Add one; its secret is shown on the page that follows, once."""
    form, status = WebhookForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made, secret = services.create_webhook(actor=actor_of(request), **form.cleaned_data)
            except SiteError as error:
                _shown(form, error)
            else:
                request.session[_SECRET] = [made.key, secret]
                return redirect("notices:webhook", made.key)
    return render(request, "notices/webhook_form.html", {"form": form}, status=status)


@page(WEBHOOKS)
def edit_webhook(request: HttpRequest, key: str) -> HttpResponse:
    """Change one."""
    actor = actor_of(request)
    found = selectors.get_webhook(actor, key)
    initial = {"name": found.name, "url": found.url, "events": found.events, "active": found.active}
    form, status = ChangeWebhookForm(request.POST or None, initial=initial), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.change_webhook(actor=actor, key=key, **form.cleaned_data)
            except SiteError as error:
                _shown(form, error)
            else:
                messages.success(request, say("Saved.", "已保存。"))
                return redirect("notices:webhook", key)
    return render(request, "notices/webhook_form.html", {"form": form, "webhook": found}, status=status)


@page(WEBHOOKS)
def webhook(request: HttpRequest, key: str) -> HttpResponse:
    """One webhook and its log."""
    actor = actor_of(request)
    found = selectors.get_webhook(actor, key)
    state = request.GET.get("state", "")
    rows, after = cut(selectors.deliveries(actor, found, state), request.GET.get("cursor"), 50)
    kept = request.session.get(_SECRET)
    secret = request.session.pop(_SECRET)[1] if kept and kept[0] == key else ""
    context = {
        "webhook": found,
        "events": [(name, title_of(name)) for name in found.events],
        "rows": [_Line(one) for one in rows],
        "next": after,
        "state": state,
        "secret": secret,
        "overlap": found.old_secret_until is not None and clock.now() < found.old_secret_until,
        "waiting": selectors.deliveries(actor, found, "waiting").count(),
        "parked": selectors.deliveries(actor, found, "parked").count(),
    }
    return render(request, "notices/webhook.html", context)


class _Line:
    """A delivery as the log shows it."""

    def __init__(self, delivery: Delivery) -> None:
        self.delivery = delivery
        self.title = title_of(delivery.event.name)


@page(WEBHOOKS)
@require_POST
def test(request: HttpRequest, key: str) -> HttpResponse:
    """Send a test."""
    services.test_webhook(actor=actor_of(request), key=key)
    messages.success(
        request,
        say("A test is on its way; reload to see what came of it.", "测试已发出，请稍后刷新查看结果。"),
    )
    return redirect("notices:webhook", key)


@page(WEBHOOKS)
@require_POST
def renew(request: HttpRequest, key: str) -> HttpResponse:
    """Another secret."""
    _, secret = services.renew_secret(actor=actor_of(request), key=key)
    request.session[_SECRET] = [key, secret]
    return redirect("notices:webhook", key)


@page(WEBHOOKS)
@require_POST
def end_old(request: HttpRequest, key: str) -> HttpResponse:
    """The old secret signs nothing any more."""
    services.end_old_secret(actor=actor_of(request), key=key)
    messages.success(request, say("Only the new secret signs now.", "现在仅由新密钥签名。"))
    return redirect("notices:webhook", key)


@page(WEBHOOKS)
@require_POST
def remove(request: HttpRequest, key: str) -> HttpResponse:
    """Remove it with its log."""
    services.remove_webhook(actor=actor_of(request), key=key)
    messages.success(request, say("The webhook is gone.", "Webhook 已删除。"))
    return redirect("notices:webhooks")


@page(WEBHOOKS)
@require_POST
def replay(request: HttpRequest, key: str, delivery: str) -> HttpResponse:
    """Send one again."""
    services.replay(actor=actor_of(request), webhook=key, key=delivery)
    messages.success(request, say("It is sent again, with the same id.", "正在以相同编号重新投递。"))
    return redirect("notices:webhook", key)


@page(WEBHOOKS)
@require_POST
def replay_parked(request: HttpRequest, key: str) -> HttpResponse:
    """Send everything again that was given up."""
    count = services.replay_parked(actor=actor_of(request), webhook=key)
    messages.success(request, say("Sent again: {n}.", "重新投递 {n} 条。", n=count))
    return redirect("notices:webhook", key)


def _shown(form: WebhookForm, error: SiteError) -> None:
    if error.status in (403, 404):
        raise error
    refused(form, error)
