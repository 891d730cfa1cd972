"""Fixed cuts besides the tier: age band and home city."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.segmenting import age_bands, cities, segment_rows
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.demo.simulator.block import Block


def _rows(block: Block) -> Rows:
    yield "segment_members", segment_rows(block, "age", *age_bands(block))
    yield "segment_members", segment_rows(block, "city", *cities(block))


MECHANISM = Mechanism(
    name="segments",
    meaning=Text(
        "Age bands and home cities, in which satisfaction does not differ.",
        "年龄段与所在城市（满意水平无差异）。",
    ),
    after=("people",),
    rows=_rows,
)
