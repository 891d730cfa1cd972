"""Would customers be as well served in the cheaper channel? A test of not being worse by a margin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtr

from peakend.feedback.comparison import holm
from peakend.feedback.intervals import t_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

# On a scale from 0 (worst) to 1 (best): how much worse a channel may be felt and still take the contacts.
MARGIN = 0.05
# A mean of fewer customers says nothing about a channel.
FEWEST = 30


@dataclass(frozen=True, slots=True)
class Felt:
    """What was felt in one channel, by person: sums over persons of n, s, n², ns, s² (s: sum of values)."""

    persons: int
    n: float
    s: float
    nn: float
    ns: float
    ss: float

    @property
    def mean(self) -> float:
        return self.s / self.n

    @property
    def variance(self) -> float:
        """Of the mean, between persons: Σ(s − m·n)² / N² · G / (G − 1)."""
        residual = self.ss - 2 * self.mean * self.ns + self.mean**2 * self.nn
        return max(residual, 0.0) / self.n**2 * self.persons / (self.persons - 1)


@dataclass(frozen=True, slots=True)
class Both:
    """Persons who used both channels: sums of n·n′, n·s′, s·n′ and s·s′ (first channel, second channel)."""

    persons: int = 0
    nn: float = 0.0
    ns: float = 0.0
    sn: float = 0.0
    ss: float = 0.0


@dataclass(frozen=True, slots=True)
class Guard:
    """To − from on the scale 0 to 1, its interval, and the two-sided p of its being exactly −margin."""

    difference: float
    low: float
    high: float
    p: float


def guard(
    origin: Felt, target: Felt, both: Both, confidence: float = 0.95, margin: float = MARGIN
) -> Guard | None:
    """Compare what is felt in two channels; None with fewer than `FEWEST` persons in one, or no spread.

    d = m′ − m with Var d = Var m + Var m′ − 2 Cov(m, m′), the covariance from persons who used both; t with
    the smaller number of persons less one. Those who use a channel chose it: the difference is not what
    would happen to the others.
    Source: Cochran (1977), Sampling Techniques, ch. 6 (ratio of sums); Piaggio et al. (2012), JAMA 308(24),
    on margins.
    """
    if min(origin.persons, target.persons) < FEWEST:
        return None
    a, b = origin.mean, target.mean
    shared = (both.ss - b * both.sn - a * both.ns + a * b * both.nn) / (origin.n * target.n)
    variance = origin.variance + target.variance - 2 * shared
    if variance <= 0:
        return None
    se = float(np.sqrt(variance))
    df = min(origin.persons, target.persons) - 1
    half = float(t_quantile(confidence, df)) * se
    gap = b - a
    p = 2 * float(stdtr(df, -abs(gap + margin) / se))
    return Guard(gap, max(gap - half, -1.0), min(gap + half, 1.0), p)


def verdicts_of(
    found: Sequence[Guard | None], alpha: float = 0.05, margin: float = MARGIN
) -> tuple[list[float | None], list[str]]:
    """Adjusted p (Holm over all pairs) and what to do: "move" where not worse by the margin or more, "keep"
    where it is, "cannot_tell" where neither is shown."""
    adjusted, _ = holm([np.nan if one is None else one.p for one in found])
    told: list[float | None] = []
    words = []
    for one, p in zip(found, adjusted.tolist(), strict=True):
        told.append(None if one is None else p)
        if one is None or p > alpha:
            words.append("cannot_tell")
        else:
            words.append("move" if one.difference > -margin else "keep")
    return told, words
