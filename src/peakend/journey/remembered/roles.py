"""What each touchpoint is to memory: the peak, the end, a valley that is remembered or tolerated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from peakend.feedback.comparison import holm
from peakend.feedback.intervals import normal_quantile, wilson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

Numbers = NDArray[np.float64]

COUNTS = ("n", "peaks", "worsts", "ends", "recents", "evens")
"""By customer and touchpoint: journeys in which it was felt, and in how many it was peak, worst moment and
end; evens: Σ its moments ÷ the journey's, what it would have if every moment counted alike; recents:
the same with the weights of the mean that forgets."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share of journeys with its interval, and the two-sided p that it is what `evens` would give."""

    value: float
    low: float
    high: float
    above_even: float
    p: float


@dataclass(frozen=True, slots=True)
class Role:
    """One touchpoint. n: journeys in which it was felt; weight: share of the remembered score it carries in
    them, under the model of memory; even: what it would carry if every moment counted alike.

    role: peak or end where it is that more often than evenly (p after Holm; of both the more frequent), else
    empty. valley: empty unless it is the worst moment more often than evenly; then tolerated (it carries
    less than evenly), remembered (more), even (every moment counts alike under the model), or cannot_tell.
    """

    touchpoint_id: str
    customers: int
    n: int
    score: float
    score_low: float
    score_high: float
    peak: Share
    worst: Share
    end: Share
    even: float
    weight: Share
    depth: float | None
    height: float | None
    bad_peaks: float | None
    role: str
    valley: str


def roles(
    sums: pa.Table, weights: Mapping[str, float], confidence: float = 0.95, alpha: float = 0.05
) -> list[Role]:
    """Every touchpoint of `touchpoint_roles.sql`.

    weights: what the model of memory gives to the moments that are peaks, worsts, ends, or to all alike
    (evens); they add up to 1. Shares are ratios over customers (linearised variance, customers kept whole),
    their intervals Wilson's on the effective number of journeys.
    Source: Cochran (1977), Sampling Techniques, section 6.5 (ratio of sums); Wilson (1927).
    """
    rows = sums.sort_by("touchpoint_id").to_pylist()
    moments = [_Moments(row) for row in rows]
    found = [
        {
            "peak": each.share({"peaks": 1.0}, confidence),
            "worst": each.share({"worsts": 1.0}, confidence),
            "end": each.share({"ends": 1.0}, confidence),
            "weight": each.share(weights, confidence),
        }
        for each in moments
    ]
    adjusted = _adjusted([[row["peak"].p, row["end"].p] for row in found])
    even = set(weights) == {"evens"}
    valleys = _adjusted([[row["worst"].p, row["weight"].p] for row in found])
    return [
        each.role(shares, _role(shares, p, alpha), _valley(shares, q, alpha, even), confidence)
        for each, shares, p, q in zip(moments, found, adjusted, valleys, strict=True)
    ]


def _adjusted(p: Sequence[Sequence[float]]) -> Numbers:
    if not p:
        return np.zeros((0, 2))
    found: Numbers = holm(np.array(p).ravel())[0].reshape(-1, len(p[0]))
    return found


def _role(shares: Mapping[str, Share], p: Numbers, alpha: float) -> str:
    fit = [
        (shares[name].value, name)
        for name, each in zip(("peak", "end"), p, strict=True)
        if each <= alpha and shares[name].above_even > 0
    ]
    return max(fit)[1] if fit else ""


def _valley(shares: Mapping[str, Share], p: Numbers, alpha: float, even: bool) -> str:
    if not (p[0] <= alpha and shares["worst"].above_even > 0):
        return ""
    if even:
        return "even"
    if not p[1] <= alpha:
        return "cannot_tell"
    return "tolerated" if shares["weight"].above_even < 0 else "remembered"


class _Moments:
    """Sums, squares and products over the customers of one touchpoint."""

    def __init__(self, row: Mapping[str, float]) -> None:
        self.row = row
        self.people = int(row["people"])
        self.totals = np.array([row[name] for name in COUNTS])
        self.products = np.empty((len(COUNTS), len(COUNTS)))
        for i, first in enumerate(COUNTS):
            for j, second in enumerate(COUNTS[i:], start=i):
                name = _product(first, second)
                self.products[i, j] = self.products[j, i] = row[name]

    def share(self, weights: Mapping[str, float], confidence: float) -> Share:
        part = np.array([weights.get(name, 0.0) for name in COUNTS])
        value = float(part @ self.totals / self.totals[0])
        even = float(self.totals[-1] / self.totals[0])
        variance = self._variance(part, value)
        size = value * (1 - value) / variance if variance > 0 else self.totals[0]
        low, high = wilson(np.array([np.clip(value, 0, 1)]), np.array([size]), confidence)
        against = part - np.eye(len(COUNTS))[-1]
        return Share(value, float(low[0]), float(high[0]), value - even, self._p(against, value - even))

    def _variance(self, part: Numbers, ratio: float) -> float:
        """Of Σ part ÷ Σ n, customers as clusters."""
        if self.people < 2:
            return 0.0
        residual = part - ratio * np.eye(len(COUNTS))[0]
        spread = float(residual @ self.products @ residual)
        return max(spread, 0.0) / float(self.totals[0]) ** 2 * self.people / (self.people - 1)

    def _p(self, part: Numbers, ratio: float) -> float:
        """Two-sided p of no difference; NaN without variance, where nothing can be tested."""
        variance = self._variance(part, ratio)
        if self.people < 2 or variance <= 1e-18:
            return 1.0 if abs(ratio) < 1e-12 or self.people < 2 else 0.0
        return float(2 * ndtr(-abs(ratio) / np.sqrt(variance)))

    def role(self, shares: Mapping[str, Share], role: str, valley: str, confidence: float) -> Role:
        row = self.row
        score, half = self._score(confidence)
        return Role(
            touchpoint_id=str(row["touchpoint_id"]),
            customers=int(row["customers"]),
            n=int(row["n"]),
            score=score,
            score_low=max(-1.0, score - half),
            score_high=min(1.0, score + half),
            peak=shares["peak"],
            worst=shares["worst"],
            end=shares["end"],
            even=float(self.totals[-1] / self.totals[0]),
            weight=shares["weight"],
            depth=row["depth"] / row["worsts"] if row["worsts"] else None,
            height=row["height"] / row["peaks"] if row["peaks"] else None,
            bad_peaks=row["bad_peaks"] / row["peaks"] if row["peaks"] else None,
            role=role,
            valley=valley,
        )

    def _score(self, confidence: float) -> tuple[float, float]:
        """Mean momentary score and half its interval (NaN for one customer)."""
        row = self.row
        mean = row["score"] / row["moments"]
        if self.people < 2:
            return mean, float("nan")
        spread = row["score_score"] - 2 * mean * row["moments_score"] + mean**2 * row["moments_moments"]
        error = np.sqrt(max(spread, 0.0) * self.people / (self.people - 1)) / row["moments"]
        return mean, float(normal_quantile(confidence) * error)


def _product(first: str, second: str) -> str:
    if first == second == "n":
        return "nn"
    return f"{first}_{second}"


def carried(model: str | None, peak_weight: float | None) -> dict[str, float]:
    """What a model of memory gives to peaks, worst moments, ends, or to all moments alike."""
    if model == "worst_last":
        return {"worsts": 0.5, "ends": 0.5}
    if model == "end":
        return {"ends": 1.0}
    if model == "recency":
        return {"recents": 1.0}
    if model == "peak":
        return {"peaks": 1.0}
    if model == "peak_end":
        w = 0.5 if peak_weight is None else peak_weight
        return {"peaks": w, "ends": 1 - w}
    return {"evens": 1.0}
