"""BG/NBD with what is known of customers: who buys more often, and who leaves sooner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

import numpy as np
from scipy.special import digamma, expit, gammaln

from peakend.value.models.beta_geo import BetaGeoModel
from peakend.value.models.covariates import Covariates
from peakend.value.models.dropout_at_purchase import expected_when, probability_alive_when, simulated_when
from peakend.value.models.dropout_at_purchase_likelihood import trigamma
from peakend.value.models.future_purchases import purchases_while_alive
from peakend.value.models.histories import check_histories
from peakend.value.models.likelihood_model import LikelihoodModel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from peakend.value.models.fitting import Objective
    from peakend.value.models.priors import LogNormal
    from peakend.value.models.time_units import TimeUnit

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CovariateHistories:
    """One row a customer, or as many as `customers` says; times in the model's unit."""

    frequency: Floats
    recency: Floats
    age: Floats
    customers: Floats
    purchase: Covariates
    dropout: Covariates


class BetaGeoCovariatesModel(LikelihoodModel[CovariateHistories]):
    """BG/NBD in which a customer with covariates z has α e^(−γ′z), a e^(δ′z) and b e^(ε′z).

    purchase: the columns that act on the rate of purchases: e^γ is the ratio of rates for one more of z.
    dropout: those that act on leaving, by coefficients for a and for b. Parameters beside r, alpha, a and b
    are called purchase[name], a[name] and b[name]; they have no bounds, and no prior.
    Source: Fader & Hardie (2007), "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD
    models", section 3.
    """

    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")

    def __init__(
        self,
        purchase: Sequence[str] = (),
        dropout: Sequence[str] = (),
        *,
        time_unit: TimeUnit = "week",
        priors: Mapping[str, LogNormal] | None = None,
    ) -> None:
        super().__init__(priors=priors)
        self.purchase, self.dropout = tuple(purchase), tuple(dropout)
        self.time_unit: TimeUnit = time_unit
        self._like: tuple[Covariates, Covariates] | None = None

    @property
    def _free(self) -> frozenset[str]:
        return frozenset(self._all_names[4:])

    @property
    def _all_names(self) -> tuple[str, ...]:
        if self._like is None:
            return self.names
        purchase, dropout = self._like
        return (
            *self.names,
            *(f"purchase[{name}]" for name in purchase.names),
            *(f"{side}[{name}]" for side in "ab" for name in dropout.names),
        )

    def _again(self) -> Self:
        again = type(self)(self.purchase, self.dropout, time_unit=self.time_unit, priors=self.priors)
        again._like = self._like
        return again

    def _read(self, data: object, **given: object) -> CovariateHistories:
        if isinstance(data, CovariateHistories):
            return data
        table = cast("Any", data)
        x, last, age = (np.asarray(table[name], np.float64) for name in ("frequency", "recency", "T"))
        counts = np.asarray(given.get("customers", np.ones(len(x))), np.float64)
        check_histories(x, last, age, counts)
        self._like = (Covariates.of(data, self.purchase), Covariates.of(data, self.dropout))
        return CovariateHistories(x, last, age, counts, *self._like)

    def _objective(self, data: CovariateHistories) -> Objective:
        design = _design(data.purchase, data.dropout, len(data.frequency))

        def objective(theta: Floats) -> tuple[float, Floats, Floats]:
            value, slopes, curves = _histories(data, design @ theta)
            weight = data.customers
            gradient = np.einsum("n,in,inp->p", weight, slopes, design)
            hessian = np.einsum("n,ijn,inp,jnq->pq", weight, curves, design, design, optimize=True)
            return -float(weight @ value), -gradient, -hessian

        return objective

    def _starts(self, data: CovariateHistories) -> Sequence[Floats]:
        plain = {"frequency": data.frequency, "recency": data.recency, "T": data.age}
        without = BetaGeoModel(time_unit=self.time_unit).fit(plain, customers=data.customers)
        return [np.append(np.log(without.params.vector), np.zeros(len(self._all_names) - 4))]

    def _resampled(self, data: CovariateHistories, random: np.random.Generator) -> CovariateHistories:
        total = int(data.customers.sum())
        drawn = random.multinomial(total, data.customers / total).astype(np.float64)
        return CovariateHistories(data.frequency, data.recency, data.age, drawn, data.purchase, data.dropout)

    def probability_alive(
        self, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike, *, covariates: object
    ) -> Floats:
        """P(still a customer at T | x, t_x, T); arrays (n), covariates a table of n rows."""
        x, last, age = (np.asarray(values, np.float64) for values in (frequency, recency, T))
        return probability_alive_when(self._individual(covariates), 0, x, last, age)

    def expected_purchases(
        self,
        horizon: ArrayLike,
        frequency: ArrayLike,
        recency: ArrayLike,
        T: ArrayLike,
        *,
        covariates: object,
    ) -> Floats:
        """Purchases expected in (T, T + horizon]; arrays (n), covariates a table of n rows."""
        time, x, last, age = (np.asarray(values, np.float64) for values in (horizon, frequency, recency, T))
        return expected_when(self._individual(covariates), 0, time, x, last, age)

    def expected_purchases_new_customer(self, t: ArrayLike, *, covariates: object) -> Floats:
        """Repeat purchases expected in (0, t] of new customers; covariates a table of n rows."""
        r, alpha, a, b = self._individual(covariates)
        return purchases_while_alive(r, alpha, a, b, t)

    def simulate(self, T: ArrayLike, *, covariates: object, seed: int = 0) -> dict[str, Floats]:
        """Histories of new customers with these covariates, as `BetaGeoModel.simulate`'s; T (n)."""
        return simulated_when(self._individual(covariates), 0, T, seed)

    def known(self, vector: ArrayLike, covariates: object) -> Self:
        """A model with these parameters that was not fitted, for customers with covariates like these."""
        like = self._again()
        like._like = (Covariates.of(covariates, self.purchase), Covariates.of(covariates, self.dropout))
        return like.at(vector)

    def _individual(self, covariates: object) -> Floats:
        """(r, α, a, b) of each customer, (4, n)."""
        vector = self.params.vector
        assert self._like is not None
        purchase = Covariates.of(covariates, self.purchase, like=self._like[0])
        dropout = Covariates.of(covariates, self.dropout, like=self._like[1])
        rows = max(len(purchase.matrix), len(dropout.matrix))
        theta = np.append(np.log(vector[:4]), vector[4:])
        return np.asarray(np.exp(_design(purchase, dropout, rows) @ theta), np.float64)


def _design(purchase: Covariates, dropout: Covariates, rows: int) -> Floats:
    """log (r, α, a, b) of each row is this (4, rows, parameters) times theta."""
    first, second = len(purchase.names), len(dropout.names)
    design = np.zeros((4, rows, 4 + first + 2 * second))
    for place in range(4):
        design[place, :, place] = 1.0
    if first:
        design[1, :, 4 : 4 + first] = -purchase.matrix
    if second:
        design[2, :, 4 + first : 4 + first + second] = dropout.matrix
        design[3, :, 4 + first + second :] = dropout.matrix
    return design


def _histories(data: CovariateHistories, logs: Floats) -> tuple[Floats, Floats, Floats]:
    """log L of each row, with gradient (4, n) and Hessian (4, 4, n) by its own log (r, α, a, b), (4, n)."""
    r, alpha, a, b = np.exp(logs)
    x, last, age = data.frequency, data.recency, data.age
    size = r + x
    left = x > 0
    late, early = alpha + age, alpha + last
    beyond = np.where(left, b + x - 1, 1.0)
    odds = np.where(left, logs[2] - np.log(beyond) + size * np.log(late / early), -np.inf)
    share = expit(odds)
    value = gammaln(size) - gammaln(r) + r * logs[1] - size * np.log(late)
    value += gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x) + np.logaddexp(0.0, odds)
    slopes, curves = np.zeros((4, len(x))), np.zeros((4, 4, len(x)))
    # Of what has no odds in it.
    slopes[0] = digamma(size) - digamma(r) + logs[1] - np.log(late)
    slopes[1] = r / alpha - size / late
    slopes[2] = digamma(a + b) - digamma(a + b + x)
    slopes[3] = slopes[2] + digamma(b + x) - digamma(b)
    curves[0, 0] = trigamma(size) - trigamma(r)
    curves[0, 1] = curves[1, 0] = 1 / alpha - 1 / late
    curves[1, 1] = size / late**2 - r / alpha**2
    curves[2, 2] = curves[2, 3] = curves[3, 2] = trigamma(a + b) - trigamma(a + b + x)
    curves[3, 3] = curves[2, 2] + trigamma(b + x) - trigamma(b)
    # Of log(1 + e^odds).
    by_odds = np.stack([np.log(late / early), size * (1 / late - 1 / early), 1 / a, -1 / beyond])
    slopes += share * by_odds
    curves += share * (1 - share) * by_odds[:, None] * by_odds[None, :]
    curves[0, 1] += share * (1 / late - 1 / early)
    curves[1, 0] += share * (1 / late - 1 / early)
    curves[1, 1] += share * size * (1 / early**2 - 1 / late**2)
    curves[2, 2] -= share / a**2
    curves[3, 3] += share / beyond**2
    # By logarithms: d/dθ = p d/dp.
    vector = np.stack([r, alpha, a, b])
    by_theta = vector * slopes
    curves = vector[:, None] * curves * vector[None, :]
    for place in range(4):
        curves[place, place] += by_theta[place]
    return value, by_theta, curves
