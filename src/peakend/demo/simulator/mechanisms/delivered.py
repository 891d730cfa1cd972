"""What customers get: six factors that the relationship survey asks about, and what each is worth."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from peakend.demo.simulator.columns import canonical_rows
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.truth import Effect, Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.frame import Frame
    from peakend.demo.simulator.world import World

_QUESTIONS = 128


def factor_felt(block: Block, done: Frame, dimension: str, number: int) -> Array:
    """Latent value behind the answers about one factor: part follows the whole, the rest is its own."""
    world = block.world
    described = world.shared.money.delivered.factors
    factor = next(f for f in described.values() if f.dimension == dimension)
    slope = factor.slope if world.on("delivered") else 0.0
    drawn = world.draws.normal("delivered", done["index"], done["repeats"] * _QUESTIONS + number)
    latent: Array = slope * (done["overall"] + done["mood"]) + factor.spread * drawn
    return latent


def _registry(world: World) -> Rows:
    described, mean = world.shared.money.delivered, world.company.buying.spend_mean
    worth = {name: (factor.worth * mean, "scale") for name, factor in described.factors.items()}
    worth |= {"money": (1.0, "money"), "time": (described.minute * mean, "minute")}
    rows = [
        {
            "factor": name,
            "segment": "*",
            "amount_per_unit": Decimal(str(round(amount, 4))),
            "unit": unit,
            "currency": world.company.currency,
        }
        for name, (amount, unit) in worth.items()
    ]
    yield "value_factors", canonical_rows("value_factors", world.source, rows)


def _truth(world: World) -> Iterable[Truth]:
    described, on = world.shared.money.delivered, world.on("delivered")
    for name, factor in described.factors.items():
        yield Parameter("delivered", f"spread/{name}", factor.spread, "latent")
        yield Effect("delivered", name, factor.slope, on, unit="latent a latent unit of the whole")


MECHANISM = Mechanism(
    name="delivered",
    meaning=Text(
        "What customers get and what it costs them follows how the whole was.",
        "客户所得与所费随整体感受变化。",
    ),
    null=Text("The factors have nothing to do with how the whole was.", "各项因素与整体感受无关。"),
    registry=_registry,
    truth=_truth,
)
