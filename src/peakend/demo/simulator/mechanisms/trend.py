"""Satisfaction drifts over the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.calendar import DAY
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
    world = block.world
    if not world.on("trend"):
        return np.zeros(len(events))
    years = (events["at"] - world.calendar.start_us) / (365.25 * DAY)
    drift: Array = world.company.experience.trend_per_year * years
    return drift


def _truth(world: World) -> Iterable[Truth]:
    yield Effect(
        "trend", "slope", world.company.experience.trend_per_year, world.on("trend"), unit="latent a year"
    )


MECHANISM = Mechanism(
    name="trend",
    meaning=Text(
        "Satisfaction rises or falls steadily over the window.", "满意水平在观察期内持续上升或下降。"
    ),
    null=Text("Satisfaction stays as it is.", "满意水平保持不变。"),
    experience=_experience,
    truth=_truth,
)
