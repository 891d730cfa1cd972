"""The 0–100 index: a weighted mean of the answers, stretched over the scale they were given on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.structure.errors import PathDataError
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.feedback.scales import Scale
    from peakend.feedback.structure.layout import Layout

Numbers = NDArray[np.float64]


def satisfaction_index(
    scores: Sequence[Any] | NDArray[Any],
    weights: Sequence[Any] | NDArray[Any] | None = None,
    scale: Scale | Sequence[Scale] = (1, 10),
) -> Numbers:
    """Index of 0 to 100 from scores (n, k) or (k,) with unstandardised weights (k,): (n,) or a number.

    100 · Σw(x − low) ÷ Σw(high − low); without weights all count alike. scale: one (low, high) for all k, or
    one each. A negative weight counts a score from the top of its scale, so that the index stays within its
    limits. NaN where a score is missing. Raises `PathDataError`.
    Source: Fornell, Johnson, Anderson, Cha & Bryant (1996), Journal of Marketing 60(4), appendix.

    >>> float(satisfaction_index([8.2, 7.6, 7.0], [.39, .32, .29]).round(6))
    74.0
    """
    values = np.asarray(scores, dtype=float)
    size = values.shape[-1] if values.ndim else 0
    w = np.ones(size) if weights is None else np.asarray(weights, dtype=float)
    limits = np.broadcast_to(np.asarray(scale, dtype=float), (size, 2)) if size else np.zeros((0, 2))
    if w.shape != (size,) or not np.isfinite(w).all() or not np.abs(w).sum() > 0:
        raise PathDataError(
            Text(
                f"An index of {size} scores needs {size} finite weights that are not all zero.",
                f"{size} 项得分的指数需要 {size} 个有限且不全为零的权重。",
            )
        )
    if not (limits[:, 1] > limits[:, 0]).all():
        raise PathDataError(Text("The top of a scale must lie above its bottom.", "量表上限必须高于下限。"))
    low, reach = _limits(w, limits)
    return np.asarray((values @ w - low) / reach * 100)


def index_terms(
    weights: Numbers, means: Numbers, layout: Layout, scales: Numbers | None
) -> tuple[Numbers, Numbers]:
    """Mean and deviation (B, L) of the index, from weights (B, p) with which composites have variance 1."""
    if scales is None:
        nothing = np.full((len(weights), len(layout.latents)), np.nan)
        return nothing, nothing
    member = layout.member.astype(float)
    low = (np.where(weights >= 0, scales[:, 0], scales[:, 1]) * weights) @ member
    reach = (np.abs(weights) * (scales[:, 1] - scales[:, 0])) @ member
    return ((weights * means) @ member - low) / reach * 100, 100 / reach


def _limits(weights: Numbers, scales: Numbers) -> tuple[float, float]:
    low = np.where(weights >= 0, scales[:, 0], scales[:, 1])
    return float(low @ weights), float(np.abs(weights) @ (scales[:, 1] - scales[:, 0]))


def composite_scores(scores: Numbers, means: Numbers, weights: Numbers, layout: Layout) -> Numbers:
    """(n, L): composites with mean 0 and variance 1 from scores (n, p) and weights (p) of raw scores.

    A row that left out less than half of a block's weight is taken by what it answered; else NaN.
    """
    seen = ~np.isnan(scores)
    size = np.abs(weights) * layout.member.T
    share = (seen @ size.T) / size.sum(axis=1)
    parts = np.where(seen, (scores - means) * weights, 0.0) @ layout.member
    return np.asarray(np.where(share > 0.5, parts / np.where(share > 0, share, 1.0), np.nan))


def index_scores(scores: Numbers, weights: Numbers, scales: Numbers | None, layout: Layout) -> Numbers | None:
    """(n, L): the index of each row, by what it answered (as `composite_scores`); None without scales."""
    if scales is None:
        return None
    seen = ~np.isnan(scores)
    size = np.abs(weights) * (scales[:, 1] - scales[:, 0])
    from_end = np.where(weights >= 0, scores - scales[:, 0], scales[:, 1] - scores) * np.abs(weights)
    answered = (seen * size) @ layout.member
    share = answered / (size @ layout.member)
    parts = np.where(seen, from_end, 0.0) @ layout.member
    return np.asarray(np.where(share > 0.5, parts / np.where(answered > 0, answered, 1.0) * 100, np.nan))
