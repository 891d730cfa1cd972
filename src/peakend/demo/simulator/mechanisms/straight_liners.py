"""Straight-liners: respondents who tick the same place on every scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.draws import pick
from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.frame import Frame
    from peakend.demo.simulator.world import World


def flat(world: World, asked: Frame) -> Array:
    """The place, 0 to 4, that each questionnaire gives on every scale; −1: it answers one by one."""
    recipe = world.shared.straight_liners
    u = world.draws.uniforms("straight_liners", asked["index"], asked["repeats"])
    straight = (u[0] < recipe.share) & world.on("straight_liners")
    return np.where(straight, pick(u[1], np.array(recipe.scores)), -1)


def _step(block: Block) -> None:
    block.asked["flat"] = flat(block.world, block.asked)
    block.asked["straight_liner"] = block.asked["flat"] >= 0


def _truth(world: World) -> Iterable[Truth]:
    recipe, on = world.shared.straight_liners, world.on("straight_liners")
    yield Parameter("straight_liners", "share", recipe.share, "share of responses", on)


MECHANISM = Mechanism(
    name="straight_liners",
    meaning=Text(
        "Some respondents give every question the same place on its scale.", "部分受访者每题都选同一位置。"
    ),
    null=Text("Everybody answers every question by itself.", "每个人都逐题作答。"),
    after=("halo",),
    step=_step,
    truth=_truth,
    response_truth=(("straight_liner", Text("Straight-liner (1) or not", "是否直线作答（1 为是）")),),
)
