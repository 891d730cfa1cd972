"""Which cells are published, what each is compared with, and what came of the comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.comparison import Difference, compare, holm, verdicts
from peakend.feedback.keys import rows_of, unique_rows
from peakend.feedback.suppression import Suppression, suppress

if TYPE_CHECKING:
    from peakend.declaration import Settings
    from peakend.feedback.cells import Cells
    from peakend.feedback.moments import Kind
    from peakend.feedback.score_counts import ScoreCounts

Codes = NDArray[np.int64]
Numbers = NDArray[np.float64]

_KINDS = ("wave", "month", "undated")


@dataclass(frozen=True, slots=True)
class Change:
    """What each cell is compared with (the number of a period, −1: none), and what came of it."""

    previous: Codes
    difference: Difference
    adjusted_p: Numbers
    compared: Codes
    verdict: NDArray[np.str_]


def suppression_of(cells: Cells, counts: ScoreCounts, minimum: int) -> Suppression:
    """Everybody's cell by its own base; the segments of a segmentation as a family under everybody's."""
    n = cells.first.n.astype(np.int64)
    everybody = cells.place.cut == 0
    own = cells.place.columns()
    own[:, 3] = 0
    total = n[everybody][rows_of(own[everybody], own)]
    names = sorted({cut.segmentation for cut in counts.cuts})
    segmentation = np.array([names.index(cut.segmentation) for cut in counts.cuts], dtype=np.int64)
    parts = np.flatnonzero(~everybody)
    keys = np.column_stack([own[parts, :3], segmentation[cells.place.cut[parts]]])
    families, family = unique_rows(keys)
    totals = np.zeros(len(families), dtype=np.int64)
    totals[family] = total[parts]
    found = suppress(n[parts], family, totals, minimum)
    hidden, withheld = n < minimum, np.zeros(len(n), dtype=bool)
    hidden[parts], withheld[parts] = found.hidden, found.withheld
    return Suppression(hidden, withheld)


def change_of(
    kind: Kind, cells: Cells, counts: ScoreCounts, suppression: Suppression, settings: Settings
) -> Change:
    """Compare every published cell with the same cell one period earlier, if that is published too.

    Holm's family is everything compared within a programme and period. A segment that the previous period
    does not have has no previous period.
    """
    period, row = _previous(cells, counts)
    row = np.where((row >= 0) & ~suppression.withheld[row], row, -1)
    before = cells.first.take(np.maximum(row, 0))
    found = compare(cells.first, before, kind, settings.confidence, cells.high - cells.low)
    possible = (row >= 0) & ~suppression.hidden & ~suppression.hidden[row]
    difference = Difference(
        *(
            np.where(possible, x, np.nan)
            for x in (found.value, found.low, found.high, found.statistic, found.p)
        )
    )
    adjusted, compared = holm(difference.p, cells.place.period)
    said = np.where(row < 0, "no_previous_period", verdicts(difference.value, adjusted, settings.alpha))
    return Change(np.where(row < 0, -1, period), difference, adjusted, compared, said)


def _previous(cells: Cells, counts: ScoreCounts) -> tuple[Codes, Codes]:
    """The latest earlier period that asked the question (−1: none), and the same cell's row in it.

    Waves follow waves and months follow months; undated answers have no place in time.
    """
    programmes = sorted({p.programme for p in counts.periods})
    line = np.array(
        [programmes.index(p.programme) * len(_KINDS) + _KINDS.index(p.kind) for p in counts.periods],
        dtype=np.int64,
    )
    undated = np.array([p.kind == "undated" for p in counts.periods], dtype=bool)
    place = cells.place
    series = np.column_stack([place.question, place.touchpoint, line[place.period], place.period])
    asked, _ = unique_rows(series[place.cut == 0])
    follows = (asked[1:, :3] == asked[:-1, :3]).all(axis=1)
    earlier = np.full(len(asked), -1, dtype=np.int64)
    earlier[1:] = np.where(follows, asked[:-1, 3], -1)
    previous = np.where(undated[place.period], -1, earlier[rows_of(asked, series)])
    keys = place.columns()
    wanted = keys.copy()
    wanted[:, 0] = previous
    return previous, rows_of(keys, wanted)
