"""Win-back campaigns for programs."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from peakend.server.improvement.api.shapes import (
    Clean,
    Code,
    Currency,
    Cursor,
    Day,
    FigureOut,
    Limit,
    Money,
    Named,
    figure,
    key_of,
    paged,
)
from peakend.server.initiatives import policies
from peakend.server.initiatives.models import Assignment, Campaign
from peakend.server.initiatives.selectors import winback as found
from peakend.server.initiatives.services import winback as services
from peakend.server.initiatives.services.outcomes import told_at
from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.problems import gives
from peakend.server.web.say import told

router = Router()
Channel = Literal["email", "sms", "phone", "link", "api"]
Offer = Annotated[str, Field(min_length=1, max_length=1000), Clean]
Word = Annotated[str, Field(min_length=1, max_length=60), Clean]
Words = Annotated[list[Word], Field(max_length=50)]
Days = Annotated[int, Field(ge=1, le=1825)]


class CampaignIn(Schema):
    """A win-back campaign; shares from 0 to 1, money in `currency`."""

    name_en: Named
    name_zh: Named
    offer_en: Offer
    offer_zh: Offer
    site: Code | None = None
    survey: Code | None = None
    tiers: Words = Field(default_factory=list)
    away_days: Days
    channels: Annotated[list[Channel], Field(min_length=1, max_length=5)]
    holdout_share: Annotated[float, Field(ge=0.05, le=0.9)] = 0.3
    starts_on: Day
    ends_on: Day
    window_days: Days
    return_kinds: Words = Field(default_factory=list)
    smallest: Annotated[float, Field(ge=0.001, le=0.9)] = 0.02
    expected: Annotated[float, Field(ge=0, le=0.9)] = 0.05
    contact_cost: Money = 0
    offer_cost: Money = 0
    worth: Money | None = None
    currency: Currency = "CNY"
    seed: Annotated[int | None, Field(ge=0, lt=2**31)] = None


class MixOut(Schema):
    """How many of the arm with the offer are in a state on a channel; `reason` where they were spared."""

    channel: str
    contact: str
    reason: str
    words: str | None
    n: int


class ArmOut(Schema):
    """An arm as drawn, and the share of it that came back."""

    arm: str
    n: int
    back: FigureOut


class EffectOut(Schema):
    """Uplift with its 95 % interval, what so many would show with 80 % power, and how many more it takes."""

    difference: float
    low: float | None
    high: float | None
    detectable: float | None
    more: int | None


class ReturnOut(Schema):
    """Additional customers back, cost of each, and what is left, each with interval."""

    gained: float
    gained_low: float | None
    gained_high: float | None
    cost: float
    cost_each: float | None
    cost_each_low: float | None
    cost_each_high: float | None
    net: float | None
    net_low: float | None
    net_high: float | None


class ResultOut(Schema):
    """The result: worked, harmed, no_effect, cannot_tell or few."""

    verdict: str
    arms: list[ArmOut]
    effect: EffectOut | None
    returned: ReturnOut | None


class CampaignOut(Schema):
    """A campaign; no result before `told_at`."""

    key: str
    name_en: str
    name_zh: str
    offer_en: str
    offer_zh: str
    site: str | None
    survey: str | None
    tiers: list[str]
    away_days: int
    channels: list[str]
    holdout_share: float
    seed: int
    starts_on: date
    ends_on: date
    window_days: int
    return_kinds: list[str]
    smallest: float
    expected: float
    contact_cost: Decimal
    offer_cost: Decimal
    worth: Decimal | None
    currency: str
    status: str
    assigned_at: datetime | None
    told_at: datetime | None
    treated: int
    held: int
    contacted: int
    accepted: int
    cost: float
    contacts: list[MixOut]
    result: ResultOut | None


class CampaignsOut(Schema):
    """A page of campaigns."""

    items: list[CampaignOut]
    next: str | None


_PLAIN = [
    *("key", "name_en", "name_zh", "offer_en", "offer_zh", "tiers", "away_days", "channels"),
    *("holdout_share", "seed", "starts_on", "ends_on", "window_days", "return_kinds", "smallest"),
    *("expected", "contact_cost", "offer_cost", "worth", "currency", "status", "assigned_at"),
]


def _campaign(one: Campaign) -> dict[str, Any]:
    sizes, spent = found.sizes(one), found.money(one)
    return {name: getattr(one, name) for name in _PLAIN} | {
        "site": key_of(one.site, "code"),
        "survey": key_of(one.survey),
        "told_at": told_at(one),
        "treated": sizes["treated"],
        "held": sizes["held"],
        "contacted": spent.contacted,
        "accepted": spent.accepted,
        "cost": spent.cost,
        "contacts": [_mix(part) for part in found.mix(one)],
        "result": _result(found.result(one)),
    }


def _mix(part: found.Mix) -> dict[str, Any]:
    words = told(found.reason_told(part.reason)) if part.reason else None
    return {name: getattr(part, name) for name in ("channel", "contact", "reason", "n")} | {"words": words}


def _result(came: found.Result | None) -> dict[str, Any] | None:
    if came is None:
        return None
    effect = None
    if came.judged is not None:
        names = ("difference", "low", "high", "detectable")
        effect = {name: getattr(came.judged.effect, name) for name in names} | {"more": came.judged.more}
    return {
        "verdict": came.verdict,
        "arms": [{"arm": arm.arm, "n": arm.n, "back": figure(arm.back)} for arm in came.arms],
        "effect": effect,
        "returned": came.returned,
    }


@router.get("/winback", response=gives(CampaignsOut))
@acts(policies.CAMPAIGNS)
def list_campaigns(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> Any:  # noqa: ANN401
    """Win-back campaigns, the newest first."""
    return paged(found.campaigns(actor_of(request)), cursor, limit, _campaign)


@router.post("/winback", response=gives(CampaignOut, 201))
@acts(policies.LEAD_CAMPAIGN)
def plan_campaign(request: HttpRequest, body: CampaignIn) -> Any:  # noqa: ANN401
    """Plan a campaign."""
    fields = body.dict()
    for name in ("contact_cost", "offer_cost", "worth"):
        if fields[name] is not None:
            fields[name] = round(Decimal(str(fields[name])), 2)
    made = services.plan_campaign(actor=actor_of(request), **fields)
    return Status(201, _campaign(made))


@router.get("/winback/{key}", response=gives(CampaignOut))
@acts(policies.CAMPAIGNS)
def get_campaign(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """A campaign with its contacts and, once its window is over, its result."""
    return _campaign(found.get_campaign(actor_of(request), key))


@router.post("/winback/{key}/start", response=gives(CampaignOut))
@acts(policies.LEAD_CAMPAIGN)
def start_campaign(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """Draw both arms and store them; the worker contacts afterwards. Again: nothing changes."""
    return _campaign(services.start_campaign(actor=actor_of(request), campaign=key))


@router.post("/winback/{key}/end", response=gives(CampaignOut))
@acts(policies.LEAD_CAMPAIGN)
def end_campaign(request: HttpRequest, key: str) -> Any:  # noqa: ANN401
    """Contact nobody any more."""
    return _campaign(services.end_campaign(actor=actor_of(request), campaign=key))


class AcceptIn(Schema):
    """Who took the offer."""

    customer_id: Annotated[str, Field(min_length=1, max_length=120), Clean]


@router.post("/winback/{key}/accepted", response=gives(None, 204))
@acts(policies.ACCEPT)
def accept_offer(request: HttpRequest, key: str, body: AcceptIn) -> Any:  # noqa: ANN401
    """A customer took the offer."""
    services.accept_offer(actor=actor_of(request), campaign=key, customer_id=body.customer_id)
    return Status(204, None)


class CallOut(Schema):
    """A customer to call."""

    key: str
    campaign: str
    customer_id: str
    offer_en: str
    offer_zh: str


class CallsOut(Schema):
    """A page of calls."""

    items: list[CallOut]
    next: str | None


class CallIn(Schema):
    """What came of a call."""

    outcome: Literal["reached", "accepted", "not_reached", "refused"]


def _call(one: Assignment) -> dict[str, Any]:
    return {
        "key": one.key,
        "campaign": one.campaign.key,
        "customer_id": one.customer.customer_id if one.customer else "",
        "offer_en": one.campaign.offer_en,
        "offer_zh": one.campaign.offer_zh,
    }


@router.get("/winback-calls", response=gives(CallsOut))
@acts(policies.CALL)
def list_calls(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> Any:  # noqa: ANN401
    """Customers to call."""
    return paged(found.calls(actor_of(request)), cursor, limit, _call)


@router.post("/winback-calls/{key}", response=gives(None, 204))
@acts(policies.CALL)
def record_call(request: HttpRequest, key: str, body: CallIn) -> Any:  # noqa: ANN401
    """Record a call."""
    services.record_call(actor=actor_of(request), call=key, outcome=body.outcome)
    return Status(204, None)
