"""Good days and bad days of a site: everybody served there on that day shares them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.frame import Frame
    from peakend.demo.simulator.world import World


def _experience(block: Block, events: Frame) -> Array:
    world = block.world
    served = np.flatnonzero(events["site"] >= 0)
    shift = np.zeros(len(events))
    if world.on("site_days"):
        day = world.calendar.local_day(events["at"][served])
        shift[served] = world.company.experience.site_day * world.draws.normal(
            "site_days", events["site"][served], day
        )
    return shift


def _truth(world: World) -> Iterable[Truth]:
    yield Parameter(
        "site_days",
        "standard_deviation",
        world.company.experience.site_day,
        "latent, by site and day",
        world.on("site_days"),
    )


MECHANISM = Mechanism(
    name="site_days",
    meaning=Text(
        "Answers from the same site and day hang together: a cluster.",
        "同一网点同一天的应答彼此相关（抽样群）。",
    ),
    null=Text("Answers from the same site and day are independent.", "同一网点同一天的应答相互独立。"),
    experience=_experience,
    truth=_truth,
)
