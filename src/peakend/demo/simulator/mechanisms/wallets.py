"""Wallets: what customers spend in the category with everybody, how many brands they use, where we rank.

Shares follow the wallet allocation rule: (1 − rank / (brands + 1)) × 2 / brands (Keiningham, Aksoy, Buoye and
Cooil, "Customer loyalty isn't enough. Grow your share of wallet", Harvard Business Review 89(10), 2011).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.columns import canonical, constant, days, integers, money, numbers
from peakend.demo.simulator.draws import normal_quantile, pick
from peakend.demo.simulator.keys import customer_ids
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.mechanisms.lines import UNIT
from peakend.demo.simulator.truth import Effect, Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.world import World

_YEAR = timedelta(days=365)
_EPOCH = date(1970, 1, 1)
_CENT = UNIT // 100


def _step(block: Block) -> None:
    """Our rank among the brands a customer uses: the better we are liked, the higher."""
    world, people, plan = block.world, block.people, block.world.shared.money.wallets
    u = block.drawn("wallets")
    brands = 1 + pick(u[0], np.array(plan.brands))
    slope = plan.slope if world.on("wallets") else 0.0
    others = normal_quantile(block.drawn("wallets.others"))
    ours = slope * people["attitude"] + normal_quantile(u[1])
    people["brands"] = brands
    people["rank"] = 1 + sum((others[n] > ours) & (n + 1 < brands) for n in range(len(plan.brands) - 1))
    rule = (1 - people["rank"] / (brands + 1)) * 2 / brands
    noise = np.exp(plan.noise * normal_quantile(u[2]))
    people["wallet"] = np.where(brands == 1, 1.0, np.minimum(rule * noise, 0.98))


def _rows(block: Block) -> Rows:
    world, people, orders = block.world, block.people, block.orders
    plan, calendar = world.shared.money.wallets, world.calendar
    last_year = orders["at"] >= calendar.at(calendar.last_day - _YEAR)
    spent = np.bincount(
        orders["person"][last_year], orders["cents"][last_year], minlength=block.count
    ).astype(np.int64)
    person = np.flatnonzero((block.drawn("wallets.asked")[0] < plan.asked) & (spent > 0))
    asked, own, n = people.take(person), spent[person], len(person)
    category = world.company.worth.category
    total = np.maximum(np.round(own / asked["wallet"]).astype(np.int64), own)
    yield (
        "wallets",
        canonical(
            "wallets",
            world.source,
            {
                "customer_id": customer_ids(asked["index"]),
                "category": constant(f"{category.en}（{category.zh}）", n),
                "as_of_on": days(np.full(n, (calendar.last_day - _EPOCH).days)),
                "total_spend": money(total * _CENT),
                "own_spend": money(own * _CENT),
                "brands_used": integers(asked["brands"]),
                "own_rank": numbers(asked["rank"]),
                "currency": constant(world.company.currency, n),
            },
        ),
    )


def _truth(world: World) -> Iterable[Truth]:
    plan = world.shared.money.wallets
    yield Parameter("wallets", "asked", plan.asked, "share of the customers of the last year")
    yield Parameter("wallets", "noise", plan.noise, "log of the share")
    unit = "rank utility a latent unit"
    yield Effect("wallets", "attitude_on_rank", plan.slope, world.on("wallets"), unit=unit)


MECHANISM = Mechanism(
    name="wallets",
    meaning=Text(
        "The better a customer likes us, the higher we rank and the more of the wallet is ours.",
        "客户越满意，我们的排名越靠前，钱包份额越高。",
    ),
    null=Text("Ranks have nothing to do with liking us.", "排名与满意倾向无关。"),
    after=("attitude", "orders"),
    step=_step,
    rows=_rows,
    truth=_truth,
    customer_truth=(
        ("wallet", Text("Our share of the customer's wallet", "我们在客户钱包中的份额")),
        ("rank", Text("Our rank among the brands used", "我们在其所用品牌中的排名")),
    ),
)
