"""Erasing a customer here, and proving it: afterwards every column of text is searched."""

from __future__ import annotations

import hashlib
import hmac
import json
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models.functions import Cast

from peakend.server.customers.personal import holders
from peakend.server.privacy.models import PrivacyRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peakend.server.customers.models import Customer

_SHORTEST = 4  # a name of two letters would be found in every other word
_TEXTS = (models.CharField, models.TextField, models.JSONField)


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
    # Rows that point at the customer go before the customer.
    touched = {holder.name: holder.erase(customer) for holder in reversed(holders())}
    columns = list(_columns())
    found = {
        f"{model._meta.db_table}.{field.name}": rows
        for model, field in columns
        if (rows := _still(model, field, wanted))
    }
    return {"touched": touched, "searched": len(columns), "found": found}


def _columns() -> Iterator[tuple[type[models.Model], models.Field]]:
    """Every column of text but those of the requests, which name the customer until all is done."""
    for model in apps.get_models():
        if model is not PrivacyRequest:
            for field in model._meta.local_concrete_fields:
                if isinstance(field, _TEXTS):
                    yield model, field


def _still(model: type[models.Model], field: models.Field, wanted: list[str]) -> int:
    # SQLite keeps JSON with every other script escaped, PostgreSQL as it is.
    spelled = {*wanted, *(json.dumps(one)[1:-1] for one in wanted)}
    clues = reduce(or_, (models.Q(as_text__icontains=one) for one in spelled))
    return model._default_manager.annotate(as_text=Cast(field.name, models.TextField())).filter(clues).count()
