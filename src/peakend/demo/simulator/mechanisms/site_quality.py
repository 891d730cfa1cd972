"""Sites are not equally good."""

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


def _experience(block: Block, events: Frame) -> Array:
    if not block.world.on("site_quality"):
        return np.zeros(len(events))
    # The last place stands for events at no site (−1).
    return np.array([*(site.effect for site in block.world.company.sites), 0.0])[events["site"]]


def _truth(world: World) -> Iterable[Truth]:
    for site in world.company.sites:
        yield Effect("site_quality", "shift", site.effect, world.on("site_quality"), site_id=site.id)


MECHANISM = Mechanism(
    name="site_quality",
    meaning=Text("Some sites serve better than others.", "各网点服务水平有高低之分。"),
    null=Text("All sites are equally good.", "所有网点同样好。"),
    experience=_experience,
    truth=_truth,
)
