"""How totals scatter around their expectation: an ordered probit, so that steps and ceilings are part of it.

On five points an answer can be three below the expectation but never three above: residuals are skewed
although
nothing is wrong. The probit knows the steps, and so its probability of an answer this low is honest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, ndtr, ndtri

if TYPE_CHECKING:
    from peakend.feedback.mismatch.conditional import Prediction

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]

MOST_LEVELS = 21
BROAD = 3.0
SPARED = 0.05
FLAT = 1e-4


@dataclass(frozen=True, slots=True)
class Levels:
    """Answers as numbers 0, 1, …: `code` one an answer, of `count` different ones (close ones together)."""

    code: Codes
    count: int


@dataclass(frozen=True, slots=True)
class Scatter:
    """What the model says of every answer.

    below: the probabilities of each step, n × levels, cumulated from the lowest. broad: share of answers that
    scatter widely (π). variance: covariance of the estimated parameters. linear, wide, design, limits: the
    fit.
    """

    below: Numbers
    converged: bool
    broad: float
    variance: Numbers
    limits: Numbers
    linear: Numbers
    wide: Numbers
    design: Numbers

    def moved(self, level: Codes) -> Numbers:
        """How the probability of an answer of at most `level` (−1: of nothing) moves with each parameter."""
        count = len(self.limits) + 1
        asked = np.flatnonzero((level >= 0) & (level < count - 1))
        u = (self.limits[level[asked]] - self.linear[asked]) / self.wide[asked]
        narrow, wide = np.exp(-0.5 * u * u), np.exp(-0.5 * u * u / BROAD**2) / BROAD
        density = ((1 - self.broad) * narrow + self.broad * wide) / np.sqrt(2 * np.pi) / self.wide[asked]
        found = np.zeros((len(level), count + self.design.shape[1]))
        steps = np.diff(self.limits)
        found[asked, 0] = density
        for place in range(1, count - 1):
            # Each parameter after the first is the logarithm of a gap between two limits.
            found[asked, place] = density * steps[place - 1] * (level[asked] >= place)
        found[asked, count - 1] = (ndtr(u / BROAD) - ndtr(u)) * self.broad * (1 - self.broad)
        found[asked, count:] = -density[:, None] * self.design[asked]
        return found


def levels_of(total: Numbers) -> Levels:
    """The steps of the scale that were used; answers on a finer scale than 21 steps are taken in 21
    classes."""
    different, code = np.unique(total, return_inverse=True)
    if len(different) <= MOST_LEVELS:
        return Levels(code.astype(np.int64), len(different))
    edges = np.linspace(different[0], different[-1], MOST_LEVELS + 1)[1:-1]
    different, code = np.unique(np.searchsorted(edges, total), return_inverse=True)
    return Levels(code.astype(np.int64), len(different))


def scatter_of(levels: Levels, prediction: Prediction, period: Codes) -> Scatter:
    """Fit P(answer ≤ k) = F((cₖ − b₁η − b₂(η² − 1) − a_t) / s) by maximum likelihood.

    F(u) = (1 − π)Φ(u) + πΦ(u/3), Tukey's contaminated normal, π estimated: a share of answers scatters three
    times as wide, upwards as downwards. η: the standardised expectation; s: its conditional deviation over
    the
    typical one, so that few answered parts mean a wider scatter; a_t: a shift of each period (0 for the
    first),
    for a change of everybody is not a mismatch of some. The square lets the ends of the scale bend.

    The answers that are far below (`SPARED`) are left out of a second fit, whose likelihood is that of the
    others
    given that they are not (truncated): the low end is what is to be judged, so the middle and the upper end
    alone say how wide answers scatter.
    Source: McKelvey & Zavoina (1975), Journal of Mathematical Sociology 4(1); McCullagh (1980), JRSS B 42(2),
    eq. 6.1 for the scale; Tukey (1960), A survey of sampling from contaminated distributions.
    """
    design, wide = _design(prediction, period)
    cuts = _first_cuts(levels)
    free = np.r_[cuts[:1], np.log(np.maximum(np.diff(cuts), 1e-3)), -3.0, 1.0, np.zeros(design.shape[1] - 1)]
    everything = np.zeros(len(levels.code), dtype=np.int64)
    free, _ = _fitted(free, levels, design, wide, everything, rough=True)
    spared = (_below(free, levels, design, wide)[:, :-1] <= SPARED).sum(axis=1)
    free, converged = _fitted(free, levels, design, wide, spared)
    below = _below(free, levels, design, wide)
    return Scatter(
        below=below,
        converged=converged and bool(np.isfinite(below).all()),
        broad=float(expit(free[levels.count - 1])),
        variance=_variance(free, _kept(levels, design, wide, spared)),
        limits=_limits(free, levels.count),
        linear=design @ free[levels.count :],
        wide=wide,
        design=design,
    )


def _kept(levels: Levels, design: Numbers, wide: Numbers, floor: Codes) -> tuple[Any, ...]:
    kept = levels.code >= floor
    return levels.code[kept], levels.count, floor[kept], design[kept], wide[kept]


def _fitted(
    free: Numbers, levels: Levels, design: Numbers, wide: Numbers, floor: Codes, *, rough: bool = False
) -> tuple[Numbers, bool]:
    fit = minimize(
        _loss,
        free,
        args=_kept(levels, design, wide, floor),
        jac=True,
        method="BFGS",
        options={"gtol": 1e-3 if rough else 1e-5, "maxiter": 500},
    )
    # Where rounding ends the search before its own goal, a flat gradient is what counts.
    return fit.x, bool(np.abs(fit.jac).max() < FLAT)


def _variance(free: Numbers, kept: tuple[Any, ...]) -> Numbers:
    """The inverse of the information, from differences of the gradient."""
    step = 1e-4
    information = np.empty((len(free), len(free)))
    for place in range(len(free)):
        move = np.zeros(len(free))
        move[place] = step
        information[place] = (_loss(free + move, *kept)[1] - _loss(free - move, *kept)[1]) / (2 * step)
    values, vectors = np.linalg.eigh((information + information.T) / 2 * len(kept[0]))
    found: Numbers = (vectors / np.maximum(values, 1e-3)) @ vectors.T
    return found


def _below(free: Numbers, levels: Levels, design: Numbers, wide: Numbers) -> Numbers:
    limits = _limits(free, levels.count)
    linear = design @ free[levels.count :]
    u = (limits[None, :] - linear[:, None]) / wide[:, None]
    share = float(expit(free[levels.count - 1]))
    return np.column_stack([(1 - share) * ndtr(u) + share * ndtr(u / BROAD), np.ones(len(linear))])


def _design(prediction: Prediction, period: Codes) -> tuple[Numbers, Numbers]:
    expected, spread = prediction.expected, prediction.spread
    deviation = float(expected.std())
    eta = (expected - expected.mean()) / (deviation if deviation > 0 else 1.0)
    _, code = np.unique(period, return_inverse=True)
    shifts = (code[:, None] == np.arange(1, int(code.max(initial=0)) + 1)[None, :]).astype(float)
    return np.column_stack([eta, eta**2 - 1, shifts]), spread / np.sqrt(np.mean(spread**2))


def _first_cuts(levels: Levels) -> Numbers:
    share = np.cumsum(np.bincount(levels.code, minlength=levels.count))[:-1] / len(levels.code)
    found: Numbers = 1.5 * ndtri(np.clip(share, 1e-4, 1 - 1e-4))
    return found


def _limits(free: Numbers, count: int) -> Numbers:
    found: Numbers = np.cumsum(np.r_[free[0], np.exp(np.clip(free[1 : count - 1], -20, 6))])
    return found


def _loss(
    free: Numbers, code: Codes, count: int, floor: Codes, design: Numbers, wide: Numbers
) -> tuple[float, Numbers]:
    """Mean negative log-likelihood of answers that are at least `floor`, and its gradient."""
    slopes, share = free[count:], float(expit(free[count - 1]))
    linear = design @ slopes
    limits = np.r_[-np.inf, _limits(free, count), np.inf]
    likelihood, by_limit, by_share, by_linear = _likelihood(limits, code, floor, linear, wide, share)
    # A gap moves every limit above it.
    tail = np.cumsum(by_limit[1:count][::-1])[::-1]
    gaps = np.exp(np.clip(free[1 : count - 1], -20, 6))
    gradient = np.r_[tail[0], tail[1:] * gaps, by_share * share * (1 - share), by_linear @ design]
    # A faint pull of the coefficients towards zero and of the share towards 5 %: flat likelihoods have an
    # end.
    off = np.r_[np.zeros(count - 1), free[count - 1] + 3.0, slopes]
    pull = np.r_[np.zeros(count - 1), 0.5, np.full(len(slopes), 1e-3)] * off
    n = max(len(code), 1)
    return float(0.5 * (pull @ off) - likelihood) / n, (pull - gradient) / n


@numba.njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _mass(low: float, high: float, share: float) -> tuple[float, float]:
    """F(high) − F(low) and its derivative in the share; from the nearer end, where no digits are lost."""
    if low > 0:
        low, high = -high, -low
    root = math.sqrt(0.5)
    narrow = 0.5 * (math.erfc(-high * root) - math.erfc(-low * root))
    broad = 0.5 * (math.erfc(-high * root / BROAD) - math.erfc(-low * root / BROAD))
    return max((1 - share) * narrow + share * broad, 1e-12), broad - narrow


@numba.njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _slope(u: float, share: float) -> float:
    if math.isinf(u):
        return 0.0
    narrow, broad = math.exp(-0.5 * u * u), math.exp(-0.5 * u * u / (BROAD * BROAD))
    return ((1 - share) * narrow + share / BROAD * broad) / math.sqrt(2 * math.pi)


@numba.njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _likelihood(
    limits: Numbers, code: Codes, floor: Codes, linear: Numbers, wide: Numbers, share: float
) -> tuple[float, Numbers, float, Numbers]:
    """Σ log P(code | ≥ floor), and its derivatives in each limit, the share and each linear predictor."""
    by_limit, by_linear = np.zeros(len(limits)), np.empty(len(code))
    total = by_share = 0.0
    for i in range(len(code)):
        s = wide[i]
        high, low = (limits[code[i] + 1] - linear[i]) / s, (limits[code[i]] - linear[i]) / s
        chance, moved = _mass(low, high, share)
        at_high, at_low = _slope(high, share) / (chance * s), _slope(low, share) / (chance * s)
        total += math.log(chance)
        by_share += moved / chance
        by_limit[code[i] + 1] += at_high
        by_limit[code[i]] -= at_low
        by_linear[i] = at_low - at_high
        if floor[i] > 0:
            least = (limits[floor[i]] - linear[i]) / s
            rest, moved = _mass(least, np.inf, share)
            at_least = _slope(least, share) / (rest * s)
            total -= math.log(rest)
            by_share -= moved / rest
            by_limit[floor[i]] += at_least
            by_linear[i] -= at_least
    return total, by_limit, by_share, by_linear
