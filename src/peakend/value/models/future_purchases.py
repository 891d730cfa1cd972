"""How often a customer who is still there will buy, in closed form and without overflow.

With λ ~ gamma(R, A) and p ~ beta(a, B), a customer alive now makes in time t on average

    E[(1 − e^(−λpt)) / p] = (c / (a−1)) · [1 − (1−z)^R ₂F₁(R, B; c; z)],   c = a + B − 1,  z = t / (A + t)

(Fader, Hardie & Lee 2005, Marketing Science 24(2), equations 9 and 10). The factor (1−z)^R underflows and ₂F₁
overflows when R is large, and a = 1 is 0/0. Euler's transformation has neither trouble:

    = c · ℓ · exprel((1−a) ℓ) − e^((1−a) ℓ) · Σₖ (a)ₖ₋₁ (c−R)ₖ / (c+1)ₖ₋₁ · zᵏ / k!,   ℓ = log(1 + t/A).

Where z is near 1 or the terms of the sum cancel, the expectation over p is integrated numerically instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import exprel, gammaln

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_MOST_Z = 0.75
_MOST_TERMS = 160
_LOST = 1e4
"""A sum whose largest term is so many times the result has lost four digits: it is integrated instead."""

_NODES = 240
_BLOCK = 4_096
_DECAY = 42.0
"""e^−42 is beyond the precision of a double."""


def purchases_while_alive(
    shape: ArrayLike, rate: ArrayLike, a: ArrayLike, b: ArrayLike, time: ArrayLike
) -> Floats:
    """E[(1 − e^(−λpt)) / p] for λ ~ gamma(shape, rate), p ~ beta(a, b), t = `time`; arrays that broadcast.

    All are above zero, `time` is zero or more and in the unit of `rate`. Relative error below 1e-9.
    """
    arrays = np.broadcast_arrays(*(np.asarray(v, np.float64) for v in (shape, rate, a, b, time)))
    flat = np.stack([v.ravel() for v in arrays])
    found = np.empty(flat.shape[1])
    for begin in range(0, flat.shape[1], _BLOCK):
        rows = slice(begin, begin + _BLOCK)
        found[rows] = _block(*flat[:, rows])
    return found.reshape(arrays[0].shape)


def _block(shape: Floats, rate: Floats, a: Floats, b: Floats, time: Floats) -> Floats:
    ratio = time / rate
    z = ratio / (1 + ratio)
    found = np.empty(len(z))
    summed = z <= _MOST_Z
    if summed.any():
        value, exact = _by_series(shape[summed], ratio[summed], a[summed], b[summed], z[summed])
        found[summed] = value
        summed[summed] = exact
    rest = ~summed
    if rest.any():
        found[rest] = _by_integration(shape[rest], ratio[rest], a[rest], b[rest])
    return found


def _by_series(
    shape: Floats, ratio: Floats, a: Floats, b: Floats, z: Floats
) -> tuple[Floats, NDArray[np.bool_]]:
    """The closed form, and where its sum ended with all its digits."""
    c = a + b - 1
    log = np.log1p(ratio)
    term = (c - shape) * z
    total, largest = term.copy(), np.abs(term)
    ended = False
    for k in range(1, _MOST_TERMS):
        term = term * ((a + k - 1) * (c - shape + k) * z / ((c + k) * (k + 1)))
        total += term
        size = np.abs(term)
        largest = np.maximum(largest, size)
        if bool((size <= 1e-16 * np.abs(total)).all()):
            ended = True
            break
    with np.errstate(over="ignore", invalid="ignore"):
        power = np.exp((1 - a) * log)
        first = c * log * exprel((1 - a) * log)
        found = first - power * total
        biggest = np.maximum(np.abs(first), power * largest)
    exact = (biggest <= _LOST * found) & (ended | (np.abs(term) <= 1e-15 * np.abs(total)))
    nothing = ratio == 0
    return np.where(nothing, 0.0, found), exact | nothing


def _by_integration(shape: Floats, ratio: Floats, a: Floats, b: Floats) -> Floats:
    """The trapezium rule over y = log(p / (1−p)), where everything is analytic and dies off at both ends.

    h(p) = (1 − (1+pτ)^−R) / p is compared with Rτ (1−p)^m + h(1) p², whose expectation is known: what is left
    to integrate is small, and vanishes at both ends however small a and b are. The range follows from
    the log density's falling by at least f u² / (2 + u) at distance u from its mode, f = ab / (a+b).
    """
    at_zero = shape * ratio
    at_one = -np.expm1(-shape * np.log1p(ratio))
    power = np.maximum((shape + 1) * ratio / 2, 2.0)
    log_risen = _log_rising(b, a)
    log_beta = gammaln(a) - log_risen
    known = at_zero * np.exp(log_risen - _log_rising(b + power, a))
    known += at_one * a * (a + 1) / ((a + b) * (a + b + 1))
    mode = np.log(a) - np.log(b)
    flat = _DECAY * (a + b) / (a * b)
    reach = (flat + np.sqrt(flat * flat + 8 * flat)) / 2
    low = np.maximum(mode - reach, (log_beta - _DECAY) / (a + 1) - np.log1p(at_zero + power))
    high = np.minimum(mode + reach, (_DECAY - log_beta) / (b + 1) + 1)
    step = (high - low) / _NODES
    y = low[:, None] + step[:, None] * np.arange(_NODES + 1)
    log_p, log_q = -np.logaddexp(0, -y), -np.logaddexp(0, y)
    p = np.exp(log_p)
    column = slice(None), None
    density = np.exp(a[column] * log_p + b[column] * log_q - log_beta[column])
    fall = -np.expm1(-shape[column] * np.log1p(p * ratio[column]))
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(p > 0, fall / p, at_zero[column])
    model = at_zero[column] * np.exp(power[column] * log_q) + at_one[column] * p * p
    return np.asarray(known + step * (density * (rate - model)).sum(axis=1), np.float64)


def _log_rising(z: Floats, a: Floats) -> Floats:
    """lnΓ(z + a) − lnΓ(z): by Stirling's series where z is large and the difference would lose digits."""
    large = np.maximum(z, 30.0)
    found = (large - 0.5) * np.log1p(a / large) + a * np.log(large + a) - a
    for k, factor in ((1, 1 / 12), (3, -1 / 360), (5, 1 / 1260), (7, -1 / 1680)):
        found += factor * ((large + a) ** -k - large**-k)
    return np.where(z < 30, gammaln(z + a) - gammaln(z), found)
