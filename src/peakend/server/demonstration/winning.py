"""The demonstration's win-back campaign: silver members who stayed away, some of them held out."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from peakend.server.acting import clock
from peakend.server.acting.actors import system
from peakend.server.channels.models import Invitation
from peakend.server.customers.models import Customer
from peakend.server.customers.rows import ConsentRow, CustomerRow, InteractionRow
from peakend.server.customers.services import record_consents, record_interactions, upsert_customers
from peakend.server.demonstration.company import FILLING
from peakend.server.initiatives.models import Assignment
from peakend.server.initiatives.services.contacting import contact_one, to_contact
from peakend.server.initiatives.services.outcomes import settle_some
from peakend.server.initiatives.services.winback import (
    end_campaign,
    plan_campaign,
    record_call,
    start_campaign,
)

if TYPE_CHECKING:
    from datetime import datetime

    from peakend.server.demonstration.cast import Cast
    from peakend.server.initiatives.models import Campaign

TIER = "Silver"
_LOST, _HELD_OUT = 60, 0.4
_BEGUN, _WINDOW = 62, 45
# One of so many came back; colleagues' calls ended like this, in turn.
_BACK = {"treated": 2.5, "held": 12}
_OUTCOMES = ("accepted", "reached", "not_reached", "accepted", "reached", "refused")


def win_back(cast: Cast) -> None:
    """Plan it, draw both arms, call, and see who came back."""
    # At noon: nobody is called by night, whenever the demonstration is started.
    then = (cast.now - timedelta(days=_BEGUN)).replace(hour=4, minute=0)
    _lose(cast, then)
    with clock.at(then):
        found = _started(cast, then)
        for one in to_contact():
            contact_one(actor=system("demonstration"), assignment=one)
    with clock.at(then + timedelta(days=2)):
        waiting = Assignment.objects.filter(campaign=found, contact="to_call").order_by("pk")
        for n, row in enumerate(waiting):
            record_call(actor=cast.supervisor, call=row.key, outcome=_OUTCOMES[n % len(_OUTCOMES)])
    with clock.at(then + timedelta(days=20)):
        end_campaign(actor=cast.manager, campaign=found.key)
    _come_back(found, then)
    with clock.at(then + timedelta(days=_WINDOW + 2)):
        while settle_some(actor=system("demonstration"), campaign=found.pk):
            pass


def _lose(cast: Cast, then: datetime) -> None:
    """Members nobody asked anything meanwhile, last seen half a year before, who allow such calls."""
    asked = Invitation.objects.values("customer")
    rows = Customer.objects.filter(tier=TIER).exclude(phone="").exclude(pk__in=asked)
    lost = list(rows.order_by("customer_id").values_list("customer_id", flat=True)[:_LOST])
    upsert_customers(actor=FILLING, rows=[CustomerRow(customer_id=one, site=cast.site.code) for one in lost])
    record_interactions(
        actor=FILLING,
        rows=[_flight(f"demo-lost-{n}", one, then - timedelta(days=150 + n)) for n, one in enumerate(lost)],
    )
    record_consents(
        actor=FILLING,
        rows=[
            ConsentRow(
                customer_id=one,
                purpose="marketing",
                status="given",
                channel="phone",
                source="membership",
                at=then - timedelta(days=400),
            )
            for one in lost
        ],
    )


def _flight(event: str, customer_id: str, at: datetime) -> InteractionRow:
    return InteractionRow(event_id=event, at=at, customer_id=customer_id, touchpoint="cabin", kind="flight")


def _started(cast: Cast, then: datetime) -> Campaign:
    planned = plan_campaign(
        actor=cast.manager,
        name_en="Silver members who stayed away",
        name_zh="久未乘机的银卡会员",
        offer_en="A voucher of CNY 120 for the next flight, and a call that asks why.",
        offer_zh="下次乘机 120 元抵用券，并致电倾听离开的原因。",
        site=cast.site.code,
        tiers=[TIER],
        away_days=120,
        channels=["phone"],
        holdout_share=_HELD_OUT,
        starts_on=then.date(),
        ends_on=then.date() + timedelta(days=20),
        window_days=_WINDOW,
        return_kinds=["flight"],
        smallest=0.05,
        expected=0.08,
        contact_cost=Decimal(6),
        offer_cost=Decimal(120),
        worth=Decimal(900),
        seed=19,
    )
    return start_campaign(actor=cast.manager, campaign=planned.key)


def _come_back(campaign: Campaign, then: datetime) -> None:
    rows = []
    for arm, each in _BACK.items():
        drawn = Assignment.objects.filter(campaign=campaign, arm=arm, customer__isnull=False)
        ids = list(drawn.order_by("pk").values_list("customer__customer_id", flat=True))
        for n in range(int(len(ids) / each)):
            at = then + timedelta(days=5 + 2 * n)
            rows.append(_flight(f"demo-back-{arm}-{n}", ids[int(n * each)], at))
    record_interactions(actor=FILLING, rows=rows)
