"""Seams: hand-offs from one touchpoint to the next; where one is missing the next moment pays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.columns import canonical, identifiers, picked, times
from peakend.demo.simulator.keys import order_customers, order_ids
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.truth import Effect, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.frame import Frame
    from peakend.demo.simulator.journey_plans import Seam
    from peakend.demo.simulator.world import World


def crossed(world: World, events: Frame, seam: Seam) -> Array:
    """Rows of `events` (in order) that come straight after the other side of the seam."""
    before, after = world.company.slots[seam.before], world.company.slots[seam.after]
    rows = np.flatnonzero((events["slot"][1:] == after) & (events["slot"][:-1] == before)) + 1
    found: Array = rows[events["order"][rows] == events["order"][rows - 1]]
    return found


def _step(block: Block) -> None:
    world, events = block.world, block.events
    if not world.on("seams"):
        return
    for seam in world.company.journey.seams:
        if seam.missing:
            rows = crossed(world, events, seam)
            u = world.draws.uniform(
                "seams", events["index"][rows], events["ordinal"][rows], events["slot"][rows]
            )
            events["unhanded"][rows] = u < seam.missing


def _experience(block: Block, events: Frame) -> Array:
    cost = np.zeros(len(block.world.company.touchpoints))
    for seam in block.world.company.journey.seams:
        cost[block.world.company.slots[seam.after]] += seam.cost
    felt: Array = -cost[events["slot"]] * events["unhanded"]
    return felt


def _rows(block: Block) -> Rows:
    for seam in block.world.company.journey.seams:
        rows = crossed(block.world, block.events, seam)
        yield "handoffs", _recorded(block, rows[~block.events["unhanded"][rows]])


def _recorded(block: Block, rows: Array) -> pa.Table:
    world, events = block.world, block.events
    names = [t.id for t in world.company.touchpoints]
    before, after = events.take(rows - 1), events.take(rows)
    return canonical(
        "handoffs",
        world.source,
        {
            "handoff_id": identifiers("Y", (after["index"], 8), (after["ordinal"], 4), (after["slot"], 2)),
            "at": times((before["at"] + after["at"]) // 2),
            "customer_id": order_customers(block, after["order"]),
            "case_id": order_ids(after["index"], after["ordinal"]),
            "from_touchpoint_id": picked(names, before["slot"]),
            "to_touchpoint_id": picked(names, after["slot"]),
            "from_channel": picked(world.company.channels, before["channel"]),
            "to_channel": picked(world.company.channels, after["channel"]),
            "accepted_at": times(after["at"]),
        },
    )


def _truth(world: World) -> Iterable[Truth]:
    on = world.on("seams")
    for seam in world.company.journey.seams:
        name = f"{seam.before} → {seam.after}"
        yield Effect(
            "seams",
            f"missing/{name}",
            seam.missing,
            on,
            touchpoint_id=seam.after,
            unit="share of hand-offs",
        )
        yield Effect("seams", f"cost/{name}", -seam.cost, on, touchpoint_id=seam.after)


MECHANISM = Mechanism(
    name="seams",
    meaning=Text(
        "At one seam part of the hand-offs is missing, and the next moment is felt to be worse.",
        "某处衔接有一部分交接缺失，下一时刻的感受因而变差。",
    ),
    null=Text("Every hand-off is recorded.", "每次交接都有记录。"),
    after=("journeys", "refunds", "detours"),
    before=("experience",),
    step=_step,
    experience=_experience,
    rows=_rows,
    truth=_truth,
)
