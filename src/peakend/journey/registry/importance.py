"""How often a touchpoint is met times how much it stirs: which ones deserve attention first.

>>> found = priority_scores([0.9, 0.25, 0.4], [2, 9, 6], [None, 4.1, 6.0], ["booking", "delay", "baggage"])
>>> [round(x, 3) for x in found.emphasis], [round(x, 3) for x in found.priority[1:]]
([1.8, 2.25, 2.4], [13.275, 9.6])
>>> found.by_emphasis, found.by_priority
(('baggage', 'delay', 'booking'), ('delay', 'baggage'))
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.drivers.priorities import frequency_importance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.feedback.drivers.sample import Values

Numbers = NDArray[np.float64]
Quadrant = Literal["hot", "rare_but_strong", "routine", "quiet"]

_QUADRANTS: tuple[Quadrant, ...] = ("quiet", "routine", "rare_but_strong", "hot")


@dataclass(frozen=True, slots=True)
class PriorityScores:
    """Touchpoints by use and feeling, in the order given.

    emphasis: frequency × importance. priority: emphasis × (top − score), NaN without a score. quadrant: "hot"
    (often and strong), "rare_but_strong", "routine" (often, not strong), "quiet", by `frequency_cut` and
    `importance_cut`; above means above, not equal. by_emphasis, by_priority: names, largest first; those
    without a score are not in the latter.
    """

    names: tuple[str, ...]
    emphasis: Numbers
    priority: Numbers
    quadrant: tuple[Quadrant, ...]
    frequency_cut: float
    importance_cut: float

    @property
    def by_emphasis(self) -> tuple[str, ...]:
        return self._ordered(self.emphasis)

    @property
    def by_priority(self) -> tuple[str, ...]:
        return self._ordered(self.priority)

    def _ordered(self, values: Numbers) -> tuple[str, ...]:
        order = np.argsort(-values, kind="stable")
        return tuple(self.names[place] for place in order if not np.isnan(values[place]))


def priority_scores(
    frequency: Values,
    importance: Values,
    scores: Sequence[float | None] | Values = None,
    names: Sequence[str] | None = None,
    *,
    frequency_cut: float | None = None,
    importance_cut: float | None = None,
    top: float = 10.0,
) -> PriorityScores:
    """Frequency × emotional importance, and that times what a score lacks to `top`.

    frequency: share of customers (0 to 1) or events a customer, ≥ 0; importance: 0 to 10, ≥ 0; scores: up to
    `top`, None or NaN where there is none. The cuts are medians unless given. Raises `DriverInputError` for
    different lengths, negative numbers and scores above `top`.
    Source: the importance–performance map of Martilla & James (1977), Journal of Marketing 41(1), with use in
    the place of performance.
    """
    score = None
    if scores is not None:
        score = np.array([np.nan if one is None else float(one) for one in scores], dtype=float)
    found = frequency_importance(frequency, importance, score, names, top)
    often, stirs = np.asarray(frequency, dtype=float), np.asarray(importance, dtype=float)
    across = float(np.median(often)) if frequency_cut is None else frequency_cut
    up = float(np.median(stirs)) if importance_cut is None else importance_cut
    return PriorityScores(
        names=found.names,
        emphasis=found.emphasis,
        priority=found.priority,
        quadrant=tuple(_QUADRANTS[code] for code in side(often, stirs, across, up)),
        frequency_cut=across,
        importance_cut=up,
    )


def side(often: Numbers, stirs: Numbers, across: Numbers | float, up: Numbers | float) -> NDArray[np.int64]:
    """0 to 3, the place in quiet, routine, rare_but_strong, hot; over whatever shape is given."""
    found: NDArray[np.int64] = (often > across).astype(np.int64) + 2 * (stirs > up).astype(np.int64)
    return found


def quadrant_of(code: int) -> Quadrant:
    """The name of what `side` gives."""
    return _QUADRANTS[code]
