"""A customer's lasting attitude: some people are easier to please than others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.draws import Array, normal_quantile
from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.frame import Frame
    from peakend.demo.simulator.world import World


def _step(block: Block) -> None:
    spread = block.world.company.experience.attitude
    drawn = spread * normal_quantile(block.drawn("attitude")[0])
    block.people["attitude"] = drawn if block.world.on("attitude") else np.zeros(block.count)


def _experience(block: Block, events: Frame) -> Array:
    return block.people["attitude"][events["person"]]


def _truth(world: World) -> Iterable[Truth]:
    yield Parameter(
        "attitude", "standard_deviation", world.company.experience.attitude, "latent", world.on("attitude")
    )


MECHANISM = Mechanism(
    name="attitude",
    meaning=Text(
        "Customers differ in how satisfied they tend to be everywhere.", "客户之间存在稳定的满意倾向差异。"
    ),
    null=Text("All customers are equally easy to please.", "所有客户同样容易满意。"),
    after=("people",),
    step=_step,
    experience=_experience,
    truth=_truth,
    customer_truth=(("attitude", Text("Lasting attitude (latent scale)", "稳定的满意倾向（潜在量表）")),),
)
