"""Fixed cuts besides the tier: age band and home city."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.segmenting import segment_rows
from peakend.demo.simulator.world import FIRST_DAY
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.demo.simulator.block import Block

_BANDS = ("18-29", "30-39", "40-49", "50-59", "60+")
_EDGES = (30, 40, 50, 60)


def _rows(block: Block) -> Rows:
    age = FIRST_DAY.year - block.people["born"]
    cities = [name for name, _ in block.world.shared.names.cities]
    yield "segment_members", segment_rows(block, "age", _BANDS, np.digitize(age, _EDGES))
    yield "segment_members", segment_rows(block, "city", cities, block.people["city"])


MECHANISM = Mechanism(
    name="segments",
    meaning=Text(
        "Age bands and home cities, in which satisfaction does not differ.",
        "年龄段与所在城市（满意水平无差异）。",
    ),
    after=("people",),
    rows=_rows,
)
