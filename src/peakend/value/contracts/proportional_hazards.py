"""Cox's model on counts: how many times faster contracts close, at every age, than those of another group.

Contracts enter as counts by age and pattern of covariates, never one by one. Libraries take such rows with
weights, but their correction for ties then counts a row as one closing, however many it stands for: with 92
rows in place of 4,000 contracts lifelines 0.30.3 gives 0.623 instead of 0.640 (standard error 0.040).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc, ndtr

from peakend.feedback.intervals import normal_quantile
from peakend.value.models.fitting import minimised

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Hazards:
    """Hazard ratios against pattern 0, one entry a covariate; p is two-sided (Wald).

    proportional_p: p of hazards that stay proportional at every age; small: the ratio changes with age.
    """

    coefficient: Floats
    standard_error: Floats
    ratio: Floats
    low: Floats
    high: Floats
    p: Floats
    proportional_p: Floats
    log_likelihood: float


@dataclass(frozen=True, slots=True)
class Ties:
    """Closings at one age of one stratum: age, contracts at risk and closed by pattern (k each)."""

    age: int
    at_risk: Floats
    closed: Floats


def cox(strata: Sequence[Sequence[Ties]], patterns: Floats, confidence: float = 0.95) -> Hazards:
    """Fit β of h(t | x) = h₀(t) e^(x·β), a baseline h₀ each stratum; `patterns`: x by pattern (k × p).

    Partial likelihood with Efron's correction for ties, exact derivatives. Proportionality: the score test of
    an added x·g(t), g the centred rank of the age among closings, one covariate at a time.
    Sources: Cox (1972), JRSS B 34(2); Efron (1977), JASA 72(359); Grambsch & Therneau (1994), Biometrika
    81(3). Raises `DidNotConvergeError`: a group in which none, or all at once, closed has no ratio.
    """
    every = [tie for stratum in strata for tie in stratum]
    size = patterns.shape[1]

    def objective(beta: Floats) -> tuple[float, Floats, Floats]:
        value, gradient, hessian = 0.0, np.zeros(size), np.zeros((size, size))
        weights = np.exp(patterns @ beta)
        for tie in every:
            told, mean, spread = _moments(tie, patterns, weights)
            value += float(tie.closed @ (patterns @ beta)) - told
            gradient += tie.closed @ patterns - mean
            hessian += spread
        return -value, -gradient, hessian

    found = minimised(objective, [np.zeros(size)], model="Cox")
    beta, covariance = found.theta, found.covariance
    error = np.sqrt(np.diag(covariance))
    half = normal_quantile(confidence) * error
    return Hazards(
        beta, error, np.exp(beta), np.exp(beta - half), np.exp(beta + half),
        2 * ndtr(-np.abs(beta / error)), _proportional(strata, patterns, beta), -found.value,
    )  # fmt: skip


def _moments(tie: Ties, patterns: Floats, weights: Floats) -> tuple[float, Floats, Floats]:
    """Sums over Efron's steps at one age: of log Σ w, of the mean of x, and of its variance (p × p)."""
    dead = int(tie.closed.sum())
    shares = np.arange(dead) / dead
    # At step l the closings count as (1 − l/d) contracts each: steps × patterns.
    left = (tie.at_risk[None, :] - shares[:, None] * tie.closed[None, :]) * weights
    total = left.sum(axis=1)
    chances = left / total[:, None]
    mean = chances @ patterns
    spread = np.einsum("k,ka,kb->ab", chances.sum(axis=0), patterns, patterns) - mean.T @ mean
    return float(np.log(total).sum()), mean.sum(axis=0), spread


def _proportional(strata: Sequence[Sequence[Ties]], patterns: Floats, beta: Floats) -> Floats:
    weights = np.exp(patterns @ beta)
    every = [tie for stratum in strata for tie in stratum]
    ages = np.array([tie.age for tie in every], np.float64)
    closings = np.array([tie.closed.sum() for tie in every])
    time = _centred_rank(ages, closings)
    size = len(beta)
    score, own, cross, both = np.zeros(size), *(np.zeros((size, size)) for _ in range(3))
    for tie, g in zip(every, time, strict=True):
        _, mean, spread = _moments(tie, patterns, weights)
        score += g * (tie.closed @ patterns - mean)
        own, cross, both = own + spread, cross + g * spread, both + g * g * spread
    inverse = np.linalg.inv(own)
    p = np.full(size, np.nan)
    for place in range(size):
        variance = both[place, place] - cross[place] @ inverse @ cross[place]
        if variance > 1e-12 * max(1.0, both[place, place]):
            p[place] = chdtrc(1, score[place] ** 2 / variance)
    return p


def _centred_rank(ages: Floats, closings: Floats) -> Floats:
    """Average rank of each age among all closings, less the mean of all closings' ranks."""
    different, codes = np.unique(ages, return_inverse=True)
    counts = np.bincount(codes, closings, len(different))
    rank = np.cumsum(counts) - (counts - 1) / 2
    return np.asarray((rank - (rank @ counts) / counts.sum())[codes], np.float64)


def ties_of(
    exposures: Mapping[int, tuple[Integers, Integers, Integers, Integers]], patterns: int
) -> list[Ties]:
    """What happened at each age of one stratum, from its contracts by pattern.

    exposures: pattern → (entry, exit, closed 0/1, contracts), as `Exposure.of` takes them.
    """
    size = max((int(rows[1].max(initial=0)) for rows in exposures.values()), default=0) + 1
    at_risk, closed = np.zeros((patterns, size)), np.zeros((patterns, size))
    for pattern, (entry, exit, gone, contracts) in exposures.items():
        seen = exit > entry
        begins, ends, counts = entry[seen], exit[seen], contracts[seen].astype(np.float64)
        lost = gone[seen].astype(bool)
        closed[pattern] = np.bincount(ends[lost], counts[lost], size)
        entered, left = (np.cumsum(np.bincount(where, counts, size)) for where in (begins, ends))
        at_risk[pattern] = np.r_[0, entered[:-1]] - np.r_[0, left[:-1]]
    ages = np.flatnonzero(closed.sum(axis=0))
    return [Ties(int(age), at_risk[:, age], closed[:, age]) for age in ages]
