"""What BG/NBD and MBG/NBD have in common: customers buy at a gamma rate and may leave after each purchase."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy.special import expit

from peakend.value.models.dropout_at_purchase_likelihood import Tabulated, negative_log_likelihood
from peakend.value.models.fitting import DidNotConvergeError, minimised
from peakend.value.models.future_purchases import purchases_while_alive
from peakend.value.models.purchase_model import PurchaseModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from peakend.value.models.fitting import Objective
    from peakend.value.models.histories import PurchaseHistories

    Floats = NDArray[np.float64]

_SAMPLE = 10_000
"""Customers on whom a large fit is begun: from their optimum the whole needs a few Newton steps."""


class DropoutAtPurchaseModel(PurchaseModel):
    """Buys at rate λ ~ gamma(r, alpha); leaves after a purchase with probability p ~ beta(a, b).

    Which purchases are chances to leave is what the models differ in.
    """

    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    _chances: ClassVar[int]
    """n − x: chances to leave beyond the repeat purchases."""

    def _objective(self, data: PurchaseHistories) -> Objective:
        tables = Tabulated.of(data, self._chances)
        return lambda theta: negative_log_likelihood(tables, theta)

    def _starts(self, data: PurchaseHistories) -> Sequence[Floats]:
        middle = float(np.average(data.age, weights=data.customers))
        guesses = [
            np.log([r, alpha * middle, a, b])
            for r, alpha, a, b in ((0.5, 0.2, 0.8, 2.5), (1.0, 1.0, 1.0, 1.0), (0.2, 0.1, 0.3, 3.0))
        ]
        if len(data.frequency) <= 2 * _SAMPLE:
            return guesses
        # Every so-many-th customer, in order of histories: a small picture of the whole.
        ordered = np.cumsum(data.customers)
        taken = np.searchsorted(ordered, np.linspace(0, data.total, _SAMPLE, endpoint=False), side="right")
        few = data.with_customers(np.bincount(taken, minlength=len(ordered)))
        try:
            return [minimised(self._objective(few), guesses, model=type(self).__name__).theta]
        except DidNotConvergeError:
            return guesses

    def probability_alive(self, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike) -> Floats:
        """P(still a customer at T | x, t_x, T); arrays that broadcast, times in `time_unit`."""
        return probability_alive_when(self.params.vector, self._chances, *_arrays(frequency, recency, T))

    def expected_purchases(
        self,
        horizon: ArrayLike,
        frequency: ArrayLike,
        recency: ArrayLike,
        T: ArrayLike,
    ) -> Floats:
        """Purchases expected in (T, T + horizon] given (x, t_x, T); arrays that broadcast, in `time_unit`."""
        return expected_when(self.params.vector, self._chances, *_arrays(horizon, frequency, recency, T))

    def expected_purchases_new_customer(self, t: ArrayLike) -> Floats:
        """Repeat purchases expected in (0, t] of a customer who first buys at 0; t in `time_unit`."""
        (time,) = _arrays(t)
        r, alpha, a, b = self.params.vector
        stays = b / (a + b) if self._chances else 1.0
        return stays * purchases_while_alive(r, alpha, a, b + self._chances, time)

    def simulate(self, T: ArrayLike, *, seed: int = 0) -> dict[str, Floats]:
        """Histories of new customers who are observed for T (n), drawn from the model.

        Returns arrays (n) by name: frequency, recency and T, and what nobody sees: `purchase_rate` (λ),
        `dropout` (p) and `alive` (1 or 0 at T). With N ~ Poisson(λT) purchases if nobody left, and the K-th
        the last, x = min(N, K), and t_x / T is the x-th of N uniform times: beta(x, N − x + 1).
        """
        return simulated_when(self.params.vector, self._chances, T, seed)


def _arrays(*values: ArrayLike) -> tuple[Floats, ...]:
    return tuple(np.broadcast_arrays(*(np.asarray(value, np.float64) for value in values)))


def probability_alive_when(vector: Floats, chances: int, x: Floats, last: Floats, age: Floats) -> Floats:
    """P(alive at T) with parameters (r, α, a, b) of all or of each customer; n − x is `chances`."""
    r, alpha, a, b = vector
    n = x + chances
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.log(a) - np.log(b + n - 1) + (r + x) * (np.log(alpha + age) - np.log(alpha + last))
    return np.where(n > 0, expit(-odds), 1.0)


def expected_when(
    vector: Floats, chances: int, horizon: Floats, x: Floats, last: Floats, age: Floats
) -> Floats:
    """Purchases expected in (T, T + horizon], with parameters (r, α, a, b) of all or of each customer."""
    r, alpha, a, b = vector
    while_alive = purchases_while_alive(r + x, alpha + age, a, b + x + chances, horizon)
    return probability_alive_when(vector, chances, x, last, age) * while_alive


def simulated_when(vector: Floats, chances: int, T: ArrayLike, seed: int) -> dict[str, Floats]:
    """What `DropoutAtPurchaseModel.simulate` says, with parameters of all or of each customer."""
    age = np.atleast_1d(np.asarray(T, np.float64))
    random = np.random.default_rng(seed)
    r, alpha, a, b = vector
    rate = random.gamma(r, 1 / alpha, len(age))
    dropout = random.beta(a, b, len(age))
    would = random.poisson(rate * age)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Geometric by inversion: a dropout of 1e-300 needs no integer that large.
        last = np.ceil(-random.standard_exponential(len(age)) / np.log1p(-dropout))
    last = np.where(np.isfinite(last), np.maximum(last, 1), np.inf) - chances
    x = np.minimum(would, last)
    place = random.beta(np.maximum(x, 1), would - x + 1)
    return {
        "frequency": x,
        "recency": np.where(x > 0, age * place, 0.0),
        "T": age,
        "purchase_rate": rate,
        "dropout": dropout,
        "alive": (would < last).astype(np.float64),
    }
