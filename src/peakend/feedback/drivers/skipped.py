"""Skipped answers: each replaced by what the respondent's other answers lead one to expect.

With x̂ = E[x | answers given] in place of a skipped x, E[y | answers given] = βᵀx̂: a regression on x̂
recovers β where skipping does not depend on the answer that was skipped. The outcome is never used to fill
in.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

# The smallest eigenvalue that is left to a correlation matrix put together from pairs.
_FLOOR = 1e-3


def filled(scores: Numbers, weight: Numbers) -> Numbers:
    """`scores` (n × p) with every NaN replaced by its best linear guess from the row's other columns.

    Means and covariances come from those who answered both of a pair (`pairwise_moments`). A row without any
    answer gets the means. Standard errors of a regression on the result leave out that the guess itself was
    estimated; with half of a column skipped and a standardised effect of 0.2 that is about 2 %.
    Source: Little (1992), JASA 87(420), pp. 1227–1237 (conditional mean imputation given the x's).
    """
    known = ~np.isnan(scores)
    if known.all():
        return scores.copy()
    mean, covariance = pairwise_moments(scores, weight)
    centred = np.where(known, scores - mean, 0.0)
    patterns, which = np.unique(known, axis=0, return_inverse=True)
    order = np.argsort(which.reshape(-1), kind="stable")
    ends = np.cumsum(np.bincount(which.reshape(-1), minlength=len(patterns)))
    start = 0
    for pattern, end in zip(patterns, ends.tolist(), strict=True):
        rows, start = order[start:end], end
        gaps = np.flatnonzero(~pattern)
        given = np.flatnonzero(pattern)
        if len(gaps) and len(given):
            # Places side by side, not np.ix_: there are hundreds of patterns, and it takes longer than they.
            left = given[:, None]
            slopes = np.linalg.solve(covariance[left, given], covariance[left, gaps])
            centred[rows[:, None], gaps] = centred[rows[:, None], given] @ slopes
    return centred + mean


def pairwise_moments(scores: Numbers, weight: Numbers) -> tuple[Numbers, Numbers]:
    """Weighted means, and covariances each from those who answered both; made positive definite.

    Every column needs two different answers.
    """
    known = (~np.isnan(scores)).astype(float)
    weighted = known * weight[:, None]
    base = np.maximum(weighted.sum(axis=0), 1e-300)
    mean = np.where(known > 0, scores, 0.0).T @ weight / base
    centred = np.where(known > 0, scores - mean, 0.0)
    pairs = weighted.T @ known
    products = (centred * weight[:, None]).T @ centred
    # What nobody answered together is taken as unrelated.
    covariance = np.where(pairs > 0, products / np.maximum(pairs, 1e-300), 0.0)
    return mean, _positive_definite(covariance)


def _positive_definite(covariance: Numbers) -> Numbers:
    """The matrix with the eigenvalues of its correlations lifted to `_FLOOR`, variances unchanged."""
    spread = np.sqrt(np.diag(covariance))
    spread = np.where(spread > 0, spread, 1.0)
    values, vectors = np.linalg.eigh(covariance / np.outer(spread, spread))
    if values[0] >= _FLOOR:
        return covariance
    lifted = (vectors * np.maximum(values, _FLOOR)) @ vectors.T
    back = np.sqrt(np.diag(lifted))
    return np.asarray(lifted / np.outer(back, back) * np.outer(spread, spread))
