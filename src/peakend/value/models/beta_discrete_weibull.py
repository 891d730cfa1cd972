"""The beta-discrete-Weibull model: customers differ, and each grows likelier or less likely to leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaln, digamma, gammaln, polygamma

from peakend.value.models.renewal_model import RenewalModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


class BetaDiscreteWeibullModel(RenewalModel):
    """A customer with probability θ stays t periods with probability (1 − θ)^(t^c); θ is Beta(α, β).

    S(t) = B(α, β + t^c) / B(α, β). c > 1: each becomes likelier to leave with time; c < 1: less likely;
    c = 1: the shifted-beta-geometric model.
    Source: Fader, Hardie, Liu, Davin & Steenburgh (2018), Journal of Interactive Marketing 43, pp. 1–16.
    """

    names = ("alpha", "beta", "c")
    with_covariates = ("alpha", "beta")

    def _cells(
        self, logs: Floats, age: Integers, at_risk: Integers, lost: Integers
    ) -> tuple[Floats, Floats, Floats]:
        times = age.astype(np.float64)
        before, now = (_log_survivals(logs, t) for t in (times - 1, times))
        hazard, slope, curve = (b - a for b, a in zip(before, now, strict=True))
        gone = np.expm1(hazard)
        kept = at_risk - lost
        value = np.where(lost > 0, lost * np.log(-np.expm1(-hazard)), 0.0) - kept * hazard
        first = lost / gone - kept
        second = -lost * np.exp(hazard) / gone**2
        hessian = first[:, None, None] * curve + second[:, None, None] * slope[:, :, None] * slope[:, None, :]
        return value, first[:, None] * slope, hessian

    def _log_survival(self, parameters: Floats, t: Floats) -> Floats:
        alpha, beta, c = parameters
        return np.asarray(betaln(alpha, beta + t**c) - betaln(alpha, beta), np.float64)

    def _first_guesses(self, share_lost: float) -> Sequence[Floats]:
        begun = np.array([share_lost, 1 - share_lost])
        return [
            np.append(begun * weight, c) for weight, c in ((1.5, 1.0), (6.0, 1.0), (1.5, 1.4), (6.0, 0.7))
        ]

    def _endless(self, parameters: Floats, first: int, discount_rate: float) -> float | None:
        """S(t) falls as t^(−cα): without discount the sum has a limit only where cα > 1."""
        alpha, _, c = parameters
        return np.inf if discount_rate == 0 and c * alpha <= 1 else None


def _log_survivals(logs: Floats, t: Floats) -> tuple[Floats, Floats, Floats]:
    """log S(t) with gradient and Hessian by the logarithms of α, β and c; one row a cell."""
    alpha, beta, c = np.exp(logs).T
    log_t = np.where(t > 0, np.log(np.where(t > 0, t, 1.0)), 0.0)
    power = np.where(t > 0, np.exp(c * log_t), 0.0)
    whole, later, stay = alpha + beta, alpha + beta + power, beta + power
    value = gammaln(stay) - gammaln(later) - gammaln(beta) + gammaln(whole)
    by_alpha = digamma(whole) - digamma(later)
    by_power = digamma(stay) - digamma(later)
    by_beta = by_power - digamma(beta) + digamma(whole)
    in_whole, in_later, in_stay = (polygamma(1, x) for x in (whole, later, stay))
    alphas = in_whole - in_later
    powers = in_stay - in_later
    betas = powers - polygamma(1, beta) + in_whole
    turn = power * c * log_t
    gradient = np.stack([alpha * by_alpha, beta * by_beta, turn * by_power], -1)
    ab = alpha * beta * alphas
    ac, bc = -alpha * turn * in_later, beta * turn * powers
    aa = alpha * by_alpha + alpha**2 * alphas
    bb = beta * by_beta + beta**2 * betas
    cc = (turn + turn * c * log_t) * by_power + turn**2 * powers
    rows = [np.stack(row, -1) for row in ((aa, ab, ac), (ab, bb, bc), (ac, bc, cc))]
    return value, gradient, np.stack(rows, -2)
