"""What the peak and the end weigh in the remembered whole, from monthly cross-products."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peakend.errors import PeakendError
from peakend.language import Text

Numbers = NDArray[np.float64]
FEWEST_JOURNEYS = 50
FEWEST_MONTHS = 6


class WeightsError(PeakendError):
    """Too few journeys or months with a remembered whole, or peaks and ends that do not vary."""

    code = "journey.weights"


@dataclass(frozen=True, slots=True)
class MemoryWeights:
    """overall = intercept + peak · w_peak + end · w_end. coefficients: (intercept, w_peak, w_end);
    covariance: 3 × 3, with months as clusters; n journeys, months."""

    coefficients: Numbers
    covariance: Numbers
    n: int
    months: int

    @property
    def peak(self) -> float:
        return float(self.coefficients[1])

    @property
    def end(self) -> float:
        return float(self.coefficients[2])


def memory_weights(gram: ArrayLike, moments: ArrayLike) -> MemoryWeights:
    """Least squares of the remembered whole on the peak and the end.

    gram: months × 3 × 3, sums of (1, peak, end) times itself over the journeys of each month with a
    remembered whole; moments: months × 3, sums of (1, peak, end) times the whole. Errors allow for months
    that share a shock (CR1). Raises `WeightsError`.
    Source: Fredrickson & Kahneman (1993), Journal of Personality and Social Psychology 65(1), for the model;
    Cameron & Miller (2015), Journal of Human Resources 50(2), eq. 11–12, for the errors.
    """
    xx, xy = np.asarray(gram, dtype=float), np.asarray(moments, dtype=float)
    months, n = len(xx), int(xx[:, 0, 0].sum())
    if months < FEWEST_MONTHS or n < FEWEST_JOURNEYS:
        raise WeightsError(
            Text(
                f"The weights of peak and end need {FEWEST_JOURNEYS} journeys with a remembered whole over "
                f"{FEWEST_MONTHS} months; there are {n} over {months}.",
                f"估计峰值与终值的权重需要至少 {FEWEST_MONTHS} 个月内 {FEWEST_JOURNEYS} 段有总体评分的旅程；"
                f"现有 {months} 个月、{n} 段。",
            ),
            n=n,
            months=months,
        )
    whole = xx.sum(axis=0)
    if np.linalg.cond(whole) > 1e10:
        raise WeightsError(
            Text(
                "Peaks and ends do not vary apart from each other, so their weights cannot be told.",
                "峰值与终值没有各自的变化，无法分辨权重。",
            )
        )
    inverse = np.linalg.inv(whole)
    beta = inverse @ xy.sum(axis=0)
    scores = xy - xx @ beta
    meat = scores.T @ scores * months / (months - 1) * (n - 1) / (n - 3)
    return MemoryWeights(beta, inverse @ meat @ inverse, n, months)
