"""Touchpoints are not equally good."""

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
    if not block.world.on("touchpoint_quality"):
        return np.zeros(len(events))
    return np.array([t.quality for t in block.world.company.touchpoints])[events["slot"]]


def _truth(world: World) -> Iterable[Truth]:
    on = world.on("touchpoint_quality")
    for touchpoint in world.company.touchpoints:
        yield Effect("touchpoint_quality", "mean", touchpoint.quality, on, touchpoint_id=touchpoint.id)


MECHANISM = Mechanism(
    name="touchpoint_quality",
    meaning=Text("Each touchpoint has a mean satisfaction of its own.", "每个接触点有各自的平均满意水平。"),
    null=Text("All touchpoints are equally good.", "所有接触点同样好。"),
    experience=_experience,
    truth=_truth,
)
