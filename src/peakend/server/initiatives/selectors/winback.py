"""Campaigns, who was contacted how, and what came of both arms once the window is over."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from peakend.evidence import (
    Counted,
    Judged,
    Return,
    detectable_rise,
    effect_on_proportions,
    judged,
    returned,
)
from peakend.language import Text
from peakend.server.acting.actors import Actor
from peakend.server.acting.policies import within
from peakend.server.channels.ledger import REASONS
from peakend.server.customers.models import Customer
from peakend.server.customers.policies import within_reach
from peakend.server.improvement.figures import SMALLEST, Figure, share
from peakend.server.improvement.selectors import one
from peakend.server.initiatives.models import Assignment, Campaign
from peakend.server.initiatives.targeting import targeted

_UNSENT = ("waiting", "suppressed")
# In place of the ledger's sentences with numbers of one customer: these stand for many.
_OWN = {
    "over": Text("Contacts had ended", "联系期已结束"),
    "cap": Text("Was contacted often enough", "联系次数已达上限"),
    "answered": Text("Answered a short while ago", "近期已作答"),
    "repeat": Text("Was asked this survey a short while ago", "近期已收到过此调查"),
    "too_old": Text("The event was too long ago", "互动发生过久"),
}


def campaigns(actor: Actor) -> QuerySet[Campaign]:
    """Campaigns of the actor's sites; those of the whole company for who reaches it."""
    return within(actor, Campaign.objects.select_related("site", "survey"), team=None)


def get_campaign(actor: Actor, key: str) -> Campaign:
    """The campaign; `NotFoundError` outside the actor's reach."""
    return one(campaigns(actor), Text("Campaign", "挽回活动"), key=key)


def calls(actor: Actor) -> QuerySet[Assignment]:
    """Customers in the actor's reach whom a colleague is to call, the oldest first."""
    people = within_reach(actor, Customer.objects.filter(erased_at=None))
    rows = Assignment.objects.filter(contact="to_call", campaign__status="running", customer__in=people)
    return rows.select_related("campaign", "customer").order_by("pk")


@dataclass(frozen=True, slots=True)
class Fit:
    """How many fit the rule now, and what so many would show."""

    people: int
    treated: int
    held: int
    detectable: float | None


def fit(campaign: Campaign) -> Fit:
    """Before the draw: how many fit, and the smallest uplift they would show with 80 % power."""
    people = targeted(campaign).count()
    held = round(people * campaign.holdout_share)
    treated = people - held
    few = min(held, treated) < SMALLEST
    return Fit(people, treated, held, None if few else detectable_rise(campaign.expected, treated, held))


@dataclass(frozen=True, slots=True)
class Mix:
    """How many on a channel are in a state; `reason` where they were spared."""

    channel: str
    contact: str
    reason: str
    n: int


def reason_told(reason: str) -> Text:
    """Why somebody was spared."""
    return _OWN.get(reason) or REASONS.get(reason) or Text(reason or "–", reason or "–")


def mix(campaign: Campaign) -> list[Mix]:
    """How many of the arm with the offer were contacted by which channel, and how many spared for what."""
    rows = (
        Assignment.objects.filter(campaign=campaign, arm="treated")
        .order_by()
        .values_list("channel", "contact", "reason", "invitation__status", "invitation__reason")
        .annotate(n=Count("id"))
    )
    found = Counter[tuple[str, str, str]]()
    for channel, contact, reason, status, why, n in rows:
        if contact == "invited":
            state = status if status in _UNSENT else "contacted"
            found[channel, state, why if state == "suppressed" else ""] += n
        else:
            found[channel, "contacted" if contact == "called" else contact, reason] += n
    return [Mix(*key, n) for key, n in sorted(found.items())]


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm as drawn: how many, and which share came back."""

    arm: str
    n: int
    back: Figure


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a campaign whose window is over."""

    arms: list[Arm]
    judged: Judged | None
    returned: Return | None

    @property
    def verdict(self) -> str:
        """worked, harmed, no_effect, cannot_tell or few."""
        return self.judged.verdict if self.judged is not None else "few"


@dataclass(frozen=True, slots=True)
class Money:
    """What a campaign cost so far."""

    contacted: int
    accepted: int
    cost: float


def money(campaign: Campaign) -> Money:
    """Contacts made and offers accepted, at their prices."""
    rows = Assignment.objects.filter(campaign=campaign, arm="treated")
    told = Q(contact="called") | (Q(contact="invited") & ~Q(invitation__status__in=_UNSENT))
    counted = rows.aggregate(
        contacted=Count("id", filter=told), accepted=Count("id", filter=Q(accepted_at__isnull=False))
    )
    cost = counted["contacted"] * campaign.contact_cost + counted["accepted"] * campaign.offer_cost
    return Money(counted["contacted"], counted["accepted"], float(cost))


def sizes(campaign: Campaign) -> dict[str, int]:
    """How many are in each arm."""
    rows = Assignment.objects.filter(campaign=campaign).order_by().values_list("arm")
    return {"treated": 0, "held": 0} | dict(rows.annotate(n=Count("id")))


def result(campaign: Campaign) -> Result | None:
    """Both arms as drawn, contacted or not (intention to treat). None until the window is over."""
    if campaign.settled_at is None:
        return None
    rows = Assignment.objects.filter(campaign=campaign).order_by().values_list("arm")
    n = sizes(campaign)
    back = {"treated": 0, "held": 0} | dict(rows.filter(returned_at__isnull=False).annotate(n=Count("id")))
    arms = [Arm(arm, n[arm], share("csat", back[arm], n[arm])) for arm in ("treated", "held")]
    if min(n.values()) < SMALLEST:
        return Result(arms, None, None)
    effect = effect_on_proportions(Counted(back["treated"], n["treated"]), Counted(back["held"], n["held"]))
    worth = None if campaign.worth is None else float(campaign.worth)
    return Result(
        arms,
        judged(effect, campaign.smallest),
        returned(effect, n["treated"], money(campaign).cost, worth),
    )
