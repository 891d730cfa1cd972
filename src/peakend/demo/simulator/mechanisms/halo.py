"""Halo: a mood that colours every rating of a response alike.

Source: Thorndike, "A constant error in psychological ratings", Journal of Applied Psychology 4 (1920).
"""

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


def mood(world: World, asked: Frame) -> Array:
    """Mood in which each questionnaire is answered; second answers are given in the mood of the first."""
    drawn: Array = world.shared.halo.spread * world.draws.normal("halo", asked["index"], asked["repeats"])
    return drawn if world.on("halo") else np.zeros(len(asked))


def _step(block: Block) -> None:
    block.asked["mood"] = mood(block.world, block.asked)


def _truth(world: World) -> Iterable[Truth]:
    spread, on = world.shared.halo.spread, world.on("halo")
    e = world.company.experience
    total = spread**2 + e.noise**2 + e.answer_noise**2 + (e.attitude**2 if world.on("attitude") else 0.0)
    yield Parameter("halo", "standard_deviation", spread, "latent", on)
    yield Parameter("halo", "share", spread**2 / total, "share of the variance of one rating", on)


MECHANISM = Mechanism(
    name="halo",
    meaning=Text(
        "A mood lifts or lowers all ratings of a response together.", "一份应答的各项评分随心情一同升降。"
    ),
    null=Text("Answers share nothing but what was experienced.", "各项评分之间只有体验本身的关联。"),
    after=("responding", "recall", "retest"),
    step=_step,
    truth=_truth,
    response_truth=(("mood", Text("Mood (latent scale)", "心情（潜在量表）")),),
)
