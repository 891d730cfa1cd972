"""When a worsening end eats the earlier peak: the trend of ends, and where it takes the remembered whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peakend.errors import PeakendError
from peakend.feedback.trend.drifting import drift
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.journey.endings.weights import MemoryWeights

Numbers = NDArray[np.float64]
FEWEST_MONTHS = 6
_RECENT = 3
_DRAWS = 4_000


class ErosionError(PeakendError):
    """Too few months, months with fewer than two journeys, or a horizon that is not above 0."""

    code = "journey.erosion"


@dataclass(frozen=True, slots=True)
class Erosion:
    """Ends of journeys over k months, scores −1 to 1, times in months.

    slope: change of the end a month, with interval and two-sided p. end_now: the fitted end now.
    overall_now: the remembered whole of the last three months. projected: where the whole stands after
    `horizon` months if the end goes on so and nothing else changes; change: projected minus now.
    months_to_threshold: until the whole reaches the threshold (None: it does not head there).
    months_to_eaten: until the end takes away what the peak gives (None: it does not head there, 0: already).
    Intervals of projections and months hold the errors of slope, weights and levels.
    """

    months: int
    n: int
    slope: float
    slope_low: float
    slope_high: float
    p: float
    end_now: float
    overall_now: float
    horizon: float
    change: float
    change_low: float
    change_high: float
    projected: float
    projected_low: float
    projected_high: float
    months_to_threshold: float | None
    months_to_threshold_low: float | None
    months_to_threshold_high: float | None
    months_to_eaten: float | None


def erosion(
    months: ArrayLike,
    ends: ArrayLike,
    errors: ArrayLike,
    n: ArrayLike,
    overall: tuple[float, float],
    peak: float,
    weights: MemoryWeights,
    *,
    horizon: float = 6.0,
    threshold: float = 0.0,
    confidence: float = 0.95,
) -> Erosion:
    """What becomes of the remembered whole if ends go on as they have.

    months: k ≥ 6 rising month numbers; ends, errors, n: mean end of each month, its standard error (> 0) and
    journeys; overall: remembered whole now and its standard error; peak: mean peak of the journeys; weights:
    of peak and end in the whole. The slope allows for months that differ by more than sampling. Raises
    `ErosionError`.
    Source: the weights as Fredrickson & Kahneman (1993), JPSP 65(1); the slope as Thompson & Sharp (1999),
    Statistics in Medicine 18(20); intervals of what is computed from both by drawing from their normal
    distributions, Krinsky & Robb (1986), Review of Economics and Statistics 68(4).
    """
    x, y, se, size = (np.asarray(values, dtype=float) for values in (months, ends, errors, n))
    if len(x) < FEWEST_MONTHS or not (se > 0).all() or not horizon > 0 or (np.diff(x) <= 0).any():
        raise ErosionError(
            Text(
                f"A trend of ends needs {FEWEST_MONTHS} months in order, each with an error above 0, and a "
                "horizon above 0.",
                f"终值趋势需要按序的至少 {FEWEST_MONTHS} 个月（各有大于 0 的标准误）以及大于 0 的预测期。",
            )
        )
    line = drift(x, y, se, confidence)
    end_now = _level_at_the_end(x, y, se, line.slope)
    drawn = _drawn(line.slope, (line.high - line.low) / (2 * _spread(confidence)), overall, weights)
    change = weights.end * line.slope * horizon
    changes = drawn.end * drawn.slope * horizon
    tail = 100 * (1 - confidence) / 2
    low, high = np.percentile(changes, (tail, 100 - tail))
    ahead_low, ahead_high = np.percentile(drawn.overall + changes, (tail, 100 - tail))
    until = _until(overall[0] - threshold, weights.end * line.slope)
    until_ends = _until_interval(drawn.overall - threshold, drawn.end * drawn.slope, tail, until)
    given = weights.peak * peak + weights.end * end_now
    return Erosion(
        months=len(x),
        n=int(size.sum()),
        slope=line.slope,
        slope_low=line.low,
        slope_high=line.high,
        p=line.p,
        end_now=end_now,
        overall_now=overall[0],
        horizon=horizon,
        change=change,
        change_low=float(low),
        change_high=float(high),
        projected=float(np.clip(overall[0] + change, -1, 1)),
        projected_low=float(np.clip(ahead_low, -1, 1)),
        projected_high=float(np.clip(ahead_high, -1, 1)),
        months_to_threshold=until,
        months_to_threshold_low=until_ends[0],
        months_to_threshold_high=until_ends[1],
        months_to_eaten=_until(given, weights.end * line.slope),
    )


Verdict = Literal["eroding", "improving", "cannot_tell"]


def verdict(slope: float, adjusted_p: float, alpha: float) -> Verdict:
    """What may be said of a slope whose p was corrected for how many were looked at."""
    if adjusted_p >= alpha:
        return "cannot_tell"
    return "eroding" if slope < 0 else "improving"


def recent(
    months: ArrayLike, sums: ArrayLike, squares: ArrayLike, n: ArrayLike
) -> tuple[float, float] | None:
    """Mean and standard error of the last three months that have answers; None with fewer than two."""
    total, square, size = (np.asarray(v, dtype=float) for v in (sums, squares, n))
    kept = np.flatnonzero(size > 0)[-_RECENT:]
    count = float(size[kept].sum())
    if count < 2:
        return None
    mean = float(total[kept].sum() / count)
    variance = max(float(square[kept].sum()) - count * mean * mean, 0.0) / (count - 1)
    return mean, float(np.sqrt(variance / count))


@dataclass(frozen=True, slots=True)
class _Drawn:
    slope: Numbers
    end: Numbers
    overall: Numbers


def _drawn(slope: float, slope_se: float, overall: tuple[float, float], weights: MemoryWeights) -> _Drawn:
    random = np.random.default_rng(20080901)
    return _Drawn(
        slope=slope + slope_se * random.standard_normal(_DRAWS),
        end=weights.end + np.sqrt(weights.covariance[2, 2]) * random.standard_normal(_DRAWS),
        overall=overall[0] + overall[1] * random.standard_normal(_DRAWS),
    )


def _spread(confidence: float) -> float:
    from peakend.feedback.intervals import normal_quantile

    return normal_quantile(confidence)


def _level_at_the_end(x: Numbers, y: Numbers, se: Numbers, slope: float) -> float:
    w = 1 / se**2
    centre, height = (w * x).sum() / w.sum(), (w * y).sum() / w.sum()
    return float(np.clip(height + slope * (x[-1] - centre), -1, 1))


def _until(room: float, pace: float) -> float | None:
    """Months until `room` is used up at `pace` a month; 0 where it is, None where it is not heading there."""
    if room <= 0:
        return 0.0
    return room / -pace if pace < 0 else None


def _until_interval(
    room: Numbers, pace: Numbers, tail: float, until: float | None
) -> tuple[float | None, float | None]:
    """Ends of the interval of the months; none above where too many draws never get there."""
    if until is None:
        return None, None
    months = np.where(room <= 0, 0.0, np.where(pace < 0, room / np.maximum(-pace, 1e-12), np.inf))
    low, high = (float(value) for value in np.percentile(months, (tail, 100 - tail), method="nearest"))
    return low, high if np.isfinite(high) else None
