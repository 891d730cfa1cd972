"""What came of a campaign, looked at once: when its window is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Min, QuerySet

from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.services import audit, service
from peakend.server.customers.models import Interaction
from peakend.server.initiatives import policies
from peakend.server.initiatives.models import Assignment, Campaign

BATCH = 500
# Sources tell of some interactions a while after they happened.
LATE = timedelta(days=1)


def window_ends(campaign: Campaign) -> datetime | None:
    """When the window of a drawn campaign is over; None before the draw."""
    return (
        campaign.assigned_at + timedelta(days=campaign.window_days)
        if campaign.assigned_at is not None
        else None
    )


def told_at(campaign: Campaign) -> datetime | None:
    """When the result can be told; None before the draw."""
    ends = window_ends(campaign)
    return ends + LATE if ends is not None else None


def first_returns(campaign: Campaign, customers: list[int], until: datetime) -> dict[int, datetime]:
    """When each of `customers` (primary keys) first came back within the window and before `until`."""
    ends = window_ends(campaign)
    if ends is None:
        return {}
    rows: QuerySet[Interaction] = Interaction.objects.filter(
        customer_id__in=customers, at__gt=campaign.assigned_at, at__lte=min(ends, until)
    )
    if campaign.return_kinds:
        rows = rows.filter(kind__in=campaign.return_kinds)
    return dict(rows.order_by().values_list("customer_id").annotate(first=Min("at")))


def to_settle() -> list[Campaign]:
    """Campaigns whose window is over and whose outcome nobody has looked at."""
    now = clock.now()
    drawn = Campaign.objects.filter(assigned_at__isnull=False, settled_at=None)
    return [one for one in drawn if (at := told_at(one)) is not None and at <= now]


@service(policies.RUN, audited=False)
def settle_some(*, actor: Actor, campaign: int) -> int:
    """Write down for the next customers, of both arms as drawn, whether they came back; 0: all are done."""
    held = Campaign.objects.select_for_update().filter(pk=campaign, settled_at=None).first()
    if held is None:
        return 0
    rows = list(Assignment.objects.filter(campaign=held, settled=False).order_by("pk")[:BATCH])
    if not rows:
        held.settled_at, held.status = clock.now(), "ended"
        held.save(update_fields=["settled_at", "status"])
        audit(actor, "initiatives.campaign_settled", held)
        return 0
    returns = first_returns(held, [one.customer_id for one in rows if one.customer_id], clock.now())
    for one in rows:
        one.settled, one.returned_at = True, returns.get(one.customer_id)
    Assignment.objects.bulk_update(rows, ["settled", "returned_at"])
    return len(rows)
