"""What a point of satisfaction goes with in later money, among customers who had spent alike before."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cells:
    """Customers counted by stratum and score: how many, the sum of what they spent later, of its squares."""

    stratum: Integers
    score: Floats
    customers: Floats
    spent: Floats
    squared: Floats

    def where(self, kept: NDArray[np.bool_]) -> Cells:
        return Cells(
            self.stratum[kept],
            self.score[kept],
            self.customers[kept],
            self.spent[kept],
            self.squared[kept],
        )


@dataclass(frozen=True, slots=True)
class Slope:
    """Money later for one point more; None where scores do not differ within strata. p: two-sided."""

    customers: int
    value: float | None
    error: float | None
    low: float | None
    high: float | None
    p: float | None


def slope(cells: Cells, confidence: float = 0.95, *, within: bool = True) -> Slope:
    """Least squares of money on score, with an intercept for every stratum (`within`) or one for all.

    β = Σ n (s − s̄ₖ) ȳ / Σ n (s − s̄ₖ)², the variance robust to unequal spreads (HC1: White 1980, Econometrica
    48(4), equation 3; MacKinnon & White 1985), exact from the counts: the residuals' squares of a cell are
    Σy² − 2 ŷ Σy + n ŷ².
    """
    total = int(cells.customers.sum())
    if total == 0:
        return Slope(0, None, None, None, None, None)
    strata = cells.stratum if within else np.zeros(len(cells.stratum), np.int64)
    _, place = np.unique(strata, return_inverse=True)
    n = np.bincount(place, cells.customers)
    centred = cells.score - (np.bincount(place, cells.customers * cells.score) / n)[place]
    middle = (np.bincount(place, cells.spent) / n)[place]
    width = float(cells.customers @ centred**2)
    degrees = total - len(n) - 1
    if width <= 0 or degrees < 1:
        return Slope(total, None, None, None, None, None)
    value = float(centred @ cells.spent) / width
    fitted = middle + value * centred
    residuals = np.maximum(cells.squared - 2 * fitted * cells.spent + cells.customers * fitted**2, 0.0)
    error = math.sqrt(float(centred**2 @ residuals) * total / degrees) / width
    half = float(ndtri(0.5 + confidence / 2)) * error
    p = 2 * float(ndtr(-abs(value) / error)) if error > 0 else None
    return Slope(total, value, error, value - half, value + half, p)


def dilution(
    aimed: Slope, others: Slope, share: float, confidence: float = 0.95
) -> tuple[float, float, float] | None:
    """What a budget spread on everybody returns, over what it returns when aimed: value, low, high.

    aimed, others: slopes of the customers aimed at, who are `share` of all, and of the rest. A point more of
    satisfaction is taken to cost the same with everybody, so a budget spread evenly returns
    share · β₁ + (1 − share) · β₀ a point, aimed β₁. Delta method on β₀ / β₁, the groups being disjoint.
    None where β₁ is not above zero beyond chance: then there is nothing to divide by.
    """
    if aimed.value is None or aimed.error is None or aimed.low is None or aimed.low <= 0:
        return None
    if others.value is None or others.error is None:
        return None
    value = share + (1 - share) * others.value / aimed.value
    spread = (1 - share) * math.hypot(others.error / aimed.value, others.value * aimed.error / aimed.value**2)
    half = float(ndtri(0.5 + confidence / 2)) * spread
    return value, value - half, value + half
