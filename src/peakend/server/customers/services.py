"""Changing what the site knows of customers: many rows a call, each with its own result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from pydantic import ValidationError

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.errors import ConflictError, NotFoundError
from peakend.server.acting.services import audit, service
from peakend.server.customers.files import parsed
from peakend.server.customers.models import Consent, Customer, Import, Interaction
from peakend.server.customers.planning import Plan, plan_consents, plan_customers, plan_interactions
from peakend.server.customers.policies import CONSENT, RECORD, WRITE
from peakend.server.customers.rows import ConsentRow, CustomerRow, InteractionRow, RowResult
from peakend.server.customers.selectors import get_import
from peakend.server.customers.signals import interaction_received

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.server.acting.actors import Actor

_FIELDS = ("name", "email", "phone", "language", "tier", "attributes", "site", "changed_at")
_CHUNK = 500


@service(WRITE)
def upsert_customers(*, actor: Actor, rows: Sequence[CustomerRow]) -> list[RowResult]:
    """Add customers and change those known by their customer_id; a result for every row in its order."""
    plan = plan_customers(actor, rows, lock=True)
    # One statement for both: somebody else may have added one of them since the plan looked.
    Customer.objects.bulk_create(
        [*plan.made, *plan.changed],
        batch_size=_CHUNK,
        update_conflicts=True,
        unique_fields=["customer_id"],
        update_fields=_FIELDS,
    )
    audit(actor, "customers.upserted", None, **plan.counts)
    return plan.results


@service(RECORD)
def record_interactions(*, actor: Actor, rows: Sequence[InteractionRow]) -> list[RowResult]:
    """Record what happened; the same event again changes nothing, with other content it is refused.

    Sends `interaction_received` for every new one, in this transaction.
    """
    try:
        plan = _record(actor, rows)
    except IntegrityError:  # somebody told one of these events at the same moment: now it is known
        plan = _record(actor, rows)
    for made in plan.made:
        interaction_received.send(sender=Interaction, interaction=made)
    audit(actor, "customers.interactions_recorded", None, **plan.counts)
    return plan.results


def _record(actor: Actor, rows: Sequence[InteractionRow]) -> Plan[Interaction]:
    plan = plan_interactions(actor, rows)
    with transaction.atomic():
        Interaction.objects.bulk_create(plan.made, batch_size=_CHUNK)
    return plan


@service(CONSENT)
def record_consents(*, actor: Actor, rows: Sequence[ConsentRow]) -> list[RowResult]:
    """Write down what customers allow or no longer allow. Nothing is overwritten; the last word counts."""
    plan = plan_consents(actor, rows)
    Consent.objects.bulk_create(plan.made, batch_size=_CHUNK)
    audit(actor, "customers.consents_recorded", None, **plan.counts)
    return plan.results


@service(WRITE)
def upload(*, actor: Actor, kind: str, filename: str, content: bytes) -> Import:
    """Keep a CSV file until whoever sent it read what it would do; `InvalidError` if it cannot be read."""
    if kind not in _SCHEMAS:
        raise NotFoundError
    file = parsed(kind, content)
    made = Import.objects.create(
        kind=kind,
        filename=filename[:200].replace("\x00", ""),
        user_id=actor.user_id,
        rows=file.rows,
        ignored=file.ignored,
        at=clock.now(),
    )
    audit(actor, "customers.uploaded", made, kind=kind, rows=len(file.rows))
    return made


@service(WRITE)
def take_in(*, actor: Actor, key: str) -> Import:
    """Do what the preview of an uploaded file showed; a second time changes nothing."""
    waiting = Import.objects.select_for_update().get(pk=get_import(actor, key).pk)
    if waiting.done_at is not None:
        raise ConflictError(
            Text("This file was taken in already.", "此文件已经导入。"),
            Text("Upload a new file to change more.", "如需再次修改，请上传新文件。"),
        )
    counts: dict[str, int] = {}
    for status in (one.status for one in _taken(actor, waiting)):
        counts[status] = counts.get(status, 0) + 1
    waiting.counts, waiting.done_at, waiting.rows = counts, clock.now(), []
    waiting.save()
    audit(actor, "customers.taken_in", waiting, **counts)
    return waiting


def preview(actor: Actor, waiting: Import) -> list[RowResult]:
    """What taking the file in would do, row by row; nothing is written."""
    return _each(waiting, plan=True, actor=actor)


def _taken(actor: Actor, waiting: Import) -> list[RowResult]:
    return _each(waiting, plan=False, actor=actor)


def _each(waiting: Import, *, plan: bool, actor: Actor) -> list[RowResult]:
    """The rows of the right form, planned or written; the others refused, all in their order."""
    schema = _SCHEMAS[waiting.kind]
    rows: list[Any] = []
    numbers: list[int] = []
    refused: list[RowResult] = []
    for number, told in enumerate(waiting.rows, 1):
        try:
            rows.append(schema.model_validate(told))
            numbers.append(number)
        except ValidationError as error:
            where = ", ".join(str(one["loc"][0]) for one in error.errors() if one["loc"])
            refused.append(
                RowResult(
                    number,
                    str(told.get("event_id") or told.get("customer_id") or ""),
                    "refused",
                    Text(f"Cannot be read: {where or 'the row'}.", f"无法识别：{where or '此行'}。"),
                )
            )
    if plan:
        results = _PLANS[waiting.kind](actor, rows).results
    else:
        results = _DEEDS[waiting.kind](actor=actor, rows=rows)
    found = [RowResult(numbers[one.row - 1], one.id, one.status, one.reason) for one in results]
    return sorted([*found, *refused], key=lambda one: one.row)


_SCHEMAS: dict[str, Any] = {
    "customers": CustomerRow,
    "interactions": InteractionRow,
    "consents": ConsentRow,
}
_PLANS: dict[str, Any] = {
    "customers": plan_customers,
    "interactions": plan_interactions,
    "consents": plan_consents,
}
_DEEDS: dict[str, Any] = {
    "customers": upsert_customers,
    "interactions": record_interactions,
    "consents": record_consents,
}
