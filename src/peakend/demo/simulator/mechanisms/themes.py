"""What comments are about: the touchpoint that stood out, in praise or in blame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.events import by_touchpoint
from peakend.demo.simulator.mechanism import Mechanism
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.demo.simulator.block import Block


def _step(block: Block) -> None:
    world, asked = block.world, block.asked
    comments = world.shared.comments
    wordings = len(comments.praise["en"])
    u = world.draws.uniforms("themes", asked["index"], asked["number"])
    if world.on("themes"):
        felt = by_touchpoint(block)[asked["order"]]
        # Every episode asked about has an event, so no row is empty.
        topic = np.nanargmax(np.abs(felt), axis=1) if len(asked) else np.zeros(0, np.int64)
        praise = np.take_along_axis(felt, topic[:, None], axis=1)[:, 0] > 0
    else:
        topic = (u[1] * len(world.company.touchpoints)).astype(np.int64)
        praise = u[2] < 0.5
    chinese = block.people["chinese"][asked["person"]]
    wording = (u[0] * wordings).astype(np.int64)
    number = ((topic * 2 + chinese) * 2 + praise) * wordings + wording
    asked["comment"] = np.where(asked["comments"], number, -1)


MECHANISM = Mechanism(
    name="themes",
    meaning=Text(
        "Comments are about the touchpoint that stood out, and praise or blame it as it was felt.",
        "留言围绕印象最深的接触点，褒贬与感受一致。",
    ),
    null=Text("Comments are about any touchpoint, in any tone.", "留言的主题与褒贬均为随机。"),
    after=("responding",),
    step=_step,
)
