"""Pareto/NBD with what is known of customers: who buys more often, and who lapses sooner."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

import numpy as np

from peakend.value.models.beta_geo_covariates import CovariateHistories
from peakend.value.models.covariates import Covariates
from peakend.value.models.fitting import DidNotConvergeError
from peakend.value.models.histories import PurchaseHistories, check_histories
from peakend.value.models.likelihood_model import LikelihoodModel
from peakend.value.models.pareto_nbd import (
    ParetoNBDModel,
    expected_of_new_when,
    expected_when,
    guesses,
    probability_alive_when,
    residual_when,
    simulated_when,
)
from peakend.value.models.pareto_nbd_likelihood import history_likelihoods

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from peakend.value.models.fitting import Objective
    from peakend.value.models.priors import LogNormal
    from peakend.value.models.time_units import TimeUnit

    Floats = NDArray[np.float64]

_BLOCK = 8_192


class ParetoNBDCovariatesModel(LikelihoodModel[CovariateHistories]):
    """Pareto/NBD in which a customer with covariates z has α e^(−γ₁′z) and β e^(−γ₂′z).

    purchase: the columns that act on the rate of purchases, with coefficients γ₁; dropout: those that act on
    the rate of lapsing, γ₂. e^γ is the ratio of rates for one more of z: more than 1 buys more often, or
    lapses sooner. Parameters beside r, alpha, s and beta are called purchase[name] and dropout[name].
    Source: Fader & Hardie (2007), "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD
    models", section 2.
    """

    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")

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
            *(f"dropout[{name}]" for name in dropout.names),
        )

    def _again(self) -> Self:
        again = type(self)(self.purchase, self.dropout, time_unit=self.time_unit, priors=self.priors)
        again._like = self._like
        return again

    def _read(self, data: object, **given: object) -> CovariateHistories:
        if isinstance(data, CovariateHistories):
            return data
        table = cast("Any", data)
        columns = [np.asarray(table[name], np.float64) for name in ("frequency", "recency", "T")]
        counts = np.asarray(given.get("customers", np.ones(len(columns[0]))), np.float64)
        check_histories(columns[0], columns[1], columns[2], counts)
        purchase, dropout = self._like = (
            Covariates.of(data, self.purchase),
            Covariates.of(data, self.dropout),
        )
        matrices = [np.reshape(c.matrix, (len(counts), len(c.names))) for c in self._like]
        # Customers alike in all of it are one row: groups of few values leave few.
        rows, places = np.unique(np.column_stack([*columns, *matrices]), axis=0, return_inverse=True)
        summed = np.bincount(np.ravel(places), weights=counts, minlength=len(rows))
        rows, summed = rows[summed > 0], summed[summed > 0]
        until = 3 + len(purchase.names)
        return CovariateHistories(
            rows[:, 0],
            rows[:, 1],
            rows[:, 2],
            np.asarray(summed, np.float64),
            replace(purchase, matrix=rows[:, 3:until]),
            replace(dropout, matrix=rows[:, until:]),
        )

    def _objective(self, data: CovariateHistories) -> Objective:
        n = len(data.frequency)
        design = _design(data.purchase, data.dropout, n)
        size = design.shape[2]

        def objective(theta: Floats) -> tuple[float, Floats, Floats]:
            value, gradient, hessian = 0.0, np.zeros(size), np.zeros((size, size))
            r, s = float(np.exp(theta[0])), float(np.exp(theta[2]))
            for begin in range(0, n, _BLOCK):
                rows = slice(begin, begin + _BLOCK)
                by, weight = design[:, rows], data.customers[rows]
                alpha, beta = np.exp(by[1] @ theta), np.exp(by[3] @ theta)
                x, last, age = data.frequency[rows], data.recency[rows], data.age[rows]
                found = history_likelihoods(r, alpha, s, beta, x, last, age)
                value -= float(weight @ found.value)
                for i in range(4):
                    gradient -= (weight * found.gradient[i]) @ by[i]
                    for j in range(4):
                        hessian -= by[i].T @ ((weight * found.hessian[i, j])[:, None] * by[j])
            return value, gradient, hessian

        return objective

    def _starts(self, data: CovariateHistories) -> Sequence[Floats]:
        plain = {"frequency": data.frequency, "recency": data.recency, "T": data.age}
        histories = PurchaseHistories.of(plain, time_unit=self.time_unit, customers=data.customers)
        try:
            begun = [np.log(ParetoNBDModel().fit(histories).params.vector)]
        except DidNotConvergeError:
            begun = guesses(histories)
        return [np.append(guess, np.zeros(len(self._all_names) - 4)) for guess in begun]

    def _extents(self, data: CovariateHistories) -> Floats:
        columns = [matrix for matrix in (data.purchase.matrix, data.dropout.matrix) if matrix.shape[1]]
        return np.concatenate([np.zeros(4), *(np.ptp(matrix, axis=0) for matrix in columns)])

    def _resampled(self, data: CovariateHistories, random: np.random.Generator) -> CovariateHistories:
        total = int(data.customers.sum())
        drawn = random.multinomial(total, data.customers / total).astype(np.float64)
        return replace(data, customers=drawn)

    def probability_alive(
        self, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike, *, covariates: object
    ) -> Floats:
        """P(still a customer at T | x, t_x, T); arrays (n), covariates a table of n rows."""
        return probability_alive_when(self._individual(covariates), frequency, recency, T)

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
        return expected_when(self._individual(covariates), horizon, frequency, recency, T)

    def expected_purchases_new_customer(self, t: ArrayLike, *, covariates: object) -> Floats:
        """Repeat purchases expected in (0, t] of new customers; covariates a table of n rows."""
        return expected_of_new_when(self._individual(covariates), t)

    def expected_residual_transactions(
        self,
        discount_rate_per_unit: float,
        frequency: ArrayLike,
        recency: ArrayLike,
        T: ArrayLike,
        *,
        covariates: object,
        horizon: float | None = None,
    ) -> Floats:
        """DERT as `ParetoNBDModel` has it; arrays (n), covariates a table of n rows."""
        vector = self._individual(covariates)
        return residual_when(vector, discount_rate_per_unit, frequency, recency, T, horizon)

    def simulate(self, T: ArrayLike, *, covariates: object, seed: int = 0) -> dict[str, Floats]:
        """Histories of new customers with these covariates, as `ParetoNBDModel.simulate`'s; T (n)."""
        return simulated_when(self._individual(covariates), T, seed)

    def known(self, vector: ArrayLike, covariates: object) -> Self:
        """A model with these parameters that was not fitted, for customers with covariates like these."""
        like = self._again()
        like._like = (Covariates.of(covariates, self.purchase), Covariates.of(covariates, self.dropout))
        return like.at(vector)

    def _individual(self, covariates: object) -> Floats:
        """(r, α, s, β) of each customer, (4, n)."""
        vector = self.params.vector
        assert self._like is not None
        purchase = Covariates.of(covariates, self.purchase, like=self._like[0])
        dropout = Covariates.of(covariates, self.dropout, like=self._like[1])
        rows = max(len(purchase.matrix), len(dropout.matrix))
        theta = np.append(np.log(vector[:4]), vector[4:])
        return np.asarray(np.exp(_design(purchase, dropout, rows) @ theta), np.float64)


def _design(purchase: Covariates, dropout: Covariates, rows: int) -> Floats:
    """log (r, α, s, β) of each row is this (4, rows, parameters) times theta."""
    first, second = len(purchase.names), len(dropout.names)
    design = np.zeros((4, rows, 4 + first + second))
    for place in range(4):
        design[place, :, place] = 1.0
    if first:
        design[1, :, 4 : 4 + first] = -purchase.matrix
    if second:
        design[3, :, 4 + first :] = -dropout.matrix
    return design
