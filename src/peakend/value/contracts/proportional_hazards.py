"""Cox's model on counts: how many times faster contracts close, at every age, than those of another group.

Contracts enter as counts by age and pattern of covariates, never one by one. Libraries take such rows with
weights, but their correction for ties then counts a row as one closing, however many it stands for: with 92
rows in place of 4,000 contracts lifelines 0.30.3 gives 0.623 instead of 0.640 (standard error 0.040).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc, ndtr

from peakend.feedback.intervals import normal_quantile
from peakend.language import Text
from peakend.value.models.fitting import DidNotConvergeError, minimised

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


_STEPS = 100_000
_FAR = 12.0
"""Beyond e^12 to one nobody of a group has left, or nobody has stayed."""


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
    size = patterns.shape[1]
    blocks = _blocks([tie for stratum in strata for tie in stratum])
    reached = sum((block.closed.sum(axis=0) for block in blocks), np.zeros(len(patterns))) @ patterns

    def objective(beta: Floats) -> tuple[float, Floats, Floats]:
        told, mean, spread = _summed(blocks, patterns, np.exp(patterns @ beta))
        return told - float(reached @ beta), mean - reached, spread

    found = minimised(objective, [np.zeros(size)], model="Cox")
    beta, covariance = found.theta, found.covariance
    error = np.sqrt(np.diag(covariance))
    if np.abs(beta).max(initial=0) > _FAR:
        raise DidNotConvergeError(
            "Cox", 1, Text("a ratio runs off to zero or infinity", "有风险比趋于零或无穷")
        )
    half = normal_quantile(confidence) * error
    return Hazards(
        beta, error, np.exp(beta), np.exp(beta - half), np.exp(beta + half),
        2 * ndtr(-np.abs(beta / error)), _proportional(strata, patterns, beta), -found.value,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Block:
    """Ages one after the other: at_risk and closed (ages × k), their ages."""

    ages: Floats
    at_risk: Floats
    closed: Floats

    def steps(self) -> tuple[Floats, Integers]:
        """Contracts at risk at each of Efron's steps (steps × k), and the place of its age.

        At step l of d closings at one age these count as (1 − l/d) contracts each.
        """
        dead = self.closed.sum(axis=1).astype(np.int64)
        place = np.repeat(np.arange(len(dead)), dead)
        share = (np.arange(len(place)) - np.repeat(np.cumsum(dead) - dead, dead)) / dead[place]
        return self.at_risk[place] - share[:, None] * self.closed[place], place


def _blocks(ties: Sequence[Ties]) -> list[_Block]:
    """All ages in blocks of about `_STEPS` closings, so that memory stays small however many close."""
    if not ties:
        return []
    ages = np.array([tie.age for tie in ties], np.float64)
    at_risk, closed = np.stack([tie.at_risk for tie in ties]), np.stack([tie.closed for tie in ties])
    number = (np.cumsum(closed.sum(axis=1)) // _STEPS).astype(np.int64)
    ends = [0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), len(ties)]
    return [_Block(ages[a:b], at_risk[a:b], closed[a:b]) for a, b in pairwise(ends)]


def _summed(
    blocks: Sequence[_Block], patterns: Floats, weights: Floats, by_age: Sequence[Floats] | None = None
) -> tuple[float, Floats, Floats]:
    """Over all steps, each multiplied by its age's entry of `by_age`: the sums of log Σ w, of the mean of x
    (p) and of its variance (p × p)."""
    size = patterns.shape[1]
    told, mean, spread = 0.0, np.zeros(size), np.zeros((size, size))
    for number, block in enumerate(blocks):
        left, place = block.steps()
        total = left @ weights
        chances = left * weights / total[:, None]
        factor = np.ones(len(place)) if by_age is None else by_age[number][place]
        means = chances @ patterns
        told += float(factor @ np.log(total))
        mean += factor @ means
        spread += patterns.T @ ((factor @ chances)[:, None] * patterns) - (means * factor[:, None]).T @ means
    return told, mean, spread


def _proportional(strata: Sequence[Sequence[Ties]], patterns: Floats, beta: Floats) -> Floats:
    weights, size = np.exp(patterns @ beta), len(beta)
    blocks = _blocks([tie for stratum in strata for tie in stratum])
    ages, closings = (
        np.concatenate(parts) for parts in ([b.ages for b in blocks], [b.closed.sum(axis=1) for b in blocks])
    )
    ranks = np.split(_centred_rank(ages, closings), np.cumsum([len(b.ages) for b in blocks])[:-1])
    _, _, own = _summed(blocks, patterns, weights)
    _, mean, cross = _summed(blocks, patterns, weights, ranks)
    _, _, both = _summed(blocks, patterns, weights, [rank**2 for rank in ranks])
    reached = sum((rank @ b.closed for rank, b in zip(ranks, blocks, strict=True)), np.zeros(len(patterns)))
    score = reached @ patterns - mean
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
