"""An outcome that only has an order: the correlations of the drivers with what stands behind its steps.

An ordered probit says that an answer is the step into which a continuous judgement y* = xβ + e falls, e
normal. Drivers are taken as they are; nothing is assumed of their distribution. The correlations of y* follow
from β, and R² is McKelvey & Zavoina's: the share of the variance of y* that the drivers account for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtri

from peakend.feedback.drivers.bootstrap import multinomial_counts
from peakend.feedback.drivers.covariance import correlation_of
from peakend.feedback.drivers.errors import DriverInputError, NotConvergedError
from peakend.language import Text

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]

MOST_STEPS = 50
MOST_LEVELS = 21
_TOLERANCE = 1e-9
# A judgement of which the drivers explain more than this is one that they separate without error.
_MOST_R2 = 0.9999


@dataclass(frozen=True, slots=True)
class OrderedProbit:
    """β (p) of standardised drivers, the cuts between the levels (one fewer), and Newton steps taken."""

    slopes: Numbers
    cuts: Numbers
    steps: int


def ordered_probit(
    drivers: Numbers, level: Codes, weights: Numbers, start: OrderedProbit | None = None
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
        if np.abs(length * move).max() < _TOLERANCE:
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
                one = ordered_probit(x, codes, w, OrderedProbit(fit.slopes, cuts, 0))
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


def _likelihood(
    theta: Numbers, drivers: Numbers, level: Codes, weights: Numbers
) -> tuple[float, Numbers, Numbers]:
    """Weighted log-likelihood (−∞ where cuts are out of order), gradient and Hessian in (β, cuts)."""
    p = drivers.shape[1]
    size = len(theta)
    cuts = np.concatenate([[-np.inf], theta[p:], [np.inf]])
    if (np.diff(cuts) <= 0).any():
        return -np.inf, np.zeros(size), -np.eye(size)
    linear = drivers @ theta[:p]
    high, low = cuts[level + 1] - linear, cuts[level] - linear
    chance = _log_between(low, high)
    up, down = _ratio(high, chance), _ratio(low, chance)
    up2 = -np.where(np.isfinite(high), high, 0) * up - up**2
    down2 = np.where(np.isfinite(low), low, 0) * down - down**2
    cross = up * down
    codes = level + 1
    gradient = np.empty(size)
    gradient[:p] = drivers.T @ (weights * (down - up))
    by_cut = np.bincount(codes, weights * up, len(cuts)) - np.bincount(level, weights * down, len(cuts))
    gradient[p:] = by_cut[1:-1]
    hessian = np.zeros((size, size))
    # In (high, low) the second derivatives are up2, down2 and cross; both move by −1 with the linear part.
    hessian[:p, :p] = drivers.T @ (drivers * (weights * (up2 + down2 + 2 * cross))[:, None])
    inner = np.zeros((len(cuts), len(cuts)))
    inner[np.arange(len(cuts)), np.arange(len(cuts))] = np.bincount(
        codes, weights * up2, len(cuts)
    ) + np.bincount(level, weights * down2, len(cuts))
    beside = np.bincount(level, weights * cross, len(cuts))
    for k in range(len(cuts) - 1):
        inner[k, k + 1] = inner[k + 1, k] = beside[k]
    hessian[p:, p:] = inner[1:-1, 1:-1]
    mixed = np.zeros((len(cuts), p))
    for k in range(1, len(cuts) - 1):
        above, below = codes == k, level == k
        mixed[k] = -drivers[above].T @ (weights[above] * (up2 + cross)[above]) - drivers[below].T @ (
            weights[below] * (down2 + cross)[below]
        )
    hessian[p:, :p] = mixed[1:-1]
    hessian[:p, p:] = mixed[1:-1].T
    return float(weights @ chance), gradient, hessian


def _log_between(low: Numbers, high: Numbers) -> Numbers:
    """log(Φ(high) − Φ(low)), from the tail that loses no digits."""
    flip = low > 0
    a, b = np.where(flip, -high, low), np.where(flip, -low, high)
    upper, lower = log_ndtr(b), log_ndtr(a)
    found: Numbers = upper + np.log1p(-np.exp(np.minimum(lower - upper, -1e-300)))
    return found


def _ratio(cut: Numbers, chance: Numbers) -> Numbers:
    """φ(cut) over the probability whose logarithm is `chance`; 0 at infinity."""
    finite = np.where(np.isfinite(cut), cut, 0)
    density = np.exp(-0.5 * finite**2 - 0.5 * np.log(2 * np.pi) - chance)
    return np.where(np.isfinite(cut), density, 0.0)
