"""What a driver that has nothing to do with the outcome would seem to explain.

A part of R² is never negative: a driver without any effect gets some of it by chance, and no bootstrap
interval of a share reaches 0. So the question "does it matter at all?" is answered by this level instead.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri

Numbers = NDArray[np.float64]

_ORDERS = 200


def noise_levels(correlation: Numbers, sizes: Numbers, alpha: float = 0.05, seed: int = 1) -> Numbers:
    """The importance that a driver without effect stays below, for p drivers together with chance 1 − α.

    correlation: (q, q), outcome last; sizes: p, (effective) respondents behind each driver. Entering a model
    of s drivers, an unrelated one adds (1 − R²ₛ)·B, B ~ Beta(½, (n − s − 2)/2), of mean 1/(n − s − 1); the
    mean of (1 − R²ₛ)/(n − s − 1) over random orders, times the upper α/p point of χ² on 1 degree of freedom.
    Infinite where a driver has too few respondents.
    Source: Rencher & Schaalje (2008), Linear Models in Statistics, 2nd ed., section 8.2 (the Beta law of a
    partial R²); Bonferroni over drivers.
    """
    p = len(correlation) - 1
    rng = np.random.default_rng(seed)
    orders = rng.permuted(np.tile(np.arange(p), (_ORDERS, 1)), axis=1)
    orders = np.column_stack([orders, np.full(_ORDERS, p)])
    # A little on the diagonal lets collinear drivers pass; they add nothing.
    lifted = correlation + 1e-9 * np.eye(p + 1)
    roots = np.linalg.cholesky(lifted[orders[:, :, None], orders[:, None, :]])
    explained = np.cumsum(roots[:, p, :p] ** 2, axis=1)[:, :-1].mean(axis=0)
    unexplained = np.maximum(1 - np.r_[0.0, explained], 0)
    left = np.asarray(sizes)[:, None] - np.arange(p) - 1
    mean = (unexplained / np.where(left > 0, left, np.nan)).mean(axis=1)
    quantile = float(chdtri(1, alpha / p))
    return np.where(np.isnan(mean), np.inf, quantile * mean)
