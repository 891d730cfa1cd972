"""What brings customers back: orders that met one touchpoint are followed sooner by the next.

Another touchpoint comes last wherever it comes, so that a last-touch account credits it; it does nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.draws import pick
from peakend.demo.simulator.events import SLOTS
from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.truth import Effect, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.world import World


def _pace(block: Block, person: Array, ordinal: int, day: Array) -> Array:
    plan = block.world.company.journey.repurchase
    if not block.world.on("repurchase"):
        return np.ones(len(person))
    return np.where(_meets(block, person, ordinal), plan.met, plan.missed)


def _meets(block: Block, person: Array, ordinal: int) -> Array:
    """Whether the orders of one ordinal lead to the touchpoint, by the draws that decide it in `journeys`."""
    world, index = block.world, block.people["index"][person]
    plan = world.company.journey.repurchase
    slot = world.company.slots[plan.touchpoint]
    touchpoint = world.company.touchpoints[slot]
    meets = world.draws.uniform("journeys", index, ordinal * SLOTS + slot) < touchpoint.share
    if touchpoint.when != "each":
        meets &= (ordinal == 1) == (touchpoint.when == "first")
    if touchpoint.only:
        channels = world.company.buying.channels
        weights = np.array([channel.weight for channel in channels.values()])
        allowed = np.array([name in touchpoint.only for name in channels])
        meets &= allowed[pick(world.draws.uniform("orders.how", index, ordinal), weights)]
    found: Array = meets
    return found


def _truth(world: World) -> Iterable[Truth]:
    plan, on = world.company.journey.repurchase, world.on("repurchase")
    unit = "factor on the rate of buying until the next order"
    yield Effect("repurchase", "met", plan.met, on, touchpoint_id=plan.touchpoint, unit=unit)
    yield Effect("repurchase", "missed", plan.missed, on, touchpoint_id=plan.touchpoint, unit=unit)
    yield Effect("repurchase", "last", 1.0, on, touchpoint_id=plan.last, unit="factor, comes last")


MECHANISM = Mechanism(
    name="repurchase",
    meaning=Text(
        "One touchpoint brings customers back; another always comes last and does nothing.",
        "某个接触点带来复购；另一个总在最后，却毫无作用。",
    ),
    null=Text("No touchpoint changes when the next order comes.", "下一次购买与经过哪些接触点无关。"),
    after=("people", "buying"),
    before=("orders",),
    pace=_pace,
    truth=_truth,
)
