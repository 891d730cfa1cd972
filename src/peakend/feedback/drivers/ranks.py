"""An order with its uncertainty: which places each item can hold, and which items cannot be told apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.drivers.errors import DriverInputError
from peakend.language import Text

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ranks:
    """Places of p items, 1 the largest value.

    rank: by value, ties in the order given. low, high: the best and the worst place each can hold, all of
    them together at the level asked for. group: 1, 2, …: a new group begins where every item above is larger
    than every item below beyond chance; items of one group are not to be put in an order. above: p × p,
    whether i is larger than j beyond chance.
    """

    rank: Codes
    low: Codes
    high: Codes
    group: Codes
    above: Flags

    @property
    def leaders(self) -> Codes:
        """Items that cannot be told from the first, itself included, in the order of rank."""
        order = np.argsort(self.rank)
        first = order[0]
        return np.array([item for item in order if not self.above[first, item]], dtype=np.int64)


def ranks(values: Numbers, draws: Numbers, confidence: float = 0.95) -> Ranks:
    """Places of `values` (p), from bootstrap draws of them (B × p): all p(p − 1)/2 differences at once.

    Two items differ where their difference exceeds its standard error by more than the `confidence` quantile
    of the largest standardised difference among all pairs over the draws. Then all places hold together with
    that probability. Raises `DriverInputError` with fewer than 20 draws or draws of another width.
    Source: Mogstad, Romano, Shaikh & Wilhelm (2024), Review of Economic Studies 91(1), pp. 476–518 (ranks
    from simultaneous intervals of all differences).
    """
    centre, resampled = np.asarray(values, dtype=float), np.asarray(draws, dtype=float)
    if resampled.ndim != 2 or resampled.shape[1] != len(centre) or len(resampled) < 20:
        raise DriverInputError(
            Text(
                "An order needs at least 20 bootstrap draws of every item.",
                "要给出顺序，每个项目至少需要 20 次自助抽样。",
            ),
            Text("Ask for bootstrap=200, say.", "例如设 bootstrap=200。"),
        )
    size = len(centre)
    first, second = np.triu_indices(size, 1)
    gap = centre[first] - centre[second]
    clear = _clear(gap, resampled[:, first] - resampled[:, second], confidence)
    above = np.zeros((size, size), dtype=bool)
    above[first, second] = clear & (gap > 0)
    above[second, first] = clear & (gap < 0)
    order = np.argsort(-centre, kind="stable")
    rank = np.empty(size, dtype=np.int64)
    rank[order] = np.arange(1, size + 1)
    starts = [not above[np.ix_(order[:k], order[k:])].all() for k in range(1, size)]
    group = np.empty(size, dtype=np.int64)
    group[order] = np.cumsum(np.r_[1, ~np.array(starts, dtype=bool)])
    return Ranks(rank, 1 + above.sum(axis=0), size - above.sum(axis=1), group, above)


def _clear(gap: Numbers, gaps: Numbers, confidence: float) -> Flags:
    """Which differences are beyond chance, stepping down: those found no longer count among the rest.

    Source: Romano & Wolf (2005), JASA 100(469), pp. 94–108.
    """
    se = gaps.std(axis=0, ddof=1)
    left = se > 1e-12 * max(float(np.abs(gap).max(initial=0)), 1e-300)
    # Around their own mean: a bootstrap of shares is biased upwards for the small ones.
    spread = np.abs(gaps - gaps.mean(axis=0)) / np.where(left, se, 1.0)
    size = np.where(left, np.abs(gap) / np.where(left, se, 1.0), 0.0)
    clear = np.zeros(len(gap), dtype=bool)
    while left.any():
        critical = float(np.quantile(spread[:, left].max(axis=1), confidence))
        found = left & (size > critical)
        if not found.any():
            break
        clear |= found
        left &= ~found
    return clear
