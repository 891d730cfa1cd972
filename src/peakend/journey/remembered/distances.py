"""Is the remembered score nearer to the end, to the peak or to the average of the moments?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peakend.feedback.comparison import holm
from peakend.journey.remembered.cross_products import resampled
from peakend.journey.remembered.models import weights_of
from peakend.journey.remembered.verdict import DRAWS, FEWEST_CUSTOMERS, normal_p

if TYPE_CHECKING:
    from peakend.journey.remembered.cross_products import Periods

CANDIDATES = {
    "end": {"end_score": 1.0},
    "peak": {"peak": 1.0},
    "mean": {"mean": 1.0},
    "midpoint": {"best": 0.5, "worst": 0.5},
}
"""`midpoint`: the average of the best and the worst moment."""
_SEED = 19_960_201


@dataclass(frozen=True, slots=True)
class Distance:
    """Root mean square of overall − candidate, both from −1 to 1, with its bootstrap interval by customer.

    farther: by how much the mean squared distance is above that of the nearest, with interval and p
    (adjusted: Holm over the candidates); None for the nearest itself. standing: nearest, farther (shown), or
    cannot_tell.
    """

    name: str
    value: float
    low: float
    high: float
    farther: tuple[float, float, float] | None
    adjusted_p: float | None
    standing: str


def distances(
    periods: Periods, confidence: float = 0.95, alpha: float = 0.05, draws: int = DRAWS
) -> tuple[Distance, ...]:
    """Every candidate, nearest first; none with too few customers. Nothing is fitted: all journeys count."""
    both = periods.both
    if both.size < FEWEST_CUSTOMERS:
        return ()
    sums = np.stack([_squares(weights_of(feature), both.products) for feature in CANDIDATES.values()], axis=1)
    journeys = both.products[:, 0, 0]
    weights = resampled(both, draws, _SEED)
    drawn = (weights @ sums) / np.maximum(weights @ journeys, 1.0)[:, None]
    found = sums.sum(axis=0) / journeys.sum()
    order = np.argsort(found, kind="stable")
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    apart = drawn - drawn[:, [order[0]]]
    p = [normal_p(float(found[place] - found[order[0]]), apart[:, place]) for place in order[1:]]
    adjusted = [None, *holm(p)[0].tolist()]
    names, found_ = list(CANDIDATES), []
    for rank, (place, corrected) in enumerate(zip(order, adjusted, strict=True)):
        low, high = np.sqrt(np.quantile(drawn[:, place], tails))
        gap = None
        standing = "nearest"
        if rank:
            ends = np.quantile(apart[:, place], tails)
            gap = (float(found[place] - found[order[0]]), float(ends[0]), float(ends[1]))
            shown = corrected is not None and corrected <= alpha and gap[1] > 0
            standing = "farther" if shown else "cannot_tell"
        found_.append(
            Distance(
                names[place],
                float(np.sqrt(found[place])),
                float(low),
                float(high),
                gap,
                corrected,
                standing,
            )
        )
    return tuple(found_)


def _squares(feature: np.ndarray, products: np.ndarray) -> np.ndarray:
    """Σ (overall − feature)² of each block."""
    apart = -feature
    apart[1] += 1.0
    found: np.ndarray = np.maximum(np.einsum("...ij,i,j->...", products, apart, apart), 0.0)
    return found
