"""Choices between us and rivals: multinomial logit on the difference of value and cost.

Source: McFadden, "Conditional logit analysis of qualitative choice behavior", in Zarembka (ed.), Frontiers in
Econometrics (1974).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from peakend.demo.simulator.columns import canonical, constant, identifiers, money, picked, times
from peakend.demo.simulator.draws import normal_quantile
from peakend.demo.simulator.keys import customer_ids
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.mechanisms.lines import UNIT
from peakend.demo.simulator.truth import Effect, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.world import World

_CENT = UNIT // 100
_ADDED = 1.25


def _rows(block: Block) -> Rows:
    """One choice a customer asked, on the day of the first order, with one row an option."""
    world, orders, lines = block.world, block.orders, block.lines
    plan, company = world.shared.money.choosing, world.company
    asked = block.drawn("choices")[0] < plan.asked
    first = np.flatnonzero((orders["ordinal"] == 1) & asked[orders["person"]])
    lead = np.flatnonzero((lines["line"] == 0) & (lines["ordinal"] == 1))[orders["person"][first]]
    product, index = lines["product"][lead], orders["index"][first]
    price = np.array([p.price for p in company.products])[product]
    options = ["own", *(rival.id for rival in company.worth.rivals)]
    level = [1.0, *(rival.price for rival in company.worth.rivals)]
    values, costs, utility = [], [], []
    for place in range(len(options)):
        u = world.draws.uniforms("choices.options", index, 0, place)
        liked = plan.attitude * block.people["attitude"][orders["person"][first]] * (place == 0)
        value = np.round(100 * price * (_ADDED + liked + plan.value * normal_quantile(u[0])))
        cost = np.round(100 * price * level[place] * (1 + plan.cost * normal_quantile(u[1])))
        values.append(np.maximum(value, 1).astype(np.int64))
        costs.append(np.maximum(cost, 1).astype(np.int64))
        slope = coefficient(world) if world.on("choices") else 0.0
        utility.append(slope * (values[-1] - costs[-1]) / 100 - np.log(-np.log(u[2])))
    chosen = np.argmax(utility, axis=0)
    n = len(first)
    for place, option in enumerate(options):
        yield (
            "choice_options",
            canonical(
                "choice_options",
                world.source,
                {
                    "choice_id": identifiers("CH", (index, 8)),
                    "option_id": constant(option, n),
                    "customer_id": customer_ids(index),
                    "product_id": picked([p.id for p in company.products], product),
                    "at": times(orders["at"][first]),
                    "value": money(values[place] * _CENT),
                    "cost": money(costs[place] * _CENT),
                    "chosen": pa.array(chosen == place),
                    "currency": constant(company.currency, n),
                },
            ),
        )


def coefficient(world: World) -> float:
    """Logit a unit of money of value less cost."""
    return world.shared.money.choosing.coefficient / world.company.buying.spend_mean


def _truth(world: World) -> Iterable[Truth]:
    unit = f"logit a {world.company.currency} of value less cost"
    yield Effect("choices", "value_less_cost", coefficient(world), world.on("choices"), unit=unit)


MECHANISM = Mechanism(
    name="choices",
    meaning=Text(
        "Customers choose what is worth most beyond its cost.", "客户选择价值与成本之差最大的选项。"
    ),
    null=Text("Customers choose at random.", "客户随机选择。"),
    after=("attitude", "lines", "orders"),
    rows=_rows,
    truth=_truth,
)
