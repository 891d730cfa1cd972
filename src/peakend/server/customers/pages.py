"""Pages of customers: the list with its search, and files read over before they are taken in."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST

from peakend.server.acting.errors import InvalidError
from peakend.server.company.models import Site
from peakend.server.customers import selectors, services
from peakend.server.customers.files import MOST_BYTES, columns
from peakend.server.customers.policies import READ, WRITE
from peakend.server.web.downloads import csv_file
from peakend.server.web.pages import actor_of, page
from peakend.server.web.paging import cut
from peakend.server.web.say import say, say_later, told

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor
    from peakend.server.customers.models import Customer

KINDS = ("customers", "interactions", "consents")


class UploadForm(forms.Form):
    """A CSV file and what it holds."""

    kind = forms.ChoiceField(
        label=say_later("What the file holds", "文件内容"),
        choices=[
            ("customers", say_later("Customers", "客户")),
            ("interactions", say_later("What happened (interactions)", "互动记录")),
            ("consents", say_later("Consents and refusals", "同意与拒绝")),
        ],
    )
    file = forms.FileField(
        label=say_later("CSV file", "CSV 文件"),
        help_text=say_later("At most 10,000 rows and 5 MB.", "最多 10,000 行、5 MB。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> Any:  # noqa: ANN401 - Django's uploaded file
        """Refuse a file that is too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(say("The file is larger than 5 MB.", "文件超过 5 MB。"))
        return file


@page(READ)
def listed(request: HttpRequest) -> HttpResponse:
    """Customers of one's part of the company; a search box above."""
    actor = actor_of(request)
    asked = {name: request.GET.get(name, "") for name in ("q", "site")}
    rows = selectors.customers(actor, asked["q"], asked["site"])
    found, following = cut(rows, request.GET.get("cursor"), 50)
    context = {
        **asked,
        "rows": [(one, _profile(one.customer)) for one in selectors.shown(actor, found)],
        "next": following,
        "count": rows.count(),
        "sites": _sites(actor),
        "first": not request.GET.get("cursor"),
    }
    return render(request, "customers/list.html", context)


@page(WRITE)
def upload(request: HttpRequest) -> HttpResponse:
    """Send a file; nothing changes yet."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = services.upload(
                actor=actor_of(request),
                kind=form.cleaned_data["kind"],
                filename=file.name,
                content=file.read(),
            )
            return redirect("customers:preview", made.key)
        except InvalidError as error:
            form.add_error("file", told(error.what) + (f" {told(error.do)}" if error.do else ""))
    listed_ = [(kind, ", ".join(columns(kind))) for kind in KINDS]
    return render(request, "customers/import.html", {"form": form, "columns": listed_})


@page(WRITE)
def preview(request: HttpRequest, key: str) -> HttpResponse:
    """What will happen, row by row, before it does; afterwards, what happened."""
    actor = actor_of(request)
    waiting = selectors.get_import(actor, key)
    results = services.preview(actor, waiting) if waiting.done_at is None else []
    counts = Counter(one.status for one in results) if results else Counter(waiting.counts)
    shown = Paginator(sorted(results, key=lambda one: (one.status != "refused", one.row)), 100)
    context = {
        "waiting": waiting,
        "page": shown.get_page(request.GET.get("page")),
        "counts": {name: counts.get(name, 0) for name in ("created", "changed", "same", "refused")},
        "willing": counts.get("created", 0) + counts.get("changed", 0),
    }
    return render(request, "customers/preview.html", context)


@page(WRITE)
@require_POST
def take_in(request: HttpRequest, key: str) -> HttpResponse:
    """Do what the preview showed."""
    done = services.take_in(actor=actor_of(request), key=key)
    messages.success(request, say("The file was taken in.", "文件已导入。"))
    return redirect("customers:preview", done.key)


@page(WRITE)
def sample(request: HttpRequest, kind: str) -> HttpResponse:
    """A file with the columns and one row, to start from."""
    if kind not in _SAMPLES:
        raise Http404
    return csv_file(f"{kind}.csv", columns(kind), [_SAMPLES[kind]])


_SAMPLES = {
    "customers": ("C-1001", "", "guest@example.com", "13800000000", "zh", "gold", ""),
    "interactions": (
        "E-1",
        "2026-05-01T09:30:00+08:00",
        "C-1001",
        "",
        "visit",
        "branch",
        "",
        "",
        "",
        "served",
    ),
    "consents": ("C-1001", "survey", "given", "email", "form", "2026-05-01T09:30:00+08:00"),
}


def _profile(customer: Customer) -> str:
    """The page of the whole customer, where the site has one."""
    try:
        return reverse("boards:customer", args=[customer.customer_id])
    except NoReverseMatch:
        return ""


def _sites(actor: Actor) -> list[Site]:
    rows = Site.objects.filter(active=True)
    if not actor.reach.everything:
        rows = rows.filter(pk__in=actor.reach.sites) | rows.filter(teams__in=actor.reach.teams)
    return list(rows.distinct())
