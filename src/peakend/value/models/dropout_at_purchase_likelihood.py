"""Likelihood of purchases at a gamma rate with a beta chance of leaving after each, with exact derivatives.

Notation of Fader, Hardie & Lee (2005, Marketing Science 24(2), pp. 275–284): a customer buys at rate λ ~
gamma(r, α) and, at each of n chances, leaves for good with probability p ~ beta(a, b). With R = r + x

    L = Γ(R) α^r / Γ(r) · Γ(a+b) Γ(b+n) / (Γ(b) Γ(a+b+n)) · [(α+T)^−R + 1{n>0} a/(b+n−1) (α+t_x)^−R].

BG/NBD (their equation 6): a chance at each repeat purchase, n = x. MBG/NBD (Batislam, Denizel & Filiztekin
2007, equation 4): one at the first purchase too, n = x + 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import digamma, expit, gammaln, zeta

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from peakend.value.models.histories import PurchaseHistories

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

_BLOCK = 8_192
"""Rows at a time: what they need stays in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Tabulated:
    """Histories as the likelihood needs them: what depends on one number only is counted by that number.

    times: the distinct times, in the model's unit. x, last, age, weight: the rows that may have left (n > 0);
    `last` and `age` are places in `times`. counts[k]: customers with x = k. alive[i], purchases[i]: customers
    observed for times[i], and their repeat purchases. chances: n − x, which is 0 or 1.
    """

    times: Floats
    x: Integers
    last: Integers
    age: Integers
    weight: Floats
    counts: Floats
    alive: Floats
    purchases: Floats
    chances: int

    @classmethod
    def of(cls, histories: PurchaseHistories, chances: int) -> Tabulated:
        """Tables of `histories`; by day where days are known, else by distinct time."""
        weight = histories.customers.astype(np.float64)
        x = histories.frequency
        if histories.recency_days is not None and histories.age_days is not None:
            last, age = histories.recency_days, histories.age_days
            longest = int(age.argmax()) if len(age) else 0
            unit = histories.age[longest] / age[longest] if len(age) and age[longest] else 1.0
            times = np.arange(int(age.max(initial=0)) + 1) * unit
        else:
            times, places = np.unique(np.concatenate([histories.recency, histories.age]), return_inverse=True)
            last, age = np.split(places.astype(np.int64), 2)
        size = len(times)
        left = x + chances > 0
        return cls(
            times,
            x[left],
            last[left],
            age[left],
            weight[left],
            _tally(x, weights=weight),
            _tally(age, weights=weight, minlength=size),
            _tally(age, weights=weight * x, minlength=size),
            chances,
        )


def negative_log_likelihood(data: Tabulated, theta: Floats) -> tuple[float, Floats, Floats]:
    """−log L of all customers at theta = log (r, α, a, b), with gradient (4) and Hessian (4 × 4)."""
    r, alpha, a, b = np.exp(theta)
    value, gradient, hessian = _counted(data, r, alpha, a, b)
    logs = np.log(alpha + data.times)
    inverse = 1 / (alpha + data.times)
    steps = np.arange(len(data.counts)) + (data.chances - 1.0)
    # b + n − 1 is not needed at n = 0 and may be below zero there.
    chance = 1 / np.where(steps + b > 0, steps + b, 1.0)
    at_risk = np.log(a * chance)
    weighted, left = np.zeros(8), np.zeros((4, 4))
    for begin in range(0, len(data.x), _BLOCK):
        rows = slice(begin, begin + _BLOCK)
        x, last, age, weight = data.x[rows], data.last[rows], data.age[rows], data.weight[rows]
        # d is the log odds of having left at t_x, u, v, w its parts that depend on time.
        size = r + x
        u = logs[age] - logs[last]
        early, late = inverse[last], inverse[age]
        v = (late - early) * size
        g = chance[x]
        d = at_risk[x] + size * u
        share = expit(d)
        gone = weight * share
        # log(1 + e^d), without overflow.
        value += float(weight @ (np.maximum(d, 0) + np.log1p(np.exp(-np.abs(d)))))
        slopes = np.stack([u, v, np.full(len(x), 1 / a), -g])
        weighted[:4] += slopes @ gone
        weighted[4] += gone @ (late - early)
        weighted[5] += gone @ (v * (late + early))
        weighted[6] += gone @ (g * g)
        weighted[7] += gone.sum()
        left += (slopes * (gone * (1 - share))) @ slopes.T
    gradient += weighted[:4]
    hessian += left
    hessian[0, 1] += weighted[4]
    hessian[1, 0] += weighted[4]
    hessian[1, 1] -= weighted[5]
    hessian[2, 2] -= weighted[7] / a**2
    hessian[3, 3] += weighted[6]
    return in_logarithms(value, gradient, hessian, np.array([r, alpha, a, b]))


def _tally(places: Integers, weights: Floats, minlength: int = 0) -> Floats:
    return np.bincount(places, weights=weights, minlength=minlength).astype(np.float64)


def _counted(data: Tabulated, r: float, alpha: float, a: float, b: float) -> tuple[float, Floats, Floats]:
    """log L without what depends on t_x: value, gradient and Hessian by (r, α, a, b)."""
    k = np.arange(len(data.counts), dtype=np.float64)
    n = k + data.chances
    customers = float(data.counts.sum())
    value = customers * r * np.log(alpha) + float(
        data.counts @ (rising(r, k, gammaln) + rising(b, n, gammaln) - rising(a + b, n, gammaln))
    )
    by_r, by_b, by_sum = (
        float(data.counts @ rising(base, steps, digamma)) for base, steps in ((r, k), (b, n), (a + b, n))
    )
    by_rr, by_bb, by_sum_sum = (
        float(data.counts @ rising(base, steps, trigamma)) for base, steps in ((r, k), (b, n), (a + b, n))
    )
    logs, inverse = np.log(alpha + data.times), 1 / (alpha + data.times)
    powers = r * data.alive + data.purchases
    value -= float(powers @ logs)
    gradient = np.array(
        [
            by_r + customers * np.log(alpha) - data.alive @ logs,
            customers * r / alpha - powers @ inverse,
            -by_sum,
            by_b - by_sum,
        ]
    )
    hessian = np.zeros((4, 4))
    hessian[0, 0] = by_rr
    hessian[0, 1] = hessian[1, 0] = customers / alpha - data.alive @ inverse
    hessian[1, 1] = powers @ inverse**2 - customers * r / alpha**2
    hessian[2, 2] = hessian[2, 3] = hessian[3, 2] = -by_sum_sum
    hessian[3, 3] = by_bb - by_sum_sum
    return value, gradient, hessian


def trigamma(z: Floats) -> Floats:
    """ψ′(z) = ζ(2, z)."""
    return np.asarray(zeta(2, z), np.float64)


def rising(base: float, steps: Floats, function: Callable[[Floats], Floats]) -> Floats:
    """function(base + k) − function(base): of gammaln, the logarithm of a rising factorial."""
    return np.asarray(function(base + steps) - function(np.asarray(base)), np.float64)


def in_logarithms(
    value: float, gradient: Floats, hessian: Floats, vector: Floats
) -> tuple[float, Floats, Floats]:
    """−log L by theta = log vector, from log L by the vector: d/dθ = p d/dp."""
    by_theta = vector * gradient
    curved = vector[:, None] * hessian * vector[None, :] + np.diag(by_theta)
    return -value, -by_theta, -curved
