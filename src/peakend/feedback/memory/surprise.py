"""Far better than expected: how many were delighted, and what goes with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr

from peakend.errors import PeakendError
from peakend.feedback.intervals import t_quantile, wilson
from peakend.feedback.scales import Scale, check_scores
from peakend.feedback.weighting import kish_size
from peakend.language import Text

Numbers = NDArray[np.float64]


class MemoryScaleError(PeakendError):
    """A comparison with expectation needs a scale with a middle (odd number of points, five or more)."""

    code: ClassVar[str] = "feedback.delight_scale"


@dataclass(frozen=True, slots=True)
class Delight:
    """Shares (0 to 1) of answers far better than, better than, as, and worse than expected.

    n: answers; low, high: Wilson's interval of far_better, on Kish's size with weights. lift: mean outcome of
    the delighted minus that of those who found it as expected, in the outcome's unit, with Welch's interval
    and two-sided p; None where either group has fewer than two. p_delighted, n_delighted, n_as_expected: the
    sizes behind it.
    """

    far_better: float | None
    better: float | None
    as_expected: float | None
    worse: float | None
    low: float | None
    high: float | None
    n: int
    n_delighted: int
    n_as_expected: int
    lift: float | None
    lift_low: float | None
    lift_high: float | None
    p: float | None


def delight(
    compared: ArrayLike,
    outcome: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    scale: Scale = (1, 5),
    confidence: float = 0.95,
) -> Delight:
    """Who was delighted, and how their outcome differs from that of those who found it as expected.

    compared: answers to "compared with what you expected" (lowest: far worse, middle: as expected, highest:
    far better), NaN without an answer. outcome: a number each (recommendation, spending), NaN where unknown.
    weights ≥ 0. A difference is association: the delighted may have been fond of the company before.
    Raises `MemoryScaleError`, `ScoreOutsideScaleError`.
    Source: Oliver, Rust & Varki (1997), Journal of Retailing 73(3) (delight as surprise, beyond
    satisfaction); Rust & Oliver (2000), Journal of the Academy of Marketing Science 28(1).
    """
    low, high = scale
    middle = (low + high) / 2
    if high - low < 4 or middle != int(middle):
        raise MemoryScaleError(
            Text(
                "“Compared with expectation” needs a middle and two steps on either side, not "
                f"{low:g}–{high:g}.",
                f"“与预期相比”的量表须有中点且两侧至少各两级，而不是 {low:g}–{high:g}。",
            ),
            scale=scale,
        )
    given = np.asarray(compared, dtype=float)
    w = np.ones(len(given)) if weights is None else np.asarray(weights, dtype=float)
    y = np.full(len(given), np.nan) if outcome is None else np.asarray(outcome, dtype=float)
    known = ~np.isnan(given) & (w > 0)
    given, w, y = given[known], w[known], y[known]
    check_scores(given, np.ones(len(given), dtype=np.int64), scale)
    if not len(given):
        return Delight(None, None, None, None, None, None, 0, 0, 0, None, None, None, None)
    delighted, usual = given == high, given == middle
    total = w.sum()
    share = float(w[delighted].sum() / total)
    ends = wilson(np.array([share]), kish_size(total, (w**2).sum()), confidence)
    heard = ~np.isnan(y)
    gap = _lift(y[heard & delighted], w[heard & delighted], y[heard & usual], w[heard & usual], confidence)
    return Delight(
        far_better=share,
        better=float(w[(given > middle) & ~delighted].sum() / total),
        as_expected=float(w[usual].sum() / total),
        worse=float(w[given < middle].sum() / total),
        low=float(ends[0][0]),
        high=float(ends[1][0]),
        n=len(given),
        n_delighted=int((heard & delighted).sum()),
        n_as_expected=int((heard & usual).sum()),
        lift=gap[0],
        lift_low=gap[1],
        lift_high=gap[2],
        p=gap[3],
    )


def _lift(
    a: Numbers, wa: Numbers, b: Numbers, wb: Numbers, confidence: float
) -> tuple[float | None, float | None, float | None, float | None]:
    """Welch's comparison of two weighted means, linearised variances."""
    if len(a) < 2 or len(b) < 2:
        return None, None, None, None
    (ma, va), (mb, vb) = _mean(a, wa), _mean(b, wb)
    gap, variance = ma - mb, va + vb
    if variance <= 0:
        return gap, None, None, None
    df = variance**2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    se = float(np.sqrt(variance))
    half = float(t_quantile(confidence, np.array(df))) * se
    return gap, gap - half, gap + half, float(2 * stdtr(df, -abs(gap) / se))


def _mean(y: Numbers, w: Numbers) -> tuple[float, float]:
    mean = float(w @ y / w.sum())
    n = len(y)
    return mean, float((w**2) @ (y - mean) ** 2 / w.sum() ** 2 * n / (n - 1))
