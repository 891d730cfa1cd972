"""Scales: which scores count as promoter, as satisfied, as easy; and the error for a score that cannot be."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from peakend.errors import PeakendError
from peakend.language import Text

Scale = tuple[float, float]
Numbers = NDArray[np.float64]

NPS_SCALE: Scale = (0, 10)
CSAT_SCALE: Scale = (1, 5)
CES_SCALE: Scale = (1, 7)
RATING_SCALE: Scale = (1, 5)

# Scale → (highest detractor, lowest promoter). 1–11 is 0–10 counted from one.
NPS_CUTS: dict[Scale, tuple[float, float]] = {
    (0, 10): (6, 9),
    (1, 10): (6, 9),
    (1, 11): (7, 10),
    (1, 5): (3, 5),
}


class ScoreOutsideScaleError(PeakendError):
    """A score lies outside its question's scale. `data`: question, scale, scores (value → how many)."""

    code = "feedback.score_outside_scale"

    def __init__(self, counts: dict[float, int], scale: Scale, question: str | None = None) -> None:
        worst = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        listed = ", ".join(f"{value:g} ({count})" for value, count in worst[:5])
        more_en = f" and {len(worst) - 5} other values" if len(worst) > 5 else ""
        more_zh = f"等共 {len(worst)} 个值" if len(worst) > 5 else ""
        where_en, where_zh = (f" of {question}", f"题目 {question} 的") if question else ("", "")
        total, limits = sum(counts.values()), f"{scale[0]:g}–{scale[1]:g}"
        super().__init__(
            Text(
                f"{total} score(s){where_en} outside the scale {limits}: {listed}{more_en} (value, count).",
                f"{where_zh}{total} 个分值超出量表 {limits}：{listed}{more_zh}（值，个数）。",
            ),
            Text(
                "Map codes for 'not used' and 'no answer' to their states, or correct the question's scale.",
                "请将“未使用”“未作答”的编码映射为相应状态，或更正该题的量表。",
            ),
            question=question,
            scale=scale,
            scores=dict(worst),
        )


class UnknownScaleError(PeakendError):
    """A metric is not defined on the scale that a question has."""

    code: ClassVar[str] = "feedback.unknown_scale"


def nps_points(scores: Numbers, scale: Scale = NPS_SCALE) -> Numbers:
    """+1 for a promoter, −1 for a detractor, 0 for a passive.

    Promoters are 9–10 and detractors 0–6 on 0–10 (Reichheld 2003). Also defined: 1–10 (9–10, 1–6), 1–11 (0–10
    counted from one: 10–11, 1–7) and 1–5 (5, 1–3; not comparable with the others). Other scales raise
    `UnknownScaleError`.
    """
    if scale not in NPS_CUTS:
        known = ", ".join(f"{low:g}–{high:g}" for low, high in NPS_CUTS)
        raise UnknownScaleError(
            Text(
                f"NPS is not defined on the scale {scale[0]:g}–{scale[1]:g}.",
                f"量表 {scale[0]:g}–{scale[1]:g} 上没有净推荐值的定义。",
            ),
            Text(
                f"Use one of {known}, or declare the question a rating.",
                f"请使用 {known} 之一，或将该题声明为评分题（rating）。",
            ),
            scale=scale,
        )
    detractor, promoter = NPS_CUTS[scale]
    return np.where(scores >= promoter, 1.0, np.where(scores <= detractor, -1.0, 0.0))


def top_box_from(scale: Scale) -> float:
    """The lowest score in the top box of `scale`.

    The top two points on scales of 5 to 11 points, the top one on shorter scales, the top fifth on longer
    ones (from 80 on 0–100).
    """
    low, high = scale
    points = high - low + 1
    if points < 5:
        return high
    return high - 1 if points <= 11 else high - (high - low) / 5


def easy_above(scale: Scale) -> float:
    """An ease score above the middle of its scale counts as easy: 5–7 on 1–7 (CES 2.0), 4–5 on 1–5."""
    return (scale[0] + scale[1]) / 2


def itself(scores: Numbers, scale: Scale = RATING_SCALE) -> Numbers:
    """The score itself: what a mean averages."""
    return scores


def in_top_box(scores: Numbers, scale: Scale = RATING_SCALE) -> Numbers:
    """1 for a score in the top box (`top_box_from`), else 0."""
    return (scores >= top_box_from(scale)).astype(float)


def is_easy(scores: Numbers, scale: Scale = CES_SCALE) -> Numbers:
    """1 for a score above the middle of the scale (`easy_above`), else 0."""
    return (scores > easy_above(scale)).astype(float)


def check_scores(
    scores: Numbers, counts: NDArray[np.int64], scale: Scale, question: str | None = None
) -> None:
    """Raise `ScoreOutsideScaleError` when a score (each `counts` times) is outside `scale`."""
    bad = ~((scores >= scale[0]) & (scores <= scale[1]))
    if bad.any():
        values, places = np.unique(scores[bad], return_inverse=True)
        totals = np.bincount(places, weights=counts[bad])
        raise ScoreOutsideScaleError(
            {float(v): int(t) for v, t in zip(values, totals, strict=True)}, scale, question
        )
