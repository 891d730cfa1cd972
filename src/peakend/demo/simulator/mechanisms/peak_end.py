"""How an episode is remembered: by its peak and its end more than by its mean.

Source: Kahneman, Fredrickson, Schreiber and Redelmeier, "When more pain is preferred to less", Psychological
Science 4 (1993).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.events import by_touchpoint
from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.mechanisms.expectations import noticed
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.frame import Frame
    from peakend.demo.simulator.world import World


def _step(block: Block) -> None:
    events, orders = block.events, block.orders
    block.felt = by_touchpoint(block)
    orders["overall"] = np.full(len(orders), np.nan)
    _remember(block, events.take(noticed(block)))
    orders["remembered"] = orders["overall"].copy()
    starts = np.flatnonzero(np.diff(events["order"], prepend=-1))
    lived, last = events["order"][starts], np.append(starts[1:], len(events)) - 1
    orders["done_at"] = orders["used_at"].copy()
    orders["done_at"][lived] = events["at"][last]
    orders["last_slot"] = np.zeros(len(orders), np.int64)
    orders["last_slot"][lived] = events["slot"][last]


def _remember(block: Block, moments: Frame) -> None:
    """The whole of every order from its moments, in order of time."""
    latent = moments["latent"]
    starts = np.flatnonzero(np.diff(moments["order"], prepend=-1))
    last = np.append(starts[1:], len(moments)) - 1
    mean = np.add.reduceat(latent, starts) / (last - starts + 1) if len(starts) else latent[starts]
    remembered = mean
    if block.world.on("peak_end"):
        memory = block.world.company.experience.memory
        remembered = memory.mean * mean + memory.peak * _peak(latent, starts) + memory.end * latent[last]
    block.orders["overall"][moments["order"][starts]] = remembered


def _peak(latent: Array, starts: Array) -> Array:
    """The most extreme moment of every episode, good or bad."""
    if not len(starts):
        return latent[starts]
    high, low = np.maximum.reduceat(latent, starts), np.minimum.reduceat(latent, starts)
    extreme: Array = np.where(high >= -low, high, low)
    return extreme


def _truth(world: World) -> Iterable[Truth]:
    memory = world.company.experience.memory
    on = world.on("peak_end") and world.on("memory")
    for name, weight in (("mean", memory.mean), ("peak", memory.peak), ("end", memory.end)):
        yield Parameter("peak_end", f"weight/{name}", weight, "weight", on)


MECHANISM = Mechanism(
    name="peak_end",
    meaning=Text("The whole is remembered by its peak and its end.", "整体印象主要取决于峰值与终值。"),
    null=Text("The whole is remembered as the mean of its moments.", "整体印象等于各时刻的平均。"),
    after=("complaints", "experience"),
    step=_step,
    truth=_truth,
)
