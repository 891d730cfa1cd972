"""What customers with a known history did afterwards, counted; and how far a prediction was from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri, xlogy

from peakend.value.models.histories import PurchaseHistories

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from peakend.value.models.time_units import TimeUnit

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

DECILES = 10


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Histories up to a day and the purchases of the days after it.

    histories: unique (h of them). history: which of them a row is about; bought: purchases afterwards;
    customers: how many had that history and bought that much. days: length of the time afterwards.
    """

    histories: PurchaseHistories
    history: Integers
    bought: Floats
    customers: Floats
    days: int

    @classmethod
    def of(cls, counts: pa.Table, *, days: int, time_unit: TimeUnit) -> Outcomes:
        """From rows (frequency, recency_days, age_days, frequency_holdout, customers), each once."""
        columns = [counts[name].to_numpy() for name in ("frequency", "recency_days", "age_days")]
        stacked = np.stack([np.asarray(column, np.int64) for column in columns])
        bought = np.asarray(counts["frequency_holdout"].to_numpy(), np.float64)
        customers = np.asarray(counts["customers"].to_numpy(), np.float64)
        unique, history = np.unique(stacked, axis=1, return_inverse=True)
        history = np.ravel(history)
        had = np.bincount(history, customers, minlength=unique.shape[1]).astype(np.int64)
        histories = PurchaseHistories.from_days(unique[0], unique[1], unique[2], had, time_unit=time_unit)
        return cls(histories, history, bought, customers, days)

    @property
    def total(self) -> int:
        return int(self.customers.sum())

    @property
    def purchases(self) -> float:
        return float(self.customers @ self.bought)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How a prediction of purchases compares with what happened; per customer unless it says total.

    deviance: mean Poisson deviance, 2 (y log(y/μ) − y + μ), a proper score of a mean of counts (Gneiting
    2011, JASA 106(494)). error, squared: mean absolute and root mean squared error. bias: predicted total
    over actual total − 1 (None: nobody bought), with an interval from the spread of customers' differences.
    """

    customers: int
    predicted: float
    actual: float
    deviance: float
    error: float
    squared: float
    bias: float | None
    bias_low: float | None
    bias_high: float | None


@dataclass(frozen=True, slots=True)
class Decile:
    """Customers of one tenth by prediction, 1 the least: means a customer, with an interval of the actual."""

    decile: int
    customers: int
    predicted: float
    actual: float
    low: float
    high: float


def accuracy(outcomes: Outcomes, predicted: Floats, confidence: float = 0.95) -> Accuracy:
    """Compare `predicted` purchases, one a history, with what the customers did."""
    weights, y = outcomes.customers, outcomes.bought
    mu = predicted[outcomes.history]
    n = weights.sum()
    expected, actual = float(weights @ mu), float(weights @ y)
    differences = mu - y
    spread = float(weights @ differences**2 - (weights @ differences) ** 2 / n)
    half = float(ndtri(0.5 + confidence / 2)) * np.sqrt(max(spread, 0.0))
    known = actual > 0
    return Accuracy(
        customers=outcomes.total,
        predicted=expected,
        actual=actual,
        deviance=float(weights @ _deviance(y, mu) / n),
        error=float(weights @ np.abs(differences) / n),
        squared=float(np.sqrt(weights @ differences**2 / n)),
        bias=expected / actual - 1 if known else None,
        bias_low=(expected - half) / actual - 1 if known else None,
        bias_high=(expected + half) / actual - 1 if known else None,
    )


def deviance_gain(
    outcomes: Outcomes, predicted: Floats, other: Floats, confidence: float = 0.95
) -> tuple[float, float, float]:
    """How much larger the mean deviance of `other` is than that of `predicted`: estimate, low, high.

    Differences are paired by customer; the interval is normal over customers.
    """
    weights, y = outcomes.customers, outcomes.bought
    n = weights.sum()
    gain = _deviance(y, other[outcomes.history]) - _deviance(y, predicted[outcomes.history])
    mean = float(weights @ gain / n)
    variance = float(weights @ (gain - mean) ** 2 / max(n - 1, 1))
    half = float(ndtri(0.5 + confidence / 2)) * np.sqrt(variance / n)
    return mean, mean - half, mean + half


def deciles(outcomes: Outcomes, predicted: Floats, confidence: float = 0.95) -> list[Decile]:
    """Tenths of the customers by prediction; customers with one history stay together.

    So tenths need not be equally large, and one that nobody is in is left out. The interval of the actual
    mean is normal, not below zero.
    """
    h = len(predicted)
    n = np.bincount(outcomes.history, outcomes.customers, minlength=h)
    total = np.bincount(outcomes.history, outcomes.customers * outcomes.bought, minlength=h)
    squares = np.bincount(outcomes.history, outcomes.customers * outcomes.bought**2, minlength=h)
    order = np.argsort(predicted, kind="stable")
    # The middle of a history's customers decides, so that a large one lies where most of it does.
    middle = (np.cumsum(n[order]) - n[order] / 2) / n.sum()
    tenth = np.empty(h, np.int64)
    tenth[order] = np.minimum((middle * DECILES).astype(np.int64), DECILES - 1)
    z = float(ndtri(0.5 + confidence / 2))
    found = []
    for place in range(DECILES):
        inside = tenth == place
        size = float(n[inside].sum())
        if size == 0:
            continue
        actual = float(total[inside].sum() / size)
        variance = max(float(squares[inside].sum()) - size * actual**2, 0.0) / max(size - 1, 1)
        half = z * float(np.sqrt(variance / size))
        mean = float((n[inside] @ predicted[inside]) / size)
        found.append(Decile(place + 1, int(size), mean, actual, max(actual - half, 0.0), actual + half))
    return found


def own_rate(outcomes: Outcomes) -> Floats:
    """The plainest prediction: everybody goes on as before, x / T a day (nobody seen a day: zero)."""
    histories = outcomes.histories
    age = np.asarray(histories.age_days, np.float64)
    return np.divide(
        histories.frequency * outcomes.days, age, out=np.zeros(len(age), np.float64), where=age > 0
    )


def _deviance(y: Floats, mu: Floats) -> Floats:
    safe = np.maximum(mu, 1e-12)
    return np.asarray(2 * (xlogy(y, np.where(y > 0, y / safe, 1.0)) - y + safe), np.float64)
