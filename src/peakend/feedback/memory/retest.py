"""Does a metric say the same when asked again? Agreement of test and retest, and the answers it needs.

>>> round(agreement([9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2]).value, 3)
0.126
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import fdtri

from peakend.errors import PeakendError
from peakend.feedback.intervals import normal_quantile
from peakend.language import Text

Numbers = NDArray[np.float64]

FEWEST = 10
"""Fewer people asked twice say nothing about a metric."""


class RetestError(PeakendError):
    """Ratings that cannot be compared: different length, fewer than three people, one occasion."""

    code: ClassVar[str] = "feedback.retest"


@dataclass(frozen=True, slots=True)
class Agreement:
    """Intraclass correlation of occasions. value, low, high: None without any spread (`no_variance`).

    n: people; shift: mean of the last occasion minus the first, in scale points; error: standard error of
    measurement, in scale points: what one person's answer wobbles by.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    shift: float
    error: float
    no_variance: bool


def agreement(*occasions: ArrayLike, confidence: float = 0.95) -> Agreement:
    """ICC(A,1): absolute agreement of single ratings, two-way, occasions random.

    occasions: two or more arrays of one number a person, in the same order; a person who lacks one is left
    out. Raises `RetestError`.
    Source: Shrout & Fleiss (1979), Psychological Bulletin 86(2), ICC(2,1); interval: McGraw & Wong (1996),
    Psychological Methods 1(1), table 7.
    """
    lengths = {len(np.atleast_1d(np.asarray(one, dtype=float))) for one in occasions}
    if len(occasions) < 2 or len(lengths) != 1:
        raise RetestError(
            Text(
                "Test and retest need two or more lists of the same length.",
                "测与重测须为两组或以上等长的数据。",
            )
        )
    x = np.column_stack([np.asarray(one, dtype=float) for one in occasions])
    x = x[np.isfinite(x).all(axis=1)]
    n, k = x.shape
    if n < 3:
        raise RetestError(
            Text(
                f"Only {n} people answered every time; at least 3 are needed.",
                f"仅有 {n} 人每次都作答，至少需要 3 人。",
            ),
            Text("Ask more people twice.", "请让更多人回答两次。"),
            n=n,
        )
    rows, columns, error = _mean_squares(x)
    shift = float(x[:, -1].mean() - x[:, 0].mean())
    if rows + columns + error <= 1e-12 or rows + error <= 1e-12:
        return Agreement(None, None, None, n, shift, float(np.sqrt(error)), no_variance=True)
    value = (rows - error) / (rows + (k - 1) * error + k / n * (columns - error))
    low, high = _interval(value, rows, columns, error, n, k, confidence)
    return Agreement(float(value), low, high, n, shift, float(np.sqrt(error)), no_variance=False)


def answers_for_margin(variance: float, margin: float, confidence: float = 0.95) -> int:
    """Answers that give an interval of ± `margin`: z²·variance/margin², both in one unit.

    Raises `RetestError` for a margin that is not above 0 or a negative variance.
    Source: Cochran (1977), Sampling Techniques, 3rd ed., eq. 4.4.
    """
    if not (margin > 0 and variance >= 0):
        raise RetestError(
            Text(
                "The margin must be above 0 and the variance not negative.",
                "允许误差须大于 0，方差不得为负。",
            )
        )
    return max(2, int(np.ceil(normal_quantile(confidence) ** 2 * variance / margin**2)))


def _mean_squares(x: Numbers) -> tuple[float, float, float]:
    """Between people, between occasions, residual."""
    n, k = x.shape
    grand, by_row, by_column = x.mean(), x.mean(axis=1), x.mean(axis=0)
    rows = k * float(((by_row - grand) ** 2).sum()) / (n - 1)
    columns = n * float(((by_column - grand) ** 2).sum()) / (k - 1)
    residual = x - by_row[:, None] - by_column[None, :] + grand
    return rows, columns, float((residual**2).sum()) / ((n - 1) * (k - 1))


def _interval(
    value: float, rows: float, columns: float, error: float, n: int, k: int, confidence: float
) -> tuple[float, float]:
    if error <= 1e-12 and columns <= 1e-12:
        return 1.0, 1.0
    a = k * value / (n * (1 - value)) if value < 1 else np.inf
    b = 1 + k * value * (n - 1) / (n * (1 - value)) if value < 1 else np.inf
    numerator = (a * columns + b * error) ** 2
    v = numerator / ((a * columns) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1)))
    tail = 1 - (1 - confidence) / 2
    upper, lower = fdtri(n - 1, v, tail), fdtri(v, n - 1, tail)
    spread = k * columns + (k * n - k - n) * error
    low = n * (rows - upper * error) / (upper * spread + n * rows)
    high = n * (lower * rows - error) / (spread + n * lower * rows)
    return float(max(low, -1.0)), float(min(high, 1.0))
