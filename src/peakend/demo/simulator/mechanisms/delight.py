"""Surprises: now and then something that nobody expected; and how it was compared with what was expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.demo.simulator.draws import Array, normal_quantile
from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.truth import Effect, Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.frame import Frame
    from peakend.demo.simulator.world import World


def _step(block: Block) -> None:
    surprised = block.drawn_orders("delight")[0] < block.world.shared.delight.share
    block.orders["surprised"] = surprised & block.world.on("delight")


def _judgement(block: Block) -> Array:
    lift: Array = block.world.shared.delight.lift * block.orders["surprised"]
    return lift


def compared(block: Block, asked: Frame) -> Array:
    """Latent answer to "compared with what you expected"."""
    world = block.world
    drawn = normal_quantile(world.draws.uniform("delight.chance", asked["index"], asked["number"]))
    if not world.on("delight"):
        return drawn
    found: Array = asked["overall"] + world.shared.delight.answer * asked["surprised"]
    return found


def _truth(world: World) -> Iterable[Truth]:
    delight, on = world.shared.delight, world.on("delight")
    yield Parameter("delight", "share", delight.share, "share of orders", on)
    yield Parameter("delight", "commented", delight.commented, "share of those surprised", on)
    yield Effect("delight", "overall", delight.lift, on)
    yield Effect("delight", "compared_with_expectation", delight.lift + delight.answer, on)


MECHANISM = Mechanism(
    name="delight",
    meaning=Text(
        "A few orders bring a surprise: the whole rises, it is “far better than expected”, comments name it.",
        "少数订单带来意外惊喜：整体评价上升，回答“比预期好得多”，留言也会提到。",
    ),
    null=Text(
        "Nobody is surprised, and comparisons with expectation are answered by chance.",
        "没有惊喜，“与预期相比”的回答纯属随机。",
    ),
    after=("orders",),
    before=("judging",),
    step=_step,
    judgement=_judgement,
    truth=_truth,
    response_truth=(("surprised", Text("Was surprised (1) or not", "是否遇到惊喜（1 为是）")),),
)
