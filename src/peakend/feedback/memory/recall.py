"""What is left of an experience after n days, and whether it is remembered as ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peakend.errors import PeakendError
from peakend.feedback.intervals import normal_quantile, wilson
from peakend.language import Text

Numbers = NDArray[np.float64]


class RecallError(PeakendError):
    """Answers of different length, or quality outside 0 to 1."""

    code: ClassVar[str] = "feedback.recall"


@dataclass(frozen=True, slots=True)
class EffectiveExperience:
    """Everything as shares, 0 to 1, with intervals.

    recall: remembered of all asked. branded: remembered as ours, of those who remember. quality: mean quality
    of those asked. index: mean of quality · remembered · ours over everybody asked; 0 when nobody remembers.
    vivid_gap: recall of the best and worst quarter of quality minus that of the middle half, with interval:
    above 0 where strong moments stick; None where quality does not vary.
    """

    n: int
    remembered: int
    recall: float
    recall_low: float
    recall_high: float
    branded: float | None
    branded_low: float | None
    branded_high: float | None
    quality: float | None
    index: float
    index_low: float
    index_high: float
    vivid_gap: float | None
    vivid_gap_low: float | None
    vivid_gap_high: float | None


def effective_experience(
    remembered: ArrayLike, ours: ArrayLike, quality: ArrayLike, confidence: float = 0.95
) -> EffectiveExperience:
    """Effective experience = quality × recall × branded, person by person.

    remembered: 1 or 0 each. ours: 1 or 0, NaN for those who do not remember or did not say (counted as not
    ours). quality: 0 to 1 (the score given at the time, from the bottom to the top of its scale), NaN where
    unknown (left out of quality and index). Intervals: Wilson for shares, normal for the index.
    Raises `RecallError`.
    Source: unaided recall and brand attribution as in Keller (1993), Journal of Marketing 57(1); that a good
    experience works only where it is remembered: Kahneman, Fredrickson, Schreiber & Redelmeier (1993),
    Psychological Science 4(6).
    """
    r, o, q = (np.asarray(x, dtype=float) for x in (remembered, ours, quality))
    if not (r.shape == o.shape == q.shape) or r.ndim != 1 or not len(r) or not np.isin(r, (0.0, 1.0)).all():
        raise RecallError(
            Text(
                "Every person asked needs remembered (1 or 0), ours and quality; at least one person.",
                "每位被问者须有“是否记得”（1 或 0）、“是否归于我方”及体验质量，且至少一人。",
            )
        )
    known = ~np.isnan(q)
    if ((q[known] < 0) | (q[known] > 1)).any():
        raise RecallError(Text("Quality must lie between 0 and 1.", "体验质量应在 0 与 1 之间。"))
    n, kept = len(r), r == 1
    mine = np.where(np.isnan(o), 0.0, o)
    recall = float(r.mean())
    recall_ends = wilson(np.array([recall]), np.array([float(n)]), confidence)
    named = float(mine[kept].mean()) if kept.any() else None
    named_ends = (
        wilson(np.array([named]), np.array([float(kept.sum())]), confidence) if named is not None else None
    )
    per_person = (r * mine * np.where(known, q, 0.0))[known]
    index, low, high = _mean_interval(per_person, confidence)
    gap = _vivid(r[known], q[known], confidence)
    return EffectiveExperience(
        n=n,
        remembered=int(kept.sum()),
        recall=recall,
        recall_low=float(recall_ends[0][0]),
        recall_high=float(recall_ends[1][0]),
        branded=named,
        branded_low=float(named_ends[0][0]) if named_ends else None,
        branded_high=float(named_ends[1][0]) if named_ends else None,
        quality=float(q[known].mean()) if known.any() else None,
        index=index,
        index_low=low,
        index_high=high,
        vivid_gap=gap[0],
        vivid_gap_low=gap[1],
        vivid_gap_high=gap[2],
    )


def _mean_interval(x: Numbers, confidence: float) -> tuple[float, float, float]:
    if not len(x):
        return 0.0, 0.0, 1.0
    mean = float(x.mean())
    half = normal_quantile(confidence) * float(x.std(ddof=1) / np.sqrt(len(x))) if len(x) > 1 else 1.0
    return mean, max(0.0, float(mean - half)), min(1.0, float(mean + half))


def _vivid(r: Numbers, q: Numbers, confidence: float) -> tuple[float | None, float | None, float | None]:
    """Newcombe's interval of the difference between the strong and the middling moments."""
    if len(q) < 8:
        return None, None, None
    bottom, top = np.quantile(q, (0.25, 0.75))
    strong = (q < bottom) | (q > top)
    if bottom == top or strong.sum() < 2 or (~strong).sum() < 2:
        strong = np.abs(q - np.median(q)) > 0
        if strong.sum() < 2 or (~strong).sum() < 2:
            return None, None, None
    a, b = float(r[strong].mean()), float(r[~strong].mean())
    (la, ha), (lb, hb) = (
        wilson(np.array([share]), np.array([float(size)]), confidence)
        for share, size in ((a, strong.sum()), (b, (~strong).sum()))
    )
    low = a - b - float(np.hypot(a - la[0], hb[0] - b))
    high = a - b + float(np.hypot(ha[0] - a, b - lb[0]))
    return a - b, low, high
