"""NBD: customers buy at rates of their own and never leave; what models with dropout are compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy.special import digamma, gammaln

from peakend.value.models.dropout_at_purchase_likelihood import Tabulated, in_logarithms, rising, trigamma
from peakend.value.models.purchase_model import PurchaseModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from peakend.value.models.fitting import Objective
    from peakend.value.models.histories import PurchaseHistories

    Floats = NDArray[np.float64]


class NBDModel(PurchaseModel):
    """Buys at rate λ ~ gamma(r, alpha), for ever: x repeat purchases in time T are negative binomial.

    log L = lnΓ(r+x) − lnΓ(r) + r ln α − (r+x) ln(α+T), the likelihood of the times, as in the others,
    so that they can be compared. Source: Ehrenberg (1959), Applied Statistics 8(1), pp. 26–41;
    Schmittlein, Morrison & Colombo (1987), Management Science 33(1), section 2.
    """

    names: ClassVar[tuple[str, ...]] = ("r", "alpha")
    one_time_buyers_stay: ClassVar[bool] = True

    def _objective(self, data: PurchaseHistories) -> Objective:
        tables = Tabulated.of(data, 0)
        k = np.arange(len(tables.counts), dtype=np.float64)
        customers = float(tables.counts.sum())

        def objective(theta: Floats) -> tuple[float, Floats, Floats]:
            r, alpha = np.exp(theta)
            logs, inverse = np.log(alpha + tables.times), 1 / (alpha + tables.times)
            powers = r * tables.alive + tables.purchases
            by_r, by_alpha = (float(tables.counts @ rising(r, k, f)) for f in (digamma, trigamma))
            value = (
                float(tables.counts @ rising(r, k, gammaln)) + customers * r * np.log(alpha) - powers @ logs
            )
            gradient = np.array(
                [
                    by_r + customers * np.log(alpha) - tables.alive @ logs,
                    customers * r / alpha - powers @ inverse,
                ]
            )
            cross = customers / alpha - tables.alive @ inverse
            curve = powers @ inverse**2 - customers * r / alpha**2
            hessian = np.array([[by_alpha, cross], [cross, curve]])
            return in_logarithms(float(value), gradient, hessian, np.array([r, alpha]))

        return objective

    def _starts(self, data: PurchaseHistories) -> Sequence[Floats]:
        rate = max(float(data.customers @ data.frequency) / float(data.customers @ data.age), 1e-9)
        return [np.log([r, r / rate]) for r in (0.4, 2.0)]

    def probability_alive(self, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike) -> Floats:
        """1 for everyone: nobody leaves."""
        return np.ones(np.broadcast_shapes(*map(np.shape, (frequency, recency, T))))

    def expected_purchases(
        self, horizon: ArrayLike, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike
    ) -> Floats:
        """Purchases expected in (T, T + horizon]: horizon (r + x) / (α + T); arrays that broadcast."""
        r, alpha = self.params.vector
        time, x, _, age = np.broadcast_arrays(
            *(np.asarray(v, np.float64) for v in (horizon, frequency, recency, T))
        )
        return np.asarray(time * (r + x) / (alpha + age), np.float64)

    def expected_purchases_new_customer(self, t: ArrayLike) -> Floats:
        """Repeat purchases expected in (0, t]: t r / α."""
        r, alpha = self.params.vector
        return np.asarray(np.asarray(t, np.float64) * r / alpha, np.float64)

    def simulate(self, T: ArrayLike, *, seed: int = 0) -> dict[str, Floats]:
        """Histories of new customers who are observed for T (n); and their `purchase_rate`."""
        age = np.atleast_1d(np.asarray(T, np.float64))
        random = np.random.default_rng(seed)
        r, alpha = self.params.vector
        rate = random.gamma(r, 1 / alpha, len(age))
        x = random.poisson(rate * age).astype(np.float64)
        last = age * random.beta(np.maximum(x, 1), 1.0)
        return {"frequency": x, "recency": np.where(x > 0, last, 0.0), "T": age, "purchase_rate": rate}
