"""Is this period better than the last? Tests of a difference, Holm's correction, and the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, stdtr

from peakend.feedback.intervals import adjusted_nps, normal_quantile, t_quantile, wilson

if TYPE_CHECKING:
    from peakend.feedback.moments import Estimates, Kind

Numbers = NDArray[np.float64]
Verdict = Literal["better", "worse", "cannot_tell", "no_previous_period"]


@dataclass(frozen=True, slots=True)
class Difference:
    """Now minus before, in the score's unit, one entry a pair; p is two-sided, NaN without a test."""

    value: Numbers
    low: Numbers
    high: Numbers
    statistic: Numbers
    p: Numbers


def compare(
    now: Estimates,
    before: Estimates,
    kind: Kind,
    confidence: float = 0.95,
    reach: ArrayLike = np.inf,
) -> Difference:
    """The difference of two independent samples, pair by pair, design-based where there is a design.

    NPS: adjusted z (each sample with Rocks' three answers more). Share: two-proportion z. Mean: Welch's t.
    `reach` is the largest possible difference of two means (the length of the scale).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind == "nps":
            return _compare_nps(now, before, confidence)
        if kind == "share":
            return _compare_shares(now, before, confidence)
        return _compare_means(now, before, confidence, reach)


def _compare_nps(now: Estimates, before: Estimates, confidence: float) -> Difference:
    """Source: Rocks (2016), The American Statistician 70(4); centred on the adjusted difference."""
    score, variance = adjusted_nps(now.best_up, now.best_down, now.size)
    earlier, earlier_variance = adjusted_nps(before.best_up, before.best_down, before.size)
    gap, se = 100 * (score - earlier), 100 * np.sqrt(variance + earlier_variance)
    half = normal_quantile(confidence) * se
    z = gap / se
    low, high = np.clip(gap - half, -200, 200), np.clip(gap + half, -200, 200)
    return Difference(now.best - before.best, low, high, z, 2 * ndtr(-np.abs(z)))


def _compare_shares(now: Estimates, before: Estimates, confidence: float) -> Difference:
    """Pooled two-proportion z (its square is Pearson's χ²), with Newcombe's interval.

    Source: Newcombe (1998), Statistics in Medicine 17(8), pp. 873–890, method 10 (hybrid score).
    """
    gap = now.best - before.best
    pooled = (now.size * now.best + before.size * before.best) / (now.size + before.size)
    se = np.sqrt(pooled * (1 - pooled) * (1 / now.size + 1 / before.size))
    # Everybody or nobody in both samples: no difference and nothing to test it with.
    z = np.where((se == 0) & (gap == 0), 0.0, gap / se)
    low_now, high_now = wilson(now.best, now.size, confidence)
    low_before, high_before = wilson(before.best, before.size, confidence)
    low = gap - np.sqrt((now.best - low_now) ** 2 + (high_before - before.best) ** 2)
    high = gap + np.sqrt((high_now - now.best) ** 2 + (before.best - low_before) ** 2)
    return Difference(gap, np.maximum(low, -1), np.minimum(high, 1), z, 2 * ndtr(-np.abs(z)))


def _compare_means(now: Estimates, before: Estimates, confidence: float, reach: ArrayLike) -> Difference:
    """Source: Welch (1947), Biometrika 34(1–2), with Satterthwaite's degrees of freedom."""
    gap = now.best - before.best
    a, b = now.best_se**2, before.best_se**2
    se = np.sqrt(a + b)
    df = (a + b) ** 2 / (a**2 / now.df + b**2 / before.df)
    t = gap / np.where(se > 0, se, np.nan)
    half = t_quantile(confidence, df) * se
    p = 2 * stdtr(np.where(df > 0, df, np.nan), -np.abs(t))
    return Difference(gap, np.maximum(gap - half, -np.asarray(reach)), np.minimum(gap + half, reach), t, p)


def holm(p: ArrayLike, family: ArrayLike | None = None) -> tuple[Numbers, NDArray[np.int64]]:
    """Adjusted p and the size of its family, for every p; NaN is no comparison and stays NaN.

    family: one integer ≥ 0 a p; none: all are one family. Controls the family-wise error under any
    dependence.
    Source: Holm (1979), Scandinavian Journal of Statistics 6(2), pp. 65–70.
    """
    given = np.asarray(p, dtype=float)
    groups = np.zeros(len(given), dtype=np.int64) if family is None else np.asarray(family, dtype=np.int64)
    tested = np.flatnonzero(~np.isnan(given))
    sizes = np.bincount(groups[tested], minlength=int(groups.max(initial=0)) + 1)
    order = tested[np.lexsort((given[tested], groups[tested]))]
    starts = np.cumsum(sizes) - sizes
    rank = np.arange(len(order)) - starts[groups[order]]
    scaled = np.minimum(given[order] * (sizes[groups[order]] - rank), 1.0)
    adjusted = np.full(len(given), np.nan)
    # A running maximum within each family: families are lifted apart by 2, more than any p.
    lift = 2.0 * np.cumsum(np.r_[0, np.diff(groups[order]) != 0][: len(order)])
    adjusted[order] = np.maximum.accumulate(scaled + lift) - lift
    return adjusted, sizes[groups]


def verdicts(difference: ArrayLike, adjusted_p: ArrayLike, alpha: float = 0.05) -> NDArray[np.str_]:
    """ "better" or "worse" where adjusted p ≤ alpha, else "cannot_tell" (also where no test was possible)."""
    gap, p = np.asarray(difference, dtype=float), np.asarray(adjusted_p, dtype=float)
    significant = p <= alpha
    return np.where(
        significant & (gap > 0), "better", np.where(significant & (gap < 0), "worse", "cannot_tell")
    )
