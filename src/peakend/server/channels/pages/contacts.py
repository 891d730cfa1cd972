"""The fatigue ledger: who was spared and why, and the rules behind it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render

from peakend.server.acting import clock
from peakend.server.acting.errors import SiteError
from peakend.server.acting.policies import may
from peakend.server.channels import rules as ruling
from peakend.server.channels import selectors
from peakend.server.channels.forms import RulesForm
from peakend.server.channels.history import contact_rules
from peakend.server.channels.ledger import REASONS, reason_words
from peakend.server.channels.policies import MANAGE, READ
from peakend.server.web.forms import refused
from peakend.server.web.pages import actor_of, page
from peakend.server.web.paging import cut
from peakend.server.web.say import say

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

DAYS = 30


@page(READ)
def listed(request: HttpRequest) -> HttpResponse:
    """Why customers were spared in the last 30 days, and every contact below."""
    actor = actor_of(request)
    asked = {name: request.GET.get(name, "") for name in ("outcome", "reason", "customer_id")}
    since = clock.now() - timedelta(days=DAYS)
    every = selectors.contacts(actor)
    counts = selectors.reasons(every, since)
    found, following = cut(selectors.contacts(actor, **asked), request.GET.get("cursor"), 50)
    most = max((n for _, n in counts), default=1)
    context = {
        **asked,
        "days": DAYS,
        "sent": every.filter(outcome="sent", at__gte=since).count(),
        "spared": sum(n for _, n in counts),
        "reasons": [(code, reason_words(code, {}), n, most) for code, n in counts],
        "known": [(code, reason_words(code, {})) for code in REASONS],
        "rows": [(one, reason_words(one.reason, one.details) if one.reason else None) for one in found],
        "next": following,
        "rules": contact_rules(),
    }
    return render(request, "channels/contacts.html", context)


@page(READ)
def rules(request: HttpRequest) -> HttpResponse:
    """Read, and where the role allows set, how often a customer is contacted at most."""
    actor = actor_of(request)
    now = contact_rules()
    first = {name: getattr(now, name) for name in RulesForm.base_fields}
    form = RulesForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            ruling.set_rules(actor=actor, **form.cleaned_data)
        except SiteError as error:
            refused(form, error)
        else:
            messages.success(
                request, say("The rules hold from the next contact on.", "规则自下次联系起生效。")
            )
            return redirect("channels:contacts")
    may_set = may(actor, MANAGE) and actor.reach.everything
    return render(request, "channels/rules.html", {"form": form, "rules": now, "may_set": may_set})
