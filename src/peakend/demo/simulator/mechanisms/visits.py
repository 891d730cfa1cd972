"""The survey after the visit: a share of the orders is asked about, a day after the last event."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.calendar import DAY
from peakend.demo.simulator.frame import Frame
from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.surveys import VISITS
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.world import World


def askable(block: Block) -> Array:
    """Which orders can be asked about: finished in time, by somebody who is known."""
    orders, calendar = block.orders, block.world.calendar
    can: Array = ~np.isnan(orders["overall"]) & orders["identified"]
    can &= (orders["done_at"] + DAY < calendar.end_us) & (orders["used_at"] < calendar.end_us)
    return can


def _step(block: Block) -> None:
    orders, calendar = block.orders, block.world.calendar
    u = block.drawn_orders("visits")
    sent_at = orders["done_at"] + DAY
    order = np.flatnonzero(askable(block) & (u[0] < block.world.shared.response.invited))
    asked = orders.take(order)
    block.asked = Frame(
        {
            "survey": np.full(len(order), VISITS),
            "person": asked["person"],
            "index": asked["index"],
            "number": asked["ordinal"],
            "order": order,
            "sent_at": sent_at[order],
            "until": np.full(len(order), calendar.end_us),
            "overall": asked["overall"],
            "weight": np.ones(len(order)),
            "minds": asked["minds"],
            "surprised": asked["surprised"],
        }
    )


def _truth(world: World) -> Iterable[Truth]:
    yield Parameter("visits", "invited", world.shared.response.invited, "share of finished orders")


MECHANISM = Mechanism(
    name="visits",
    meaning=Text("A survey after the visit.", "服务后的即时评价。"),
    after=("judging", "peak_end"),
    step=_step,
    truth=_truth,
)
