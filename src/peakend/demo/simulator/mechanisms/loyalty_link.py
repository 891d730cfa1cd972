"""Satisfaction turns into behaviour: customers with a better attitude leave less often."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scipy import special

from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.truth import Effect, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.world import World


def _step(block: Block) -> None:
    if block.world.on("loyalty_link"):
        people, slope = block.people, block.world.company.experience.loyalty
        people["dropout"] = special.expit(special.logit(people["dropout"]) - slope * people["attitude"])


def _truth(world: World) -> Iterable[Truth]:
    yield Effect(
        "loyalty_link",
        "attitude_on_leaving",
        -world.company.experience.loyalty,
        world.on("loyalty_link"),
        unit="logit a latent unit",
    )


MECHANISM = Mechanism(
    name="loyalty_link",
    meaning=Text("The more satisfied a customer is, the less likely to leave.", "客户越满意，越不容易流失。"),
    null=Text("Leaving has nothing to do with satisfaction.", "流失与满意度无关。"),
    after=("attitude", "buying"),
    step=_step,
    truth=_truth,
)
