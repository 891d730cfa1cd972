"""What counts as a poor and as a top score on a scale, for models that treat the two ends apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.scales import NPS_CUTS, Scale

Numbers = NDArray[np.float64]


def bands(scale: Scale) -> tuple[float, float]:
    """(highest poor score, lowest top score) of a scale of whole points.

    The top fifth of the points is top; the lowest two fifths are poor, because answers crowd at the top: 1–2
    and 5 on 1–5, 1–2 and 7 on 1–7, 0–3 and 9–10 on 0–10. On scales of three or four points the two ends. A
    scale of two points has no middle to compare with: the ends as well.
    """
    low, high = scale
    points = high - low + 1
    top = max(1.0, float(np.floor(points / 5 + 0.5)))
    poor = 2 * top if points >= 5 else 1.0
    return low + poor - 1, high - top + 1


def band_limits(scores: Numbers, scales: list[Scale] | None) -> tuple[Numbers, Numbers]:
    """`bands` of every column of `scores`; without scales, of the range of its answers."""
    found = scales or [(float(np.nanmin(column)), float(np.nanmax(column))) for column in scores.T]
    limits = np.array([bands(scale) for scale in found], dtype=float).reshape(-1, 2)
    return limits[:, 0], limits[:, 1]


def outcome_cuts(metric: str, scale: Scale) -> tuple[float, float]:
    """(highest unhappy score, lowest delighted score) of an overall question.

    Detractors and promoters for NPS (`scales.NPS_CUTS`); else the lower half with the middle (1–3 of 1–5),
    and the top band.
    """
    if metric == "nps" and scale in NPS_CUTS:
        return NPS_CUTS[scale]
    middle = (scale[0] + scale[1]) / 2
    return float(np.floor(middle)), bands(scale)[1]
