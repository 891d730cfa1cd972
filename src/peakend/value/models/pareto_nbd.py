"""The Pareto/NBD model: how often customers buy while they are customers, and when they stop unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from peakend.language import Text
from peakend.value.models.discounting import discounted_survival, time_alive
from peakend.value.models.fitting import DidNotConvergeError, minimised
from peakend.value.models.nbd import NBDModel
from peakend.value.models.pareto_nbd_likelihood import branches, history_likelihoods
from peakend.value.models.purchase_model import PurchaseModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from peakend.value.models.fitting import Objective
    from peakend.value.models.histories import PurchaseHistories

    Floats = NDArray[np.float64]

_BLOCK = 8_192
"""Histories at a time, so that what is in between stays small."""

_ALIKE = 12.0
"""log s at which customers hardly differ in how they lapse."""

_SAMPLE = 8_000
"""Histories on which a large fit is begun: from their optimum the whole needs a few Newton steps."""


class ParetoNBDModel(PurchaseModel):
    """Purchases are Poisson with rate λ until a customer lapses, which happens at rate μ and is not seen.

    λ ~ Gamma(r, rate α) and μ ~ Gamma(s, rate β) over customers, independently. α and β are times, in the
    unit of the histories: λ has mean r/α purchases a unit, μ mean s/β.
    Sources: Schmittlein, Morrison & Colombo (1987), Management Science 33(1), pp. 1–24; Fader & Hardie
    (2005), A Note on Deriving the Pareto/NBD Model and Related Expressions.
    """

    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")

    def _objective(self, data: PurchaseHistories) -> Objective:
        x = data.frequency.astype(np.float64)
        weights = data.customers.astype(np.float64)

        def objective(theta: Floats) -> tuple[float, Floats, Floats]:
            r, alpha, s, beta = np.exp(theta)
            value, gradient, hessian = 0.0, np.zeros(4), np.zeros((4, 4))
            for begin in range(0, len(x), _BLOCK):
                rows = slice(begin, begin + _BLOCK)
                ones = np.ones(len(x[rows]))
                found = history_likelihoods(
                    r, alpha * ones, s, beta * ones, x[rows], data.recency[rows], data.age[rows]
                )
                value -= float(found.value @ weights[rows])
                gradient -= found.gradient @ weights[rows]
                hessian -= found.hessian @ weights[rows]
            return value, gradient, hessian

        return objective

    def _starts(self, data: PurchaseHistories) -> Sequence[Floats]:
        """A large fit begins at a sample's optimum; raises where the likelihood is highest at an edge."""
        begun = guesses(data)
        if self.priors:
            return begun
        sample = data
        if len(data.frequency) > 4 * _SAMPLE:
            kept = np.zeros(len(data.frequency), np.int64)
            places = np.linspace(0, len(kept) - 1, _SAMPLE).astype(np.int64)
            kept[places] = data.customers[places]
            sample = data.with_customers(kept)
        try:
            return [minimised(self._objective(sample), begun[:1], model="").theta]
        except DidNotConvergeError:
            edge = _edge(data, self._objective(data))
            if edge is not None:
                raise DidNotConvergeError(type(self).__name__, len(begun), edge) from None
            return begun

    def probability_alive(self, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike) -> Floats:
        """Probability that a customer with this history is one still, at T.

        (α+T)^−(r+x) (β+T)^−s over that plus the integral over the time of lapsing. Arrays broadcast.
        Source: Schmittlein, Morrison & Colombo (1987).
        """
        return probability_alive_when(self.params.vector, frequency, recency, T)

    def expected_purchases(
        self, horizon: ArrayLike, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike
    ) -> Floats:
        """Expected purchases in (T, T + horizon] of customers with these histories. Arrays broadcast.

        P(alive) · (r+x)/(α+T) · ∫₀^horizon ((β+T)/(β+T+t))^s dt; s = 1 is no case of its own.
        Sources: Schmittlein, Morrison & Colombo (1987); Fader & Hardie (2005).
        """
        return expected_when(self.params.vector, horizon, frequency, recency, T)

    def expected_purchases_new_customer(self, t: ArrayLike) -> Floats:
        """Expected repeat purchases in the first t units of time of a customer yet unknown.

        r/α · ∫₀^t (β/(β+v))^s dv. Source: Schmittlein, Morrison & Colombo (1987).
        """
        return expected_of_new_when(self.params.vector, t)

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
        return residual_when(self.params.vector, discount_rate_per_unit, frequency, recency, T, horizon)

    def simulate(self, T: ArrayLike, *, seed: int = 0) -> dict[str, Floats]:
        """Histories of new customers who are observed for T (n), drawn from the model.

        Returns arrays (n) by name: frequency, recency and T, and what nobody sees: `purchase_rate` (λ),
        `dropout_rate` (μ), `lifetime`, from the first purchase to lapsing, and `alive` (1 or 0 at T).
        """
        return simulated_when(self.params.vector, T, seed)


def guesses(data: PurchaseHistories) -> list[Floats]:
    """Logarithms of parameters that histories like these may have."""
    weights = data.customers / data.total
    age = max(float(data.age @ weights), 1e-9)
    bought = max(float(data.frequency @ weights), 1e-3)
    return [
        np.log([r, r * age / (2 * bought), s, beta * age])
        for r, s, beta in ((0.7, 0.6, 0.5), (0.3, 0.3, 0.1), (2.0, 1.5, 3.0))
    ]


def _edge(data: PurchaseHistories, objective: Objective) -> Text | None:
    """At which edge of the model the likelihood is highest, if at one of these."""
    age = float(data.age.max())
    try:
        buying = np.log(NBDModel(time_unit=data.time_unit).fit(data).params.vector)
    except DidNotConvergeError:
        return None
    # At s = 0 nobody lapses; whether a little lapsing is any better, however it is spread.
    few = (np.array([*buying, -20.0, np.log(age * share)]) for share in 10.0 ** np.arange(-4, 4))
    if all(objective(theta)[1][2] >= 0 for theta in few):
        return Text(
            "nobody seems to lapse, and s runs off to zero; NBDModel is what is left",
            "没有迹象表明客户流失，s 趋于零，此时即为 `NBDModel`",
        )
    # With s and β infinite all lapse at the rate s/β; whether it is any better if they differ a little.
    signs = np.array([1.0, 1.0, -1.0])

    def alike(theta: Floats) -> tuple[float, Floats, Floats]:
        value, gradient, hessian = objective(np.array([theta[0], theta[1], _ALIKE, _ALIKE - theta[2]]))
        places = np.array([0, 1, 3])
        return value, signs * gradient[places], np.outer(signs, signs) * hessian[np.ix_(places, places)]

    try:
        found = minimised(alike, [np.array([*buying, -np.log(age)])], model="").theta
    except DidNotConvergeError:
        return None
    differing = objective(np.array([found[0], found[1], _ALIKE / 2, _ALIKE / 2 - found[2]]))[1]
    if differing[2] + differing[3] >= 0:
        return None
    rate = f"{float(np.exp(found[2])):.3g}"
    return Text(
        f"customers seem to lapse all at one rate, {rate} a unit of time, and s and beta run off to infinity",
        f"客户的流失率看来全部相同（每时间单位 {rate}），s 与 beta 趋于无穷",
    )


def probability_alive_when(
    vector: Sequence[ArrayLike] | Floats, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike
) -> Floats:
    """P(alive at T) with parameters (r, α, s, β) of all or of each customer; arrays that broadcast."""
    shape, (x, last, age, *each) = _flat(frequency, recency, T, *vector)
    return _alive(x, last, age, *each).reshape(shape)


def expected_when(
    vector: Sequence[ArrayLike] | Floats,
    horizon: ArrayLike,
    frequency: ArrayLike,
    recency: ArrayLike,
    T: ArrayLike,
) -> Floats:
    """Purchases expected in (T, T + horizon], with parameters (r, α, s, β) of all or of each customer."""
    shape, (time, x, last, age, r, alpha, s, beta) = _flat(horizon, frequency, recency, T, *vector)
    rate = _alive(x, last, age, r, alpha, s, beta) * (r + x) / (alpha + age)
    return np.reshape(rate * time_alive(s, beta + age, time), shape)


def expected_of_new_when(vector: Sequence[ArrayLike] | Floats, t: ArrayLike) -> Floats:
    """Repeat purchases expected in (0, t] of new customers; parameters of all or of each of them."""
    shape, (time, r, alpha, s, beta) = _flat(t, *vector)
    return np.reshape(r / alpha * time_alive(s, beta, time), shape)


def residual_when(
    vector: Sequence[ArrayLike] | Floats,
    discount_rate_per_unit: float,
    frequency: ArrayLike,
    recency: ArrayLike,
    T: ArrayLike,
    horizon: float | None,
) -> Floats:
    """What `ParetoNBDModel.expected_residual_transactions` says; s is that of all, α and β may differ."""
    shape, (x, last, age, r, alpha, s, beta) = _flat(frequency, recency, T, *vector)
    rate = _alive(x, last, age, r, alpha, s, beta) * (r + x) / (alpha + age)
    if not len(rate):
        return np.empty(shape)
    return np.reshape(
        rate * discounted_survival(float(s[0]), beta + age, discount_rate_per_unit, horizon), shape
    )


def simulated_when(vector: Sequence[ArrayLike] | Floats, T: ArrayLike, seed: int) -> dict[str, Floats]:
    """What `ParetoNBDModel.simulate` says, with parameters of all or of each customer."""
    age = np.atleast_1d(np.asarray(T, np.float64))
    random = np.random.default_rng(seed)
    r, alpha, s, beta = (np.asarray(value, np.float64) for value in vector)
    purchase_rate = random.gamma(r, 1 / alpha, len(age))
    dropout_rate = random.gamma(s, 1 / beta, len(age))
    with np.errstate(divide="ignore", over="ignore"):
        lifetime = random.standard_exponential(len(age)) / dropout_rate
    active = np.minimum(age, lifetime)
    x = random.poisson(purchase_rate * active).astype(np.float64)
    # The last of x uniform times has the distribution of a uniform number's x-th root.
    last = active * random.random(len(age)) ** (1 / np.maximum(x, 1))
    return {
        "frequency": x,
        "recency": np.where(x > 0, last, 0.0),
        "T": age,
        "purchase_rate": purchase_rate,
        "dropout_rate": dropout_rate,
        "lifetime": lifetime,
        "alive": (lifetime > age).astype(np.float64),
    }


def _alive(x: Floats, last: Floats, age: Floats, r: Floats, alpha: Floats, s: Floats, beta: Floats) -> Floats:
    staying, lapsed = branches(r, alpha, s, beta, x, last, age)
    return np.asarray(np.exp(staying - np.logaddexp(staying, lapsed)))


def _flat(*values: ArrayLike) -> tuple[tuple[int, ...], list[Floats]]:
    """The shape that the values have together, and each of them as a flat array of that size."""
    arrays = np.broadcast_arrays(*(np.asarray(value, np.float64) for value in values))
    return arrays[0].shape, [np.ravel(array) for array in arrays]
