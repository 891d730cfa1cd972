"""Recipients as people give them: numbers in a box or a file. Customers in the file are added on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from peakend.language import Text
from peakend.server.acting.policies import may
from peakend.server.channels.inviting import Asked, invite_many
from peakend.server.customers.files import parsed
from peakend.server.customers.models import Customer
from peakend.server.customers.policies import WRITE, within_reach
from peakend.server.customers.rows import CustomerRow, RefusedRow, RowResult, check_attributes
from peakend.server.customers.services import upsert_customers

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor
    from peakend.server.surveys.models import Survey

_TOLD = ("name", "email", "phone", "language", "site")


def rows_of(numbers: str, content: bytes | None) -> list[dict[str, Any]]:
    """The recipients in the box and in the file, as rows with a customer_id each."""
    typed = [
        {"customer_id": one} for one in dict.fromkeys(numbers.replace(",", "\n").split("\n")) if one.strip()
    ]
    rows = [{"customer_id": str(one["customer_id"]).strip()} for one in typed]
    return [*rows, *(parsed("invitations", content).rows if content is not None else [])]


def invite_rows(
    actor: Actor, survey: Survey, channel: str, rows: list[dict[str, Any]]
) -> tuple[int, list[RowResult]]:
    """Invite whom the rows name; how many were, and the rows that were turned away with their reasons."""
    refused: list[RowResult] = []
    good = [(number, row) for number, row in enumerate(rows, 1) if _readable(number, row, refused)]
    refused += _told(actor, good)
    away = {one.row for one in refused}
    asked_for = [row["customer_id"] for number, row in good if number not in away]
    found = within_reach(actor, Customer.objects.filter(customer_id__in=asked_for, erased_at=None))
    people = {one.customer_id: one for one in found.select_related("site")}
    asked: list[Asked] = []
    for number, row in good:
        if number in away:
            continue
        customer = people.get(row["customer_id"])
        if customer is None:
            unknown = Text("There is no such customer in your reach.", "您的范围内没有该客户。")
            refused.append(RowResult(number, row["customer_id"], "refused", unknown))
            continue
        asked.append(Asked(customer, language=row.get("language", ""), embedded=row.get("attributes", {})))
    if asked:
        invite_many(actor=actor, survey=survey, channel=channel, rows=asked)
    return len({one.customer.pk for one in asked}), sorted(refused, key=lambda one: one.row)


def _readable(number: int, row: dict[str, Any], refused: list[RowResult]) -> bool:
    try:
        CustomerRow.model_validate({name: row[name] for name in ("customer_id", *_TOLD) if name in row})
        check_attributes(row.get("attributes", {}))
    except ValidationError:
        reason = Text("The row has no customer_id.", "此行缺少 customer_id。")
    except RefusedRow as error:
        reason = error.reason
    else:
        return True
    refused.append(RowResult(number, str(row.get("customer_id", "")), "refused", reason))
    return False


def _told(actor: Actor, rows: list[tuple[int, dict[str, Any]]]) -> list[RowResult]:
    """Add or change the customers of rows that tell more than a number; the rows refused."""
    telling = [(number, row) for number, row in rows if any(row.get(name) for name in _TOLD)]
    if not telling or not may(actor, WRITE):
        return []
    results = upsert_customers(
        actor=actor,
        rows=[
            CustomerRow(**{name: row[name] for name in ("customer_id", *_TOLD) if row.get(name)})
            for _, row in telling
        ],
    )
    return [
        RowResult(telling[one.row - 1][0], one.id, "refused", one.reason)
        for one in results
        if one.status == "refused"
    ]
