"""What matters is not the same for everybody: weights of the touchpoints by segment."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.draws import pick
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.mechanisms.expectations import over_serviced
from peakend.demo.simulator.segmenting import segment_rows
from peakend.demo.simulator.truth import Effect, Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.world import World


@lru_cache(maxsize=8)
def weights(world: World) -> Array:
    """Relative weight of each touchpoint in what is weighed up: shape (segments, touchpoints)."""
    touchpoints, segments = world.company.touchpoints, world.company.drivers.segments.values()
    table = np.ones((len(segments), len(touchpoints)))
    if world.on("drivers_by_segment"):
        table = np.array([[s.weights.get(t.id, 1.0) for t in touchpoints] for s in segments])
    ignored = over_serviced(world)
    if ignored is not None:
        table[:, ignored] = 0.0
    return table


def _step(block: Block) -> None:
    shares = np.array([segment.share for segment in block.world.company.drivers.segments.values()])
    block.people["segment"] = pick(block.drawn("drivers_by_segment")[0], shares)


def _rows(block: Block) -> Rows:
    drivers = block.world.company.drivers
    yield (
        "segment_members",
        segment_rows(block, drivers.segmentation, tuple(drivers.segments), block.people["segment"]),
    )


def _truth(world: World) -> Iterable[Truth]:
    drivers, on = world.company.drivers, world.on("drivers_by_segment")
    for (name, segment), row in zip(drivers.segments.items(), weights(world), strict=True):
        yield Parameter("drivers_by_segment", f"share/{name}", segment.share, "share of customers")
        for touchpoint, weight in zip(world.company.touchpoints, row, strict=True):
            yield Effect(
                "drivers_by_segment",
                "weight",
                float(weight),
                on,
                touchpoint_id=touchpoint.id,
                segmentation=drivers.segmentation,
                segment=name,
                unit="relative weight",
            )


MECHANISM = Mechanism(
    name="drivers_by_segment",
    meaning=Text(
        "Touchpoints weigh differently in the whole, by segment (business and leisure travellers, …).",
        "各接触点在整体评价中的权重因客群而异（如商务与休闲旅客）。",
    ),
    null=Text("All touchpoints weigh the same for everybody.", "所有接触点对所有客户权重相同。"),
    after=("people",),
    step=_step,
    rows=_rows,
    truth=_truth,
    customer_truth=(("segment", Text("Segment by weights, 0 is the first", "权重所属客群，0 为第一个")),),
)
