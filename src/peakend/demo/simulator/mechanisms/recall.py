"""What is left after a month: vivid moments are remembered, and some are put down to somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from peakend.demo.simulator.asking import follow_up, of_programme
from peakend.demo.simulator.events import strongest
from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.surveys import RECALL
from peakend.demo.simulator.truth import Effect, Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.world import World

CHOICES = ("nothing", "remembered", "another", "us")
"""What can be chosen: first of what is remembered, then of whose it was."""


def _step(block: Block) -> None:
    world, recipe = block.world, block.world.shared.recall
    days = (recipe.days, recipe.days + 1)
    block.asked = block.asked.followed_by(follow_up(block, RECALL, recipe.asked, days))
    rows = np.flatnonzero(of_programme(block, RECALL))
    asked = block.asked.take(rows)
    u = world.draws.uniforms("recall.memory", asked["index"], asked["number"])
    slot, felt = strongest(block, asked["order"])
    partner = np.array([t.ownership != "owned" for t in world.company.touchpoints])[slot]
    remembers = special.expit(recipe.intercept + recipe.vividness * np.abs(felt))
    own = np.where(partner, recipe.partner, recipe.own)
    if not world.on("recall"):
        remembers, own = (
            np.full(len(rows), recipe.remembered_when_off),
            np.full(len(rows), recipe.own_when_off),
        )
    remembered = u[0] < remembers
    block.asked["remembers"][rows] = remembered
    block.asked["attributes"][rows] = np.where(remembered, 2 + (u[1] < own), -1)


def _truth(world: World) -> Iterable[Truth]:
    recipe, on = world.shared.recall, world.on("recall")
    yield Parameter("recall", "asked", recipe.asked, "share of responses after a visit")
    yield Parameter("recall", "days", recipe.days, "days after the first answer")
    yield Parameter("recall", "intercept", recipe.intercept, "logit", on)
    yield Effect(
        "recall", "vividness", recipe.vividness, on, unit="logit a latent unit of the strongest moment"
    )
    for ownership, share in (("owned", recipe.own), ("partner", recipe.partner)):
        yield Parameter("recall", f"attributed/{ownership}", share, "share of what is remembered", on)
    yield Parameter("recall", "remembered_when_off", recipe.remembered_when_off, "share", not on)
    yield Parameter("recall", "attributed_when_off", recipe.own_when_off, "share", not on)


MECHANISM = Mechanism(
    name="recall",
    meaning=Text(
        "After a month strong moments are remembered; those at a partner's are often put down to others.",
        "一个月后，强烈的时刻仍被记住；发生在合作方接触点的，常被记在别人名下。",
    ),
    null=Text("What is remembered has nothing to do with what was felt.", "记住与否与当时感受无关。"),
    after=("responding", "retest"),
    step=_step,
    truth=_truth,
)
