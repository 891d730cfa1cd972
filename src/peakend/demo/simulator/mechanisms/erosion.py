"""The end wears off: over the last months the last touchpoint is felt to be worse and worse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.calendar import as_datetime
from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.truth import Effect, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.frame import Frame
    from peakend.demo.simulator.world import World


def start_us(world: World) -> int:
    """UTC microseconds from which it wears off: a first of a month."""
    calendar = world.calendar
    month = max(calendar.months - world.company.journey.erosion.months, 0)
    return calendar.at(calendar.month_starts[month])


def _experience(block: Block, events: Frame) -> Array:
    world, shift = block.world, np.zeros(len(events))
    if not world.on("erosion"):
        return shift
    plan, start = world.company.journey.erosion, start_us(world)
    rows = np.flatnonzero(events["slot"] == world.company.slots[plan.touchpoint])
    passed = (events["at"][rows] - start) / (world.calendar.end_us - start)
    shift[rows] = -plan.drop * np.maximum(passed, 0.0)
    return shift


def _truth(world: World) -> Iterable[Truth]:
    plan = world.company.journey.erosion
    yield Effect(
        "erosion",
        "drop",
        -plan.drop,
        world.on("erosion"),
        touchpoint_id=plan.touchpoint,
        starts_at=as_datetime(start_us(world)),
        unit="latent, reached at the end of the window",
    )


MECHANISM = Mechanism(
    name="erosion",
    meaning=Text(
        "Over the last months the end of the journey wears off.", "最近几个月，旅程的终值逐步走低。"
    ),
    null=Text("The end stays as good as it is.", "终值保持稳定。"),
    experience=_experience,
    truth=_truth,
)
