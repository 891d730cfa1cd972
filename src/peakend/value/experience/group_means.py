"""Means of money by group and how many times one is the other, from counts, sums and sums of squares."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import ndtr, ndtri

_WIDEST = 10.0
"""Half width of an interval of a logarithm beyond which it is no interval: a factor of 22,000 either way."""


@dataclass(frozen=True, slots=True)
class GroupMean:
    """customers, mean, and the variance of that mean (None: fewer than two customers)."""

    customers: int
    mean: float
    variance: float | None

    def interval(self, confidence: float) -> tuple[float | None, float | None]:
        """Normal interval of the mean."""
        if self.variance is None:
            return None, None
        half = float(ndtri(0.5 + confidence / 2)) * math.sqrt(self.variance)
        return self.mean - half, self.mean + half


@dataclass(frozen=True, slots=True)
class Ratio:
    """value: one mean over another (None: the other is not above zero); low, high: its interval; p: of the
    hypothesis that both means are equal, two-sided."""

    value: float | None
    low: float | None
    high: float | None
    p: float | None


def group_mean(customers: int, total: float, squared: float) -> GroupMean:
    """From how many there are, the sum of their money and of its squares."""
    mean = total / customers
    if customers < 2:
        return GroupMean(customers, mean, None)
    spread = max(squared - customers * mean**2, 0.0) / (customers - 1)
    return GroupMean(customers, mean, spread / customers)


def standardised(strata: dict[int, GroupMean], shares: dict[int, float]) -> GroupMean | None:
    """The mean a group would have if its strata were as large as `shares` say; None where one is missing.

    Direct standardisation; strata are independent. Source: Rothman, Greenland & Lash (2008), Modern
    Epidemiology, chapter 15.
    """
    if any(stratum not in strata or strata[stratum].variance is None for stratum in shares):
        return None
    mean = sum(share * strata[stratum].mean for stratum, share in shares.items())
    variance = sum(share**2 * (strata[stratum].variance or 0.0) for stratum, share in shares.items())
    return GroupMean(sum(found.customers for found in strata.values()), mean, variance)


def ratio(one: GroupMean, other: GroupMean, confidence: float) -> Ratio:
    """`one` over `other` with an interval symmetric in its logarithm, and Welch's test of their difference.

    var log(a/b) = var(a)/a² + var(b)/b² (delta method), used where both means are above zero.
    """
    if one.variance is None or other.variance is None:
        return Ratio(None, None, None, None)
    spread = math.sqrt(one.variance + other.variance)
    p = 2 * float(ndtr(-abs(one.mean - other.mean) / spread)) if spread > 0 else None
    if other.mean <= 0:
        return Ratio(None, None, None, p)
    value = one.mean / other.mean
    if value <= 0:
        return Ratio(value, None, None, p)
    half = float(ndtri(0.5 + confidence / 2)) * math.sqrt(
        one.variance / one.mean**2 + other.variance / other.mean**2
    )
    if half > _WIDEST:
        # A mean so near zero that its logarithm says nothing.
        return Ratio(value, None, None, p)
    return Ratio(value, value * math.exp(-half), value * math.exp(half), p)
