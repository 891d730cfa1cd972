"""Arms are drawn once, before any contact; contacts respect the ledger; results wait and count everybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from peakend.server.acting import clock
from peakend.server.acting.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from peakend.server.acting.models import AuditEntry
from peakend.server.cases.models import Case
from peakend.server.channels.models import ContactRecord, Invitation
from peakend.server.customers.consents import allows
from peakend.server.customers.models import Consent, Customer
from peakend.server.customers.personal import holders
from peakend.server.initiatives.models import Assignment, Campaign
from peakend.server.initiatives.selectors import winback as found
from peakend.server.initiatives.services import winback
from peakend.server.initiatives.targeting import targeted
from server.initiatives.conftest import START

OVER = START + timedelta(days=61, hours=1)


def arm(campaign: Campaign, name: str) -> list[int]:
    rows = Assignment.objects.filter(campaign=campaign, arm=name).order_by("pk")
    return list(rows.values_list("customer_id", flat=True))


def test_only_lost_customers_who_may_be_written_to_are_drawn(
    company: Any, lost: Callable[..., list[Customer]], planned: Callable[..., Any], back: Callable[..., None]
) -> None:
    good, recent, complaining, silent, refusing, unreached, erased, never = lost(8)
    south = lost(1, site=company.sites["south"])[0]
    back([recent.pk], START - timedelta(days=10))
    Case.objects.create(number=1, title="x", customer=complaining, opened_at=START)
    Consent.objects.filter(customer=silent).delete()
    Consent.objects.create(
        customer=refusing, purpose="marketing", channel="phone", status="refused", at=START
    )
    Customer.objects.filter(pk=unreached.pk).update(phone="")
    Customer.objects.filter(pk=erased.pk).update(erased_at=START)
    never.interactions.all().delete()
    with clock.at(START):
        assert set(targeted(planned())) == {good, south}
        assert set(targeted(planned(site="north"))) == {good}
        assert set(targeted(planned(tiers=["platinum"]))) == set()


def test_the_arms_are_stratified_stored_and_never_drawn_again(
    company: Any, lost: Callable[..., list[Customer]], planned: Callable[..., Any]
) -> None:
    lost(90)
    manager, campaign = company.actor("cx_manager"), planned()
    with clock.at(START):
        winback.start_campaign(actor=manager, campaign=campaign.key)
        drawn = dict(Assignment.objects.values_list("customer_id", "arm"))
        lost(30)
        winback.start_campaign(actor=manager, campaign=campaign.key)
    assert dict(Assignment.objects.values_list("customer_id", "arm")) == drawn
    tiers = Counter(Assignment.objects.values_list("stratum", "arm"))
    assert tiers == {
        ("silver", "held"): 12,
        ("silver", "treated"): 18,
        ("gold", "held"): 24,
        ("gold", "treated"): 36,
    }
    assert not ContactRecord.objects.exists()
    entry = AuditEntry.objects.get(action="initiatives.campaign_started")
    assert len(entry.data["digest"]) == 64
    # Who is in one campaign is in no other while its window runs.
    with clock.at(START):
        assert targeted(planned(name_en="Second")).count() == 30


def test_too_few_for_two_arms_are_not_drawn(
    company: Any, lost: Callable[..., list[Customer]], planned: Callable[..., Any]
) -> None:
    lost(15)
    campaign = planned()
    with clock.at(START), pytest.raises(ConflictError, match="9 would get the offer and 6 be held out"):
        winback.start_campaign(actor=company.actor("cx_manager"), campaign=campaign.key)
    assert not Assignment.objects.exists()
    with clock.at(START - timedelta(days=5)), pytest.raises(ConflictError, match="2026-03-01"):
        winback.start_campaign(actor=company.actor("cx_manager"), campaign=campaign.key)


def test_capped_customers_are_spared_and_stay_in_their_arm(
    company: Any,
    lost: Callable[..., list[Customer]],
    planned: Callable[..., Any],
    sweep: Callable[[str], int],
) -> None:
    lost(45)
    campaign, manager = planned(), company.actor("cx_manager")
    with clock.at(START):
        winback.start_campaign(actor=manager, campaign=campaign.key)
        treated, held = arm(campaign, "treated"), arm(campaign, "held")
        for capped in treated[:5]:
            for day in (1, 2, 3):
                ContactRecord.objects.create(
                    customer_id=capped, channel="email", at=START - timedelta(days=day), outcome="sent"
                )
        Case.objects.create(number=1, title="x", customer_id=treated[5], opened_at=START)
        sweep("contact")
        assert sweep("contact") == 0
    mix = {(one.channel, one.contact, one.reason): one.n for one in found.mix(campaign)}
    assert mix == {
        ("phone", "suppressed", "cap"): 5,
        ("phone", "suppressed", "complaint"): 1,
        ("phone", "to_call", ""): 21,
    }
    assert found.sizes(campaign) == {"treated": 27, "held": 18}
    told = ContactRecord.objects.filter(at=START)
    assert Counter(told.values_list("outcome", flat=True)) == {"sent": 21, "suppressed": 6}
    assert not told.filter(customer__in=held).exists()


def test_letters_go_through_invitations_with_the_offer_in_the_customers_language(
    company: Any,
    lost: Callable[..., list[Customer]],
    planned: Callable[..., Any],
    live_survey: Callable[..., Any],
    sweep: Callable[[str], int],
) -> None:
    lost(45)
    chinese = Customer.objects.filter(pk__in=[one.pk for one in lost(15, language="zh-CN")])
    campaign = planned(channels=["sms", "phone"], survey=live_survey().key)
    with clock.at(START):
        winback.start_campaign(actor=company.actor("cx_manager"), campaign=campaign.key)
        some = arm(campaign, "treated")[0]
        Consent.objects.create(
            customer_id=some, purpose="marketing", channel="sms", status="withdrawn", at=START
        )
        sweep("contact")
    assert Assignment.objects.get(customer_id=some).contact == "to_call"
    sent = Invitation.objects.filter(status="sent")
    assert sent.count() == 35
    assert set(sent.filter(customer__in=chinese).values_list("embedded__offer", flat=True)) == {"免费升舱"}
    assert found.money(campaign).contacted == 35
    assert found.money(campaign).cost == 70


def test_calls_are_recorded_and_a_refusal_is_kept(
    company: Any,
    lost: Callable[..., list[Customer]],
    planned: Callable[..., Any],
    sweep: Callable[[str], int],
) -> None:
    lost(45)
    campaign, worker = planned(), company.actor("north.front_line")
    with clock.at(START):
        winback.start_campaign(actor=company.actor("cx_manager"), campaign=campaign.key)
        sweep("contact")
        rows = list(found.calls(worker))
        assert len(rows) == 27
        assert not found.calls(company.actor("south.front_line")).exists()
        with pytest.raises(NotFoundError):
            winback.record_call(actor=company.actor("south.front_line"), call=rows[0].key, outcome="reached")
        winback.record_call(actor=worker, call=rows[0].key, outcome="accepted")
        winback.record_call(actor=worker, call=rows[1].key, outcome="refused")
        assert not allows(rows[1].customer, "marketing", "phone")
    money = found.money(campaign)
    assert (money.contacted, money.accepted, money.cost) == (2, 1, 34)


def settled(
    company: Any, planned: Callable[..., Any], sweep: Callable[[str], int], then: Callable[[Campaign], None]
) -> Campaign:
    campaign = planned(channels=["phone"])
    with clock.at(START):
        winback.start_campaign(actor=company.actor("cx_manager"), campaign=campaign.key)
    then(campaign)
    with clock.at(OVER - timedelta(hours=2)):
        sweep("outcomes")
        campaign.refresh_from_db()
        assert found.result(campaign) is None
        assert not Assignment.objects.filter(settled=True).exists()
    with clock.at(OVER):
        assert sweep("outcomes") > 0
        assert sweep("outcomes") == 0
    campaign.refresh_from_db()
    return campaign


def test_a_planted_campaign_worked_and_counts_everybody_as_drawn(
    company: Any,
    lost: Callable[..., list[Customer]],
    planned: Callable[..., Any],
    sweep: Callable[[str], int],
    back: Callable[..., None],
) -> None:
    lost(600)

    def plant(campaign: Campaign) -> None:
        treated, held = arm(campaign, "treated"), arm(campaign, "held")
        back(treated[:90], START + timedelta(days=20))
        back(held[:24], START + timedelta(days=20))
        back(treated[200:], START + timedelta(days=61))  # after the window
        back(held[100:], START - timedelta(seconds=1))  # before the draw

    campaign = settled(company, planned, sweep, plant)
    result = found.result(campaign)
    assert result is not None
    assert result.judged is not None
    assert [(one.arm, one.n, one.back.value) for one in result.arms] == [
        ("treated", 360, 0.25),
        ("held", 240, 0.1),
    ]
    assert result.verdict == "worked"
    assert result.judged.effect.difference == pytest.approx(0.15)
    assert result.returned is not None
    assert result.returned.gained == pytest.approx(54)


def test_a_null_campaign_claims_nothing(
    company: Any,
    lost: Callable[..., list[Customer]],
    planned: Callable[..., Any],
    sweep: Callable[[str], int],
    back: Callable[..., None],
) -> None:
    lost(150)

    def plant(campaign: Campaign) -> None:
        for name in ("treated", "held"):
            drawn = arm(campaign, name)
            back(drawn[: len(drawn) // 10], START + timedelta(days=5))

    campaign = settled(company, planned, sweep, plant)
    result = found.result(campaign)
    assert result is not None
    assert result.judged is not None
    assert result.verdict == "cannot_tell"
    assert result.judged.more is not None
    assert result.judged.more > 100
    assert result.returned is not None
    assert result.returned.cost_each is None


def test_an_erased_customer_leaves_the_counts_as_they_were(
    company: Any,
    lost: Callable[..., list[Customer]],
    planned: Callable[..., Any],
    sweep: Callable[[str], int],
    back: Callable[..., None],
) -> None:
    lost(60)
    holder = next(one for one in holders() if one.name == "winback")

    def plant(campaign: Campaign) -> None:
        treated = arm(campaign, "treated")
        back(treated[:20], START + timedelta(days=5))
        gone = Customer.objects.get(pk=treated[0])
        assert [one["arm"] for one in holder.export(gone)] == ["treated"]
        with clock.at(START + timedelta(days=9)):
            assert holder.erase(gone) == 1
            assert list(holder.export(gone)) == []

    campaign = planned(channels=["phone"])
    with clock.at(START):
        winback.start_campaign(actor=company.actor("cx_manager"), campaign=campaign.key)
    plant(campaign)
    with clock.at(OVER):
        sweep("outcomes")
    campaign.refresh_from_db()
    result = found.result(campaign)
    assert result is not None
    assert [(one.n, one.back.value) for one in result.arms] == [(36, pytest.approx(20 / 36)), (24, 0)]
    row = Assignment.objects.get(customer=None)
    assert (row.stratum, row.contact, row.returned_at) == ("", "suppressed", campaign.assigned_at)


def test_an_ended_campaign_contacts_nobody_and_still_has_its_result(
    company: Any,
    lost: Callable[..., list[Customer]],
    planned: Callable[..., Any],
    sweep: Callable[[str], int],
) -> None:
    lost(45)
    campaign, manager = planned(), company.actor("cx_manager")
    with clock.at(START):
        winback.start_campaign(actor=manager, campaign=campaign.key)
        winback.end_campaign(actor=manager, campaign=campaign.key)
        assert sweep("contact") == 0
    with clock.at(OVER):
        sweep("outcomes")
    campaign.refresh_from_db()
    assert [(one.contact, one.reason, one.n) for one in found.mix(campaign)] == [("suppressed", "over", 27)]
    assert found.result(campaign) is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"channels": []},
        {"channels": ["pigeon"]},
        {"channels": ["email"]},
        {"holdout_share": 0.0},
        {"holdout_share": float("nan")},
        {"ends_on": date(2026, 2, 1)},
        {"ends_on": date(2026, 12, 1)},
        {"offer_zh": " "},
        {"window_days": 0},
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(planned: Callable[..., Any], wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidError):
        planned(**wrong)


def test_only_managers_plan_and_other_sites_do_not_see(company: Any, planned: Callable[..., Any]) -> None:
    for name in ("analyst", "north.supervisor", "north.front_line"):
        with pytest.raises(NotAllowedError):
            planned(who=name)
    north = planned(site="north")
    assert list(found.campaigns(company.actor("north.supervisor"))) == [north]
    assert not found.campaigns(company.actor("south.supervisor")).exists()


@pytest.mark.site_on("postgres")  # SQLite in memory is one connection: nothing to race there
@pytest.mark.django_db(transaction=True)
def test_starting_twice_at_once_draws_once(
    company: Any, lost: Callable[..., list[Customer]], planned: Callable[..., Any]
) -> None:
    lost(40)
    campaign, manager, together = planned(), company.actor("cx_manager"), Barrier(2)

    def start(_: int) -> None:
        try:
            together.wait(10)
            with clock.at(START):
                winback.start_campaign(actor=manager, campaign=campaign.key)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(start, range(2)))
    assert Assignment.objects.count() == 40
    assert AuditEntry.objects.filter(action="initiatives.campaign_started").count() == 1
    assert AuditEntry.objects.filter(action="initiatives.campaign_started_again").count() == 1
    assert datetime(2026, 3, 2, 4, tzinfo=UTC) == Campaign.objects.get().assigned_at
