"""The register of promises: what is claimed, what terms keep of it, what it costs, was it kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import ConflictError, InvalidError
from peakend.server.acting.policies import may
from peakend.server.improvement.pages.pressing import asked, filled, pressed, told_into
from peakend.server.promises import policies, shown
from peakend.server.promises import selectors as found
from peakend.server.promises.forms import (
    HEAD,
    ChangeForm,
    ClaimForm,
    CodeForm,
    CostForm,
    HeadForm,
    Items,
    UsageForm,
    UseForm,
    of_items,
    of_version,
)
from peakend.server.promises.models import Promise, PromiseVersion
from peakend.server.promises.services import launching, writing
from peakend.server.promises.words import VERDICTS
from peakend.server.web.pages import actor_of, page
from peakend.server.web.say import say

LISTED = 200


@page(policies.READ)
@require_GET
def promises(request: HttpRequest) -> HttpResponse:
    """Every promise, and how many give less than advertised."""
    actor = actor_of(request)
    rows = found.listed(actor, found.promises(actor)[:LISTED])
    hollow = sum(difference.hollow and row.status != "ended" for row, _, difference, _ in rows)
    return render(request, "promises/promises.html", {"rows": rows, "hollow": hollow})


@page(policies.READ)
@require_GET
def promise(request: HttpRequest, key: str) -> HttpResponse:
    """One promise: claim against terms, cost, uses, history."""
    actor = actor_of(request)
    row = found.get_promise(actor, key)
    current, last = found.version_on(row, found.today()), found.last_version(row)
    uses = found.uses(actor).filter(promise=row)
    return render(
        request,
        "promises/promise.html",
        {
            "promise": row,
            "version": current,
            "coming": last if last.number > current.number else None,
            "difference": found.difference(current),
            "versions": sorted(row.versions.all(), key=lambda one: -one.number),
            "kept": found.kept_of(uses),
            "uses": uses[:20],
            "days": found.KEPT_DAYS,
            "use_form": UseForm(actor=actor),
            **_money(actor, row, last),
        },
    )


@page(policies.EDIT)
def new_promise(request: HttpRequest) -> HttpResponse:
    """Enter a promise."""
    actor = actor_of(request)
    sent = request.POST if request.method == "POST" else None
    forms_: list[forms.Form] = [CodeForm(sent, actor=actor), ClaimForm(sent), CostForm(sent), UsageForm(sent)]
    rows = Items(sent, prefix="item")
    if sent is not None and _all_valid(forms_, rows):
        head = {name: forms_[0].cleaned_data[name] for name in ("code", *HEAD)}
        try:
            made = writing.write_promise(actor=actor, **head, **_written(forms_, rows))
        except (InvalidError, ConflictError) as error:
            told_into(_naming(forms_, error), error)
        else:
            messages.success(request, say("The promise is a draft now.", "承诺已存为草稿。"))
            return redirect("promises:promise", key=made.key)
    return _written_page(
        request,
        forms_,
        rows,
        title=say("Enter a promise", "登记承诺"),
        back=reverse("promises:promises"),
    )


@page(policies.EDIT)
def revise(request: HttpRequest, key: str) -> HttpResponse:
    """Write the next version."""
    actor = actor_of(request)
    row = found.get_promise(actor, key)
    last = found.last_version(row)
    sent = request.POST if request.method == "POST" else None
    begins = {"in_force_from": max(found.today(), last.in_force_from)}
    forms_: list[forms.Form] = [
        ChangeForm(sent, initial=begins),
        ClaimForm(sent, initial=of_version(last)),
        CostForm(sent, initial=of_version(last)),
        UsageForm(sent, initial=of_version(last)),
    ]
    rows = Items(sent, initial=of_items(last), prefix="item")
    if sent is not None and _all_valid(forms_, rows):
        try:
            writing.revise(
                actor=actor, promise=key, **forms_[0].cleaned_data, **_written(forms_, rows, last.currency)
            )
        except (InvalidError, ConflictError) as error:
            told_into(_naming(forms_, error), error)
        else:
            messages.success(request, say("The next version is written.", "新版本已保存。"))
            return redirect("promises:promise", key=key)
    return _written_page(
        request,
        forms_,
        rows,
        title=say("Change the terms", "修改条款"),
        back=reverse("promises:promise", args=[key]),
    )


@page(policies.EDIT)
def edit_promise(request: HttpRequest, key: str) -> HttpResponse:
    """Change name, owner, touchpoint and threshold."""
    actor = actor_of(request)
    row = found.get_promise(actor, key)
    to = reverse("promises:promise", args=[key])
    begin = {name: getattr(row, name) for name in HEAD} | {
        "owner": row.owner.key if row.owner else "",
        "touchpoint": row.touchpoint.code if row.touchpoint else "",
    }

    def act(entered: dict[str, Any]) -> str:
        writing.edit_promise(actor=actor, promise=key, **entered)
        return to

    return asked(
        request,
        HeadForm(request.POST or None, initial=begin, actor=actor),
        act,
        title=say("Name and owner", "名称与责任人"),
        button=say("Save", "保存"),
        back=to,
    )


@page(policies.LAUNCH)
@require_POST
def launch(request: HttpRequest, key: str) -> HttpResponse:
    """Launch it, with a reason where the check says no."""
    actor = actor_of(request)
    reason = request.POST.get("reason", "")
    return pressed(
        request,
        lambda: launching.launch(actor=actor, promise=key, reason=reason),
        reverse("promises:promise", args=[key]),
        say("The promise is launched.", "承诺已发布。"),
    )


@page(policies.LAUNCH)
@require_POST
def end(request: HttpRequest, key: str) -> HttpResponse:
    """End it."""
    actor = actor_of(request)
    return pressed(
        request,
        lambda: launching.end(actor=actor, promise=key),
        reverse("promises:promise", args=[key]),
        say("The promise has ended.", "承诺已终止。"),
    )


@page(policies.USE)
@require_POST
def record_use(request: HttpRequest, key: str) -> HttpResponse:
    """Record that it was kept or denied."""
    actor = actor_of(request)
    found.get_promise(actor, key)
    to = reverse("promises:promise", args=[key])
    entered = filled(request, UseForm(request.POST, actor=actor))
    if entered is None:
        return redirect(to)
    entered["kept"] = entered["kept"] == "yes"
    return pressed(
        request,
        lambda: launching.record_use(actor=actor, promise=key, **entered),
        to,
        say("Recorded.", "已记录。"),
    )


def _money(actor: Actor, row: Promise, version: PromiseVersion) -> dict[str, Any]:
    """The check of the version written last, for those who may see what things cost."""
    if not may(actor, policies.ECONOMICS):
        return {}
    check = found.affordability(row, version)
    return {
        "check": check,
        "checked": version,
        "verdicts": [(code, VERDICTS[code]) for code in check.verdicts],
        "sentences": shown.summary(check),
        "table": shown.table(check, version.currency),
    }


def _all_valid(forms_: Sequence[forms.Form], rows: Any) -> bool:  # noqa: ANN401 - a formset
    """Every form is read, so that every problem is told at once."""
    return all([*(form.is_valid() for form in forms_), rows.is_valid()])


def _written(forms_: Sequence[forms.Form], rows: Any, currency: str = "CNY") -> dict[str, Any]:  # noqa: ANN401
    """Version and items from all but the first form, and the lines."""
    version = {"currency": currency}
    for form in forms_[1:]:
        version |= form.cleaned_data
    kept = [row.cleaned_data for row in rows if row.cleaned_data and not row.cleaned_data["remove"]]
    items = [{name: value for name, value in item.items() if name != "remove"} for item in kept]
    return {"version": version, "items": items}


def _naming(forms_: Sequence[forms.Form], error: InvalidError | ConflictError) -> forms.Form:
    """The form with the field that the refusal names, else the first."""
    fields: Any = error.data.get("fields") or [{}]
    return next((form for form in forms_ if fields[0].get("field") in form.fields), forms_[0])


def _written_page(
    request: HttpRequest,
    forms_: Sequence[forms.Form],
    rows: Any,  # noqa: ANN401 - a formset
    **shown_: object,
) -> HttpResponse:
    status = 422 if rows.is_bound else 200
    return render(request, "promises/terms.html", {"forms": forms_, "rows": rows, **shown_}, status=status)
