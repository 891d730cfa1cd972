"""Johnson's relative weights: credit through the nearest orthogonal stand-ins of the drivers, at the cost of
one eigenvalue problem."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.drivers.lmg import COLLINEAR

Numbers = NDArray[np.float64]


def relative_weights(correlations: Numbers) -> Numbers:
    """Each driver's part of R²: ε_j = Σ_k λ²_jk β²_k with Λ = R^½ and β = R^−½ r.

    correlations: (q, q) or (b, q, q), the outcome last. Returns (p,) or (b, p); a row sums to R². Directions
    in which the drivers are collinear carry nothing (generalised inverse).
    Source: Johnson (2000), Multivariate Behavioral Research 35(1), pp. 1–19.
    """
    given = np.asarray(correlations, dtype=float)
    values, vectors = np.linalg.eigh(given[..., :-1, :-1])
    kept = values > COLLINEAR
    roots = np.sqrt(np.where(kept, values, 0))
    inverse = np.where(kept, 1 / np.where(kept, roots, 1), 0)
    loadings = (vectors * roots[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    projected = np.swapaxes(vectors, -1, -2) @ given[..., :-1, -1:]
    beta = vectors @ (inverse[..., None] * projected)
    found: Numbers = ((loadings**2) @ (beta**2))[..., 0]
    return found
