"""Test and retest: some customers answer the same questions about a visit twice; one metric is unstable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.asking import follow_up
from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.surveys import RETEST, programmes
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.frame import Frame
    from peakend.demo.simulator.world import World


def _step(block: Block) -> None:
    recipe, world = block.world.shared.retest, block.world
    if world.on("retest"):
        block.asked = block.asked.followed_by(follow_up(block, RETEST, recipe.asked, recipe.days))


def again(block: Block, done: Frame, metric: str, number: int, latent: Array) -> Array:
    """`latent` with the values of second answers drawn anew, correlated with the first as planted.

    x₂ = μ + ρ (x₁ − μ) + √(1 − ρ²) σ z, with μ and σ of all first answers: mean and spread stay the same.
    """
    recipe, world = block.world.shared.retest, block.world
    second = done["survey"] == programmes(world).index(RETEST)
    rho = recipe.reliability[metric]
    drawn = world.draws.normal("retest.answers", done["index"], done["repeats"], number)
    whole = world.company.whole
    fresh = whole.mean + rho * (latent - whole.mean) + np.sqrt(1 - rho**2) * whole.spread * drawn
    return np.where(second, fresh, latent)


def _truth(world: World) -> Iterable[Truth]:
    recipe, on = world.shared.retest, world.on("retest")
    yield Parameter("retest", "asked", recipe.asked, "share of responses after a visit", on)
    for metric, rho in recipe.reliability.items():
        unit = "correlation of the latent values behind both answers"
        yield Parameter("retest", f"reliability/{metric}", rho, unit, on)


MECHANISM = Mechanism(
    name="retest",
    meaning=Text(
        "Some customers answer the same questions twice within days; one metric does not hold still.",
        "部分客户数日内两次回答相同题目；其中一个指标并不稳定。",
    ),
    null=Text("Nobody is asked twice.", "没有人被重复询问。"),
    after=("responding",),
    step=_step,
    truth=_truth,
)
