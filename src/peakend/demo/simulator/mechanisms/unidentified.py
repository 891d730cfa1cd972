"""Orders of which no source knows whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.world import World


def _step(block: Block) -> None:
    world, orders = block.world, block.orders
    # A first order made the customer known, so it is never among them.
    unknown = (block.drawn_orders("unidentified")[0] < world.shared.dirt.unidentified) & (
        orders["ordinal"] > 1
    )
    if world.on("unidentified"):
        orders["identified"] = ~unknown


def _truth(world: World) -> Iterable[Truth]:
    yield Parameter(
        "unidentified",
        "share",
        world.shared.dirt.unidentified,
        "share of repeat orders",
        world.on("unidentified"),
    )


MECHANISM = Mechanism(
    name="unidentified",
    meaning=Text("Some repeat orders carry no customer.", "部分复购订单没有客户标识。"),
    null=Text("Every order carries its customer.", "每个订单都有客户标识。"),
    group="dirty",
    after=("orders",),
    before=("journeys",),
    step=_step,
    truth=_truth,
)
