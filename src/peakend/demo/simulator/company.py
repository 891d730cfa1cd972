"""A simulated company as data: what `companies/*.yaml` says about each kind, checked when it is read."""

from __future__ import annotations

from datetime import date
from functools import cache, cached_property
from typing import Annotated, Literal

from pydantic import Field, model_validator

from peakend.demo.simulator.descriptions import Described, Positive, Share, read
from peakend.demo.simulator.journey_plans import Journey
from peakend.demo.simulator.money_plans import Renewal, Worth
from peakend.language import Text

Kind = Literal["airline", "property", "bank", "retailer"]


class Volume(Described):
    """Relative volumes by month (12), weekday (7, Monday first) and local hour (24)."""

    by_month: Annotated[tuple[float, ...], Field(min_length=12, max_length=12)]
    by_weekday: Annotated[tuple[float, ...], Field(min_length=7, max_length=7)]
    by_hour: Annotated[tuple[float, ...], Field(min_length=24, max_length=24)]


class OrderChannel(Described):
    """How orders come in; `site`: they happen at a site."""

    weight: Positive
    site: bool


class Buying(Described):
    """BG/NBD purchases (r, alpha in weeks, a, b) with gamma-gamma order values.

    spend_shape and spend_spread are p and q of the gamma-gamma model, spend_mean the mean order value.
    lines: relative frequency of 1, 2, … lines an order. lead_days: median and log-sd of the days between an
    order and its use (0: at once). lead_category: what the first line of every order is from, most of
    its value, and the other lines are not; without it all lines are alike.
    """

    r: Positive
    alpha: Positive
    a: Positive
    b: Positive
    spend_shape: Positive
    spend_spread: Annotated[float, Field(gt=2)]
    spend_mean: Positive
    lines: Annotated[tuple[float, ...], Field(min_length=1, max_length=9)]
    lead_days: tuple[float, float]
    channels: dict[str, OrderChannel]
    lead_category: str | None = None


class Memory(Described):
    """How an episode is remembered: weights of its mean, its most extreme and its last moment (sum 1)."""

    mean: float
    peak: float
    end: float


class Experience(Described):
    """Latent satisfaction, in units of the latent scale on which the thresholds of `shared.yaml` lie."""

    attitude: float
    noise: Positive
    answer_noise: Positive
    loyalty: float
    trend_per_year: float
    site_day: float
    memory: Memory


class Tier(Described):
    """A tier of customers by value, lowest first. sampled: share asked in each relational wave."""

    name: str
    share: Positive
    gap: float
    sampled: Annotated[float, Field(gt=0, le=1)]


class Site(Described):
    id: str
    name: str
    name_zh: str
    kind: str
    city: str
    weight: Positive
    effect: float
    staff: Annotated[int, Field(ge=1, le=99)]
    opened_on: date


class Touchpoint(Described):
    """One touchpoint.

    minutes: range after the order or the start of use (`phase`) in which it is met. share: of the orders that
    it comes with, by tier where `tiers` says so; `when` restricts it to a customer's first or later orders,
    `only` to orders of some channels. duration: median minutes and log-sd.
    """

    id: str
    name: str
    name_zh: str
    stage: Literal["pre", "purchase", "use", "service"]
    link: str
    experience_type: Literal["service", "purchase", "use", "application"]
    channel: str
    owner: str
    moment_of_truth: bool = False
    ownership: Literal["owned", "partner", "earned"] = "owned"
    quality: float
    share: Share
    tiers: dict[str, Share] = Field(default_factory=dict)
    when: Literal["first", "each", "later"] = "each"
    only: tuple[str, ...] = ()
    phase: Literal["order", "use"] = "order"
    minutes: tuple[int, int]
    duration: tuple[Positive, Positive]
    channels: dict[str, Positive] = Field(default_factory=dict)
    at_site: bool = False
    staffed: bool = False
    asked: bool = True
    dimension: str = "overall"


class Product(Described):
    id: str
    name: str
    name_zh: str
    category: str
    brand: str
    kind: Literal["good", "service", "fee", "adjustment"] = "service"
    own: bool = True
    price: Positive
    cost: Positive
    weight: Positive = 1.0


class Change(Described):
    """A line of the service-change log. at: share of the window that has passed. size: shift of latent
    satisfaction at the touchpoint from then on, for customers of `tiers` (empty: all)."""

    id: str
    touchpoint: str
    site: str | None = None
    at: Share
    kind: str
    description: str
    reason: str
    size: float
    tiers: tuple[str, ...] = ()


class Complaints(Described):
    touchpoint: str
    share: Share
    intercept: float
    slope: float


class Refunds(Described):
    touchpoint: str | None
    share: Share


class Programme(Described):
    name: str
    share: Share
    points_per_unit: Positive
    redeemers: Share


class Holding(Described):
    """A product that customers hold. share: of customers; balance: median and log-sd.

    renewal: how it is renewed; None: it never ends.
    """

    product: str
    share: Share
    balance: tuple[Positive, Positive]
    renewal: Renewal | None = None


class Judges(Described):
    """A segment by how its customers judge the whole. weights: of touchpoints, 1 where not named."""

    share: Positive
    weights: dict[str, Annotated[float, Field(ge=0)]]


class Drivers(Described):
    """What the whole consists of beside memory. share: of the whole that is weighed up from touchpoints."""

    share: Share
    segmentation: str
    segments: dict[str, Judges]


class Asymmetry(Described):
    """Touchpoints that only punish (basic) and touchpoints that only reward (excitement)."""

    basic: tuple[str, ...]
    excitement: tuple[str, ...]


class Expected(Described):
    """Mean expectation by touchpoint asked about, and the touchpoint that is better than anybody needs."""

    levels: dict[str, float]
    over_serviced: str


class Mismatch(Described):
    """A hidden item swapped for another: what the log says, and the share of each tier that cares."""

    id: str
    touchpoint: str
    site: str
    at: Share
    kind: str
    description: str
    reason: str
    item: Text
    instead: Text
    cares: dict[str, Share]


class Whole(Described):
    """Mean and standard deviation of the latent values behind answers about the whole, everything on."""

    mean: float
    spread: Positive


class Company(Described):
    """One kind of company. Every reference inside it is checked; touchpoints and sites keep their order."""

    kind: Kind
    name: Text
    currency: str
    volume: Volume
    buying: Buying
    experience: Experience
    tiers: tuple[Tier, ...]
    sites: tuple[Site, ...]
    roles: tuple[str, ...]
    touchpoints: Annotated[tuple[Touchpoint, ...], Field(max_length=50)]
    products: tuple[Product, ...]
    changes: tuple[Change, ...]
    complaints: Complaints
    refunds: Refunds
    programme: Programme
    holdings: tuple[Holding, ...] = ()
    drivers: Drivers
    asymmetry: Asymmetry
    expectations: Expected
    mismatch: Mismatch
    whole: Whole
    surprise: Text
    journey: Journey
    worth: Worth

    @model_validator(mode="after")
    def _references_exist(self) -> Company:
        touchpoints = {t.id for t in self.touchpoints}
        sites, tiers = {s.id for s in self.sites}, {t.name for t in self.tiers}
        named = [*(change.touchpoint for change in self.changes), self.complaints.touchpoint]
        named += [self.mismatch.touchpoint, *self.asymmetry.basic, *self.asymmetry.excitement]
        named += [touchpoint for judges in self.drivers.segments.values() for touchpoint in judges.weights]
        named += [*self.journey.touchpoints, *self.worth.touchpoints]
        asked = {t.id for t in self.touchpoints if t.asked}
        wrong = [touchpoint for touchpoint in named if touchpoint not in touchpoints]
        wrong += [touchpoint for touchpoint in self.expectations.levels if touchpoint not in asked]
        wrong += [self.expectations.over_serviced] * (
            self.expectations.over_serviced not in self.expectations.levels
        )
        wrong += [c.site for c in self.changes if c.site is not None and c.site not in sites]
        wrong += [site for site in (self.mismatch.site, *self.journey.sites) if site not in sites]
        wrong += [tier for tier in self.mismatch.cares if tier not in tiers]
        wrong += [tier for change in self.changes for tier in change.tiers if tier not in tiers]
        wrong += [tier for touchpoint in self.touchpoints for tier in touchpoint.tiers if tier not in tiers]
        wrong += [c for t in self.touchpoints for c in t.only if c not in self.buying.channels]
        wrong += [h.product for h in self.holdings if h.product not in {p.id for p in self.products}]
        wrong += sorted(set(self.worth.winning.channels) ^ set(self.buying.channels))
        if self.refunds.touchpoint is not None and self.refunds.touchpoint not in touchpoints:
            wrong.append(self.refunds.touchpoint)
        wrong += sorted(touchpoints - set(self.journey.registry))
        if wrong:
            raise ValueError(f"{self.kind}: no such {sorted(wrong)}")
        return self

    @cached_property
    def slots(self) -> dict[str, int]:
        """Position of every touchpoint by its id."""
        return {touchpoint.id: slot for slot, touchpoint in enumerate(self.touchpoints)}

    @cached_property
    def channels(self) -> tuple[str, ...]:
        """Every channel of orders and touchpoints."""
        return tuple(sorted({*self.buying.channels, *(c for t in self.touchpoints for c in t.channels)}))

    @property
    def source(self) -> str:
        """What every row says about where it came from."""
        return f"simulated:{self.kind}"


@cache
def company(kind: Kind) -> Company:
    """The company described in `companies/<kind>.yaml`."""
    return Company.model_validate({"kind": kind, **read(kind)})
