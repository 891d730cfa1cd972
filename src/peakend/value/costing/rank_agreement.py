"""How far two rankings of the same customers agree: Spearman's and Kendall's coefficients from counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peakend.feedback.intervals import normal_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray


def kendall_tau_b(table: NDArray[np.int64]) -> float | None:
    """Kendall's τ_b of a table of counts, ordered classes in rows and columns; None where one never varies.

    τ_b = (C − D) / √((P − T_x)(P − T_y)) with C and D concordant and discordant pairs, P all pairs, T ties.
    Source: Kendall (1945), Biometrika 33(3).
    """
    counts = np.asarray(table, dtype=float)
    total = counts.sum()
    # Cells strictly below and to the right, and strictly below and to the left.
    below = counts[::-1].cumsum(axis=0)[::-1]
    below = np.vstack([below[1:], np.zeros((1, counts.shape[1]))])
    right = np.hstack([below[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:], np.zeros((counts.shape[0], 1))])
    left = np.hstack([np.zeros((counts.shape[0], 1)), below.cumsum(axis=1)[:, :-1]])
    concordant, discordant = float((counts * right).sum()), float((counts * left).sum())
    pairs = total * (total - 1) / 2
    ties: list[Any] = [
        float((sums * (sums - 1) / 2).sum()) for sums in (counts.sum(axis=1), counts.sum(axis=0))
    ]
    spread = (pairs - ties[0]) * (pairs - ties[1])
    return (concordant - discordant) / float(np.sqrt(spread)) if spread > 0 else None


def spearman_interval(rho: float, n: int, confidence: float = 0.95) -> tuple[float, float] | None:
    """Interval of Spearman's ρ of `n` pairs by Fisher's z; None with fewer than four.

    Variance of z: (1 + ρ²/2) / (n − 3). Source: Bonett & Wright (2000), Psychometrika 65(1).
    """
    if n < 4 or abs(rho) >= 1 - 1e-12:
        return None
    half = normal_quantile(confidence) * float(np.sqrt((1 + rho**2 / 2) / (n - 3)))
    middle = float(np.arctanh(rho))
    return float(np.tanh(middle - half)), float(np.tanh(middle + half))
