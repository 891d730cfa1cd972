"""What BG/NBD and MBG/NBD have in common: customers buy at a gamma rate and may leave after each purchase."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

import numpy as np
from scipy.special import expit

from peakend.value.models.dropout_at_purchase_likelihood import Tabulated, negative_log_likelihood
from peakend.value.models.fitting import DidNotConvergeError, minimised
from peakend.value.models.future_purchases import purchases_while_alive
from peakend.value.models.histories import PurchaseHistories
from peakend.value.models.likelihood_model import LikelihoodModel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from peakend.value.models.fitting import Objective
    from peakend.value.models.priors import LogNormal
    from peakend.value.models.time_units import TimeUnit

    Floats = NDArray[np.float64]

_SAMPLE = 8_000
"""Histories on which a large fit is begun: from their optimum the whole needs a few Newton steps."""


class DropoutAtPurchaseModel(LikelihoodModel[PurchaseHistories]):
    """Buys at rate λ ~ gamma(r, alpha); leaves after a purchase with probability p ~ beta(a, b).

    time_unit: the unit of recency, T, horizons and of 1/λ; that of `PurchaseHistories` where they are given.
    Which purchases are chances to leave is what the models differ in.
    """

    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    _chances: ClassVar[int]
    """n − x: chances to leave beyond the repeat purchases."""

    def __init__(
        self, *, time_unit: TimeUnit = "week", priors: Mapping[str, LogNormal] | None = None
    ) -> None:
        super().__init__(priors=priors)
        self.time_unit: TimeUnit = time_unit

    def _again(self) -> DropoutAtPurchaseModel:
        return type(self)(time_unit=self.time_unit, priors=self.priors)

    def _read(self, data: object, **given: object) -> PurchaseHistories:
        customers = cast("ArrayLike | None", given.get("customers"))
        read = PurchaseHistories.of(data, time_unit=self.time_unit, customers=customers)
        self.time_unit = read.time_unit
        return read

    def _objective(self, data: PurchaseHistories) -> Objective:
        tables = Tabulated.of(data, self._chances)
        return lambda theta: negative_log_likelihood(tables, theta)

    def _starts(self, data: PurchaseHistories) -> Sequence[Floats]:
        middle = float(np.average(data.age, weights=data.customers))
        guesses = [
            np.log([r, alpha * middle, a, b])
            for r, alpha, a, b in ((0.5, 0.2, 0.8, 2.5), (1.0, 1.0, 1.0, 1.0), (0.2, 0.1, 0.3, 3.0))
        ]
        if len(data.frequency) <= 4 * _SAMPLE:
            return guesses
        kept = np.zeros(len(data.frequency), np.int64)
        places = np.linspace(0, len(kept) - 1, _SAMPLE).astype(np.int64)
        kept[places] = data.customers[places]
        try:
            return [minimised(self._objective(data.with_customers(kept)), guesses[:1], model="").theta]
        except DidNotConvergeError:
            return guesses

    def _resampled(self, data: PurchaseHistories, random: np.random.Generator) -> PurchaseHistories:
        return data.with_customers(random.multinomial(data.total, data.customers / data.total))

    def probability_alive(self, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike) -> Floats:
        """P(still a customer at T | x, t_x, T); arrays that broadcast, times in `time_unit`."""
        return _alive(self.params.vector, self._chances, *_arrays(frequency, recency, T))

    def expected_purchases(
        self,
        horizon: ArrayLike,
        frequency: ArrayLike,
        recency: ArrayLike,
        T: ArrayLike,
    ) -> Floats:
        """Purchases expected in (T, T + horizon] given (x, t_x, T); arrays that broadcast, in `time_unit`."""
        return _expected(self.params.vector, self._chances, *_arrays(horizon, frequency, recency, T))

    def expected_purchases_new_customer(self, t: ArrayLike) -> Floats:
        """Repeat purchases expected in (0, t] of a customer who first buys at 0; t in `time_unit`."""
        (time,) = _arrays(t)
        r, alpha, a, b = self.params.vector
        stays = b / (a + b) if self._chances else 1.0
        return stays * purchases_while_alive(r, alpha, a, b + self._chances, time)


def _arrays(*values: ArrayLike) -> tuple[Floats, ...]:
    return tuple(np.broadcast_arrays(*(np.asarray(value, np.float64) for value in values)))


def _alive(vector: Floats, chances: int, x: Floats, last: Floats, age: Floats) -> Floats:
    r, alpha, a, b = vector
    n = x + chances
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.log(a) - np.log(b + n - 1) + (r + x) * (np.log(alpha + age) - np.log(alpha + last))
    return np.where(n > 0, expit(-odds), 1.0)


def _expected(vector: Floats, chances: int, horizon: Floats, x: Floats, last: Floats, age: Floats) -> Floats:
    r, alpha, a, b = vector
    while_alive = purchases_while_alive(r + x, alpha + age, a, b + x + chances, horizon)
    return _alive(vector, chances, x, last, age) * while_alive
