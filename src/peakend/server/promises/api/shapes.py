"""What the operations of the area take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from peakend.server.improvement.api.shapes import Clean, Code, Currency, Day, Named, Note, Share, Written
from peakend.server.promises.services import writing

Slug = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=60)]
Short = Annotated[str, Field(max_length=60), Clean]
Value = Annotated[str, Field(max_length=300), Clean]
Reason = Annotated[str, Field(max_length=1000), Clean]
Word = Annotated[str, Field(min_length=1, max_length=60), Clean]
Words = Annotated[list[Word], Field(max_length=12)]
Many = Annotated[int, Field(ge=0, lt=writing.MOST_CUSTOMERS)]
Money = Annotated[float, Field(ge=0, lt=1e12)]
Uses = Annotated[float, Field(ge=0, le=writing.MOST_USES)]
Denial = Literal["used_up", "not_eligible", "no_capacity", "not_known", "system", "other"]
KeptAtLeast = Annotated[float, Field(gt=0, le=1)]


class PromiseItemIn(Schema):
    """An item: what is claimed and what the terms say.

    A number (`"12"`, `"unlimited"`), `"yes"` or `"no"`, or a text; empty where nothing is said. `better` is
    for the customer, `caps_uses` marks how often a year one customer may use it.
    """

    name_en: Named
    name_zh: Named
    kind: Literal["number", "yes_no", "text"]
    better: Literal["more", "less"] = "more"
    unit_en: Short = ""
    unit_zh: Short = ""
    claimed: Value = ""
    terms: Value = ""
    material: bool = True
    same_meaning: bool = False
    caps_uses: bool = False


class PromiseTermsIn(Schema):
    """Claim, who is eligible, and items."""

    claim_en: Written
    claim_zh: Written
    channels: Words = Field(default_factory=list)
    eligible: Value = ""
    tiers: Words = Field(default_factory=list)
    starts_on: Day | None = None
    ends_on: Day | None = None
    items: Annotated[list[PromiseItemIn], Field(max_length=writing.MOST_ITEMS)] = Field(default_factory=list)


class PromiseEconomicsIn(Schema):
    """What one use costs, what there is, and what usage is expected; shares from 0 to 1."""

    eligible_customers: Many | None = None
    unit_cost: Money | None = None
    currency: Currency = "CNY"
    budget_year: Money | None = None
    capacity_month: Many | None = None
    observed: bool = False
    share_low: Share | None = None
    share_likely: Share | None = None
    share_high: Share | None = None
    uses_low: Uses | None = None
    uses_likely: Uses | None = None
    uses_high: Uses | None = None


class PromiseHeadIn(Schema):
    """What stays the same in every version."""

    name_en: Named
    name_zh: Named
    owner: Code | None = None
    touchpoint: Code | None = None
    kept_at_least: KeptAtLeast = 0.9


class PromiseIn(PromiseHeadIn, PromiseTermsIn, PromiseEconomicsIn):
    """A promise with its first version."""

    code: Slug


class PromiseRevisionIn(PromiseTermsIn, PromiseEconomicsIn):
    """The next version; a launched promise needs a `reason` where the check says no."""

    change_note: Note = ""
    in_force_from: Day | None = None
    reason: Reason = ""


class ComparedItemOut(PromiseItemIn):
    """An item judged: kept, narrower, missing or not_advertised; `share` of the claim that is kept."""

    status: str
    share: float | None
    sentence: str


class PromiseVersionOut(Schema):
    """A version with claim against terms, worst item first."""

    number: int
    in_force_from: date
    change_note: str
    claim_en: str
    claim_zh: str
    channels: list[str]
    eligible: str
    tiers: list[str]
    starts_on: date | None
    ends_on: date | None
    overridden: bool
    hollow: bool
    sentence: str
    items: list[ComparedItemOut]


class KeptPromiseOut(Schema):
    """Kept uses of the last 90 days at the caller's sites, with a 95 % interval."""

    n: int
    kept: int
    rate: float | None
    low: float | None
    high: float | None


class PromiseOut(Schema):
    """A promise with the version in force."""

    key: str
    code: str
    name_en: str
    name_zh: str
    owner: str | None
    touchpoint: str | None
    kept_at_least: float
    status: str
    launched_at: datetime | None
    ended_at: datetime | None
    alerted_at: datetime | None
    version: PromiseVersionOut
    uses: KeptPromiseOut


class PromisesOut(Schema):
    """A page of promises."""

    items: list[PromiseOut]
    next: str | None


class PromiseVersionsOut(Schema):
    """Every version, the newest first."""

    items: list[PromiseVersionOut]


class UsageRangeOut(Schema):
    """Low, likely, high."""

    low: float
    likely: float
    high: float


class PromiseCostOut(Schema):
    """Usage and cost of a year under a cap of uses; budget and capacity each judged."""

    cap: float | None
    uses_each: UsageRangeOut
    uses_year: UsageRangeOut
    cost_year: UsageRangeOut | None
    budget: str
    capacity: str


class AffordabilityOut(PromiseEconomicsIn):
    """The check of a version: verdicts worst first, as advertised and as the terms have it."""

    version: int
    verdicts: list[str]
    sentences: list[str]
    usage_from: str | None
    share: UsageRangeOut | None
    uses: UsageRangeOut | None
    frequent: float | None
    advertised: PromiseCostOut | None
    terms: PromiseCostOut | None
    delivered: float | None
    delivered_frequent: float | None
    break_uses: float | None
    break_each: float | None
    override_reason: str


class PromiseLaunchIn(Schema):
    """A written reason where the check says no."""

    reason: Reason = ""


class PromiseUseIn(Schema):
    """A use: kept, or denied with a reason. `case` is a key or a number."""

    kept: bool
    site: Code
    day: Day | None = None
    reason: Denial | Literal[""] = ""
    case: Code | None = None


class PromiseUseOut(Schema):
    """A recorded use."""

    key: str
    kept: bool
    reason: str
    day: date
    site: str
    at: datetime


class PromiseUsesOut(Schema):
    """A page of uses."""

    items: list[PromiseUseOut]
    next: str | None
