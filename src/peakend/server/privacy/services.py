"""Handing out and erasing what is kept of a customer, and how long anything is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.errors import ConflictError, InvalidError
from peakend.server.acting.services import audit, service
from peakend.server.privacy.erasing import erase_here, fingerprint, forget_files, identifiers
from peakend.server.privacy.exporting import write_export
from peakend.server.privacy.models import PrivacyRequest, RetentionRule
from peakend.server.privacy.retention import KINDS
from peakend.server.sync.erasure import queue_erasure

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor
    from peakend.server.customers.models import Customer

ANSWER_WITHIN = timedelta(days=30)


class StillFoundError(ConflictError):
    """After an erasure the customer is still found somewhere; nothing was changed. `data` has found."""

    code = "privacy.still_found"


@service("privacy.export")
def export_customer(*, actor: Actor, customer: Customer, reason: str = "") -> PrivacyRequest:
    """Write everything kept of `customer` into a ZIP file (JSON for machines, a page for people)."""
    request = _asked(actor, customer, "export", reason)
    request.file, rows = write_export(customer, request.key)
    request.site_done_at = clock.now()
    request.proof = {"rows": rows}
    request.save()
    audit(actor, "privacy.export", request, rows=rows)
    return request


@service("privacy.erase")
def erase_customer(*, actor: Actor, customer: Customer, reason: str) -> PrivacyRequest:
    """Remove who `customer` is from every table of the site; the worker does the same in the warehouse.

    Raises `InvalidError` without a reason, `ConflictError` for one erased before, and `StillFoundError`
    (nothing is changed then) where a search still finds the customer afterwards.
    """
    if not reason.strip():
        raise InvalidError(
            Text("An erasure needs its reason.", "删除须注明理由。"),
            Text("Say who asked for it and when.", "请写明由谁、何时提出。"),
            fields=[{"field": "reason", "message": "required"}],
        )
    if customer.erased_at is not None:
        raise ConflictError(
            Text("This customer was erased before.", "该客户的数据此前已删除。"),
            Text("Its proof is in the list of requests.", "证明见请求列表。"),
        )
    request = _asked(actor, customer, "erasure", reason)
    clues = identifiers(customer)
    proof = erase_here(customer)
    if proof["found"]:
        places = ", ".join(proof["found"])
        raise StillFoundError(
            Text(
                f"The customer is still found in {places}; nothing was changed.",
                f"仍在 {places} 中找到该客户，未作任何更改。",
            ),
            Text("Remove the words there by hand, then erase again.", "请先手工删去这些文字，再重新删除。"),
            found=proof["found"],
        )
    request.site_done_at = clock.now()
    request.proof = {"site": proof}
    request.save()
    whose = request.whose
    # Files come back with no transaction: they go once nothing can fail any more.
    transaction.on_commit(lambda: forget_files(whose))
    queue_erasure(request.whose, reference=request.key, clues=clues)
    audit(actor, "privacy.erase", request, **proof)
    return request


@service("privacy.retain")
def set_retention(*, actor: Actor, kind: str, days: int) -> RetentionRule:
    """Keep data of `kind` for `days` days. `InvalidError` for an unknown kind or less than its least."""
    known = KINDS.get(kind)
    if known is None or not known.least <= days <= 36_500:
        raise InvalidError(
            Text(f"{kind} cannot be kept for {days} days.", f"{kind} 不能设为保存 {days} 天。"),
            Text(
                f"Choose at least {known.least} days." if known else "Choose one of the kinds listed.",
                f"请至少设为 {known.least} 天。" if known else "请从列出的类别中选择。",
            ),
            fields=[{"field": "days", "message": "out of range"}],
        )
    rule, _ = RetentionRule.objects.update_or_create(kind=kind, defaults={"days": days})
    audit(actor, "privacy.retain", rule, kind=kind, days=days)
    return rule


def _asked(actor: Actor, customer: Customer, kind: str, reason: str) -> PrivacyRequest:
    at = clock.now()
    return PrivacyRequest(
        kind=kind,
        customer=customer,
        whose=customer.customer_id,
        fingerprint=fingerprint(customer.customer_id),
        reason=reason,
        requested_by_id=actor.user_id,
        requested_at=at,
        due_at=at + ANSWER_WITHIN,
    )
