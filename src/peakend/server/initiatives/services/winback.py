"""Planning, drawing and ending win-back campaigns, and what colleagues record of them."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, timedelta
from decimal import Decimal
from math import isfinite

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.services import audit, service
from peakend.server.channels.inviting import CHANNELS as INVITED
from peakend.server.channels.selectors import get_survey
from peakend.server.channels.waves import today
from peakend.server.customers.rows import ConsentRow
from peakend.server.customers.services import record_consents
from peakend.server.improvement.figures import SMALLEST
from peakend.server.improvement.refusals import conflict, invalid, need_one_of
from peakend.server.improvement.selectors import one, own_sites
from peakend.server.initiatives import policies
from peakend.server.initiatives.models import Assignment, Campaign
from peakend.server.initiatives.selectors.winback import calls, get_campaign
from peakend.server.initiatives.targeting import PURPOSE, arms, targeted
from peakend.server.initiatives.words import CALLS, CHANNELS

MOST_PEOPLE = 1_000_000


@service(policies.LEAD_CAMPAIGN)
def plan_campaign(
    *,
    actor: Actor,
    name_en: str,
    name_zh: str,
    offer_en: str,
    offer_zh: str,
    away_days: int,
    channels: list[str],
    holdout_share: float,
    starts_on: date,
    ends_on: date,
    window_days: int,
    smallest: float,
    expected: float,
    contact_cost: Decimal,
    offer_cost: Decimal,
    worth: Decimal | None = None,
    currency: str = "CNY",
    tiers: list[str] | None = None,
    return_kinds: list[str] | None = None,
    site: str | None = None,
    survey: str | None = None,
    seed: int | None = None,
) -> Campaign:
    """Set a campaign down. Nobody is drawn and nobody is contacted before it is started."""
    for words in (name_en, name_zh, offer_en, offer_zh):
        if not words.strip():
            raise invalid("Write name and offer in both languages.", "请填写中英文名称与方案。")
    _channels(channels, survey)
    _numbers(away_days, holdout_share, window_days, smallest, expected)
    _days(starts_on, ends_on, window_days)
    _money(contact_cost, offer_cost, worth)
    place = one(own_sites(actor), Text("Site", "网点"), code=site) if site else None
    if place is None and not actor.reach.everything:
        raise invalid("Choose the site.", "请选择网点。", field="site")
    made = Campaign.objects.create(
        name_en=name_en.strip()[:200],
        name_zh=name_zh.strip()[:200],
        offer_en=offer_en.strip()[:1000],
        offer_zh=offer_zh.strip()[:1000],
        site=place,
        survey=get_survey(actor, survey) if survey else None,
        tiers=[tier.strip() for tier in tiers or [] if tier.strip()],
        away_days=away_days,
        channels=list(dict.fromkeys(channels)),
        holdout_share=holdout_share,
        seed=secrets.randbelow(2**31) if seed is None else seed,
        starts_on=starts_on,
        ends_on=ends_on,
        window_days=window_days,
        return_kinds=[kind.strip() for kind in return_kinds or [] if kind.strip()],
        smallest=smallest,
        expected=expected,
        contact_cost=contact_cost,
        offer_cost=offer_cost,
        worth=worth,
        currency=currency,
        made_by_id=actor.user_id,
        made_at=clock.now(),
    )
    audit(actor, "initiatives.campaign_planned", made)
    return made


@service(policies.LEAD_CAMPAIGN)
def start_campaign(*, actor: Actor, campaign: str) -> Campaign:
    """Draw both arms and store them, once. Contacts come after, by the worker."""
    seen = get_campaign(actor, campaign)
    found = Campaign.objects.select_for_update().get(pk=seen.pk)
    if found.assigned_at is not None:
        audit(actor, "initiatives.campaign_started_again", found)
        return found
    if found.status == "ended":
        raise conflict("This campaign was ended.", "该活动已结束。")
    day = today()
    if not found.starts_on <= day <= found.ends_on:
        raise conflict(
            f"It can start from {found.starts_on} to {found.ends_on}.",
            f"可在 {found.starts_on} 至 {found.ends_on} 之间启动。",
        )
    people = list(targeted(found).values_list("pk", "customer_id", "tier")[: MOST_PEOPLE + 1])
    drawn = arms(found, people)
    held = sum(one_.arm == "held" for one_ in drawn)
    if min(held, len(drawn) - held) < SMALLEST:
        raise conflict(
            f"Too few customers fit: {len(drawn) - held} would get the offer and {held} be held out; "
            f"each arm needs {SMALLEST}.",
            f"符合条件的客户太少：挽回组 {len(drawn) - held} 人，对照组 {held} 人，每组至少 {SMALLEST} 人。",
            Text("Widen the rule, or hold out another share.", "请放宽条件或调整对照比例。"),
        )
    if len(drawn) > MOST_PEOPLE:
        raise conflict(
            "More than a million customers fit.",
            "符合条件的客户超过一百万。",
            Text("Narrow the rule.", "请收紧条件。"),
        )
    Assignment.objects.bulk_create(drawn, batch_size=500)
    found.assigned_at, found.status = clock.now(), "running"
    found.save(update_fields=["assigned_at", "status"])
    audit(
        actor,
        "initiatives.campaign_started",
        found,
        treated=len(drawn) - held,
        held=held,
        digest=_digest(drawn),
    )
    return found


@service(policies.LEAD_CAMPAIGN)
def end_campaign(*, actor: Actor, campaign: str) -> Campaign:
    """Contact nobody any more. Who was drawn stays drawn: the result still comes when the window is over."""
    seen = get_campaign(actor, campaign)
    found = Campaign.objects.select_for_update().get(pk=seen.pk)
    found.status = "ended"
    found.save(update_fields=["status"])
    Assignment.objects.filter(campaign=found, contact="waiting").update(contact="suppressed", reason="over")
    audit(actor, "initiatives.campaign_ended", found)
    return found


@service(policies.ACCEPT)
def accept_offer(*, actor: Actor, campaign: str, customer_id: str) -> Assignment:
    """The customer took the offer: it costs from now on. Saying it again changes nothing."""
    found = get_campaign(actor, campaign)
    row: Assignment = one(
        Assignment.objects.select_for_update(of=("self",)).filter(campaign=found, arm="treated"),
        Text("Customer with this offer", "该活动的挽回客户"),
        customer__customer_id=customer_id,
    )
    if row.accepted_at is None:
        row.accepted_at = clock.now()
        row.save(update_fields=["accepted_at"])
    audit(actor, "initiatives.offer_accepted", found)
    return row


@service(policies.CALL)
def record_call(*, actor: Actor, call: str, outcome: str) -> Assignment:
    """What came of a call. Who wants no such calls is never called for offers again."""
    need_one_of(outcome, CALLS, "outcome")
    row: Assignment = one(calls(actor).select_for_update(of=("self",)), Text("Call", "待致电"), key=call)
    row.contact, row.call_outcome = "called", outcome
    row.called_at, row.called_by_id = clock.now(), actor.user_id
    if outcome == "accepted" and row.accepted_at is None:
        row.accepted_at = row.called_at
    row.save()
    if outcome == "refused" and row.customer is not None:
        told = ConsentRow(
            customer_id=row.customer.customer_id,
            purpose=PURPOSE,
            channel="phone",
            status="refused",
            source="winback",
            at=row.called_at,
        )
        record_consents(actor=actor, rows=[told])
    audit(actor, "initiatives.called", row, outcome=outcome)
    return row


def _digest(drawn: list[Assignment]) -> str:
    """Of who was drawn into which arm: the audit's chain keeps it, so that no arm can be changed unseen."""
    lines = sorted(f"{one_.customer_id} {one_.arm}" for one_ in drawn)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _channels(channels: list[str], survey: str | None) -> None:
    if not channels:
        raise invalid("Choose a channel at least.", "请至少选择一种联系渠道。", field="channels")
    for channel in channels:
        need_one_of(channel, CHANNELS, "channels")
    if not survey and any(channel in INVITED for channel in channels):
        raise invalid(
            "Letters and links go out as invitations of a survey: choose it.",
            "邮件、短信与链接随调查邀请发出，请选择调查。",
            field="survey",
        )


def _numbers(away: int, holdout: float, window: int, smallest: float, expected: float) -> None:
    shares = (
        ("holdout_share", holdout, 0.05, 0.9),
        ("smallest", smallest, 0.001, 0.9),
        ("expected", expected, 0.0, 0.9),
    )
    for field, value, low, high in shares:
        if not (isfinite(value) and low <= value <= high):
            raise invalid(
                f"It lies between {low:g} and {high:g}.", f"须在 {low:g} 与 {high:g} 之间。", field=field
            )
    for field, days in (("away_days", away), ("window_days", window)):
        if not 1 <= days <= 1825:
            raise invalid("From 1 to 1,825 days.", "须为 1 至 1825 天。", field=field)


def _days(starts: date, ends: date, window: int) -> None:
    if ends < starts:
        raise invalid("The end lies before the start.", "结束日早于开始日。", field="ends_on")
    if ends - starts > timedelta(days=window):
        raise invalid(
            "Contacts must end before the window for coming back is over.",
            "联系截止日须早于回访观察期结束。",
            field="ends_on",
        )


def _money(*amounts: Decimal | None) -> None:
    for amount in amounts:
        if amount is not None and not 0 <= amount < Decimal(10**9):
            raise invalid("Money lies between 0 and 1,000,000,000.", "金额须在 0 与 10 亿之间。")
