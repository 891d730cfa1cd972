"""The search for outer weights: partial least squares on covariance matrices, many of them at once.

Everything runs on stacks of matrices (draws × p × p): the estimate is a stack of one, its bootstrap draws are
a stack of hundreds that share every numpy call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from peakend.feedback.structure.layout import Codes, Layout

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
Scheme = Literal["centroid", "factorial", "path"]

# Below this share of the largest eigenvalue a matrix counts as singular.
SINGULAR = 1e-10


@dataclass(frozen=True, slots=True)
class Search:
    """How weights are searched for. tolerance: largest change of a standardised weight that still is rest."""

    scheme: Scheme = "path"
    tolerance: float = 1e-10
    iterations: int = 300


@dataclass(frozen=True, slots=True)
class Found:
    """weights (B, p), scaled so that every composite has variance 1; where the search came to rest (B);
    the largest last change; iterations until the last of them rested."""

    weights: Numbers
    converged: Flags
    change: float
    iterations: int


def search(covariances: Numbers, layout: Layout, how: Search) -> Found:
    """Outer weights of every matrix of `covariances` (B, p, p), which must have positive diagonals.

    Wold's iteration: composites from weights, proxies from neighbouring composites, weights from proxies
    (mode A: covariances with the proxy; mode B: regression on the block), until nothing moves. Signs are
    settled last.
    Source: Wold (1982), in Systems under Indirect Observation II; Lohmöller (1989), Latent Variable Path
    Modeling with Partial Least Squares, ch. 2; Tenenhaus et al. (2005), Computational Statistics & Data
    Analysis 48(1), §2.
    """
    deviations = np.sqrt(np.diagonal(covariances, axis1=1, axis2=2))
    inverses = _block_inverses(covariances, layout)
    weights = _scaled(np.ones_like(deviations) / deviations, covariances, layout)
    change = np.full(len(weights), np.inf)
    active = np.arange(len(weights))
    rounds = 0
    while len(active) and rounds < how.iterations:
        rounds += 1
        moved = _step(weights[active], covariances[active], inverses[active], layout, how.scheme)
        change[active] = np.abs((moved - weights[active]) * deviations[active]).max(axis=1)
        weights[active] = moved
        # A comparison with NaN is false: what broke stays active until the iterations end.
        active = active[~(change[active] < how.tolerance)]
    rested = change < how.tolerance
    return Found(_signed(weights, covariances, layout), rested, float(np.max(change, initial=0.0)), rounds)


def composite_correlations(weights: Numbers, covariances: Numbers, layout: Layout) -> Numbers:
    """(B, L, L): correlations of the composites."""
    spread = weights[:, :, None] * layout.member
    return np.asarray(spread.transpose(0, 2, 1) @ covariances @ spread)


def regress(correlations: Numbers, causes: Codes | list[int], outcome: int) -> Numbers:
    """(B, k): coefficients of `outcome` on `causes`; NaN where the causes cannot be told apart."""
    inner = correlations[:, causes][:, :, causes]
    right = correlations[:, causes, outcome]
    sound = _is_sound(inner)
    found = np.full(right.shape, np.nan)
    if sound.any():
        found[sound] = np.linalg.solve(inner[sound], right[sound][:, :, None])[:, :, 0]
    return found


def _is_sound(matrices: Numbers) -> Flags:
    """Which of the symmetric `matrices` are clearly positive definite."""
    finite = np.isfinite(matrices).all(axis=(1, 2))
    sound = np.zeros(len(matrices), dtype=bool)
    if finite.any():
        values = np.linalg.eigvalsh(matrices[finite])
        sound[finite] = values[:, 0] > SINGULAR * np.maximum(values[:, -1], 1e-300)
    return sound


def _step(
    weights: Numbers, covariances: Numbers, inverses: Numbers, layout: Layout, scheme: Scheme
) -> Numbers:
    """One round of the iteration for every matrix."""
    with np.errstate(invalid="ignore", divide="ignore"):
        crossed = covariances @ (weights[:, :, None] * layout.member)
        correlations = (weights[:, :, None] * layout.member).transpose(0, 2, 1) @ crossed
        proxies = crossed @ _inner(correlations, layout, scheme)
        mine = proxies[:, np.arange(len(layout.block)), layout.block]
        formative = ~layout.reflective[layout.block]
        if formative.any():
            mine = np.where(formative, (inverses @ mine[:, :, None])[:, :, 0], mine)
        return _scaled(mine, covariances, layout)


def _inner(correlations: Numbers, layout: Layout, scheme: Scheme) -> Numbers:
    """(B, L, L): weight of composite i in the proxy of latent j, zero for latents that are no neighbours."""
    neighbours = layout.causes | layout.causes.T
    if scheme == "centroid":
        return np.asarray(np.where(neighbours, np.sign(correlations), 0.0))
    found = np.where(neighbours, correlations, 0.0)
    if scheme == "path":
        for outcome in layout.outcomes:
            causes = np.flatnonzero(layout.causes[:, outcome])
            slopes = regress(correlations, causes, outcome)
            # Causes that coincide get their correlations here, so that the search ends and can be judged.
            found[:, causes, outcome] = np.where(np.isnan(slopes), found[:, causes, outcome], slopes)
    return found


def _scaled(weights: Numbers, covariances: Numbers, layout: Layout) -> Numbers:
    """`weights` with which every composite has variance 1."""
    within = layout.block[:, None] == layout.block
    parts = weights * ((covariances * within) @ weights[:, :, None])[:, :, 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(weights / np.sqrt(parts @ layout.member)[:, layout.block])


def _block_inverses(covariances: Numbers, layout: Layout) -> Numbers:
    """(B, p, p): inverses of the blocks in mode B on the diagonal; NaN where one is singular."""
    found = np.zeros_like(covariances)
    for latent in np.flatnonzero(~layout.reflective):
        rows, columns = np.ix_(layout.of(int(latent)), layout.of(int(latent)))
        block = covariances[:, rows, columns]
        sound = _is_sound(block)
        inverse = np.full(block.shape, np.nan)
        if sound.any():
            inverse[sound] = np.linalg.inv(block[sound])
        found[:, rows, columns] = inverse
    return found


def _signed(weights: Numbers, covariances: Numbers, layout: Layout) -> Numbers:
    """Weights with the sign that makes the loadings of a block sum to above 0, or its anchor's one."""
    crossed = covariances @ (weights[:, :, None] * layout.member)
    mine = crossed[:, np.arange(len(layout.block)), layout.block]
    loadings = mine / np.sqrt(np.diagonal(covariances, axis1=1, axis2=2))
    sums = loadings @ layout.member
    anchored = layout.anchor >= 0
    sums[:, anchored] = loadings[:, layout.anchor[anchored]]
    return np.asarray(weights * np.where(sums < 0, -1.0, 1.0)[:, layout.block])
