"""What weights and clusters do to precision: Kish's effective size, linearised errors, effective sizes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peakend.feedback.intervals import t_quantile

Numbers = NDArray[np.float64]


def kish_size(weight_sum: ArrayLike, squared_weight_sum: ArrayLike) -> Numbers:
    """(Σw)² / Σw²: how many answers of equal weight are as precise. NaN without any weight above 0.

    Source: Kish (1965), Survey Sampling.
    """
    total, squares = np.asarray(weight_sum, dtype=float), np.asarray(squared_weight_sum, dtype=float)
    return total**2 / np.where(squares > 0, squares, np.nan)


def linearised_variance(
    mean: ArrayLike,
    weight_sum: ArrayLike,
    units: ArrayLike,
    ww: ArrayLike,
    wy: ArrayLike,
    yy: ArrayLike,
) -> Numbers:
    """Variance of a weighted mean Σwy / Σw by Taylor linearisation; NaN with fewer than two units.

    units: sampling units (clusters, or answers where there are none). With W and Y the sums of w and wy in a
    unit: ww = ΣW², wy = ΣWY, yy = ΣY² over units. Then m/(m−1) · Σ(Y − mean·W)² / (Σw)².
    Source: Wolter (2007), Introduction to Variance Estimation, 2nd ed.; the m/(m−1) as in
    Binder (1983), International Statistical Review 51(3).
    """
    centre, m = np.asarray(mean, dtype=float), np.asarray(units, dtype=float)
    total = np.asarray(weight_sum, dtype=float)
    spread = np.asarray(yy, dtype=float) - 2 * centre * np.asarray(wy) + centre**2 * np.asarray(ww)
    correction = m / np.where(m > 1, m - 1, np.nan)
    found: Numbers = correction * np.maximum(spread, 0) / np.where(total > 0, total, np.nan) ** 2
    return found


def design_size(
    variance: ArrayLike, se: ArrayLike, n: ArrayLike, units: ArrayLike, kish: ArrayLike, confidence: float
) -> Numbers:
    """The size of a simple random sample with the same interval: v / se² · (t_{n−1} / t_{m−1})², at most n.

    variance: of one answer; se: design-based standard error of the mean; units: clusters, or answers. Where
    all answers are alike se says nothing: then Kish's size, and no more than there are units.
    Source: Korn & Graubard (1998), Survey Methodology 24(2), pp. 193–201.
    """
    v, error = np.asarray(variance, dtype=float), np.asarray(se, dtype=float)
    size, m = np.asarray(n, dtype=float), np.asarray(units, dtype=float)
    ratio = t_quantile(confidence, size - 1) / t_quantile(confidence, m - 1)
    found = v / np.where(error > 0, error, np.nan) ** 2 * ratio**2
    alike = (error == 0) | (v == 0)
    found = np.where(alike, np.minimum(kish, m), found)
    return np.where(m > 1, np.minimum(found, size), np.nan)
