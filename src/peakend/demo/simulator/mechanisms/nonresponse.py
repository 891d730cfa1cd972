"""Who answers is not left to chance: valuable and satisfied customers answer more often."""

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


def _willingness(block: Block, asked: Frame) -> Array:
    if not block.world.on("nonresponse"):
        return np.zeros(len(asked))
    response = block.world.shared.response
    value = block.people["value"][asked["person"]]
    willing: Array = response.value * value + response.satisfaction * asked["overall"]
    return willing


def _truth(world: World) -> Iterable[Truth]:
    response, on = world.shared.response, world.on("nonresponse")
    yield Effect("nonresponse", "value", response.value, on, unit="logit a standard deviation")
    yield Effect("nonresponse", "satisfaction", response.satisfaction, on, unit="logit a latent unit")


MECHANISM = Mechanism(
    name="nonresponse",
    meaning=Text("Valuable and satisfied customers answer more often.", "高价值、较满意的客户更愿意应答。"),
    null=Text("Everybody who is asked is equally likely to answer.", "受邀者应答的可能性相同。"),
    willingness=_willingness,
    truth=_truth,
)
