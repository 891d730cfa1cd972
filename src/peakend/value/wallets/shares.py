"""Means and ratios of wallets from their sums, with intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import stdtr

from peakend.feedback.intervals import t_quantile


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its standard error and interval; None where n < 2 or nothing varies."""

    value: float
    se: float | None
    low: float | None
    high: float | None
    n: int


def mean_of(
    n: int, total: float, squares: float, confidence: float, within: tuple[float, float] = (0.0, 1.0)
) -> Estimate | None:
    """Mean of n values from their sum and sum of squares, with Student's interval clamped to `within`."""
    if n == 0:
        return None
    mean = total / n
    if n < 2:
        return Estimate(mean, None, None, None, n)
    # Below this, what is left of the squares is the rounding of their sum.
    spread = max(squares - n * mean * mean, 0.0)
    if spread <= 1e-10 * max(squares, 1e-300):
        return Estimate(mean, None, None, None, n)
    se = math.sqrt(spread / (n - 1) / n)
    return _estimate(mean, se, n, confidence, within)


def ratio_of(
    n: int,
    own: float,
    total: float,
    own_squares: float,
    products: float,
    total_squares: float,
    confidence: float,
) -> Estimate | None:
    """Σ own / Σ total of n customers, with the interval of the linearised ratio.

    var R = n / (n − 1) · Σ (y − R x)² / (Σ x)².
    Source: Cochran (1977), Sampling Techniques, 3rd edition, equation 6.13 (without the finite population).
    """
    if n == 0 or total <= 0:
        return None
    ratio = own / total
    if n < 2:
        return Estimate(ratio, None, None, None, n)
    residual = own_squares - 2 * ratio * products + ratio * ratio * total_squares
    if residual <= 1e-10 * max(own_squares, 1e-300):
        return Estimate(ratio, None, None, None, n)
    se = math.sqrt(n / (n - 1) * residual) / total
    return _estimate(ratio, se, n, confidence, (0.0, 1.0))


def apart(one: Estimate, other: Estimate, confidence: float) -> tuple[float, float, float, float] | None:
    """Difference of two independent means, its interval and two-sided p; None without variance.

    Source: Welch (1947), Biometrika 34(1–2), with Satterthwaite's degrees of freedom.
    """
    if one.se is None or other.se is None:
        return None
    gap, a, b = one.value - other.value, one.se**2, other.se**2
    se = math.sqrt(a + b)
    df = (a + b) ** 2 / (a * a / (one.n - 1) + b * b / (other.n - 1))
    half = float(t_quantile(confidence, df)) * se
    return gap, gap - half, gap + half, float(2 * stdtr(df, -abs(gap) / se))


def nonzero(found: Estimate) -> float | None:
    """Two-sided p of a mean of zero."""
    return None if found.se is None else float(2 * stdtr(found.n - 1, -abs(found.value) / found.se))


def _estimate(value: float, se: float, n: int, confidence: float, within: tuple[float, float]) -> Estimate:
    half = float(t_quantile(confidence, n - 1)) * se
    return Estimate(value, se, max(value - half, within[0]), min(value + half, within[1]), n)
