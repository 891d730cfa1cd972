"""The fixed cuts in which scores are published: who is in which, and the rows of `segment_members`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.columns import canonical, constant, picked
from peakend.demo.simulator.keys import customer_ids
from peakend.demo.simulator.world import FIRST_DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array


REGIONS = ("Simulated Coast", "Simulated Inland")
_BANDS = ("18-29", "30-39", "40-49", "50-59", "60+")
_EDGES = (30, 40, 50, 60)


def age_bands(block: Block) -> tuple[Sequence[str], Array]:
    """Names of the age bands, and in which each customer is."""
    return _BANDS, np.digitize(FIRST_DAY.year - block.people["born"], _EDGES)


def cities(block: Block) -> tuple[Sequence[str], Array]:
    """Names of the home cities, and in which each customer lives."""
    return [name for name, _ in block.world.shared.names.cities], block.people["city"]


def inland(block: Block) -> Array:
    """Which customers live away from the coast."""
    names = block.world.shared.names
    away: Array = np.array([name in names.inland for name, _ in names.cities])[block.people["city"]]
    return away


def cuts(block: Block) -> dict[str, tuple[Sequence[str], Array]]:
    """Every segmentation: names of its segments, and in which each customer is."""
    drivers = block.world.company.drivers
    return {
        "tier": (block.world.tier_names, block.people["tier"]),
        "age": age_bands(block),
        "city": cities(block),
        drivers.segmentation: (tuple(drivers.segments), block.people["segment"]),
    }


def segment_rows(block: Block, segmentation: str, segments: Sequence[str], member_of: Array) -> pa.Table:
    """Every record of every customer (`people["copied"]`: has a second one) in `segments[member_of]`."""
    index, copied = block.people["index"], block.people["copied"]
    everyone = np.concatenate([index, index[copied]])
    record = np.concatenate([np.zeros(len(index), np.int64), np.ones(int(copied.sum()), np.int64)])
    return canonical(
        "segment_members",
        block.world.source,
        {
            "segmentation": constant(segmentation, len(everyone)),
            "segment": picked(segments, np.concatenate([member_of, member_of[copied]])),
            "subject": constant("customer", len(everyone)),
            "subject_id": customer_ids(everyone, record),
        },
    )
