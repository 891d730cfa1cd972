"""What comments are about: the touchpoint that stood out, in praise or in blame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.asking import of_programme
from peakend.demo.simulator.events import strongest
from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.surveys import RELATIONSHIP, VISIT
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.demo.simulator.wording import wordings
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.world import World


def _step(block: Block) -> None:
    world, asked, said = block.world, block.asked, wordings(block.world)
    shared = world.shared
    u = world.draws.uniforms("themes", asked["index"], asked["number"])
    if world.on("themes"):
        topic, felt = strongest(block, asked["order"])
        praise = felt > 0
    else:
        topic = (u[1] * len(world.company.touchpoints)).astype(np.int64)
        praise = u[2] < 0.5
    chinese = block.people["chinese"][asked["person"]].astype(np.int64)
    idle = u[3] < shared.comments.idle_share
    number = np.where(idle, said.aside("idle", chinese, u[0]), said.about(topic, chinese, praise, u[0]))
    chance = np.full(len(asked), shared.response.commented)
    # What was not asked about is written about: first the swap, then the surprise.
    for column, section, commented in (
        ("surprised", "surprise", shared.delight.commented),
        ("minds", "hidden", shared.mismatch.commented),
    ):
        moved = asked[column]
        number = np.where(moved, said.aside(section, chinese, u[0]), number)
        chance = np.where(moved, commented, chance)
        idle |= moved
    asks = of_programme(block, VISIT) | of_programme(block, RELATIONSHIP)
    written = asks & (asked["comments"] < chance)
    asked["comment"] = np.where(written, number, -1)
    asked["topic"] = np.where(written & ~idle, topic + 1, 0)
    asked["praise"] = np.where(written & ~idle, praise, -1)


def _truth(world: World) -> Iterable[Truth]:
    yield Parameter("themes", "idle", world.shared.comments.idle_share, "share of comments that say nothing")


MECHANISM = Mechanism(
    name="themes",
    meaning=Text(
        "Comments are about the touchpoint that stood out, and praise or blame it as it was felt.",
        "留言围绕印象最深的接触点，褒贬与感受一致。",
    ),
    null=Text("Comments are about any touchpoint, in any tone.", "留言的主题与褒贬均为随机。"),
    after=("responding", "recall", "retest", "straight_liners"),
    step=_step,
    truth=_truth,
    response_truth=(
        (
            "topic",
            Text("Touchpoint of the comment, by its position (0: none)", "留言所涉接触点的序号（0 为无）"),
        ),
        (
            "praise",
            Text("Comment praises (1) or blames (0); −1: neither", "留言为表扬（1）、批评（0）或皆非（−1）"),
        ),
    ),
)
