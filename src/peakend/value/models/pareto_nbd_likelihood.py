"""Likelihood of the Pareto/NBD model, a history at a time, with exact derivatives, without overflow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln, polygamma, psi

from peakend.value.models.lapse_integral import log_integral, log_integral_with_derivatives

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from peakend.value.models.lapse_integral import LogIntegral

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class HistoryLikelihoods:
    """log L of n histories; gradient (4 × n) and Hessian (4 × 4 × n) by log r, log α, log s, log β."""

    value: Floats
    gradient: Floats
    hessian: Floats


def branches(
    r: Floats, alpha: Floats, s: Floats, beta: Floats, x: Floats, recency: Floats, age: Floats
) -> tuple[Floats, Floats]:
    """log of the two parts that a history's likelihood is proportional to: still a customer, and lapsed.

    (α+T)^−(r+x) (β+T)^−s, and ∫ from t_x to T of s (α+y)^−(r+x) (β+y)^−(s+1) dy over the time y of lapsing
    (Fader & Hardie 2005, A Note on Deriving the Pareto/NBD Model). All arrays (n).
    """
    staying = -(r + x) * np.log(alpha + age) - s * np.log(beta + age)
    lapsed = np.log(s) + log_integral(r + x, s + 1, alpha + recency, beta + recency, age - recency)
    return staying, lapsed


def history_likelihoods(
    r: float, alpha: Floats, s: float, beta: Floats, x: Floats, recency: Floats, age: Floats
) -> HistoryLikelihoods:
    """log L of every history with its derivatives. alpha, beta, x, recency, age: arrays (n).

    L = Γ(r+x) / Γ(r) · α^r β^s · (still a customer + lapsed): see `branches`.
    """
    n = len(x)
    power = r + x
    staying = -power * np.log(alpha + age) - s * np.log(beta + age)
    staying_first, staying_second = _staying(r, alpha, s, beta, x, age)
    integral = log_integral_with_derivatives(
        power, np.full(n, s + 1.0), alpha + recency, beta + recency, age - recency
    )
    lapsed = np.log(s) + integral.value
    first, second = _lapsed(r, alpha / (alpha + recency), s, beta / (beta + recency), integral)
    value = np.logaddexp(staying, lapsed)
    chance = np.exp(lapsed - value)
    apart = first - staying_first
    gradient = staying_first + chance * apart
    hessian = (
        staying_second
        + chance * (second - staying_second)
        + chance * (1 - chance) * apart[:, None] * apart[None, :]
    )
    # The part before the brackets: Γ(r+x) / Γ(r) · α^r β^s.
    log_alpha, log_beta = np.log(alpha), np.log(beta)
    counts, codes = np.unique(x, return_inverse=True)
    codes = np.ravel(codes)
    value += (gammaln(r + counts) - gammaln(r))[codes] + r * log_alpha + s * log_beta
    slope = r * ((psi(r + counts) - psi(r))[codes] + log_alpha)
    gradient[0] += slope
    gradient[1] += r
    gradient[2] += s * log_beta
    gradient[3] += s
    hessian[0, 0] += slope + (r * r * (polygamma(1, r + counts) - polygamma(1, r)))[codes]
    hessian[0, 1] += r
    hessian[1, 0] += r
    hessian[2, 2] += s * log_beta
    hessian[2, 3] += s
    hessian[3, 2] += s
    return HistoryLikelihoods(value, gradient, hessian)


def _staying(
    r: float, alpha: Floats, s: float, beta: Floats, x: Floats, age: Floats
) -> tuple[Floats, Floats]:
    """Derivatives of −(r+x) log(α+T) − s log(β+T)."""
    n = len(x)
    first, second = np.empty((4, n)), np.zeros((4, 4, n))
    near, far = alpha / (alpha + age), beta / (beta + age)
    first[0] = second[0, 0] = -r * np.log(alpha + age)
    first[1] = -(r + x) * near
    first[2] = second[2, 2] = -s * np.log(beta + age)
    first[3] = -s * far
    second[0, 1] = second[1, 0] = -r * near
    second[1, 1] = first[1] * (1 - near)
    second[2, 3] = second[3, 2] = -s * far
    second[3, 3] = first[3] * (1 - far)
    return first, second


def _lapsed(r: float, near: Floats, s: float, far: Floats, integral: LogIntegral) -> tuple[Floats, Floats]:
    """Derivatives of log s + log J(r + x, s + 1, α + t_x, β + t_x, …) from those of log J.

    near = α / (α + t_x) and far = β / (β + t_x): the derivatives of log(α + t_x) by log α, and so on.
    """
    g, h = integral.gradient, integral.hessian
    n = len(near)
    steps = np.stack([np.full(n, r), near, np.full(n, s), far])
    curves = np.stack([np.full(n, r), near * (1 - near), np.full(n, s), far * (1 - far)])
    first = steps * g
    second = steps[:, None] * steps[None, :] * h
    for place in range(4):
        second[place, place] += curves[place] * g[place]
    first[2] += 1
    return first, second
