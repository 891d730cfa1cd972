"""Late records: rows that reach the warehouse days after they happened, and say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.events import occasion
from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.frame import Frame
    from peakend.demo.simulator.world import World

_MOST_DAYS = 30


def _days_late(block: Block, stream: str, frame: Frame, part: Array) -> Array:
    world = block.world
    u = world.draws.uniforms(stream, frame["index"], occasion(frame["ordinal"], part))
    late = (u[0] < world.shared.dirt.late) & world.on("late_records")
    days: Array = np.where(late, 1 + (u[1] * _MOST_DAYS).astype(np.int64), 0)
    return days


def _step(block: Block) -> None:
    block.events["late"] = _days_late(block, "late_records.events", block.events, block.events["slot"])
    block.lines["late"] = _days_late(block, "late_records.lines", block.lines, block.lines["line"])


def _truth(world: World) -> Iterable[Truth]:
    yield Parameter(
        "late_records", "share", world.shared.dirt.late, "share of rows", world.on("late_records")
    )


MECHANISM = Mechanism(
    name="late_records",
    meaning=Text("Some rows are recorded days late.", "部分记录迟到数日才入库。"),
    null=Text("Every row is recorded at once.", "所有记录即时入库。"),
    group="dirty",
    after=("complaints", "peak_end", "refunds"),
    step=_step,
    truth=_truth,
)
