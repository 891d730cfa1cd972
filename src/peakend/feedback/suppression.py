"""Hide small cells, and enough others that subtraction from the total does not bring them back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Suppression:
    """hidden: publish the cell without its numbers. withheld: do not even publish that the cell exists."""

    hidden: Flags
    withheld: Flags


def suppress(n: ArrayLike, family: ArrayLike, total: ArrayLike, minimum: int) -> Suppression:
    """What to hide of cells whose totals are published.

    n: answers of each cell, at least 1; family: the published total it is part of (0, 1, …); total: that
    total's answers, one entry a family. Answers of a family that are in no cell count as one more cell: it
    is not in the table, but may be known from elsewhere.

    Every cell under `minimum` is hidden. While the hidden cells could be computed, or have fewer than
    `minimum` answers together, the next smallest cell is hidden too, with all that are as small. Where even
    hiding all is not enough (every cell has one answer, say), the family is withheld. Whoever knows this
    rule, the totals and the published cells finds at least two values possible for each hidden cell.
    Source: complementary suppression, Hundepool et al. (2012), Statistical Disclosure Control.
    """
    counts, groups = np.asarray(n, dtype=np.int64), np.asarray(family, dtype=np.int64)
    totals = np.asarray(total, dtype=np.int64)
    hidden: Flags = counts < minimum
    withheld: Flags = np.zeros(len(counts), dtype=bool)
    sizes = np.bincount(groups, minlength=len(totals))
    rest = totals - np.bincount(groups, weights=counts, minlength=len(totals)).astype(np.int64)
    at_risk = np.bincount(groups, weights=hidden, minlength=len(totals)) > 0
    at_risk |= (rest > 0) & (rest < minimum)
    order = np.argsort(groups, kind="stable")
    ends = np.cumsum(sizes)
    for number in np.flatnonzero(at_risk & (sizes > 0)):
        members = order[ends[number] - sizes[number] : ends[number]]
        outside = [rest[number]] if rest[number] > 0 else []
        threshold = _threshold(np.r_[counts[members], outside].astype(np.int64), minimum)
        hidden[members] = True if threshold is None else counts[members] < threshold
        # A total under the minimum is hidden itself: nothing can be subtracted from it.
        withheld[members] = threshold is None and totals[number] >= minimum
    return Suppression(hidden, withheld)


def _threshold(counts: Counts, minimum: int) -> int | None:
    """Cells below it are hidden; None when no choice is safe.

    Only sizes decide, never the order of the cells: that leaves every exchange of hidden sizes possible.
    """
    for threshold in (minimum, *(int(size) + 1 for size in np.unique(counts[counts >= minimum]))):
        if _safe(counts[counts < threshold], minimum):
            return threshold
    return None


def _safe(hidden: Counts, minimum: int) -> bool:
    """Whether the sum of the hidden cells, which anybody can compute, leaves each of them open."""
    if len(hidden) == 0:
        return True
    together = int(hidden.sum())
    all_one = together == len(hidden)
    all_largest = bool((hidden == minimum - 1).all())
    return len(hidden) > 1 and together >= minimum and not (all_one or all_largest)
