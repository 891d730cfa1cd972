"""Intervals around means of skewed numbers, from their moments alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peakend.feedback.intervals import t_quantile

Numbers = NDArray[np.float64]


def skewed_mean_interval(
    mean: ArrayLike, squares: ArrayLike, cubes: ArrayLike, n: ArrayLike, confidence: float = 0.95
) -> tuple[Numbers, Numbers]:
    """Interval around a mean that allows for skewness; NaN with fewer than two values.

    mean; squares, cubes: sums of squared and cubed deviations from it; n: how many values. With
    s² = squares/n, γ = (cubes/n)/s³ and W = (mean − μ)/s, the transformed
    g(W) = W + γW²/3 + γ²W³/27 + γ/(6n) is nearly symmetric, and
    g⁻¹(x) = 3/γ · ((1 + γ(x − γ/(6n)))^⅓ − 1). The ends are mean − s·g⁻¹(±t/√n), with t on n − 1 degrees of
    freedom and s² on n − 1. Without skewness it is the t interval.
    Source: Hall (1992), On the removal of skewness by transformation, JRSS B 54(1), pp. 221–228; Zhou & Dinh
    (2005), Biostatistics 6(2).
    """
    centre, size = np.asarray(mean, dtype=float), np.asarray(n, dtype=float)
    second, third = np.asarray(squares, dtype=float), np.asarray(cubes, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(np.where(size > 1, second / (size - 1), np.nan))
        skew = np.where(second > 0, third / size / (second / size) ** 1.5, 0.0)
        reach = t_quantile(confidence, size - 1) / np.sqrt(size)
        low, high = (centre - spread * _inverse(end, skew, size) for end in (reach, -reach))
    return low, high


def _inverse(x: Numbers, skew: Numbers, size: Numbers) -> Numbers:
    small = np.abs(skew) < 1e-8
    divisor = np.where(small, 1.0, skew)
    bent = 3 / divisor * (np.cbrt(1 + divisor * (x - divisor / (6 * size))) - 1)
    return np.asarray(np.where(small, x, bent))
