"""Part of the whole is weighed up: customers think of each touchpoint and of how much it matters to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.mechanisms.asymmetry import shaped
from peakend.demo.simulator.mechanisms.drivers_by_segment import weights
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.world import World


def weighed(block: Block) -> Array:
    """Weighted mean of the touchpoints that every order met; NaN where it met none that has a weight."""
    orders = block.orders
    by_segment = weights(block.world)
    segment = block.people["segment"][orders["person"]]
    total, weight = np.zeros(len(orders)), np.zeros(len(orders))
    for slot in range(len(block.world.company.touchpoints)):
        met = np.flatnonzero(~np.isnan(block.felt[:, slot]))
        w = by_segment[segment[met], slot]
        total[met] += w * shaped(block.world, slot, block.felt[met, slot])
        weight[met] += w
    mean: Array = np.divide(total, weight, out=np.full(len(orders), np.nan), where=weight > 0)
    return mean


def _step(block: Block) -> None:
    world, orders = block.world, block.orders
    if not world.on("weighing"):
        return
    share, whole = world.company.drivers.share, weighed(block)
    mixed = (1 - share) * orders["overall"] + share * whole
    orders["overall"] = np.where(np.isnan(whole), orders["overall"], mixed)


def _truth(world: World) -> Iterable[Truth]:
    share = world.company.drivers.share
    yield Parameter("weighing", "share", share, "share of the whole", world.on("weighing"))


MECHANISM = Mechanism(
    name="weighing",
    meaning=Text(
        "Part of the whole is weighed up from the touchpoints; the rest is what memory makes of them.",
        "整体评价的一部分由各接触点加权得出，其余取决于记忆。",
    ),
    null=Text("The whole is nothing but what is remembered.", "整体评价完全取决于记忆。"),
    after=("peak_end", "drivers_by_segment"),
    step=_step,
    truth=_truth,
)
