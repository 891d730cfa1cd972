"""Requests of customers about their data, and how long data is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from peakend.errors import PeakendError
from peakend.server.acting.errors import InvalidError, NotFoundError
from peakend.server.customers.models import Customer
from peakend.server.privacy import services
from peakend.server.privacy.exporting import exports
from peakend.server.privacy.models import PrivacyRequest
from peakend.server.privacy.retention import KINDS, days_kept
from peakend.server.web.pages import actor_of, page
from peakend.server.web.paging import cut
from peakend.server.web.say import told

if TYPE_CHECKING:
    from django.db.models import QuerySet


@page("privacy.read")
def requests(request: HttpRequest) -> HttpResponse:
    """What was asked, when, and how far it is; a search for the customer who asks now."""
    wanted = request.GET.get("q", "").strip()
    listed, following = cut(
        PrivacyRequest.objects.select_related("requested_by"), request.GET.get("cursor"), 30
    )
    waiting = PrivacyRequest.objects.filter(kind="erasure", warehouse_done_at=None).count()
    shown = {"requests": listed, "next": following, "q": wanted, "found": find(wanted), "waiting": waiting}
    return render(request, "privacy/requests.html", shown)


@page("privacy.read")
def customer(request: HttpRequest, customer_id: str) -> HttpResponse:
    """What can be done for one customer."""
    return _customer(request, get_object_or_404(Customer, customer_id=customer_id))


@page("privacy.export")
@require_POST
def export(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Write the file and lead to it."""
    whose = get_object_or_404(Customer, customer_id=customer_id)
    made = services.export_customer(
        actor=actor_of(request), customer=whose, reason=request.POST.get("reason", "")
    )
    return redirect("privacy:request", key=made.key)


@page("privacy.erase")
@require_POST
def erase(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Erase the customer; the id has to be typed, so that nobody is erased by a slip."""
    whose = get_object_or_404(Customer, customer_id=customer_id)
    if request.POST.get("confirm", "").strip() != whose.customer_id:
        return _customer(request, whose, mistyped=True)
    try:
        made = services.erase_customer(
            actor=actor_of(request), customer=whose, reason=request.POST.get("reason", "")
        )
    except InvalidError as error:
        return _customer(request, whose, error=error)
    return redirect("privacy:request", key=made.key)


@page("privacy.read")
def one(request: HttpRequest, key: str) -> HttpResponse:
    """One request with its proof."""
    return render(request, "privacy/request.html", {"one": get_object_or_404(PrivacyRequest, key=key)})


@page("privacy.export")
def file(request: HttpRequest, key: str) -> FileResponse:
    """The file of an export, while it is kept."""
    made = get_object_or_404(PrivacyRequest, key=key, kind="export")
    path = exports() / made.file
    if not made.file or not path.is_file():
        raise NotFoundError
    return FileResponse(path.open("rb"), as_attachment=True, filename="customer-data.zip")


@page("privacy.read")
def retention(request: HttpRequest) -> HttpResponse:
    """How long each kind is kept."""
    kinds = [(name, kind, days_kept(name)) for name, kind in KINDS.items()]
    return render(request, "privacy/retention.html", {"kinds": kinds})


@page("privacy.retain")
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Change one rule."""
    try:
        days = int(request.POST.get("days", ""))
    except ValueError:
        days = -1
    services.set_retention(actor=actor_of(request), kind=request.POST.get("kind", ""), days=days)
    return redirect("privacy:retention")


def find(wanted: str) -> QuerySet[Customer] | tuple[()]:
    """Customers whose id, e-mail or phone is exactly `wanted`: who asks about their data names one."""
    if not wanted:
        return ()
    same = Customer.objects.filter(customer_id=wanted) | Customer.objects.filter(email__iexact=wanted)
    return (same | Customer.objects.filter(phone=wanted)).order_by("pk")[:10]


def _customer(
    request: HttpRequest, whose: Customer, *, mistyped: bool = False, error: PeakendError | None = None
) -> HttpResponse:
    done = PrivacyRequest.objects.filter(customer=whose)
    sentence = told(error.what) if error else ""
    shown = {"customer": whose, "done": done, "mistyped": mistyped, "error": sentence}
    return render(request, "privacy/customer.html", shown, status=422 if mistyped or error else 200)
