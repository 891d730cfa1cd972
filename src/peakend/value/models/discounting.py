"""Present values of what depends on a customer being one still."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import exprel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_FALL = 42.0
"""e^-42 is beyond the precision of a double: where the integrand has fallen so far the integral ends."""

_NODES = 200


def time_alive(s: float | Floats, since: Floats, time: Floats) -> Floats:
    """∫₀^t (B/(B+v))^s dv, B = `since`, t = `time`: how much of the time ahead a customer still is one.

    B ℓ (e^u − 1)/u with ℓ = log(1 + t/B) and u = (1−s) ℓ: the same formula for s = 1.
    """
    logged = np.log1p(time / since)
    return np.asarray(since * logged * exprel((1 - s) * logged))


def discounted_survival(s: float, since: Floats, rate: float, horizon: float | None = None) -> Floats:
    """∫ e^−δt (B/(B+t))^s dt over t from 0 to the horizon (none: for ever), B = `since` (n), δ = `rate` ≥ 0.

    The survival of customers whose rate of lapsing has a gamma distribution with shape s and rate B (the
    Pareto/NBD model's β + T), each moment at its present value. For ever it is B e^z E_s(z), with z = δB and
    E_s the generalised exponential integral, which is B z^(s−1) Ψ(s, s; z) with Tricomi's Ψ; infinite where
    δ = 0 and s ≤ 1. Computed as B ∫ exp((1−s)w − z(e^w − 1)) dw, w = log(1 + t/B): relative error below 1e-12
    for all s and z, where library routines for Ψ lose four digits near s = 1 and fail for large s.
    """
    ages, codes = np.unique(np.asarray(since, np.float64), return_inverse=True)
    return np.asarray(_present(s, ages, rate, horizon)[np.ravel(codes)])


def _present(s: float, since: Floats, rate: float, horizon: float | None) -> Floats:
    if rate == 0 and horizon is None:
        return since / (s - 1) if s > 1 else np.full_like(since, np.inf)
    if rate == 0:
        return time_alive(s, since, np.asarray(horizon))
    z = rate * since
    # (s−1)w + z(e^w − 1) has fallen enough at each of these; where s < 1 it first rises, by at most w.
    end = np.log1p((_FALL + 60 * (s < 1)) / z)
    if s > 1:
        end = np.minimum(end, _FALL / (s - 1))
    if horizon is not None:
        end = np.minimum(end, np.log1p(horizon / since))
    at, weights = np.polynomial.legendre.leggauss(_NODES)
    w = end[:, None] * (at + 1) / 2
    density = np.exp((1 - s) * w - z[:, None] * np.expm1(w))
    return np.asarray(since * end / 2 * (density @ weights))
