"""From scores to labels: who scored in the top box was pleased, who scored in the bottom box was not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.scales import NPS_CUTS, nps_points, top_box_from

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from peakend.feedback.scales import Scale

Numbers = NDArray[np.float64]


def labels_of_scores(scores: ArrayLike, scale: Scale, metric: str = "rating") -> Numbers:
    """1 in the top box, 0 in the bottom box, NaN between them and where there is no score.

    NPS: promoters and detractors. Otherwise the top box of `scales.top_box_from` and its mirror image: 4–5
    and 1–2 on 1–5, 6–7 and 1–2 on 1–7. On a scale without limits nothing is labelled.
    """
    values = np.asarray(scores, dtype=float)
    if not np.isfinite(scale).all():
        return np.full(len(values), np.nan)
    if metric == "nps" and scale in NPS_CUTS:
        points = nps_points(values, scale)
        return np.where(np.isnan(values) | (points == 0), np.nan, (points > 0).astype(float))
    top = top_box_from(scale)
    bottom = scale[0] + scale[1] - top
    return np.where(values >= top, 1.0, np.where(values <= bottom, 0.0, np.nan))


def labels_of(labels: Sequence[object] | NDArray[np.generic]) -> Numbers:
    """1, 0 and NaN from flags or numbers; None and NaN are no label. `ValueError` for anything else."""
    values = np.array([np.nan if label is None else label for label in labels], dtype=float)
    wrong = ~(np.isnan(values) | (values == 0) | (values == 1))
    if wrong.any():
        raise ValueError(f"a label is true, false, 1, 0 or None, not {values[wrong][0]:g}")
    return values
