"""An outcome that only has an order: the correlations of the drivers with what stands behind its steps.

An ordered probit says that an answer is the step into which a continuous judgement y* = xβ + e falls, e
normal. Drivers are taken as they are; nothing is assumed of their distribution. The correlations of y* follow
from β, and R² is McKelvey & Zavoina's: the share of the variance of y* that the drivers account for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.special import ndtri

from peakend.feedback.drivers.bootstrap import multinomial_counts
from peakend.feedback.drivers.covariance import correlation_of
from peakend.feedback.drivers.errors import DriverInputError, NotConvergedError
from peakend.language import Text

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]

MOST_STEPS = 50
MOST_LEVELS = 21
_TOLERANCE = 1e-9
# In a draw of the bootstrap chance is some 1/√n.
_DRAW_TOLERANCE = 1e-6
# A judgement of which the drivers explain more than this is one that they separate without error.
_MOST_R2 = 0.9999
_ROOT_HALF = math.sqrt(0.5)
_DENSITY = 1 / math.sqrt(2 * math.pi)


@dataclass(frozen=True, slots=True)
class OrderedProbit:
    """β (p) of standardised drivers, the cuts between the levels (one fewer), and Newton steps taken."""

    slopes: Numbers
    cuts: Numbers
    steps: int


def ordered_probit(
    drivers: Numbers,
    level: Codes,
    weights: Numbers,
    start: OrderedProbit | None = None,
    tolerance: float = _TOLERANCE,
) -> OrderedProbit:
    """Maximum likelihood of P(level ≤ k) = Φ(cutₖ − xβ) by Newton's method.

    drivers: n × p, standardised; level: codes 0, 1, … all of which occur. The likelihood is log-concave
    (Pratt 1981, JASA 76(373)), so there is one maximum. Collinear drivers get the shortest β. Raises
    `NotConvergedError`, also where drivers separate the levels and the maximum lies at infinity.
    Source: McKelvey & Zavoina (1975), Journal of Mathematical Sociology 4(1), pp. 103–120.
    """
    levels, p = int(level.max()) + 1, drivers.shape[1]
    if start is None:
        share = np.cumsum(np.bincount(level, weights, levels))[:-1] / weights.sum()
        start = OrderedProbit(np.zeros(p), ndtri(share), 0)
    theta = np.concatenate([start.slopes, start.cuts])
    value, gradient, hessian = _likelihood(theta, drivers, level, weights)
    for step in range(1, MOST_STEPS + 1):
        move = np.linalg.lstsq(-hessian, gradient, rcond=1e-10)[0]
        length = 1.0
        while True:
            tried = theta + length * move
            found = _likelihood(tried, drivers, level, weights)
            if found[0] >= value - 1e-12 * abs(value) or length < 1e-6:
                break
            length /= 2
        theta, (value, gradient, hessian) = tried, found
        if np.abs(length * move).max() < tolerance:
            return OrderedProbit(theta[:p], theta[p:], step)
        explained = float(np.var(drivers @ theta[:p]))
        if explained / (explained + 1) > _MOST_R2:
            break
    raise NotConvergedError(
        Text(
            "The ordered probit did not converge: the drivers separate the steps of the outcome.",
            "有序 Probit 未收敛：驱动项把结果的各档完全分开。",
        ),
        Text(
            "Use fewer drivers, join rare steps of the outcome, or take outcome='linear'.",
            "请减少驱动项、合并结果中罕见的档位，或改用 outcome='linear'。",
        ),
        iterations=MOST_STEPS,
    )


def latent_correlation(drivers: Numbers, outcome: Numbers, weights: Numbers) -> Numbers:
    """(p + 1, p + 1): correlations of the drivers and, last, of the judgement behind the outcome.

    drivers: n × p, outcome: n with at most `MOST_LEVELS` different values, both complete. Raises
    `DriverInputError`, `NotConvergedError`.
    """
    standard, covariance, level = _prepared(drivers, outcome, weights)
    fit = ordered_probit(standard, level, weights)
    return _latent(covariance, fit.slopes)


def latent_draws(
    drivers: Numbers, outcome: Numbers, weights: Numbers, clusters: Codes | None, draws: int, seed: int
) -> tuple[Numbers, int]:
    """(draws, p + 1, p + 1): `latent_correlation` of resampled rows or clusters, each fitted anew.

    The second number: draws in which the fit did not converge, which are left out.
    """
    standard, _, level = _prepared(drivers, outcome, weights)
    fit = ordered_probit(standard, level, weights)
    units = len(level) if clusters is None else int(clusters.max()) + 1
    found, failed = [], 0
    # As many draws at a time as fit into some 100 MB.
    batch = max(1, 12_000_000 // units)
    for first in range(0, draws, batch):
        counted = multinomial_counts(units, min(batch, draws - first), seed + first, units)
        for counts in np.concatenate(list(counted), axis=1):
            resampled = weights * (counts if clusters is None else counts[clusters])
            used = resampled > 0
            kept, codes = np.unique(level[used], return_inverse=True)
            x, w = standard[used], resampled[used]
            # A step that no draw hit takes its upper cut along; the last one has none.
            cuts = fit.cuts[kept[:-1]]
            try:
                one = ordered_probit(x, codes, w, OrderedProbit(fit.slopes, cuts, 0), _DRAW_TOLERANCE)
            except NotConvergedError:
                failed += 1
                continue
            found.append(_latent(_covariance(x, w), one.slopes))
    q = drivers.shape[1] + 1
    return np.array(found).reshape(-1, q, q), failed


def information(outcome: Numbers, weights: Numbers) -> float:
    """What an answer in steps tells of the judgement behind it, as a share (0 to 1) of knowing it.

    Σₖ (φ(cutₖ₋₁) − φ(cutₖ))² / shareₖ, the Fisher information of a slope of 0: 2/π with two equal steps, near
    1 with many.
    """
    level = np.unique(outcome, return_inverse=True)[1]
    share = np.bincount(level, weights) / weights.sum()
    cuts = ndtri(np.clip(np.cumsum(share)[:-1], 0, 1))
    density = np.r_[0.0, np.exp(-0.5 * cuts**2) / np.sqrt(2 * np.pi), 0.0]
    return float((np.diff(density) ** 2 / share).sum())


def _prepared(drivers: Numbers, outcome: Numbers, weights: Numbers) -> tuple[Numbers, Numbers, Codes]:
    values, level = np.unique(outcome, return_inverse=True)
    if len(values) > MOST_LEVELS:
        raise DriverInputError(
            Text(
                f"The outcome has {len(values)} different values: too many for steps of a scale "
                f"(at most {MOST_LEVELS}).",
                f"结果有 {len(values)} 个不同取值，作为量表档位太多（至多 {MOST_LEVELS} 个）。",
            ),
            Text("Take outcome='linear'.", "请改用 outcome='linear'。"),
            levels=len(values),
        )
    mean = weights @ drivers / weights.sum()
    centred = drivers - mean
    standard = centred / np.sqrt(weights @ centred**2 / weights.sum())
    return standard, _covariance(standard, weights), level.astype(np.int64)


def _covariance(x: Numbers, weights: Numbers) -> Numbers:
    total = weights.sum()
    mean = weights @ x / total
    found: Numbers = (x * weights[:, None]).T @ x / total - np.outer(mean, mean)
    return found


def _latent(covariance: Numbers, slopes: Numbers) -> Numbers:
    """Correlations of x and y* = xβ + e, e standard normal."""
    p = len(slopes)
    found = np.empty((p + 1, p + 1))
    found[:p, :p] = covariance
    found[p, :p] = found[:p, p] = covariance @ slopes
    found[p, p] = slopes @ covariance @ slopes + 1.0
    return correlation_of(found)


@njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _likelihood(
    theta: Numbers, drivers: Numbers, level: Codes, weights: Numbers
) -> tuple[float, Numbers, Numbers]:
    """Weighted log-likelihood (−∞ where cuts are out of order), gradient and Hessian in (β, cuts)."""
    n, p = drivers.shape
    size = len(theta)
    value, gradient, hessian = 0.0, np.zeros(size), np.zeros((size, size))
    for k in range(p + 1, size):
        if theta[k] <= theta[k - 1]:
            return -np.inf, gradient, hessian
    for row in range(n):
        linear = 0.0
        for j in range(p):
            linear += drivers[row, j] * theta[j]
        # The places in θ of the cuts above and below; beyond the ends there are none.
        above, below = p + level[row], p + level[row] - 1
        high = theta[above] - linear if above < size else np.inf
        low = theta[below] - linear if below >= p else -np.inf
        # From the tail that loses no digits.
        a, b = (-high, -low) if low > 0 else (low, high)
        chance = 0.5 * (math.erfc(-b * _ROOT_HALF) - math.erfc(-a * _ROOT_HALF))
        if chance <= 0:
            return -np.inf, gradient, hessian
        up = _density(high) / chance
        down = _density(low) / chance
        up2 = -up * up - (high * up if above < size else 0.0)
        down2 = -down * down + (low * down if below >= p else 0.0)
        cross, w = up * down, weights[row]
        value += w * math.log(chance)
        for i in range(p):
            x = w * drivers[row, i]
            gradient[i] += x * (down - up)
            for j in range(i + 1):
                hessian[i, j] += x * drivers[row, j] * (up2 + down2 + 2 * cross)
            if above < size:
                hessian[above, i] -= x * (up2 + cross)
            if below >= p:
                hessian[below, i] -= x * (down2 + cross)
        if above < size:
            gradient[above] += w * up
            hessian[above, above] += w * up2
        if below >= p:
            gradient[below] -= w * down
            hessian[below, below] += w * down2
        if above < size and below >= p:
            hessian[above, below] += w * cross
    for i in range(size):
        for j in range(i):
            hessian[j, i] = hessian[i, j]
    return value, gradient, hessian


@njit(cache=True)  # type: ignore[untyped-decorator]
def _density(cut: float) -> float:
    return 0.0 if math.isinf(cut) else math.exp(-0.5 * cut * cut) * _DENSITY
