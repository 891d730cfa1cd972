"""What serving, winning and keeping customers costs, what they give, who else they buy from: as data."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from peakend.demo.simulator.descriptions import Described, Positive, Share
from peakend.language import Text


class Requests(Described):
    """Requests for service: `each` a mean per order; a `share` of the customers asks `heavy` times as often.

    days: within which a request follows the use of what was ordered.
    """

    touchpoint: str
    each: Positive
    heavy: Annotated[float, Field(ge=1)]
    share: Share
    days: Annotated[int, Field(gt=0)] = 30

    @property
    def mean(self) -> float:
        """Requests per order over all customers: what everybody asks where all are alike."""
        return self.each * (1 + self.share * (self.heavy - 1))


class PoolActivity(Described):
    """Work of a pool. minutes: a unit of the driver takes; of interaction_minutes: minutes a minute takes."""

    id: str
    name: Text
    driver: Literal["orders", "refunds", "interaction_minutes", "cases"]
    minutes: Positive
    touchpoint: str | None = None
    kind: Literal["request", "complaint"] | None = None


class Pool(Described):
    """A resource pool. rate: money a minute. unused: share of the practical capacity that nobody uses.

    budget: what a minute was to cost, as a multiple of what it costs.
    """

    id: str
    name: Text
    rate: Positive
    unused: Annotated[float, Field(ge=0, lt=1)]
    budget: Positive
    activities: tuple[PoolActivity, ...]


class Winning(Described):
    """What a new customer costs: mean, as a multiple of it by channel of the first order, log-sd.

    campaigns: spent on top by month and channel, as a share of what was spent on customers.
    """

    cost: Positive
    channels: dict[str, Positive]
    spread: Positive
    campaigns: Share


class Rival(Described):
    """A competitor: what it charges (multiple of our price) and how it is rated (1 to 5) at first."""

    id: str
    price: Positive
    rating: Annotated[float, Field(ge=1, le=5)]


class Worth(Described):
    """The money side of one company. category: what its wallet is about."""

    requests: Requests
    pools: tuple[Pool, ...]
    winning: Winning
    rivals: tuple[Rival, ...]
    category: Text

    @property
    def touchpoints(self) -> list[str]:
        """Every touchpoint named."""
        named = [a.touchpoint for pool in self.pools for a in pool.activities if a.touchpoint is not None]
        return [self.requests.touchpoint, *named]


class Renewal(Described):
    """Renewals every `term` months by the beta-discrete-Weibull model: S(t) = B(a, b + t^c) / B(a, b).

    Source: Fader, Hardie, Liu, Davin and Steenburgh, "How to project customer retention revisited", Journal
    of Interactive Marketing 43 (2018). c = 1 is the shifted beta-geometric model (2007).
    """

    term: Annotated[int, Field(gt=0)]
    a: Positive
    b: Positive
    c: Positive


class Renewing(Described):
    """Hazard of not renewing of customers of the inland region, as a multiple of the others'."""

    inland: Positive


class Keeping(Described):
    """Vouchers after a share of the repeat orders and money back after a share of the complaints.

    voucher, back: as shares of the order's value.
    """

    vouchers: Share
    voucher: Share
    compensated: Share
    back: Share


class Referring(Described):
    """Chance of being brought by the customer one knows: logit = intercept + slope × that one's attitude.

    acquaintance: how many numbers away that customer is at most. booked: share of the referrals whose value
    is booked. worth: as a share of the mean order.
    """

    intercept: float
    slope: float
    acquaintance: Annotated[int, Field(gt=0)]
    booked: Share
    worth: Share


class Giving(Described):
    """Reviews by orders: logit = intercept + slope × the whole. Shares of orders with an idea, and of
    complaints that are borne with patience. review, idea: what one is worth, as a share of the mean order."""

    intercept: float
    slope: float
    ideas: Share
    patience: Share
    review: Share
    idea: Share


class Wallets(Described):
    """Share asked. slope: of liking us on attitude; brands: relative frequency of using 1, 2, … brands.

    noise: log-sd of the share of wallet around that of the wallet allocation rule.
    """

    asked: Share
    slope: float
    brands: tuple[float, ...]
    noise: Positive


class Choosing(Described):
    """Share of the customers asked to choose. coefficient: of value − cost in the logit, a mean price.

    value, cost: sd of what options are worth and cost, as shares of the price. attitude: on our value.
    """

    asked: Share
    coefficient: float
    value: Positive
    cost: Positive
    attitude: float


class Pricing(Described):
    """Our premium over a rival: log price ratio = … + premium × (our rating − theirs); log-sd of chance.

    ours: how our products are rated. drift: sd of a rival's rating from quarter to quarter.
    """

    premium: float
    ours: float
    drift: Positive
    noise: Positive


class Factor(Described):
    """A factor of delivered value. slope: of what is felt on how the whole was; spread: what else moves it.

    worth: of the whole scale, as a share of the mean order.
    """

    dimension: str
    label: Text
    text: Text
    slope: float
    spread: Positive
    worth: Positive


class Delivered(Described):
    """The factors of delivered value by name; minute: what one is worth, as a share of the mean order."""

    minute: Positive
    factors: dict[str, Factor]


class Money(Described):
    """What all companies have in common. pace: log rate of buying a unit of attitude.

    gap: what the ledger books too much, as a share of a mean order, in the month at `gap_at` of the window.
    """

    pace: float
    keeping: Keeping
    referring: Referring
    giving: Giving
    wallets: Wallets
    choosing: Choosing
    pricing: Pricing
    delivered: Delivered
    renewing: Renewing
    gap: Positive
    gap_at: Share
