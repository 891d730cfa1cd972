"""Who is lost and may be written to: the rule of a campaign as one query."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q, Subquery

from peakend.server.acting import clock
from peakend.server.cases.models import OPEN, Case
from peakend.server.channels.sampling import draw
from peakend.server.customers.models import Consent, Customer, Interaction
from peakend.server.initiatives.models import Assignment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from peakend.server.initiatives.models import Campaign

# An offer is marketing: it needs that the customer said yes, unlike a question about a visit.
PURPOSE = "marketing"


def targeted(campaign: Campaign) -> QuerySet[Customer]:
    """Customers the rule of `campaign` is about now.

    They stay away, have no open case, allow marketing on a channel of the campaign that reaches them, and are
    in no other campaign whose window still runs.
    """
    now = clock.now()
    theirs = Interaction.objects.filter(customer=OuterRef("pk"))
    rows = Customer.objects.filter(Exists(theirs), erased_at=None).exclude(
        Exists(theirs.filter(at__gt=now - timedelta(days=campaign.away_days)))
    )
    rows = rows.exclude(Exists(Case.objects.filter(customer=OuterRef("pk"), status__in=OPEN)))
    others = Assignment.objects.filter(customer=OuterRef("pk"), campaign__settled_at=None)
    rows = rows.exclude(Exists(others.exclude(campaign=campaign)))
    if campaign.site_id is not None:
        rows = rows.filter(site=campaign.site_id)
    if campaign.tiers:
        rows = rows.filter(tier__in=campaign.tiers)
    allowed = Q(pk__in=[])
    for channel in campaign.channels:
        rows = rows.annotate(**{f"said_{channel}": _last_word(channel)})
        allowed |= Q(**{f"said_{channel}": "given"}) & _reached_by(channel)
    return rows.filter(allowed)


def arms(campaign: Campaign, people: Iterable[tuple[int, str, str]]) -> list[Assignment]:
    """Who is held out: in each tier its share, exactly, by numbers drawn from the seed (not yet stored).

    `people` are primary key, customer_id and tier. What a share leaves over of a tier is drawn too, so that
    tiers of one are held out as often as others.
    """
    strata: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for pk, customer_id, tier in people:
        strata[tier].append((draw(campaign.seed, campaign.key, customer_id), pk))
    made: list[Assignment] = []
    for tier, drawn in sorted(strata.items()):
        whole = len(drawn) * campaign.holdout_share
        held = int(whole) + (draw(campaign.seed, f"{campaign.key}\ntier", tier) < whole - int(whole))
        for place, (_, pk) in enumerate(sorted(drawn)):
            arm, contact = ("held", "") if place < held else ("treated", "waiting")
            made.append(Assignment(campaign=campaign, customer_id=pk, stratum=tier, arm=arm, contact=contact))
    return made


def _last_word(channel: str) -> Subquery:
    said = Consent.objects.filter(customer=OuterRef("pk"), purpose=PURPOSE, channel__in=("", channel))
    return Subquery(said.order_by(F("at").desc(), "-pk").values("status")[:1])


def _reached_by(channel: str) -> Q:
    if channel == "email":
        return ~Q(email="")
    return ~Q(phone="") if channel in ("sms", "phone") else Q()
