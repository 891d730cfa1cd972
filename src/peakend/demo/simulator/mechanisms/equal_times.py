"""Equal times: a source that records whole hours only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.calendar import DAY
from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.world import World


def _step(block: Block) -> None:
    world, events = block.world, block.events
    coarse = (block.drawn_orders("equal_times")[0] < world.shared.dirt.equal_times)[events["order"]]
    if world.on("equal_times"):
        hour = DAY // 24
        events["at"] = np.where(coarse, events["at"] // hour * hour, events["at"])


def _truth(world: World) -> Iterable[Truth]:
    yield Parameter(
        "equal_times", "share", world.shared.dirt.equal_times, "share of orders", world.on("equal_times")
    )


MECHANISM = Mechanism(
    name="equal_times",
    meaning=Text(
        "The events of some orders are recorded to the hour, so that times are equal.",
        "部分订单的互动只记录到小时，时间因而相同。",
    ),
    null=Text("Events are recorded to the second.", "互动时间精确到秒。"),
    group="dirty",
    after=("peak_end",),
    step=_step,
    truth=_truth,
)
