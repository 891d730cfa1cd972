"""The shifted-beta-geometric model: customers differ in how likely they are to leave, and nobody changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaln, hyp2f1

from peakend.value.models.renewal_model import RenewalModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


class ShiftedBetaGeoModel(RenewalModel):
    """Everyone leaves at each renewal with a probability of their own, which is Beta(α, β) among customers.

    S(t) = B(α, β + t) / B(α, β); retention r(t) = (β + t − 1) / (α + β + t − 1), which rises with t because
    those likely to leave are gone, not because anybody became loyal.
    Source: Fader & Hardie (2007), Journal of Interactive Marketing 21(1), equations 5–8; lifetimes from
    Fader & Hardie (2010), Marketing Science 29(1), equations 5–8.
    """

    names = ("alpha", "beta")
    with_covariates = ("alpha", "beta")

    def _cells(
        self, logs: Floats, age: Integers, at_risk: Integers, lost: Integers
    ) -> tuple[Floats, Floats, Floats]:
        alpha, beta = np.exp(logs).T
        stay, whole, kept = beta + age - 1, alpha + beta + age - 1, at_risk - lost
        value = lost * logs[:, 0] + kept * np.log(stay) - at_risk * np.log(whole)
        by_alpha, by_beta = lost - at_risk * alpha / whole, beta * (kept / stay - at_risk / whole)
        both = at_risk * alpha * beta / whole**2
        alphas = -at_risk * alpha / whole + at_risk * (alpha / whole) ** 2
        betas = by_beta + beta**2 * (at_risk / whole**2 - kept / stay**2)
        curve = np.stack([np.stack([alphas, both], -1), np.stack([both, betas], -1)], -2)
        return value, np.stack([by_alpha, by_beta], -1), curve

    def _log_survival(self, parameters: Floats, t: Floats) -> Floats:
        alpha, beta = parameters
        return np.asarray(betaln(alpha, beta + t) - betaln(alpha, beta), np.float64)

    def _first_guesses(self, share_lost: float) -> Sequence[Floats]:
        return [np.array([share_lost, 1 - share_lost]) * weight for weight in (1.5, 6.0, 40.0)]

    def _endless(self, parameters: Floats, first: int, discount_rate: float) -> float | None:
        """S(first) / S(first − 1) · ₂F₁(1, β + first; α + β + first; 1 / (1 + d)); at d = 0 Gauss' sum."""
        alpha, beta = parameters
        renewed = (beta + first - 1) / (alpha + beta + first - 1) if first else 1.0
        if discount_rate == 0:
            return float(renewed * (alpha + beta + first - 1) / (alpha - 1)) if alpha > 1 else np.inf
        found = float(hyp2f1(1.0, beta + first, alpha + beta + first, 1 / (1 + discount_rate)))
        return float(renewed * found) if np.isfinite(found) else None
