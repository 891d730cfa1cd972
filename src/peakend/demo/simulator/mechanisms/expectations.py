"""Expectations: what is felt is compared with what was expected, and the difference counts.

Source: Oliver, "A cognitive model of the antecedents and consequences of satisfaction decisions", Journal of
Marketing Research 17 (1980).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.draws import normal_quantile
from peakend.demo.simulator.events import occasion
from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.truth import Effect, Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.world import World


def over_serviced(world: World) -> int | None:
    """Position of the touchpoint that is far better than expected and matters to nobody."""
    described = world.company
    return described.slots[described.expectations.over_serviced] if world.on("expectations") else None


def noticed(block: Block) -> Array:
    """Which events are part of what is remembered: not the over-serviced, unless there is nothing else."""
    ignored, order = over_serviced(block.world), block.events["order"]
    if ignored is None:
        return np.ones(len(order), bool)
    kept = block.events["slot"] != ignored
    others = np.bincount(order[kept], minlength=len(block.orders)) > 0
    counts: Array = kept | ~others[order]
    return counts


def expected(block: Block, order: Array, slot: int) -> Array:
    """Latent expectation at a touchpoint of rows `order` of the orders."""
    world, orders = block.world, block.orders
    company, spreads = world.company, world.shared.expectations
    level = company.expectations.levels[company.touchpoints[slot].id]
    number = occasion(orders["ordinal"][order], slot)
    drawn = world.draws.normal("expectations", orders["index"][order], number)
    found: Array = level + block.people["demands"][orders["person"][order]] + spreads.noise * drawn
    return found


def _step(block: Block) -> None:
    spread = block.world.shared.expectations.person
    block.people["demands"] = spread * normal_quantile(block.drawn("expectations.person")[0])


def _judgement(block: Block) -> Array:
    """Effect of the mean of perception − expectation over the touchpoints of which something is expected."""
    world = block.world
    total, count = np.zeros(len(block.orders)), np.zeros(len(block.orders))
    if not world.on("expectations"):
        return total
    for touchpoint in world.company.expectations.levels:
        slot = world.company.slots[touchpoint]
        if slot == over_serviced(world):
            continue
        met = np.flatnonzero(~np.isnan(block.felt[:, slot]))
        total[met] += block.felt[met, slot] - expected(block, met, slot)
        count[met] += 1
    return world.shared.expectations.effect * total / np.maximum(count, 1)


def _truth(world: World) -> Iterable[Truth]:
    spreads, on = world.shared.expectations, world.on("expectations")
    described = world.company.expectations
    yield Parameter("expectations", "standard_deviation/person", spreads.person, "latent")
    yield Parameter("expectations", "standard_deviation/noise", spreads.noise, "latent")
    for touchpoint, level in described.levels.items():
        yield Parameter("expectations", f"level/{touchpoint}", level, "latent")
        ignored = touchpoint == described.over_serviced
        effect = 0.0 if ignored else spreads.effect
        unit = "latent a latent unit of the mean gap"
        yield Effect("expectations", "disconfirmation", effect, on, touchpoint_id=touchpoint, unit=unit)
        if ignored:
            yield Effect("expectations", "over_serviced", 1.0, on, touchpoint_id=touchpoint, unit="flag")


MECHANISM = Mechanism(
    name="expectations",
    meaning=Text(
        "What falls short of expectations lowers the whole; one touchpoint is better than anybody needs.",
        "实际感受与预期之差影响整体评价；另有一个接触点好过了头，无人在意。",
    ),
    null=Text("What was expected makes no difference.", "预期不影响评价。"),
    after=("people",),
    step=_step,
    judgement=_judgement,
    truth=_truth,
    customer_truth=(("demands", Text("How much more is expected than by others", "预期高于他人的程度")),),
)
