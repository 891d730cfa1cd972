"""Memory of the moments: the whole is made of what happened, or of nothing that happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.draws import normal_quantile
from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.world import World


def _step(block: Block) -> None:
    world, orders = block.world, block.orders
    if world.on("memory"):
        return
    whole = world.company.whole
    drawn = whole.mean + whole.spread * normal_quantile(block.drawn_orders("memory")[0])
    drawn = np.where(np.isnan(orders["overall"]), np.nan, drawn)
    orders["overall"], orders["remembered"] = drawn, drawn


def _truth(world: World) -> Iterable[Truth]:
    yield Parameter("memory", "moments_count", 1.0, "flag", world.on("memory"))


MECHANISM = Mechanism(
    name="memory",
    meaning=Text(
        "The whole is made of the moments: remembered, weighed up and compared with what was expected.",
        "整体评价由各时刻构成：记住的、权衡的以及与预期比较的。",
    ),
    null=Text(
        "The whole has nothing to do with the moments: whatever happened is forgotten.",
        "整体评价与各时刻毫无关系：经历过的一概不算。",
    ),
    after=("judging",),
    before=("visits", "waves"),
    step=_step,
    truth=_truth,
)
