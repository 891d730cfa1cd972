"""A hidden item is swapped: every part stays as it was, and yet a few are disappointed by the whole.

In the lounge of one airport diet cola is replaced by lemon cola. No question asks about it. Those who came
for it rate every part as before; only the whole falls, their comments name the item, and they spend less.
`service_change` is the other thing: a change that lowers the score of its touchpoint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.calendar import as_datetime
from peakend.demo.simulator.columns import canonical_rows
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.truth import Effect, Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.world import World


def _step(block: Block) -> None:
    """Who cares, at which orders it was met, and what is not spent afterwards."""
    world, events, orders, people = block.world, block.events, block.orders, block.people
    swap, caring = world.company.mismatch, world.shared.mismatch
    by_tier = np.array([swap.cares.get(name, 0.0) for name in world.tier_names])
    cares = (block.drawn("mismatch")[0] < by_tier[people["tier"]]) & world.on("mismatch")
    people["cares"] = cares
    hit = events["slot"] == world.company.slots[swap.touchpoint]
    hit &= events["site"] == [site.id for site in world.company.sites].index(swap.site)
    hit &= (events["at"] >= world.change_us(swap.at)) & cares[events["person"]]
    orders["minds"] = np.bincount(events["order"][hit], minlength=len(orders)) > 0
    if world.on("loyalty_link"):
        first = np.full(block.count, np.iinfo(np.int64).max)
        np.minimum.at(first, events["person"][hit], events["at"][hit])
        after = orders["at"] > first[orders["person"]]
        less = np.round(orders["cents"] * (1 - caring.spending_lost)).astype(np.int64)
        orders["cents"] = np.where(after, np.maximum(less, 100), orders["cents"])


def _judgement(block: Block) -> Array:
    drop: Array = -block.world.shared.mismatch.drop * block.orders["minds"]
    return drop


def _registry(world: World) -> Rows:
    swap = world.company.mismatch
    row = {
        "change_id": swap.id,
        "at": as_datetime(world.change_us(swap.at)),
        "touchpoint_id": swap.touchpoint,
        "site_id": swap.site,
        "kind": swap.kind,
        "description": swap.description,
        "reason": swap.reason,
    }
    yield "changes", canonical_rows("changes", world.source, [row])


def _truth(world: World) -> Iterable[Truth]:
    swap, caring, on = world.company.mismatch, world.shared.mismatch, world.on("mismatch")
    for tier in world.tier_names:
        yield Effect(
            "mismatch",
            f"cares/{swap.item.en}/{swap.item.zh}",
            swap.cares.get(tier, 0.0),
            on,
            touchpoint_id=swap.touchpoint,
            site_id=swap.site,
            segmentation="tier",
            segment=tier,
            starts_at=as_datetime(world.change_us(swap.at)),
            unit="share of the tier",
        )
    yield Parameter("mismatch", "drop", -caring.drop, "latent, of the whole only", on)
    linked = on and world.on("loyalty_link")
    yield Parameter("mismatch", "spending_lost", caring.spending_lost, "share of later orders' value", linked)
    yield Parameter("mismatch", "commented", caring.commented, "share of those who care", on)


MECHANISM = Mechanism(
    name="mismatch",
    meaning=Text(
        "A hidden item is swapped (at the airline: diet cola for lemon cola): the whole falls for the few who"
        " care, every part stays as it was.",
        "一件没人问起的东西被换掉（航空公司：健怡可乐换成柠檬可乐）：在意的少数人各项评分不变，总体评价却下跌。",
    ),
    null=Text("The swap is logged, and nobody cares.", "变更照常记录，但无人在意。"),
    after=("journeys", "orders", "tiers"),
    before=("complaints", "lines"),
    step=_step,
    judgement=_judgement,
    registry=_registry,
    truth=_truth,
    customer_truth=(
        ("cares", Text("Cares for the hidden item (1) or not (0)", "在意被换掉的物品（1）或否（0）")),
    ),
    response_truth=(
        ("minds", Text("Met the swap and cares for it (1) or not", "是否遇到替换且在意（1 为是）")),
    ),
)
