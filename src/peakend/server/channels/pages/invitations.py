"""Invitations: how many came how far, whom to ask next, what the letters say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from peakend.server.acting.errors import SiteError
from peakend.server.channels import inviting, rules, selectors, wording
from peakend.server.channels.figures import response_figures
from peakend.server.channels.forms import CHANNELS, InviteForm, LetterForm
from peakend.server.channels.ledger import reason_words
from peakend.server.channels.models import Wording
from peakend.server.channels.policies import INVITE, READ
from peakend.server.channels.recipients import invite_rows, rows_of
from peakend.server.web.forms import refused
from peakend.server.web.pages import actor_of, page
from peakend.server.web.paging import cut
from peakend.server.web.say import say, told

if TYPE_CHECKING:
    from django.http import HttpRequest

    from peakend.server.surveys.models import Survey

_STAGES = ("sent", "opened", "started", "completed")


@page(READ)
def listed(request: HttpRequest) -> HttpResponse:
    """The way from sent to completed, and every invitation below."""
    actor = actor_of(request)
    asked = {name: request.GET.get(name, "") for name in ("survey", "status", "wave", "customer_id")}
    whole = selectors.invitations(actor, survey=asked["survey"], wave=asked["wave"])
    counts = selectors.funnel(whole)
    found, following = cut(selectors.invitations(actor, **asked), request.GET.get("cursor"), 50)
    rate = response_figures(counts["reached_sent"], counts["reached_completed"])
    context = {
        **asked,
        "counts": counts,
        "stages": [(stage, counts[f"reached_{stage}"]) for stage in _STAGES],
        "rate": rate,
        "rows": [(one, reason_words(one.reason, {}) if one.reason else None) for one in found],
        "next": following,
        "surveys": selectors.surveys(actor),
        "statuses": selectors.STATUSES,
        "tab": "sent",
    }
    return render(request, "channels/invitations.html", context)


@page(INVITE)
def new(request: HttpRequest) -> HttpResponse:
    """Ask customers by number or from a file; the worker sends."""
    actor = actor_of(request)
    first = {"survey": request.GET.get("survey"), "customers": request.GET.get("customer_id", "")}
    form = InviteForm(actor, request.POST or None, request.FILES or None, initial=first)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            rows = rows_of(form.cleaned_data["customers"], file.read() if file else None)
            made, turned_away = invite_rows(
                actor, form.cleaned_data["survey"], form.cleaned_data["channel"], rows
            )
        except SiteError as error:
            refused(form, error)
        else:
            if made:
                messages.success(
                    request, say("{n} invitations are on their way.", "{n} 份邀请已安排。", n=made)
                )
            for one in turned_away[:10]:
                said = say("Row {row}, {id}: ", "第 {row} 行，{id}：", row=one.row, id=one.id)
                messages.warning(request, said + (told(one.reason) if one.reason else ""))
            if len(turned_away) > 10:
                more = len(turned_away) - 10
                messages.warning(request, say("and {n} more rows.", "另有 {n} 行。", n=more))
            return redirect("channels:invitations")
    return render(request, "channels/invite.html", {"form": form, "channels": CHANNELS})


@page(INVITE)
@require_POST
def cancel(request: HttpRequest, key: str) -> HttpResponse:
    """Take back one that still waits."""
    inviting.cancel(actor=actor_of(request), key=key)
    messages.success(request, say("The invitation was taken back.", "邀请已撤回。"))
    return redirect("channels:invitations")


@page(INVITE)
@require_POST
def bounce(request: HttpRequest, key: str) -> HttpResponse:
    """Note that the letter came back for good: no more mail goes to that address."""
    inviting.report_bounce(actor=actor_of(request), key=key, permanent=True)
    messages.success(request, say("No more mail goes to this address.", "已记录退信，不再向该地址发送邮件。"))
    return redirect("channels:invitations")


@page(READ)
def letters(request: HttpRequest) -> HttpResponse:
    """Every letter there is."""
    actor = actor_of(request)
    own = Wording.objects.filter(survey=None) | Wording.objects.filter(survey__in=selectors.surveys(actor))
    rows = list(own.select_related("survey").order_by("survey", "kind", "language"))
    have = {(row.kind, row.language) for row in rows if row.survey_id is None}
    brought = [(kind, tag) for kind, tag in wording.DEFAULTS if (kind, tag) not in have]
    context = {"rows": rows, "brought": brought, "surveys": selectors.surveys(actor), "tab": "letters"}
    return render(request, "channels/letters.html", context)


@page(READ)
def letter(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """Read or write one letter, with a look at how it arrives."""
    actor = actor_of(request)
    survey = _survey(request)
    words = wording.words_for(survey, wording.known_kind(kind), language.replace("\x00", ""))
    first = {"subject": words.subject, "text": words.text, "html": words.html}
    form = LetterForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        words = wording.Words(**form.cleaned_data)
        try:
            rules.set_wording(actor=actor, survey=survey, kind=kind, language=language, words=words)
        except SiteError as error:
            refused(form, error)
        else:
            messages.success(request, say("The letter is saved.", "信件已保存。"))
            return redirect(request.get_full_path())
    sample = {
        "name": say("Ms Lin", "林女士"),
        "title": say("Your visit", "您的到访"),
        "site": say("North branch", "北区网点"),
        "link": "https://…/s/i/…/",
        "decline": "https://…/s/no/…/",
    }
    context = {
        "form": form,
        "kind": kind,
        "tongue": language,
        "survey": survey,
        "names": wording.NAMES,
        "sample": wording.letter(words, sample),
    }
    return render(request, "channels/letter.html", context)


def _survey(request: HttpRequest) -> Survey | None:
    key = request.GET.get("survey", "")
    return selectors.get_survey(actor_of(request), key) if key else None
