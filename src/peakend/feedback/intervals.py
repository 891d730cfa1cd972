"""Confidence intervals of scores: adjusted Wald for NPS, Wilson for shares, t for means. All take arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri, stdtrit

Numbers = NDArray[np.float64]

# Rocks (2016) adds three answers in the proportions ¾ : 1½ : ¾ to promoters, passives and detractors.
PSEUDO_ANSWERS = 3.0
PSEUDO_EACH_END = 0.75


def normal_quantile(confidence: float) -> float:
    """z with P(|Z| ≤ z) = `confidence`; `ValueError` unless 0 < confidence < 1."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}")
    return float(ndtri(0.5 + confidence / 2))


def t_quantile(confidence: float, df: ArrayLike) -> Numbers:
    """t with P(|T| ≤ t) = `confidence` on `df` > 0 degrees of freedom; NaN where df ≤ 0."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}")
    degrees = np.asarray(df, dtype=float)
    found: Numbers = stdtrit(np.where(degrees > 0, degrees, np.nan), 0.5 + confidence / 2)
    return found


def wilson(share: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> tuple[Numbers, Numbers]:
    """Wilson's score interval for a share (0 to 1) of `n` answers or an effective size; NaN where n ≤ 0.

    Source: Wilson (1927), JASA 22(158), pp. 209–212; recommended by Brown, Cai & DasGupta (2001),
    Statistical Science 16(2).
    """
    p, size, z = np.asarray(share, dtype=float), _positive(n), normal_quantile(confidence)
    shrink = 1 + z * z / size
    centre = (p + z * z / (2 * size)) / shrink
    # Rounding may leave a tiny negative number where p is 0 or 1.
    half = z * np.sqrt(np.maximum(p * (1 - p) / size, 0) + z * z / (4 * size * size)) / shrink
    # Exactly 0 and 1 at the ends, where rounding would leave 1e-18.
    return np.where(p <= 0, 0 * size, np.maximum(centre - half, 0)), np.where(
        p >= 1, 1 + 0 * size, np.minimum(centre + half, 1)
    )


def nps_interval(
    promoters: ArrayLike, detractors: ArrayLike, n: ArrayLike, confidence: float = 0.95
) -> tuple[Numbers, Numbers]:
    """Adjusted Wald interval of the Net Promoter Score in points, clamped to ±100. NaN where n ≤ 0.

    promoters, detractors: shares (0 to 1); n: answers, or an effective size. The interval is centred on the
    score of n + 3 answers with ¾ of a promoter and of a detractor more.
    Source: Rocks (2016), The American Statistician 70(4), pp. 365–372, the (3, T) adjusted Wald interval.
    """
    centre, variance = adjusted_nps(promoters, detractors, n)
    half = normal_quantile(confidence) * np.sqrt(variance)
    return np.clip(100 * (centre - half), -100, 100), np.clip(100 * (centre + half), -100, 100)


def adjusted_nps(promoters: ArrayLike, detractors: ArrayLike, n: ArrayLike) -> tuple[Numbers, Numbers]:
    """Rocks' adjusted score (−1 to 1) and its variance: v = p + d − (p − d)², variance = v / (n + 3)."""
    size = _positive(n)
    total = size + PSEUDO_ANSWERS
    p = (np.asarray(promoters, dtype=float) * size + PSEUDO_EACH_END) / total
    d = (np.asarray(detractors, dtype=float) * size + PSEUDO_EACH_END) / total
    return p - d, (p + d - (p - d) ** 2) / total


def mean_interval(
    mean: ArrayLike,
    se: ArrayLike,
    df: ArrayLike,
    confidence: float = 0.95,
    scale: tuple[ArrayLike, ArrayLike] = (-np.inf, np.inf),
) -> tuple[Numbers, Numbers]:
    """Student's t interval of a mean, clamped to the scale; NaN where df ≤ 0 or se = 0 (no variance)."""
    centre, error = np.asarray(mean, dtype=float), np.asarray(se, dtype=float)
    half = t_quantile(confidence, df) * np.where(error > 0, error, np.nan)
    return np.maximum(centre - half, scale[0]), np.minimum(centre + half, scale[1])


def _positive(n: ArrayLike) -> Numbers:
    size = np.asarray(n, dtype=float)
    return np.where(size > 0, size, np.nan)
