"""Rows of `segment_members`: the fixed cuts in which scores are published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.columns import canonical, constant, picked
from peakend.demo.simulator.keys import customer_ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array


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
