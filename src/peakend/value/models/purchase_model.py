"""What models of purchases that come at any time have in common: what they read, and how it is drawn anew."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, Self, cast

from peakend.value.models.histories import PurchaseHistories, require_repeat_purchases
from peakend.value.models.likelihood_model import LikelihoodModel

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from peakend.value.models.priors import LogNormal
    from peakend.value.models.time_units import TimeUnit

    Floats = NDArray[np.float64]


class PurchaseModel(LikelihoodModel[PurchaseHistories]):
    """Fitted to `PurchaseHistories`, or to any table with frequency, recency and T.

    time_unit: the unit of recency, T, horizons and rates; that of `PurchaseHistories` where they are given.
    Where nobody bought again, or nobody was observed for any time, `fit` raises `HistoriesError`.
    """

    one_time_buyers_stay: ClassVar[bool] = False
    """Whether P(alive) is 1, by assumption, for everybody with one purchase: reports must not use it then."""

    def __init__(
        self, *, time_unit: TimeUnit = "week", priors: Mapping[str, LogNormal] | None = None
    ) -> None:
        super().__init__(priors=priors)
        self.time_unit: TimeUnit = time_unit

    @abstractmethod
    def probability_alive(self, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike) -> Floats:
        """P(still a customer at T | x, t_x, T)."""

    @abstractmethod
    def expected_purchases(
        self, horizon: ArrayLike, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike
    ) -> Floats:
        """Purchases expected in (T, T + horizon] given (x, t_x, T)."""

    @abstractmethod
    def expected_purchases_new_customer(self, t: ArrayLike) -> Floats:
        """Repeat purchases expected in (0, t] of a customer who first buys at 0."""

    def _again(self) -> Self:
        return type(self)(time_unit=self.time_unit, priors=self.priors)

    def _read(self, data: object, **given: object) -> PurchaseHistories:
        customers = cast("ArrayLike | None", given.get("customers"))
        read = PurchaseHistories.of(data, time_unit=self.time_unit, customers=customers)
        require_repeat_purchases(read)
        self.time_unit = read.time_unit
        return read

    def _resampled(self, data: PurchaseHistories, random: np.random.Generator) -> PurchaseHistories:
        return data.with_customers(random.multinomial(data.total, data.customers / data.total))
