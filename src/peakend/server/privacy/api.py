"""Requests about customers' data for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from peakend.server.customers.models import Customer
from peakend.server.privacy import services
from peakend.server.privacy.models import PrivacyRequest
from peakend.server.privacy.retention import KINDS, days_kept
from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.paging import cut

router = Router()


class Asked(Schema):
    """What is asked for a customer."""

    customer_id: str
    reason: str = ""


class Request(Schema):
    """A request and how far it is."""

    key: str
    kind: str
    reason: str
    requested_at: datetime
    due_at: datetime
    site_done_at: datetime | None
    warehouse_done_at: datetime | None
    proof: dict[str, Any]


class Requests(Schema):
    """A page of requests."""

    items: list[Request]
    next: str | None


class Rule(Schema):
    """For how many days a kind of data is kept."""

    kind: str
    days: int


@router.get("/privacy/requests", response=Requests)
@acts("privacy.read")
def list_requests(request: HttpRequest, cursor: str | None = None, limit: int = 50) -> dict[str, Any]:
    """Requests, newest first."""
    items, following = cut(PrivacyRequest.objects.all(), cursor, limit)
    return {"items": items, "next": following}


@router.get("/privacy/requests/{key}", response=Request)
@acts("privacy.read")
def read_request(request: HttpRequest, key: str) -> PrivacyRequest:
    """One request with its proof."""
    return _found(PrivacyRequest, key=key)


@router.post("/privacy/exports", response={201: Request})
@acts("privacy.export")
def export(request: HttpRequest, asked: Asked) -> Status[PrivacyRequest]:
    """Write everything kept of a customer into a file."""
    customer = _found(Customer, customer_id=asked.customer_id)
    return Status(
        201, services.export_customer(actor=actor_of(request), customer=customer, reason=asked.reason)
    )


@router.post("/privacy/erasures", response={201: Request})
@acts("privacy.erase")
def erase(request: HttpRequest, asked: Asked) -> Status[PrivacyRequest]:
    """Erase a customer here and, by the worker, in the warehouse."""
    customer = _found(Customer, customer_id=asked.customer_id)
    return Status(
        201, services.erase_customer(actor=actor_of(request), customer=customer, reason=asked.reason)
    )


@router.get("/privacy/retention", response=list[Rule])
@acts("privacy.read")
def list_rules(request: HttpRequest) -> list[dict[str, Any]]:
    """Every kind and for how long it is kept."""
    return [{"kind": kind, "days": days_kept(kind)} for kind in KINDS]


@router.put("/privacy/retention", response=Rule)
@acts("privacy.retain")
def set_rule(request: HttpRequest, rule: Rule) -> dict[str, Any]:
    """Keep a kind of data for so many days."""
    made = services.set_retention(actor=actor_of(request), kind=rule.kind, days=rule.days)
    return {"kind": made.kind, "days": made.days}


def _found(model: Any, **by: str) -> Any:  # noqa: ANN401 - a row of the model
    from peakend.server.acting.errors import NotFoundError

    row = model.objects.filter(**by).first()
    if row is None:
        raise NotFoundError
    return row
