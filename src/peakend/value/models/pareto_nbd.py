"""The Pareto/NBD model: how often customers buy while they are customers, and when they stop unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from peakend.value.models.discounting import discounted_survival, time_alive
from peakend.value.models.histories import PurchaseHistories
from peakend.value.models.likelihood_model import LikelihoodModel
from peakend.value.models.pareto_nbd_likelihood import branches, history_likelihoods

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from peakend.value.models.fitting import Objective
    from peakend.value.models.priors import LogNormal
    from peakend.value.models.time_units import TimeUnit

    Floats = NDArray[np.float64]


class ParetoNBDModel(LikelihoodModel[PurchaseHistories]):
    """Purchases are Poisson with rate λ until a customer lapses, which happens at rate μ and is not seen.

    λ ~ Gamma(r, rate α) and μ ~ Gamma(s, rate β) over customers, independently. α and β are times, in the
    unit of the histories: λ has mean r/α purchases a unit, μ mean s/β.
    Sources: Schmittlein, Morrison & Colombo (1987), Management Science 33(1), pp. 1–24; Fader & Hardie
    (2005), A Note on Deriving the Pareto/NBD Model and Related Expressions.
    """

    names = ("r", "alpha", "s", "beta")

    def __init__(
        self, *, time_unit: TimeUnit = "week", priors: Mapping[str, LogNormal] | None = None
    ) -> None:
        super().__init__(priors=priors)
        self.time_unit: TimeUnit = time_unit

    def _again(self) -> ParetoNBDModel:
        return type(self)(time_unit=self.time_unit, priors=self.priors)

    def _read(self, data: object, **given: object) -> PurchaseHistories:
        customers = cast("ArrayLike | None", given.get("customers"))
        read = PurchaseHistories.of(data, time_unit=self.time_unit, customers=customers)
        self.time_unit = read.time_unit
        return read

    def _objective(self, data: PurchaseHistories) -> Objective:
        x = data.frequency.astype(np.float64)
        weights = data.customers.astype(np.float64)
        ones = np.ones(len(x))

        def objective(theta: Floats) -> tuple[float, Floats, Floats]:
            r, alpha, s, beta = np.exp(theta)
            found = history_likelihoods(r, alpha * ones, s, beta * ones, x, data.recency, data.age)
            return -float(found.value @ weights), -(found.gradient @ weights), -(found.hessian @ weights)

        return objective

    def _starts(self, data: PurchaseHistories) -> Sequence[Floats]:
        weights = data.customers / data.total
        age = max(float(data.age @ weights), 1e-9)
        bought = max(float(data.frequency @ weights), 1e-3)
        return [np.log([0.7, 0.7 * age / (2 * bought), 0.6, age / 2])]

    def _resampled(self, data: PurchaseHistories, random: np.random.Generator) -> PurchaseHistories:
        return data.with_customers(random.multinomial(data.total, data.customers / data.total))

    def probability_alive(self, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike) -> Floats:
        """Probability that a customer with this history is one still, at T.

        (α+T)^−(r+x) (β+T)^−s over that plus the integral over the time of lapsing. Arrays broadcast.
        Source: Schmittlein, Morrison & Colombo (1987).
        """
        shape, (x, last, age) = _flat(frequency, recency, T)
        return self._alive(x, last, age).reshape(shape)

    def expected_purchases(
        self,
        horizon: ArrayLike,
        frequency: ArrayLike,
        recency: ArrayLike,
        T: ArrayLike,
    ) -> Floats:
        """Expected purchases in (T, T + horizon] of customers with these histories. Arrays broadcast.

        P(alive) · (r+x)/(α+T) · ∫₀^horizon ((β+T)/(β+T+t))^s dt; s = 1 is no case of its own.
        Sources: Schmittlein, Morrison & Colombo (1987); Fader & Hardie (2005).
        """
        shape, (time, x, last, age) = _flat(horizon, frequency, recency, T)
        r, alpha, s, beta = self.params.vector
        rate = self._alive(x, last, age) * (r + x) / (alpha + age)
        return np.reshape(rate * time_alive(s, beta + age, time), shape)

    def expected_purchases_new_customer(self, t: ArrayLike) -> Floats:
        """Expected repeat purchases in the first t units of time of a customer yet unknown.

        r/α · ∫₀^t (β/(β+v))^s dv. Source: Schmittlein, Morrison & Colombo (1987).
        """
        r, alpha, s, beta = self.params.vector
        return np.asarray(r / alpha * time_alive(s, np.asarray(beta), np.asarray(t, np.float64)))

    def expected_residual_transactions(
        self,
        discount_rate_per_unit: float,
        frequency: ArrayLike,
        recency: ArrayLike,
        T: ArrayLike,
        *,
        horizon: float | None = None,
    ) -> Floats:
        """Discounted expected residual transactions (DERT): those after T, each at its present value at T.

        discount_rate_per_unit: δ ≥ 0, continuous, per unit of time of the histories; of 15 % a year and weeks
        it is ln 1.15 / 52. horizon: only those within it (none: all there will ever be; where δ = 0 they
        are infinite if s ≤ 1).
        P(alive) · (r+x)/(α+T) · ∫ e^−δt ((β+T)/(β+T+t))^s dt. Without a horizon that is
        α^r β^s δ^(s−1) Γ(r+x+1) Ψ(s, s; δ(β+T)) / (Γ(r) (α+T)^(r+x+1) L), Ψ Tricomi's function.
        Source: Fader, Hardie & Lee (2005), Journal of Marketing Research 42(4), pp. 415–430.
        """
        shape, (x, last, age) = _flat(frequency, recency, T)
        r, alpha, s, beta = self.params.vector
        rate = self._alive(x, last, age) * (r + x) / (alpha + age)
        return np.reshape(rate * discounted_survival(s, beta + age, discount_rate_per_unit, horizon), shape)

    def simulate(self, T: ArrayLike, *, seed: int = 0) -> dict[str, Floats]:
        """Histories of new customers who are observed for T (n), drawn from the model.

        Returns arrays (n) by name: frequency, recency and T, and what nobody sees: the rates `purchase_rate`
        and `dropout_rate`, and `lifetime`, from the first purchase to lapsing.
        """
        age = np.atleast_1d(np.asarray(T, np.float64))
        random = np.random.default_rng(seed)
        r, alpha, s, beta = self.params.vector
        purchase_rate = random.gamma(r, 1 / alpha, len(age))
        dropout_rate = random.gamma(s, 1 / beta, len(age))
        with np.errstate(divide="ignore"):
            lifetime = random.standard_exponential(len(age)) / dropout_rate
        active = np.minimum(age, lifetime)
        frequency = random.poisson(purchase_rate * active).astype(np.float64)
        # The last of x uniform times has the distribution of a uniform number's x-th root.
        recency = np.where(
            frequency > 0, active * random.random(len(age)) ** (1 / np.maximum(frequency, 1)), 0.0
        )
        return {
            "frequency": frequency,
            "recency": recency,
            "T": age,
            "purchase_rate": purchase_rate,
            "dropout_rate": dropout_rate,
            "lifetime": lifetime,
        }

    def _alive(self, x: Floats, recency: Floats, age: Floats) -> Floats:
        ones = np.ones(len(x))
        r, alpha, s, beta = (value * ones for value in self.params.vector)
        staying, lapsed = branches(r, alpha, s, beta, x, recency, age)
        return np.exp(staying - np.logaddexp(staying, lapsed))


def _flat(*values: ArrayLike) -> tuple[tuple[int, ...], list[Floats]]:
    """The shape that the values have together, and each of them as a flat array of that size."""
    arrays = np.broadcast_arrays(*(np.asarray(value, np.float64) for value in values))
    return arrays[0].shape, [np.ravel(array) for array in arrays]
