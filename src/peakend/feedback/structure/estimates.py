"""All that a path model says, computed from weights and covariances: for a stack of draws at once."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.structure.indexing import index_terms
from peakend.feedback.structure.weights import composite_correlations, regress

if TYPE_CHECKING:
    from peakend.feedback.structure.layout import Layout

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """p indicators, L latents, B draws first (or none: one estimate). NaN: not defined.

    weights, loadings (B, p): of standardised indicators. cross_loadings (B, p, L). correlations, paths,
    indirect, total (B, L, L): [cause, outcome]. r2, ave, rho_c, rho_a (B, L). htmt (B, L, L). gof (B).
    index, index_sd (B, L): mean and deviation of the 0–100 index. slopes (B, L, L): total effects in index
    points of the outcome for a point of the cause; direct_slopes the same for direct ones.
    """

    weights: Numbers
    loadings: Numbers
    cross_loadings: Numbers
    correlations: Numbers
    paths: Numbers
    indirect: Numbers
    total: Numbers
    r2: Numbers
    ave: Numbers
    rho_c: Numbers
    rho_a: Numbers
    htmt: Numbers
    gof: Numbers
    index: Numbers
    index_sd: Numbers
    slopes: Numbers
    direct_slopes: Numbers

    def take(self, rows: NDArray[np.bool_]) -> Estimates:
        """Only the draws `rows`."""
        return Estimates(*(getattr(self, field.name)[rows] for field in fields(self)))

    def first(self) -> Estimates:
        """The first draw, without a place for draws."""
        return Estimates(*(getattr(self, field.name)[0] for field in fields(self)))

    def interval(self, confidence: float) -> tuple[Estimates, Estimates]:
        """Percentiles of every number over the draws, lower and upper; NaN where any draw lacks it."""
        tail = (1 - confidence) / 2
        ends = [np.quantile(getattr(self, field.name), (tail, 1 - tail), axis=0) for field in fields(self)]
        return Estimates(*(low for low, _ in ends)), Estimates(*(high for _, high in ends))


def estimates(
    weights: Numbers,
    means: Numbers,
    covariances: Numbers,
    layout: Layout,
    scales: Numbers | None,
    consistent: bool,
) -> Estimates:
    """From outer `weights` (B, p) with which composites have variance 1. scales: (p, 2), or none: no index.

    consistent: correlations of composites of reflective blocks are corrected for their unreliability.
    Source: Tenenhaus et al. (2005) for R², communality and goodness of fit (eq. 11–15); Fornell & Larcker
    (1981), Journal of Marketing Research 18(1), for ρ_C and AVE; Dijkstra & Henseler (2015), MIS Quarterly
    39(2), for ρ_A (eq. 3) and the correction; Henseler, Ringle & Sarstedt (2015), Journal of the Academy of
    Marketing Science 43(1), for HTMT.
    """
    deviations = np.sqrt(np.diagonal(covariances, axis1=1, axis2=2))
    indicators = covariances / deviations[:, :, None] / deviations[:, None, :]
    crossed = indicators @ ((weights * deviations)[:, :, None] * layout.member)
    loadings = crossed[:, np.arange(len(layout.block)), layout.block]
    correlations = composite_correlations(weights, covariances, layout)
    rho_a = _rho_a(weights * deviations, indicators, layout)
    root = _root_of_reliability(rho_a) if consistent else np.ones_like(rho_a)
    correlations = _corrected(correlations, root)
    paths, r2 = _paths(correlations, layout)
    total = _total(paths)
    ave, rho_c = _reliability(loadings, layout)
    index, index_sd = index_terms(weights, means, layout, scales)
    spread = index_sd * root
    ratio = spread[:, None, :] / spread[:, :, None]
    return Estimates(
        weights=weights * deviations,
        loadings=loadings,
        cross_loadings=crossed,
        correlations=correlations,
        paths=paths,
        indirect=total - paths,
        total=total,
        r2=r2,
        ave=ave,
        rho_c=rho_c,
        rho_a=rho_a,
        htmt=_htmt(indicators, layout),
        gof=_goodness(loadings, r2, layout),
        index=index,
        index_sd=index_sd,
        slopes=total * ratio,
        direct_slopes=paths * ratio,
    )


def aligned(drawn: Estimates, weights: Numbers, point: Estimates, layout: Layout) -> Numbers:
    """`weights` of draws, with the sign of a latent turned where its loadings oppose those of the estimate.

    Source: Tenenhaus et al. (2005), §5 (construct level sign changes).
    """
    agreement = (drawn.loadings * point.loadings) @ layout.member
    return np.asarray(weights * np.where(agreement < 0, -1.0, 1.0)[:, layout.block])


def _paths(correlations: Numbers, layout: Layout) -> tuple[Numbers, Numbers]:
    """Coefficients (B, L, L) and R² (B, L; NaN for latents without a cause)."""
    paths = np.zeros_like(correlations)
    r2 = np.full(correlations.shape[:2], np.nan)
    for outcome in layout.outcomes:
        causes = np.flatnonzero(layout.causes[:, outcome])
        found = regress(correlations, causes, outcome)
        paths[:, causes, outcome] = found
        r2[:, outcome] = (found * correlations[:, causes, outcome]).sum(axis=1)
    return paths, r2


def _total(paths: Numbers) -> Numbers:
    """Direct effects and those along every longer path: P + P² + …, which ends as there is no cycle."""
    total, longer = paths.copy(), paths
    for _ in range(paths.shape[1] - 2):
        longer = longer @ paths
        total = total + longer
    return total


def _reliability(loadings: Numbers, layout: Layout) -> tuple[Numbers, Numbers]:
    """AVE and ρ_C of reflective blocks with two indicators or more."""
    sizes = layout.sizes
    known = np.where(layout.reflective & (sizes > 1), 1.0, np.nan)
    explained = (loadings**2) @ layout.member
    together = (loadings @ layout.member) ** 2
    return explained / sizes * known, together / (together + sizes - explained) * known


def _rho_a(weights: Numbers, indicators: Numbers, layout: Layout) -> Numbers:
    """ρ_A of reflective blocks with two indicators or more, from standardised weights."""
    found = np.full((len(weights), len(layout.latents)), np.nan)
    for latent in np.flatnonzero(layout.reflective & (layout.sizes > 1)):
        rows = layout.of(int(latent))
        w, r = weights[:, rows], indicators[:, rows][:, :, rows]
        length = (w**2).sum(axis=1)
        off_diagonal = np.einsum("bi,bij,bj->b", w, r, w) - length
        with np.errstate(invalid="ignore", divide="ignore"):
            found[:, latent] = length**2 * off_diagonal / (length**2 - (w**4).sum(axis=1))
    return found


def _root_of_reliability(rho_a: Numbers) -> Numbers:
    """√ρ_A, 1 where there is none, NaN where it is no positive number."""
    reliability = np.where(np.isnan(rho_a), 1.0, np.where(rho_a > 0, rho_a, np.nan))
    return np.asarray(np.sqrt(np.minimum(reliability, 1.0)))


def _corrected(correlations: Numbers, root: Numbers) -> Numbers:
    """Correlations of what the composites measure, from the square roots of their reliabilities."""
    found = correlations / root[:, :, None] / root[:, None, :]
    each = np.arange(found.shape[1])
    found[:, each, each] = 1.0
    return found


def _htmt(indicators: Numbers, layout: Layout) -> Numbers:
    """Mean correlation between two blocks over the geometric mean of those within; alone counts as 1."""
    member, sizes = layout.member.astype(float), layout.sizes
    size = np.abs(indicators)
    between = member.T @ size @ member
    within = np.diagonal(between, axis1=1, axis2=2) - sizes
    with np.errstate(invalid="ignore", divide="ignore"):
        inner = np.where(sizes > 1, within / (sizes * (sizes - 1)), 1.0)
        found = between / np.outer(sizes, sizes) / np.sqrt(inner[:, :, None] * inner[:, None, :])
    each = np.arange(len(sizes))
    found[:, each, each] = 1.0
    return np.asarray(found)


def _goodness(loadings: Numbers, r2: Numbers, layout: Layout) -> Numbers:
    """√(mean communality × mean R²), communality over the indicators of blocks with two or more."""
    counted = layout.sizes[layout.block] > 1
    if not counted.any():
        return np.full(len(loadings), np.nan)
    communality = (loadings[:, counted] ** 2).mean(axis=1)
    return np.asarray(np.sqrt(communality * r2[:, layout.outcomes].mean(axis=1)))
