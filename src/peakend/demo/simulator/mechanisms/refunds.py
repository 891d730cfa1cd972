"""Refunds: a line is taken back some days later, linked to the purchase it takes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.calendar import DAY
from peakend.demo.simulator.events import in_order, met, moment
from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.world import World

_FIRST_REFUND_LINE = 50


def _step(block: Block) -> None:
    world, lines = block.world, block.lines
    refunds = world.company.refunds
    u = world.draws.uniforms("refunds", lines["index"], lines["ordinal"], lines["line"])
    if not world.on("refunds"):
        return
    rows = np.flatnonzero(u[0] < refunds.share)
    order = lines["order"][rows]
    # One visit takes back all that goes back of an order, so its lines share a time.
    whole = world.draws.uniforms("refunds.visit", lines["index"][rows], lines["ordinal"][rows])
    calendar, bought = world.calendar, lines["at"][rows]
    if refunds.touchpoint is None:
        day = calendar.local_day(bought) + 2 + (whole[0] * 18).astype(np.int64)
        at = calendar.local_midnight(day) + calendar.time_of_day(whole[1])
    else:
        slot = world.company.slots[refunds.touchpoint]
        at = moment(block, slot, bought, whole[0], whole[1])
        _, once = np.unique(order, return_index=True)
        block.events = in_order(block.events.followed_by(met(block, slot, order[once], at[once])))
    inside = (at < calendar.end_us) & (at - bought >= DAY // 24)
    rows, at = rows[inside], at[inside]
    back = lines.take(rows)
    back["refund_of"] = back["line"]
    back["line"] = back["line"] + _FIRST_REFUND_LINE
    back["at"] = at
    for column in ("quantity", "revenue", "discount", "cost"):
        back[column] = -back[column]
    block.lines = lines.followed_by(back)


def _truth(world: World) -> Iterable[Truth]:
    yield Parameter("refunds", "share", world.company.refunds.share, "share of lines", world.on("refunds"))


MECHANISM = Mechanism(
    name="refunds",
    meaning=Text(
        "Some lines are refunded later, linked to their purchase.", "部分交易行事后退款，并关联原交易。"
    ),
    null=Text("Nothing is refunded.", "没有退款。"),
    group="dirty",
    after=("journeys", "lines"),
    before=("experience",),
    step=_step,
    truth=_truth,
)
