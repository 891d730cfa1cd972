"""Rivals: what they charge and how they are rated by quarter; our premium over them follows the ratings."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.columns import canonical_rows
from peakend.demo.simulator.draws import normal_quantile
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.truth import Effect, Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.world import World

_MONTHS_APART = 3


def _registry(world: World) -> Rows:
    company, plan = world.company, world.shared.money.pricing
    products = [p for p in company.products if p.kind != "fee"]
    quarters = world.calendar.month_starts[: world.calendar.months : _MONTHS_APART]
    slope = plan.premium if world.on("rivals") else 0.0
    rows = []
    for number, rival in enumerate(company.worth.rivals):
        for place, product in enumerate(products):
            u = world.draws.uniforms("rivals", np.arange(len(quarters)), place, number)
            ratings = rival.rating + plan.drift * normal_quantile(u[0])
            # A better-rated rival can charge more: our premium over it is the smaller.
            log_price = np.log(product.price * rival.price) - slope * (rival.rating - ratings)
            prices = np.exp(log_price + plan.noise * normal_quantile(u[1]))
            rows += [
                {
                    "competitor_id": rival.id,
                    "product_id": product.id,
                    "as_of_on": day,
                    "price": Decimal(round(100 * price)) / 100,
                    "rating": round(float(np.clip(rating, 1, 5)), 2),
                    "currency": company.currency,
                }
                for day, price, rating in zip(quarters, prices.tolist(), ratings.tolist(), strict=True)
            ]
    yield "competitors", canonical_rows("competitors", world.source, rows)


def _truth(world: World) -> Iterable[Truth]:
    plan = world.shared.money.pricing
    for rival in world.company.worth.rivals:
        yield Parameter("rivals", f"price/{rival.id}", rival.price, "multiple of our price")
        yield Parameter("rivals", f"rating/{rival.id}", rival.rating, "rating, 1 to 5")
    unit = "log of our price over theirs, a point of our rating less theirs"
    yield Effect("rivals", "rating_on_premium", plan.premium, world.on("rivals"), unit=unit)


MECHANISM = Mechanism(
    name="rivals",
    meaning=Text("Rivals charge what their ratings allow.", "竞争者的价格随其评分而定。"),
    null=Text("What rivals charge has nothing to do with their ratings.", "竞争者的价格与评分无关。"),
    registry=_registry,
    truth=_truth,
)
