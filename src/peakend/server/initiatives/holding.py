"""What the area keeps of a customer: that they were drawn into an arm, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.customers.models import Customer
from peakend.server.customers.personal import Holder, hold
from peakend.server.initiatives.models import Assignment
from peakend.server.initiatives.services.outcomes import first_returns


def _assignments(customer: Customer) -> Iterator[dict[str, Any]]:
    for one in Assignment.objects.filter(customer=customer).select_related("campaign"):
        yield {
            "campaign": one.campaign.name_en,
            "arm": one.arm,
            "assigned_at": one.campaign.assigned_at,
            "channel": one.channel,
            "called_at": one.called_at,
            "call_outcome": one.call_outcome,
            "accepted_at": one.accepted_at,
            "returned_at": one.returned_at,
        }


def _erase(customer: Customer) -> int:
    """Freeze what happened so far, then forget who it was: both arms keep their counts."""
    erased = 0
    for one in Assignment.objects.filter(customer=customer).select_related("campaign"):
        if not one.settled:
            one.returned_at = first_returns(one.campaign, [customer.pk], clock.now()).get(customer.pk)
        if one.contact in ("waiting", "to_call"):
            one.contact, one.reason = "suppressed", "erased"
        if one.returned_at is not None:
            one.returned_at = one.campaign.assigned_at  # that they came back, no longer when
        one.customer, one.settled, one.stratum = None, True, ""
        one.save()
        erased += 1
    return erased


hold(
    Holder(
        "winback",
        Text("Win-back campaigns they were in", "参与的客户挽回活动"),
        (Assignment,),
        _assignments,
        _erase,
    )
)
