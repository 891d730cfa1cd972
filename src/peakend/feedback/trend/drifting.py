"""A drift over many waves, and whether the last wave is out of line with those before it.

    >>> found = drift([2010, 2011, 2012, 2013], [4.0, 4.1, 4.2, 4.3], [0.05] * 4)
    >>> round(found.slope, 3), round(found.p, 3)
    (0.1, 0.005)

Waves differ by more than sampling (weather, season, who happened to fly). That wobble is estimated and
carried into every interval; without it any two waves with many answers would differ "significantly".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr

from peakend.errors import PeakendError
from peakend.feedback.intervals import t_quantile
from peakend.language import Text

Numbers = NDArray[np.float64]

FEWEST_FOR_DRIFT = 4
FEWEST_BEFORE = 3
# Waves that lie on a line by chance do not make its error vanish.
LEAST_SPREAD = 0.1


class TrendError(PeakendError):
    """Too few waves, equal times, or an error that is not above 0."""

    code: ClassVar[str] = "feedback.trend"


@dataclass(frozen=True, slots=True)
class Drift:
    """A straight line through the waves. slope, low, high: score a unit of time; p: two-sided, of slope 0.

    change, change_low, change_high: fitted, from the first wave to the last. wobble: standard deviation of
    waves around the line beyond sampling, in the score's unit. waves: how many.
    """

    slope: float
    low: float
    high: float
    p: float
    change: float
    change_low: float
    change_high: float
    wobble: float
    waves: int


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the next wave should score if nothing changed: mean of those before, with a prediction interval.

    p: two-sided, of a value as far off as the one observed.
    """

    value: float
    low: float
    high: float
    p: float
    wobble: float


def drift(times: ArrayLike, scores: ArrayLike, errors: ArrayLike, confidence: float = 0.95) -> Drift:
    """Weighted line through the scores of at least four waves, with wave-to-wave wobble.

    times: k numbers (years, or 0, 1, 2 …), not all equal. scores, errors: the score and its standard error
    (> 0), in one unit. Weights 1/(se² + τ²), τ² by moments; the standard error is scaled by the residual
    spread, on k − 2 degrees of freedom. Raises `TrendError`.
    Source: τ² as DerSimonian & Laird (1986), Controlled Clinical Trials 7(3), generalised to regression by
    Thompson & Sharp (1999), Statistics in Medicine 18(20); errors: Knapp & Hartung (2003), Statistics in
    Medicine 22(17).
    """
    x, y, s = _checked(times, scores, errors, FEWEST_FOR_DRIFT)
    if not np.ptp(x) > 0:
        raise TrendError(Text("All waves have the same time.", "各期时间相同，无法计算趋势。"))
    # Centred, so that years do not cost digits.
    design = np.column_stack([np.ones_like(x), x - x.mean()])
    beta, covariance, wobble = _fitted(design, y, s)
    se, df = float(np.sqrt(covariance[1, 1])), len(x) - 2
    t = float(t_quantile(confidence, np.array(df)))
    span, slope = float(np.ptp(x)), float(beta[1])
    return Drift(
        slope=slope,
        low=slope - t * se,
        high=slope + t * se,
        p=_two_sided(slope / se, df),
        change=slope * span,
        change_low=(slope - t * se) * span,
        change_high=(slope + t * se) * span,
        wobble=wobble,
        waves=len(x),
    )


def expected_next(
    scores: ArrayLike, errors: ArrayLike, observed: float, error: float, confidence: float = 0.95
) -> Expectation:
    """What a further wave with standard error `error` should score, from at least three earlier ones.

    The prediction interval holds the wobble of waves, the error of their mean, and that of the new wave, on
    k − 1 degrees of freedom: the limits of a control chart for waves of unequal size. Raises `TrendError`.
    Source: Higgins, Thompson & Spiegelhalter (2009), Journal of the Royal Statistical Society A 172(1), eq.
    12, with k − 1 degrees of freedom; Laney (2002), Quality Engineering 14(4) for charts with wobble.
    """
    y, s = np.asarray(scores, dtype=float), np.asarray(errors, dtype=float)
    _, y, s = _checked(np.arange(len(np.atleast_1d(y))), y, s, FEWEST_BEFORE)
    if not (np.isfinite(observed) and error > 0):
        raise TrendError(
            Text("The last wave needs a score and an error above 0.", "最新一期须有得分及大于 0 的标准误。")
        )
    beta, covariance, wobble = _fitted(np.ones((len(y), 1)), y, s)
    df = len(y) - 1
    se = float(np.sqrt(wobble**2 + covariance[0, 0] + error**2))
    t = float(t_quantile(confidence, np.array(df)))
    value = float(beta[0])
    return Expectation(value, value - t * se, value + t * se, _two_sided((observed - value) / se, df), wobble)


def _fitted(design: Numbers, y: Numbers, s: Numbers) -> tuple[Numbers, Numbers, float]:
    """Coefficients, their covariance and the wobble."""
    k, p = design.shape
    w = 1 / s**2
    gram = design.T @ (design * w[:, None])
    beta = np.linalg.solve(gram, design.T @ (w * y))
    q = float((w * (y - design @ beta) ** 2).sum())
    squared = design.T @ (design * (w**2)[:, None])
    denominator = float(w.sum() - np.trace(np.linalg.solve(gram, squared)))
    tau2 = max(0.0, (q - (k - p)) / denominator)
    w = 1 / (s**2 + tau2)
    gram = design.T @ (design * w[:, None])
    beta = np.linalg.solve(gram, design.T @ (w * y))
    spread = float((w * (y - design @ beta) ** 2).sum()) / (k - p)
    covariance: Numbers = np.linalg.inv(gram) * max(LEAST_SPREAD, spread)
    return np.asarray(beta, dtype=float), covariance, float(np.sqrt(tau2))


def _two_sided(t: float, df: int) -> float:
    return float(2 * stdtr(df, -abs(t)))


def _checked(
    times: ArrayLike, scores: ArrayLike, errors: ArrayLike, fewest: int
) -> tuple[Numbers, Numbers, Numbers]:
    x, y, s = (np.atleast_1d(np.asarray(a, dtype=float)) for a in (times, scores, errors))
    if not (x.shape == y.shape == s.shape) or x.ndim != 1 or len(x) < fewest:
        raise TrendError(
            Text(
                f"At least {fewest} waves are needed, each with a time, a score and an error.",
                f"至少需要 {fewest} 期，且每期均有时间、得分与标准误。",
            ),
            Text("Wait for more waves.", "请等待更多期次。"),
            waves=len(x),
        )
    if not (np.isfinite(x).all() and np.isfinite(y).all() and np.isfinite(s).all() and (s > 0).all()):
        raise TrendError(
            Text(
                "Every wave needs a finite score and an error above 0; leave out waves without spread.",
                "每期须有有限的得分及大于 0 的标准误；请剔除没有离散的期次。",
            )
        )
    return x, y, s
