"""How often customers buy, when they stop, and what they spend.

Purchases: BG/NBD (Fader, Hardie and Lee, "Counting your customers the easy way", Marketing Science 24, 2005,
section 3): after a first purchase, intervals are exponential with a rate a week from a gamma(r, alpha)
distribution, and after each repeat purchase the customer leaves with a probability from beta(a, b).
Spend: gamma-gamma (Fader and Hardie, "The gamma-gamma model of monetary value", 2013): order values are
gamma(p, nu), with nu from a gamma(q, gamma) distribution.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from peakend.demo.simulator.draws import Array, beta_quantile, gamma_quantile
from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.company import Buying
    from peakend.demo.simulator.world import World


def _gamma(buying: Buying) -> float:
    """gamma of the gamma-gamma model, so that the mean order value is spend_mean: p gamma / (q - 1)."""
    return buying.spend_mean * (buying.spend_spread - 1) / buying.spend_shape


def habits(world: World, u: Array) -> tuple[Array, Array, Array]:
    """Purchases a week, probability of leaving and mean order value, from uniforms of shape (≥ 3, n)."""
    buying = world.company.buying
    if not world.on("buying"):
        alike = np.ones(u.shape[1])
        return (
            alike * buying.r / buying.alpha,
            alike * buying.a / (buying.a + buying.b),
            alike * buying.spend_mean,
        )
    rate = np.maximum(gamma_quantile(u[0], buying.r, buying.alpha), 1e-9)
    dropout = np.clip(beta_quantile(u[1], buying.a, buying.b), 1e-9, 1 - 1e-9)
    spend = buying.spend_shape / gamma_quantile(u[2], buying.spend_spread, _gamma(buying))
    return rate, dropout, spend


def value_index(world: World, rate: Array, spend: Array) -> Array:
    """Log of expected value a week, standardised by its moments under the model; zero where buying is off."""
    if not world.on("buying"):
        return np.zeros(len(rate))
    buying = world.company.buying
    mean = special.digamma(buying.r) - np.log(buying.alpha)
    mean += np.log(buying.spend_shape) - special.digamma(buying.spend_spread) + np.log(_gamma(buying))
    spread = np.sqrt(special.polygamma(1, buying.r) + special.polygamma(1, buying.spend_spread))
    index: Array = (np.log(rate * spend) - mean) / spread
    return index


def _step(block: Block) -> None:
    people = block.people
    people["rate"], people["dropout"], people["spend"] = habits(block.world, block.drawn("buying"))
    people["value"] = value_index(block.world, people["rate"], people["spend"])


def _truth(world: World) -> Iterable[Truth]:
    buying, on = world.company.buying, world.on("buying")
    for name, value, unit in (
        ("r", buying.r, ""),
        ("alpha", buying.alpha, "weeks"),
        ("a", buying.a, ""),
        ("b", buying.b, ""),
        ("p", buying.spend_shape, ""),
        ("q", buying.spend_spread, ""),
        ("gamma", _gamma(buying), world.company.currency),
    ):
        yield Parameter("buying", name, value, unit, on)
    yield Parameter("buying", "mean_rate", buying.r / buying.alpha, "purchases a week")
    yield Parameter("buying", "mean_dropout", buying.a / (buying.a + buying.b), "probability")
    yield Parameter("buying", "mean_order_value", buying.spend_mean, world.company.currency)


MECHANISM = Mechanism(
    name="buying",
    meaning=Text(
        "Customers differ in how often they buy, when they leave (BG/NBD) and what they spend (gamma-gamma).",
        "客户在购买频率、流失时点（BG/NBD）与消费金额（gamma-gamma）上各不相同。",
    ),
    null=Text(
        "All customers have the same rate, probability of leaving and mean order value.",
        "所有客户的购买频率、流失概率与平均订单金额相同。",
    ),
    after=("people",),
    step=_step,
    truth=_truth,
    customer_truth=(
        ("rate", Text("Purchases a week while active", "活跃期每周购买次数")),
        ("dropout", Text("Probability of leaving after a repeat purchase", "每次复购后流失的概率")),
        ("spend", Text("Mean order value", "平均订单金额")),
        (
            "value",
            Text("Value index (standardised log of rate × spend)", "价值指数（频率×金额的标准化对数）"),
        ),
    ),
)
