"""Good and bad do not count alike: basic touchpoints only punish, excitement only rewards.

Source: Kano, Seraku, Takahashi and Tsuji, "Attractive quality and must-be quality", Journal of the Japanese
Society for Quality Control 14 (1984).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.truth import Effect, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.world import World

_SLOPE = 2.0
"""On the side that counts; so that a touchpoint counts as much as a linear one on the average."""


def shaped(world: World, slot: int, latent: Array) -> Array:
    """What a latent value at a touchpoint counts in the whole."""
    touchpoint, kinds = world.company.touchpoints[slot].id, world.company.asymmetry
    if world.on("asymmetry") and touchpoint in kinds.basic:
        return _SLOPE * np.minimum(latent, 0.0)
    if world.on("asymmetry") and touchpoint in kinds.excitement:
        return _SLOPE * np.maximum(latent, 0.0)
    return latent


def _truth(world: World) -> Iterable[Truth]:
    kinds, on = world.company.asymmetry, world.on("asymmetry")
    for effect, touchpoints in (("basic", kinds.basic), ("excitement", kinds.excitement)):
        for touchpoint in touchpoints:
            yield Effect(
                "asymmetry", effect, _SLOPE, on, touchpoint_id=touchpoint, unit="slope on its side, else 0"
            )


MECHANISM = Mechanism(
    name="asymmetry",
    meaning=Text(
        "Some touchpoints only punish (basic), some only reward (excitement).",
        "有的接触点做不好才扣分（基本型），有的做得好才加分（兴奋型）。",
    ),
    null=Text("Every touchpoint counts in proportion.", "每个接触点的影响均为线性。"),
    truth=_truth,
)
