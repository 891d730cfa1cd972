"""Contracts that end: customers of one product differ in how likely they are to renew, and inland more leave.

Model: beta-discrete-Weibull, S(t) = B(a, b + t^c) / B(a, b) after t terms (Fader, Hardie, Liu, Davin and
Steenburgh, Journal of Interactive Marketing 43, 2018); the region multiplies the hazard's exponent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.draws import beta_quantile
from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.segmenting import inland
from peakend.demo.simulator.truth import Effect, Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.company import Holding
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.world import World

_MOST_TERMS = 10_000


def terms(block: Block, holding: Holding, number: int) -> Array:
    """After how many terms each customer ends a contract, from 1; 10,000: never in anybody's lifetime."""
    plan, world = holding.renewal, block.world
    if plan is None:
        return np.full(block.count, _MOST_TERMS)
    u = block.drawn("renewals", number)
    if world.on("renewals"):
        leaving = beta_quantile(u[0], plan.a, plan.b)
        pace = np.where(inland(block), world.shared.money.renewing.inland, 1.0)
        power = plan.c
    else:
        leaving = np.full(block.count, plan.a / (plan.a + plan.b))
        pace, power = np.ones(block.count), 1.0
    staying = np.maximum(-np.log1p(-np.clip(leaving, 1e-12, 1 - 1e-12)), 1e-12)
    ended = np.ceil((-np.log(u[1]) / (pace * staying)) ** (1 / power))
    last: Array = np.clip(ended, 1, _MOST_TERMS).astype(np.int64)
    return last


def months_later(day: Array, months: Array) -> Array:
    """Day numbers since 1970, `months` later on the same day of the month, or the last day before it."""
    dates = day.astype("datetime64[D]")
    month = dates.astype("datetime64[M]")
    then = month + months.astype("timedelta64[M]")
    last = (then + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    same = then.astype("datetime64[D]") + (dates - month.astype("datetime64[D]"))
    moved: Array = np.minimum(same, last).astype(np.int64)
    return moved


def _truth(world: World) -> Iterable[Truth]:
    on = world.on("renewals")
    for holding in world.company.holdings:
        if holding.renewal is None:
            continue
        plan = holding.renewal
        for name, value in (("a", plan.a), ("b", plan.b), ("c", plan.c)):
            yield Parameter("renewals", f"{name}/{holding.product}", value, "", on)
        yield Parameter("renewals", f"term/{holding.product}", plan.term, "months")
        unit = "multiple of the hazard"
        ratio = world.shared.money.renewing.inland
        yield Effect("renewals", f"inland/{holding.product}", ratio, on, segment="inland", unit=unit)


MECHANISM = Mechanism(
    name="renewals",
    meaning=Text(
        "Contracts end: customers differ in how likely they are to renew, and inland more of them leave.",
        "合约会终止：客户的续约意愿各不相同，内陆地区流失更多。",
    ),
    null=Text(
        "Every customer of a product is as likely to renew as every other.", "同一产品的客户续约概率相同。"
    ),
    after=("orders", "people"),
    truth=_truth,
)
