"""The gamma–gamma model of spend: what a customer's average purchase is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self, cast

import numpy as np
from scipy.special import digamma, gammaln

from peakend.value.models.average_spend import AverageSpend
from peakend.value.models.dropout_at_purchase_likelihood import in_logarithms, trigamma
from peakend.value.models.likelihood_model import LikelihoodModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from peakend.value.models.fitting import Objective

    Floats = NDArray[np.float64]


class GammaGammaModel(LikelihoodModel[AverageSpend]):
    """A purchase is worth gamma(p, ν) with ν ~ gamma(q, v), independent of how often the customer buys.

    log L = lnΓ(px+q) − lnΓ(px) − lnΓ(q) + q ln v + (px−1) ln z̄ + px ln x − (px+q) ln(v + x z̄), for customers
    with x ≥ 1 repeat purchases of mean value z̄. Source: Fader & Hardie (2013), "The Gamma-Gamma Model of
    Monetary Value", equation 1a; p has no unit, v is in the unit of z̄.
    """

    names: ClassVar[tuple[str, ...]] = ("p", "q", "v")

    def fit(  # type: ignore[override]
        self,
        data: object,
        monetary_value: ArrayLike | None = None,
        *,
        starts: Sequence[Floats] | None = None,
        **given: object,
    ) -> Self:
        """Fit to a table with frequency and monetary_value, or to these two arrays; from `starts` if given.

        customers: how many customers each row stands for (none: one). Customers without a repeat purchase say
        nothing and are left out. Raises `SpendError` where a repeat purchase has a mean value that is
        missing, zero or below, or where nobody bought again; `DidNotConvergeError` as every model.
        """
        table = data if monetary_value is None else {"frequency": data, "monetary_value": monetary_value}
        return super().fit(table, starts=starts, **given)

    def _read(self, data: object, **given: object) -> AverageSpend:
        return AverageSpend.of(data, cast("ArrayLike | None", given.get("customers")))

    def _objective(self, data: AverageSpend) -> Objective:
        most = int(data.frequency.max(initial=0)) + 1
        number = np.bincount(data.frequency.astype(np.int64), weights=data.customers, minlength=most)[1:]
        x = np.arange(1, most, dtype=np.float64)
        customers = float(number.sum())
        log_total = np.log(data.total)
        fixed = float(data.customers @ (np.log(data.frequency) - log_total))
        each = float((data.customers * data.frequency) @ log_total)

        def objective(theta: Floats) -> tuple[float, Floats, Floats]:
            p, q, v = np.exp(theta)
            size = p * x
            power = p * data.frequency + q
            spread = np.log(v + data.total)
            inverse = data.customers / (v + data.total)
            value = float(number @ (gammaln(size + q) - gammaln(size)) - customers * gammaln(q))
            value += customers * q * np.log(v) + p * each + fixed - float((data.customers * power) @ spread)
            both, own = digamma(size + q), digamma(size)
            gradient = np.array(
                [
                    (number * x) @ (both - own) + each - (data.customers * data.frequency) @ spread,
                    number @ both - customers * digamma(q) + customers * np.log(v) - data.customers @ spread,
                    customers * q / v - power @ inverse,
                ]
            )
            both, own = trigamma(size + q), trigamma(size)
            cross = (number * x) @ both
            by_pv, by_qv = -(data.frequency @ inverse), customers / v - inverse.sum()
            curve = -customers * q / v**2 + power @ (inverse / (v + data.total))
            hessian = np.array(
                [
                    [(number * x * x) @ (both - own), cross, by_pv],
                    [cross, number @ both - customers * float(trigamma(q)), by_qv],
                    [by_pv, by_qv, curve],
                ]
            )
            return in_logarithms(value, gradient, hessian, np.array([p, q, v]))

        return objective

    def _starts(self, data: AverageSpend) -> Sequence[Floats]:
        middle = float((data.customers @ data.total) / (data.customers @ data.frequency))
        return [np.log([p, q, middle * (q - 1) / p]) for p, q in ((2.0, 4.0), (6.0, 3.0), (1.0, 1.5))]

    def _resampled(self, data: AverageSpend, random: np.random.Generator) -> AverageSpend:
        total = int(data.customers.sum())
        return data.with_customers(random.multinomial(total, data.customers / total).astype(np.float64))

    def expected_average_value_new_customer(self) -> float:
        """E[mean value of a purchase] of all customers: p v / (q − 1); NaN where q ≤ 1: it has no mean."""
        return float(self.conditional_expected_average_value(0, 0))

    def simulate(self, frequency: ArrayLike, *, seed: int = 0) -> dict[str, Floats]:
        """Mean values of repeat purchases of new customers who make `frequency` of them (n).

        Returns arrays (n) by name: frequency, monetary_value (0 where there is no repeat purchase), and what
        nobody sees: `expected_value` (p / ν), each customer's own mean.
        """
        x = np.atleast_1d(np.asarray(frequency, np.float64))
        random = np.random.default_rng(seed)
        p, q, v = self.params.vector
        rate = random.gamma(q, 1 / v, len(x))
        mean = random.gamma(p * np.maximum(x, 1)) / (np.maximum(x, 1) * rate)
        return {"frequency": x, "monetary_value": np.where(x > 0, mean, 0.0), "expected_value": p / rate}

    def conditional_expected_average_value(self, frequency: ArrayLike, monetary_value: ArrayLike) -> Floats:
        """E[mean value of a purchase | x, z̄] = p (v + x z̄) / (px + q − 1); arrays that broadcast.

        With x = 0 it is the mean of all customers, p v / (q − 1); NaN where px + q ≤ 1: then it has no mean.
        Source: Fader & Hardie (2013), equation 5.
        """
        p, q, v = self.params.vector
        x, mean = np.broadcast_arrays(
            np.asarray(frequency, np.float64), np.asarray(monetary_value, np.float64)
        )
        total = np.where(x > 0, x * mean, 0.0)
        below = p * x + q - 1
        return np.where(below > 0, p * (v + total) / np.where(below > 0, below, 1.0), np.nan)
