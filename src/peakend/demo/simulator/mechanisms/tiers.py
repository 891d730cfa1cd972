"""Which tier a customer is in: by expected value, with some luck."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.draws import Array, Draws, normal_quantile
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.mechanisms.buying import habits, value_index
from peakend.demo.simulator.segmenting import segment_rows
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.world import World

_LUCK = 0.3
_PILOT = 40_000


@lru_cache(maxsize=8)
def _thresholds(world: World) -> Array:
    """Lowest standing of each tier above the first, so that tiers have their shares in the population.

    They come from a fixed pilot sample, so that a customer's tier does not depend on who else is simulated.
    """
    numbers, pilot = np.arange(_PILOT), Draws(0)
    rate, _, spend = habits(world, pilot.uniforms("tiers.pilot", numbers))
    standing = value_index(world, rate, spend) + _LUCK * pilot.normal("tiers.luck", numbers)
    shares = np.cumsum([tier.share for tier in world.company.tiers])
    thresholds: Array = np.quantile(standing, shares[:-1] / shares[-1])
    return thresholds


def _step(block: Block) -> None:
    standing = block.people["value"] + _LUCK * normal_quantile(block.drawn("tiers.luck")[0])
    block.people["tier"] = np.searchsorted(_thresholds(block.world), standing, side="right")


def _rows(block: Block) -> Rows:
    yield "segment_members", segment_rows(block, "tier", block.world.tier_names, block.people["tier"])


def _truth(world: World) -> Iterable[Truth]:
    for tier in world.company.tiers:
        yield Parameter("tiers", f"share/{tier.name}", tier.share, "share of customers")


MECHANISM = Mechanism(
    name="tiers",
    meaning=Text("Tiers that follow a customer's value.", "按客户价值划分的会员等级。"),
    after=("buying",),
    step=_step,
    rows=_rows,
    truth=_truth,
    customer_truth=(("tier", Text("Tier, 0 is the lowest", "等级，0 为最低")),),
)
