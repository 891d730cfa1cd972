"""Last period to this one: how much of the total's change the sub-scores explain, and how much nothing does.

What is not explained is shown as it is. Spreading it over the drivers would make each look responsible for a
change that none of them saw.

    >>> unexplained([0.4, -0.1, 0.2], [0.926554, 0.153955, 0.114407], 0.9).unexplained
    0.5219...
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr

from peakend.feedback.drivers.skipped import pairwise_moments
from peakend.feedback.intervals import t_quantile
from peakend.feedback.mismatch.conditional import completed
from peakend.feedback.mismatch.reading import TooFewAnswersError, read_answers
from peakend.feedback.scores import AnswersError
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Change:
    """A change taken apart: contributions (one a part) + unexplained = change."""

    change: float
    contributions: Numbers
    explained: float
    unexplained: float


@dataclass(frozen=True, slots=True)
class EstimatedChange:
    """A `Change` with its uncertainty, from answers.

    parts_used: places of the parts; slopes, moves: β and Δx of each; low, high: ends of the interval of each
    contribution, change_… of the whole change; se, p: of the unexplained, two-sided; n: respondents before
    and now; df: degrees of freedom.
    """

    change: Change
    parts_used: NDArray[np.int64]
    slopes: Numbers
    moves: Numbers
    low: Numbers
    high: Numbers
    change_se: float
    change_low: float
    change_high: float
    se: float
    unexplained_low: float
    unexplained_high: float
    p: float
    n: tuple[int, int]
    df: float


def unexplained(dx: ArrayLike, slopes: ArrayLike, dy: float) -> Change:
    """Σβ·Δx and what is left of Δy.

    dx, slopes: one entry a part, in the units of the parts and of total per part; dy: the total's change.
    Raises
    `AnswersError` where they are not equally many numbers.
    Source: Oaxaca (1973), International Economic Review 14(3), with pooled coefficients.
    """
    moves, beta = (np.atleast_1d(np.asarray(values, dtype=float)) for values in (dx, slopes))
    if moves.shape != beta.shape or moves.ndim != 1 or not np.isfinite(np.r_[moves, beta, dy]).all():
        raise AnswersError(
            Text(
                f"Changes {moves.shape} and slopes {beta.shape} must be equally many finite numbers.",
                f"变化量 {moves.shape} 与系数 {beta.shape} 必须是个数相同的有限数值。",
            ),
            Text("Give one change and one slope for every part.", "请为每个分项各给一个变化量与一个系数。"),
        )
    contributions = moves * beta
    explained = float(contributions.sum())
    return Change(float(dy), contributions, explained, float(dy) - explained)


def unexplained_change(
    parts: object,
    total: ArrayLike,
    now: Sequence[bool] | NDArray[np.bool_],
    *,
    weights: Sequence[float] | NDArray[Any] | None = None,
    clusters: Sequence[Any] | NDArray[Any] | None = None,
    confidence: float = 0.95,
) -> EstimatedChange:
    """The change of the mean total from before to now, taken apart.

    parts: n × p scores, NaN where skipped; total: n; now: a flag a respondent, false: before; weights ≥ 0.
    Skipped answers are completed by their expectation given the answered parts and the period. One regression
    of the total on the parts and the period has the slopes within periods, and the period's own coefficient
    is
    exactly what the parts do not explain. Errors are robust and between clusters (Liang & Zeger 1986,
    Biometrika
    73(1)); a contribution's variance is Δx²·V(β) + β²·V(Δx). Raises as `mismatch`, and `TooFewAnswersError`
    where a period has fewer than 20 respondents.
    """
    flags = np.asarray(now, dtype=bool)
    answers = read_answers(parts, total, clusters)
    later = flags[answers.row].astype(float)
    n = int((later == 0).sum()), int((later == 1).sum())
    if min(n) < 20:
        raise TooFewAnswersError(
            Text(
                f"{n[0]} respondents before and {n[1]} now; each needs 20.",
                f"前期有 {n[0]} 位应答者，本期有 {n[1]} 位；各需 20 位。",
            ),
            Text("Take longer periods.", "请放宽期间。"),
            n=min(n),
            needed=20,
        )
    weight = np.ones(len(later)) if weights is None else np.asarray(weights, dtype=float)[answers.row]
    with_period = np.column_stack([answers.parts, later])
    x = completed(with_period, *pairwise_moments(with_period, weight))
    fit = _regression(x, answers.total, weight, answers.cluster_or_own)
    _, variance, _ = _regression(x[:, -1:], answers.total, weight, answers.cluster_or_own)
    moved = float(np.sqrt(max(variance[0, 0], 0.0)))
    return _change(x, answers.total, weight, fit, moved, answers.parts_used, n, confidence)


def _regression(
    x: Numbers, y: Numbers, weight: Numbers, cluster: NDArray[np.int64]
) -> tuple[Numbers, Numbers, float]:
    """Coefficients of the columns of x (the intercept apart), their robust covariance, degrees of freedom."""
    design = np.column_stack([np.ones(len(y)), x])
    scale = np.sqrt(np.mean(design**2, axis=0))
    scaled = design / np.where(scale > 0, scale, 1.0)
    # Parts that say the same share their slope: the pseudo-inverse gives the shortest solution.
    inverse = np.linalg.pinv(scaled.T @ (scaled * weight[:, None]), rcond=1e-9, hermitian=True)
    beta = inverse @ (scaled.T @ (weight * y))
    scores = scaled * (weight * (y - scaled @ beta))[:, None]
    _, code = np.unique(cluster, return_inverse=True)
    groups = int(code.max()) + 1
    sums = np.zeros((groups, scaled.shape[1]))
    np.add.at(sums, code, scores)
    rank = float(np.linalg.matrix_rank(scaled, tol=1e-7 * len(y)))
    correction = groups / max(groups - 1, 1) * (len(y) - 1) / max(len(y) - rank, 1)
    covariance = inverse @ (sums.T @ sums) @ inverse * correction
    df = float(groups - 1) if groups < len(y) else float(len(y) - rank)
    return (beta / scale)[1:], (covariance / np.outer(scale, scale))[1:, 1:], max(df, 1.0)


def _change(
    x: Numbers,
    y: Numbers,
    weight: Numbers,
    fit: tuple[Numbers, Numbers, float],
    moved: float,
    used: NDArray[np.int64],
    n: tuple[int, int],
    confidence: float,
) -> EstimatedChange:
    beta, variance, df = fit
    later = x[:, -1] > 0
    means = [np.average(x[rows, :-1], axis=0, weights=weight[rows]) for rows in (~later, later)]
    levels = [float(np.average(y[rows], weights=weight[rows])) for rows in (~later, later)]
    moves = means[1] - means[0]
    spread = sum(
        (weight[rows] ** 2) @ (x[rows, :-1] - mean) ** 2 / weight[rows].sum() ** 2
        for rows, mean in zip((~later, later), means, strict=True)
    )
    found = unexplained(moves, beta[:-1], levels[1] - levels[0])
    half = float(t_quantile(confidence, df))
    errors = np.sqrt(moves**2 * np.diag(variance)[:-1] + beta[:-1] ** 2 * spread)
    se = float(np.sqrt(max(variance[-1, -1], 0.0)))
    p = (
        float(2 * stdtr(df, -abs(found.unexplained) / se))
        if se > 0
        else float(abs(found.unexplained) < 1e-12)
    )
    return EstimatedChange(
        change=found,
        parts_used=used,
        slopes=beta[:-1],
        moves=moves,
        low=found.contributions - half * errors,
        high=found.contributions + half * errors,
        change_se=moved,
        change_low=found.change - half * moved,
        change_high=found.change + half * moved,
        se=se,
        unexplained_low=found.unexplained - half * se,
        unexplained_high=found.unexplained + half * se,
        p=p,
        n=n,
        df=df,
    )
