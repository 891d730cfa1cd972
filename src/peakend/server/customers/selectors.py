"""Reading customers: only those the actor reaches, with what they may see of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from peakend.language import Text
from peakend.server.acting.errors import NotFoundError
from peakend.server.acting.policies import may, require
from peakend.server.customers.models import Consent, Customer, Import, Interaction
from peakend.server.customers.policies import READ, READ_CONTACT, with_contact, within_reach

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from peakend.server.acting.actors import Actor

_CUSTOMER = Text("customer", "客户")


@dataclass(frozen=True, slots=True)
class Shown:
    """A customer with e-mail and phone as the actor may see them."""

    customer: Customer
    email: str
    phone: str
    masked: bool


def customers(actor: Actor, search: str = "", site: str = "", tier: str = "") -> QuerySet[Customer]:
    """The customers `actor` sees. `search` is part of a name, the beginning of a customer_id, or an address.

    Whoever may not read addresses finds by a whole one only: a customer at the desk can be looked up, but
    addresses cannot be guessed letter by letter.
    """
    require(actor, READ)
    rows = within_reach(actor, Customer.objects.filter(erased_at=None)).select_related("site")
    search = search.strip().replace("\x00", "")[:200]
    if search:
        how = "icontains" if may(actor, READ_CONTACT) else "iexact"
        rows = rows.filter(
            Q(name__icontains=search)
            | Q(customer_id__istartswith=search)
            | Q(**{f"email__{how}": search})
            | Q(**{f"phone__{how}": search})
        )
    if site:
        rows = rows.filter(site__code=site)
    if tier:
        rows = rows.filter(tier=tier)
    return rows


def get_customer(actor: Actor, customer_id: str) -> Customer:
    """The customer; `NotFoundError` outside the actor's reach. An erased one is found, with nothing in it."""
    rows = within_reach(actor, Customer.objects.select_related("site"))
    found = rows.filter(customer_id=customer_id).first() if "\x00" not in customer_id else None
    if found is None:
        raise NotFoundError(_CUSTOMER)
    return found


def shown(actor: Actor, listed: Iterable[Customer]) -> list[Shown]:
    """`listed` with e-mail and phone masked where the actor may not read them."""
    rows = list(listed)
    open_ = set(
        with_contact(actor, Customer.objects.filter(pk__in=[one.pk for one in rows])).values_list(
            "pk", flat=True
        )
    )
    return [
        Shown(one, one.email, one.phone, masked=False)
        if one.pk in open_
        else Shown(one, mask_email(one.email), mask_phone(one.phone), masked=True)
        for one in rows
    ]


def mask_email(email: str) -> str:
    """`l•••@e•••.com`: enough to ask "is it the one that begins with l?"."""
    name, _, domain = email.partition("@")
    if not domain:
        return ""
    return f"{name[:1]}•••@{domain[:1]}•••.{domain.rpartition('.')[2]}"


def mask_phone(phone: str) -> str:
    """`•••• 4711`: the last four."""
    digits = "".join(c for c in phone if c.isdigit())
    return f"•••• {digits[-4:]}" if len(digits) > 5 else "••••" if phone else ""


def consents(actor: Actor, customer: Customer) -> QuerySet[Consent]:
    """Everything `customer` said, the last word first."""
    require(actor, READ)
    return Consent.objects.filter(customer=customer).order_by("-at", "-pk")


def interactions(actor: Actor, customer_id: str = "") -> QuerySet[Interaction]:
    """What happened with the customers `actor` sees, or with one of them."""
    require(actor, READ)
    rows = Interaction.objects.select_related("customer", "touchpoint", "site", "team")
    if customer_id:
        return rows.filter(customer=get_customer(actor, customer_id))
    if actor.reach.everything:
        return rows
    return rows.filter(
        Q(site_id__in=actor.reach.sites)
        | Q(team_id__in=actor.reach.teams)
        | Q(customer__in=within_reach(actor, Customer.objects.all()))
    )


def get_import(actor: Actor, key: str) -> Import:
    """An uploaded file of the actor's own that waits to be taken in, or was."""
    found = Import.objects.filter(key=key, user_id=actor.user_id).first()
    if found is None:
        raise NotFoundError(Text("import", "导入"))
    return found
