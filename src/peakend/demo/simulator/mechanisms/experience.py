"""What customers feel at each event: the sum of what every mechanism contributes, and chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.demo.simulator.events import felt, occasion
from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.frame import Frame
    from peakend.demo.simulator.world import World


def _step(block: Block) -> None:
    block.events["latent"] = felt(block, block.events)


def _chance(block: Block, events: Frame) -> Array:
    drawn = block.world.draws.normal(
        "experience", events["index"], occasion(events["ordinal"], events["slot"])
    )
    noise: Array = block.world.company.experience.noise * drawn
    return noise


def _truth(world: World) -> Iterable[Truth]:
    yield Parameter("experience", "noise", world.company.experience.noise, "latent")


MECHANISM = Mechanism(
    name="experience",
    meaning=Text("Latent satisfaction at every event.", "每次互动中的潜在满意程度。"),
    after=("attitude", "journeys"),
    step=_step,
    experience=_chance,
    truth=_truth,
)
