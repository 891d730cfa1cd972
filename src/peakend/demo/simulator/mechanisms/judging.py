"""How the whole is judged: what is remembered and weighed up, and what else mechanisms add."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.demo.simulator.mechanism import Mechanism, mechanisms
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.demo.simulator.block import Block


def _step(block: Block) -> None:
    for mechanism in mechanisms():
        if mechanism.judgement is not None:
            block.orders["overall"] = block.orders["overall"] + mechanism.judgement(block)


MECHANISM = Mechanism(
    name="judging",
    meaning=Text("How the whole is judged.", "整体评价的形成。"),
    after=("peak_end", "weighing"),
    before=("visits",),
    step=_step,
    response_truth=(("overall", Text("The whole as it was felt (latent scale)", "整体感受（潜在量表）")),),
)
