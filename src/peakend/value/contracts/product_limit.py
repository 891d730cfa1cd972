"""Kaplan–Meier: the share still there, of contracts seen from different ages on and closed or still open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peakend.feedback.intervals import normal_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Exposure:
    """Contracts at risk and closed at each age at which one closed; three arrays of one length.

    at_risk: seen before this age and still open just before it. What survival curves and hazards need of
    contracts, however many there are.
    """

    age: Integers
    at_risk: Integers
    closed: Integers

    @classmethod
    def of(
        cls, entry: ArrayLike, exit: ArrayLike, closed: ArrayLike, contracts: ArrayLike | None = None
    ) -> Exposure:
        """One row a contract, or a group of equal ones: age when first seen, age at the end, whether it was
        closed there. Contracts seen only at the age at which they ended are never at risk."""
        begins, ends = np.asarray(entry, np.int64), np.asarray(exit, np.int64)
        gone = np.asarray(closed, bool)
        counts = np.ones(len(begins), np.int64) if contracts is None else np.asarray(contracts, np.int64)
        seen = ends > begins
        begins, ends, gone, counts = begins[seen], ends[seen], gone[seen], counts[seen]
        size = int(ends.max(initial=0)) + 1
        closings = np.bincount(ends[gone], counts[gone], size)
        entered = np.cumsum(np.bincount(begins, counts, size))
        left = np.cumsum(np.bincount(ends, counts, size))
        # Of those who entered before an age, the ones that had not left before it.
        at_risk = np.r_[0, entered[:-1]] - np.r_[0, left[:-1]]
        age = np.flatnonzero(closings)
        return cls(age, at_risk[age].astype(np.int64), closings[age].astype(np.int64))


@dataclass(frozen=True, slots=True)
class Survival:
    """The share that lives beyond each age, with its interval; arrays of one length."""

    age: Integers
    value: Floats
    low: Floats
    high: Floats

    def at(self, ages: ArrayLike) -> tuple[Floats, Floats, Floats]:
        """Value, low and high at other ages: those of the last closing until then; 1 before the first."""
        place = np.searchsorted(self.age, np.asarray(ages, np.int64), side="right")
        value, low, high = (np.r_[1.0, column][place] for column in (self.value, self.low, self.high))
        return value, low, high

    @property
    def median(self) -> int | None:
        """The first age that at most half live beyond; None where more are still there at the end."""
        below = np.flatnonzero(self.value <= 0.5)
        return int(self.age[below[0]]) if len(below) else None


def product_limit(exposure: Exposure, confidence: float = 0.95) -> Survival:
    """S(t) = Π (1 − d/n) over ages until t, with the interval of log(−log S) by Greenwood's variance.

    Sources: Kaplan & Meier (1958), JASA 53(282); Greenwood (1926); the interval from Kalbfleisch & Prentice
    (2002), The Statistical Analysis of Failure Time Data, section 1.4.1. Contracts seen late (left-truncated)
    are at risk from then on: Tsai, Jewell & Wang (1987), Biometrika 74(4).
    """
    n, d = exposure.at_risk.astype(np.float64), exposure.closed.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.cumprod(1 - d / n)
        variance = np.cumsum(d / (n * (n - d)))
        inner = np.log(-np.log(value))
        half = normal_quantile(confidence) * np.sqrt(variance) / np.abs(np.log(value))
        low, high = np.exp(-np.exp(inner + half)), np.exp(-np.exp(inner - half))
    # When all are gone, Greenwood's variance says nothing: the interval begins at none.
    gone = np.flatnonzero(value <= 0)
    for place in gone.tolist():
        low[place], high[place] = 0.0, high[place - 1] if place else 1.0
    value, low, high = (np.asarray(column, np.float64) for column in (value, low, high))
    return Survival(exposure.age, value, low, high)
