"""Erasing a customer here, and proving it: afterwards every column of text is searched."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from django.conf import settings

from peakend.server.customers.personal import holders
from peakend.server.privacy.exporting import exports
from peakend.server.privacy.models import PrivacyRequest
from peakend.server.privacy.searching import columns, forget_repeats, keys_about, rows_with

if TYPE_CHECKING:
    from peakend.server.customers.models import Customer

_SHORTEST = 4  # a name of two letters would be found in every other word


def fingerprint(customer_id: str) -> str:
    """A keyed hash of the customer's id: it recognises them and tells nobody who they were."""
    return hmac.new(settings.SECRET_KEY.encode(), customer_id.encode(), hashlib.sha256).hexdigest()


def identifiers(customer: Customer) -> list[str]:
    """What gives the customer away: id, e-mail, phone, and the name where it is long enough to search for."""
    given = {customer.customer_id, customer.email, customer.phone}
    if len(customer.name) >= _SHORTEST or not customer.name.isascii():
        given.add(customer.name)
    return sorted(given - {""})


def erase_here(customer: Customer) -> dict[str, Any]:
    """Let every holder erase, then search.

    The proof has `touched` (rows by holder), `searched` (columns of text) and `found` (rows by column
    in which an identifier still stands; empty when all is well).
    """
    wanted = identifiers(customer)
    # Looked for before anything goes: afterwards nothing says any more what was the customer's.
    about = keys_about(customer)
    # Rows that point at the customer go before the customer.
    touched = {holder.name: holder.erase(customer) for holder in reversed(holders())}
    touched["repeats"] = forget_repeats({*wanted, *about})
    every = list(columns())
    found = {
        f"{model._meta.db_table}.{field.name}": rows
        for model, field in every
        if (rows := rows_with(model, field, wanted))
    }
    return {"touched": touched, "searched": len(every), "found": found}


def forget_files(whose: str) -> int:
    """Remove the files that were written for the customer and wait to be fetched; how many."""
    requests = PrivacyRequest.objects.filter(fingerprint=fingerprint(whose)).exclude(file="")
    names = list(requests.values_list("file", flat=True))
    there = [path for name in names if (path := exports() / name).is_file()]
    for path in there:
        path.unlink(missing_ok=True)
    requests.update(file="")
    return len(there)
