"""The API of customers: up to 1,000 rows a call, each with its own result."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from peakend.server.customers import selectors, services
from peakend.server.customers.policies import CONSENT, READ, RECORD, WRITE
from peakend.server.customers.rows import MOST_ROWS, ConsentRow, CustomerRow, InteractionRow, RowResult
from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.paging import cut
from peakend.server.web.say import told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.server.customers.models import Consent, Interaction

router = Router()


class CustomerRows(Schema):
    """Customers to add or change."""

    rows: list[CustomerRow] = Field(min_length=1, max_length=MOST_ROWS)


class InteractionRows(Schema):
    """What happened."""

    rows: list[InteractionRow] = Field(min_length=1, max_length=MOST_ROWS)


class ConsentRows(Schema):
    """What customers allow."""

    rows: list[ConsentRow] = Field(min_length=1, max_length=MOST_ROWS)


class Result(Schema):
    """What became of one row (counted from 1)."""

    row: int
    id: str
    status: str
    reason: str | None = None


class Results(Schema):
    """What became of every row, in its order."""

    results: list[Result]


class CustomerOut(Schema):
    """A customer. Addresses are masked where the caller's role may not read them."""

    customer_id: str
    name: str
    email: str
    phone: str
    masked: bool
    language: str
    tier: str
    site: str | None
    attributes: dict[str, Any]
    changed_at: datetime


class CustomerPage(Schema):
    """One page of customers."""

    items: list[CustomerOut]
    next: str | None


class InteractionOut(Schema):
    """Something that happened."""

    event_id: str
    at: datetime
    customer_id: str | None
    touchpoint: str | None
    kind: str
    channel: str
    site: str | None
    team: str | None
    employee_id: str
    outcome: str
    attributes: dict[str, Any]


class InteractionPage(Schema):
    """One page of what happened."""

    items: list[InteractionOut]
    next: str | None


class ConsentOut(Schema):
    """One word of a customer on what they allow."""

    key: str
    purpose: str
    channel: str
    status: str
    source: str
    at: datetime


class ConsentPage(Schema):
    """One page of a customer's words."""

    items: list[ConsentOut]
    next: str | None


@router.get("/customers", response=CustomerPage)
@acts(READ)
def list_customers(
    request: HttpRequest,
    q: str = "",
    site: str = "",
    tier: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> dict[str, object]:
    """Customers the caller reaches; `q` searches as the page does."""
    actor = actor_of(request)
    found, following = cut(selectors.customers(actor, q, _plain(site), _plain(tier)), cursor, limit)
    return {"items": [_customer(one) for one in selectors.shown(actor, found)], "next": following}


@router.post("/customers", response=Results)
@acts(WRITE)
def upsert_customers(request: HttpRequest, body: CustomerRows) -> dict[str, object]:
    """Add customers, or change those known by their customer_id. A refused row says why."""
    return _results(services.upsert_customers(actor=actor_of(request), rows=body.rows))


@router.get("/customers/{customer_id}", response=CustomerOut)
@acts(READ)
def get_customer(request: HttpRequest, customer_id: str) -> dict[str, object]:
    """One customer."""
    actor = actor_of(request)
    return _customer(selectors.shown(actor, [selectors.get_customer(actor, customer_id)])[0])


@router.get("/customers/{customer_id}/consents", response=ConsentPage)
@acts(READ)
def list_consents(
    request: HttpRequest, customer_id: str, cursor: str | None = None, limit: int = 50
) -> dict[str, object]:
    """Everything the customer allowed, refused or withdrew."""
    actor = actor_of(request)
    found, following = cut(
        selectors.consents(actor, selectors.get_customer(actor, customer_id)), cursor, limit
    )
    return {"items": [_consent(one) for one in found], "next": following}


@router.post("/consents", response=Results)
@acts(CONSENT)
def record_consents(request: HttpRequest, body: ConsentRows) -> dict[str, object]:
    """Write down what customers allow or no longer allow. Nothing is overwritten: the last word counts."""
    return _results(services.record_consents(actor=actor_of(request), rows=body.rows))


@router.get("/interactions", response=InteractionPage)
@acts(READ)
def list_interactions(
    request: HttpRequest, customer_id: str = "", cursor: str | None = None, limit: int = 50
) -> dict[str, object]:
    """What happened with the customers the caller reaches, or with one of them."""
    found, following = cut(selectors.interactions(actor_of(request), _plain(customer_id)), cursor, limit)
    return {"items": [_interaction(one) for one in found], "next": following}


@router.post("/interactions", response=Results)
@acts(RECORD)
def record_interactions(request: HttpRequest, body: InteractionRows) -> dict[str, object]:
    """Tell what happened. The same event_id again changes nothing; with other content its row is refused."""
    return _results(services.record_interactions(actor=actor_of(request), rows=body.rows))


def _results(results: Sequence[RowResult]) -> dict[str, object]:
    return {
        "results": [
            {
                "row": one.row,
                "id": one.id,
                "status": one.status,
                "reason": told(one.reason) if one.reason else None,
            }
            for one in results
        ]
    }


def _plain(value: str) -> str:
    # PostgreSQL takes no NUL, not even to compare with.
    return value.replace("\x00", "\ufffd")


def _customer(one: selectors.Shown) -> dict[str, object]:
    customer = one.customer
    return {
        "customer_id": customer.customer_id,
        "name": customer.name,
        "email": one.email,
        "phone": one.phone,
        "masked": one.masked,
        "language": customer.language,
        "tier": customer.tier,
        "site": customer.site.code if customer.site else None,
        "attributes": customer.attributes,
        "changed_at": customer.changed_at,
    }


def _interaction(one: Interaction) -> dict[str, object]:
    return {
        "event_id": one.event_id,
        "at": one.at,
        "customer_id": one.customer.customer_id if one.customer else None,
        "touchpoint": one.touchpoint.code if one.touchpoint else None,
        "kind": one.kind,
        "channel": one.channel,
        "site": one.site.code if one.site else None,
        "team": one.team.code if one.team else None,
        "employee_id": one.employee_id,
        "outcome": one.outcome,
        "attributes": one.attributes,
    }


def _consent(one: Consent) -> dict[str, object]:
    return {name: getattr(one, name) for name in ("key", "purpose", "channel", "status", "source", "at")}
