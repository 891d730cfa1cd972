"""BG/BB: who buys at given occasions only, and leaves unseen between them (Fader, Hardie & Shang 2010)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

import numpy as np
from scipy.special import betaln, digamma, hyp2f1

from peakend.value.models.dropout_at_purchase_likelihood import in_logarithms, trigamma
from peakend.value.models.histories import PurchaseHistories, require_repeat_purchases
from peakend.value.models.likelihood_model import LikelihoodModel
from peakend.value.models.opportunities import opportunity_histories

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from peakend.value.models.fitting import Objective

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


class BetaGeoBetaBinomModel(LikelihoodModel[PurchaseHistories]):
    """Buys at an occasion with p ~ beta(alpha, beta); before each leaves with θ ~ beta(gamma, delta).

    With n occasions, x purchases and the last at the t_x-th (equation 5),

        L = [B(α+x, β+n−x) B(γ, δ+n) + Σ_{t=t_x}^{n−1} B(α+x, β+t−x) B(γ+1, δ+t)] / [B(α, β) B(γ, δ)].

    All times are numbers of occasions. Source: Fader, Hardie & Shang (2010), "Customer-Base Analysis in a
    Discrete-Time Noncontractual Setting", Marketing Science 29(6), pp. 1086–1108.
    """

    names: ClassVar[tuple[str, ...]] = ("alpha", "beta", "gamma", "delta")

    def _read(self, data: object, **given: object) -> PurchaseHistories:
        read = opportunity_histories(data, cast("ArrayLike | None", given.get("customers")))
        require_repeat_purchases(read)
        return read

    def _objective(self, data: PurchaseHistories) -> Objective:
        ways = _Ways.of(data)
        weight = data.customers.astype(np.float64)

        def objective(theta: Floats) -> tuple[float, Floats, Floats]:
            vector = np.exp(theta)
            each = ways.log_likelihoods(vector)
            whole = ways.summed(each)
            value = float(weight @ whole)
            share = np.exp(each - whole[ways.row])
            slopes, curves = ways.derivatives(vector)
            gradient_by_row = ways.totals(share * slopes)
            gone = weight[ways.row] * share
            hessian = np.einsum("k,ijk->ij", gone, curves) + (slopes * gone) @ slopes.T
            hessian -= (gradient_by_row * weight) @ gradient_by_row.T
            return in_logarithms(value, gradient_by_row @ weight, hessian, vector)

        return objective

    def _starts(self, data: PurchaseHistories) -> Sequence[Floats]:
        return [
            np.log(start) for start in ((1.0, 1.0, 1.0, 2.0), (0.5, 1.0, 0.5, 5.0), (2.0, 2.0, 2.0, 10.0))
        ]

    def _resampled(self, data: PurchaseHistories, random: np.random.Generator) -> PurchaseHistories:
        return data.with_customers(random.multinomial(data.total, data.customers / data.total))

    def probability_alive(
        self, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike, *, ahead: int = 0
    ) -> Floats:
        """P(still a customer `ahead` occasions after the n-th | x, t_x, n); arrays that broadcast.

        The paper's table is of ahead = 1. Source: equation 11.
        """
        x, _, n, log_l = self._known(frequency, recency, T)
        alpha, beta, gamma, delta = self.params.vector
        log_there = betaln(alpha + x, beta + n - x) - betaln(alpha, beta)
        log_there += betaln(gamma, delta + n + ahead) - betaln(gamma, delta) - log_l
        return np.asarray(np.exp(log_there), np.float64)

    def expected_purchases(
        self, horizon: int, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike
    ) -> Floats:
        """Purchases expected at the next `horizon` occasions given (x, t_x, n); arrays that broadcast.

        E[p | x, n, alive] · Σ_{j=1}^{horizon} P(alive at n + j), which is equation 13 without its 0/0 at γ =
        1.
        """
        x, _, n, log_l = self._known(frequency, recency, T)
        alpha, beta, gamma, delta = self.params.vector
        size = int(n.max(initial=0)) + int(horizon)
        there = np.cumsum(np.exp(betaln(gamma, delta + np.arange(size + 1)) - betaln(gamma, delta)))
        places = n.astype(np.int64)
        occasions = there[places + int(horizon)] - there[places]
        log_chance = betaln(alpha + x + 1, beta + n - x) - betaln(alpha, beta) - log_l
        return np.asarray(np.exp(log_chance) * occasions, np.float64)

    def expected_purchases_new_customer(self, t: int) -> float:
        """Purchases expected at the first t occasions after a customer's first one. Source: equation 8."""
        alpha, beta, gamma, delta = self.params.vector
        there = np.exp(betaln(gamma, delta + np.arange(1, int(t) + 1)) - betaln(gamma, delta))
        return float(alpha / (alpha + beta) * there.sum())

    def expected_residual_transactions(
        self, discount_rate: float, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike
    ) -> Floats:
        """DERT: purchases at all occasions to come, each at its present value at the n-th; arrays broadcast.

        discount_rate: d ≥ 0 from one occasion to the next; at 0 it is infinite unless γ > 1.
        B(α+x+1, β+n−x) B(γ, δ+n+1) ₂F₁(1, δ+n+1; γ+δ+n+1; 1/(1+d)) / (B(α, β) B(γ, δ) (1+d) L).
        Source: equation 14.
        """
        x, _, n, log_l = self._known(frequency, recency, T)
        alpha, beta, gamma, delta = self.params.vector
        log_there = betaln(alpha + x + 1, beta + n - x) - betaln(alpha, beta) - log_l
        log_there += betaln(gamma, delta + n + 1) - betaln(gamma, delta)
        if discount_rate == 0:
            endless = (gamma + delta + n) / (gamma - 1) if gamma > 1 else np.full(n.shape, np.inf)
        else:
            endless = hyp2f1(1.0, delta + n + 1, gamma + delta + n + 1, 1 / (1 + discount_rate))
        return np.asarray(np.exp(log_there) * endless / (1 + discount_rate), np.float64)

    def simulate(self, T: ArrayLike, *, seed: int = 0) -> dict[str, Floats]:
        """Histories of new customers over T occasions (n), drawn from the model.

        Returns arrays (n) by name: frequency, recency and T, and what nobody sees: `purchase_chance` (p),
        `dropout` (θ) and `alive` (1 or 0 at T).
        """
        n = np.atleast_1d(np.asarray(T, np.int64))
        random = np.random.default_rng(seed)
        alpha, beta, gamma, delta = self.params.vector
        chance, dropout = random.beta(alpha, beta, len(n)), random.beta(gamma, delta, len(n))
        there = np.ones(len(n), bool)
        x, last, alive = np.zeros(len(n)), np.zeros(len(n)), np.ones(len(n), bool)
        for occasion in range(1, int(n.max(initial=0)) + 1):
            there &= random.random(len(n)) >= dropout
            alive = np.where(occasion <= n, there, alive)
            buys = there & (random.random(len(n)) < chance) & (occasion <= n)
            x += buys
            last[buys] = occasion
        return {
            "frequency": x,
            "recency": last,
            "T": n.astype(np.float64),
            "purchase_chance": chance,
            "dropout": dropout,
            "alive": alive.astype(np.float64),
        }

    def _known(
        self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> tuple[Floats, Floats, Floats, Floats]:
        """The arrays in their common shape, and log L of each history."""
        arrays = [np.asarray(values, np.float64) for values in (frequency, recency, age)]
        x, last, n = np.broadcast_arrays(*arrays)
        flat = {"frequency": x.ravel(), "recency": last.ravel(), "T": n.ravel()}
        opportunity_histories(flat)
        ways = _Ways.between(*(values.astype(np.int64) for values in flat.values()))
        log_l = ways.summed(ways.log_likelihoods(self.params.vector))
        return x, last, n, log_l.reshape(x.shape)


@dataclass(frozen=True, slots=True)
class _Ways:
    """Every way in which a history may have come about: left after occasion t (gone 1), or still there (0).

    row: whose history a way belongs to; ways of one row follow each other from begins[row] on.
    """

    row: Integers
    begins: Integers
    x: Floats
    t: Floats
    gone: Floats

    @classmethod
    def of(cls, data: PurchaseHistories) -> _Ways:
        return cls.between(data.frequency, data.recency.astype(np.int64), data.age.astype(np.int64))

    @classmethod
    def between(cls, x: Integers, last: Integers, n: Integers) -> _Ways:
        """The ways of histories with these x, t_x and n."""
        number = n - last + 1
        begins = np.cumsum(number) - number
        row = np.repeat(np.arange(len(x)), number)
        t = np.arange(int(number.sum())) - begins[row] + last[row]
        return cls(
            row, begins, x[row].astype(np.float64), t.astype(np.float64), (t < n[row]).astype(np.float64)
        )

    def log_likelihoods(self, vector: Floats) -> Floats:
        """log of each way's probability."""
        alpha, beta, gamma, delta = vector
        bought = betaln(alpha + self.x, beta + self.t - self.x) - betaln(alpha, beta)
        stayed = betaln(gamma + self.gone, delta + self.t) - betaln(gamma, delta)
        return np.asarray(bought + stayed, np.float64)

    def summed(self, each: Floats) -> Floats:
        """log of the sum of the ways of each row."""
        if not len(self.begins):
            return np.zeros(0)
        highest = np.maximum.reduceat(each, self.begins)
        return np.asarray(highest + np.log(np.add.reduceat(np.exp(each - highest[self.row]), self.begins)))

    def totals(self, values: Floats) -> Floats:
        """Sums over the ways of each row: (k, rows) of (k, ways)."""
        return np.add.reduceat(values, self.begins, axis=1)

    def derivatives(self, vector: Floats) -> tuple[Floats, Floats]:
        """Gradient (4, ways) and Hessian (4, 4, ways) of `log_likelihoods` by the parameters."""
        alpha, beta, gamma, delta = vector
        sizes = (
            (alpha, beta, self.x, self.t - self.x),
            (gamma, delta, self.gone, self.t),
        )
        slopes, curves = np.zeros((4, len(self.row))), np.zeros((4, 4, len(self.row)))
        for place, (first, second, up, down) in zip((0, 2), sizes, strict=True):
            for function, target in ((digamma, slopes), (trigamma, None)):
                both = function(first + second + up + down) - function(np.asarray(first + second))
                one = function(first + up) - function(np.asarray(first)) - both
                other = function(second + down) - function(np.asarray(second)) - both
                if target is not None:
                    slopes[place], slopes[place + 1] = one, other
                else:
                    curves[place, place], curves[place + 1, place + 1] = one, other
                    curves[place, place + 1] = curves[place + 1, place] = -both
        return slopes, curves
