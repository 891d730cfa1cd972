"""How well a model does on texts it has not seen: accuracy, discrimination, calibration, with intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.intervals import normal_quantile, wilson

if TYPE_CHECKING:
    from collections.abc import Sequence

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
How = Literal["out_of_time", "out_of_fold"]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What was found on n texts that the model had not seen.

    how: later texts than those it learnt from, or other folds. accuracy: share called rightly (Wilson's
    interval). base_rate: the share right if always the commoner label were called. auc: chance that a
    positive text scores above a negative one (DeLong's interval). calibration_error: mean distance between
    promised and found shares over ten groups of equal size.
    """

    how: How
    n: int
    accuracy: float
    low: float
    high: float
    base_rate: float
    auc: float
    auc_low: float
    auc_high: float
    calibration_error: float

    @property
    def beats_base_rate(self) -> bool:
        """Whether the whole interval of the accuracy lies above the base rate."""
        return self.low > self.base_rate


def judged(how: How, probability: Numbers, positive: Flags, confidence: float) -> HeldOut:
    """Compare probabilities with labels; both kinds of label must occur."""
    n = len(positive)
    right = float(((probability > 0.5) == positive).mean())
    low, high = wilson(right, n, confidence)
    share = float(positive.mean())
    auc, error = delong(probability, positive)
    half = normal_quantile(confidence) * error
    return HeldOut(
        how=how,
        n=n,
        accuracy=right,
        low=float(low),
        high=float(high),
        base_rate=max(share, 1 - share),
        auc=auc,
        auc_low=max(auc - half, 0.0),
        auc_high=min(auc + half, 1.0),
        calibration_error=calibration_error(probability, positive),
    )


def delong(score: Sequence[float] | Numbers, positive: Sequence[bool] | Flags) -> tuple[float, float]:
    """AUC and its standard error; NaN error with fewer than two texts of either label.

    Source: DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44(3), pp. 837–845; by midranks as in Sun & Xu
    (2014), IEEE Signal Processing Letters 21(11).
    """
    from scipy.stats import rankdata

    values, is_positive = np.asarray(score, dtype=float), np.asarray(positive, dtype=bool)
    above, below = values[is_positive], values[~is_positive]
    m, n = len(above), len(below)
    whole = rankdata(np.concatenate([above, below]))
    auc = float((whole[:m].mean() - (m + 1) / 2) / n)
    if min(m, n) < 2:
        return auc, float("nan")
    of_positive = (whole[:m] - rankdata(above)) / n
    of_negative = 1 - (whole[m:] - rankdata(below)) / m
    return auc, float(np.sqrt(of_positive.var(ddof=1) / m + of_negative.var(ddof=1) / n))


def calibration_error(probability: Numbers, positive: Flags, groups: int = 10) -> float:
    """Mean |promised − found| over groups of equal size, lowest probabilities first.

    Source: expected calibration error, Naeini, Cooper & Hauskrecht (2015), AAAI 29, with equal-mass groups.
    """
    order = np.argsort(probability, kind="stable")
    parts = [part for part in np.array_split(order, groups) if len(part)]
    gaps = [abs(probability[part].mean() - positive[part].mean()) * len(part) for part in parts]
    return float(sum(gaps) / len(order))


def platt(score: Numbers, positive: Flags) -> tuple[float, float]:
    """(slope, intercept) with P(positive) = 1 / (1 + exp(−(slope · score + intercept))).

    The slope is never below 0: a score that points the wrong way says nothing. Newton's method on smoothed
    targets (N₊ + 1) / (N₊ + 2) and 1 / (N₋ + 2).
    Source: Platt (1999), Advances in Large Margin Classifiers; Lin, Lin & Weng (2007), Machine Learning
    68(3).
    """
    ups, downs = int(positive.sum()), int((~positive).sum())
    target = np.where(positive, (ups + 1) / (ups + 2), 1 / (downs + 2))
    slope, intercept = 0.0, float(np.log((ups + 1) / (downs + 1)))
    for _ in range(100):
        p = sigmoid(slope * score + intercept)
        gradient = np.array([((target - p) * score).sum(), (target - p).sum()])
        spread = np.maximum(p * (1 - p), 1e-12)
        ss, s = (spread * score * score).sum(), (spread * score).sum()
        hessian = np.array([[ss, s], [s, spread.sum()]]) + 1e-9 * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        # The target is concave; halving keeps a long first step from overshooting.
        length = 1.0
        start = _likelihood(slope * score + intercept, target)
        while (
            length > 1e-6
            and _likelihood(
                (slope + length * step[0]) * score + intercept + length * step[1],
                target,
            )
            < start
        ):
            length /= 2
        slope, intercept = slope + length * step[0], intercept + length * step[1]
        if np.abs(step).max() < 1e-10:
            break
    if slope <= 0:
        return 0.0, float(np.log((ups + 1) / (downs + 1)))
    return float(slope), float(intercept)


def sigmoid(value: Numbers) -> Numbers:
    """1 / (1 + e⁻ᵛ) without overflow."""
    found: Numbers = 0.5 * (1 + np.tanh(0.5 * value))
    return found


def _likelihood(linear: Numbers, target: Numbers) -> float:
    return float((target * linear - np.logaddexp(0, linear)).sum())
