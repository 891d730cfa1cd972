"""What promoters are worth: customers who like the company buy at a faster pace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.truth import Effect, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.world import World


def _step(block: Block) -> None:
    """The factor has the mean 1, so that as much is bought in all as without it."""
    world, attitude = block.world, block.people["attitude"]
    slope = world.shared.money.pace * (world.on("promoters_worth") and world.on("attitude"))
    mean = (slope * world.company.experience.attitude) ** 2 / 2
    block.people["liking"] = np.exp(slope * attitude - mean)


def _pace(block: Block, person: Array, ordinal: int, day: Array) -> Array:
    return block.people["liking"][person]


def _truth(world: World) -> Iterable[Truth]:
    slope, on = world.shared.money.pace, world.on("promoters_worth")
    yield Effect("promoters_worth", "attitude_on_pace", slope, on, unit="log rate of buying a latent unit")


MECHANISM = Mechanism(
    name="promoters_worth",
    meaning=Text("Customers who like the company buy at a faster pace.", "满意的客户购买更频繁。"),
    null=Text(
        "How often customers buy has nothing to do with liking the company.", "购买频率与满意倾向无关。"
    ),
    after=("attitude", "buying"),
    before=("orders",),
    step=_step,
    pace=_pace,
    truth=_truth,
    customer_truth=(("liking", Text("Factor of liking on the rate of buying", "满意倾向对购买频率的倍数")),),
)
