"""Customers of higher tiers are served, or expect, otherwise: a difference between segments."""

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
    from peakend.demo.simulator.frame import Frame
    from peakend.demo.simulator.world import World


def _experience(block: Block, events: Frame) -> Array:
    if not block.world.on("tier_gap"):
        return np.zeros(len(events))
    gaps = np.array([tier.gap for tier in block.world.company.tiers])
    return gaps[block.people["tier"][events["person"]]]


def _truth(world: World) -> Iterable[Truth]:
    for tier in world.company.tiers:
        yield Effect(
            "tier_gap", "shift", tier.gap, world.on("tier_gap"), segmentation="tier", segment=tier.name
        )


MECHANISM = Mechanism(
    name="tier_gap",
    meaning=Text("Tiers differ in satisfaction.", "不同等级客户的满意水平不同。"),
    null=Text("Tiers are equally satisfied.", "各等级客户同样满意。"),
    experience=_experience,
    truth=_truth,
)
