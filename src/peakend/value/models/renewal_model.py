"""What models of renewal share: a hazard by age, fitted on a life table, and how long contracts then last."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy.integrate import quad

from peakend.errors import PeakendError
from peakend.language import Text
from peakend.value.models.likelihood_model import LikelihoodModel
from peakend.value.models.renewal_counts import RenewalCounts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self

    from numpy.typing import ArrayLike, NDArray

    from peakend.value.models.fitting import Objective
    from peakend.value.models.priors import LogNormal
    from peakend.value.models.renewal_counts import LifeTable

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

_NEGLIGIBLE = 1e-14
_SUMMED = 20_000
"""Terms of a lifetime that are summed one by one; an integral has the rest."""


class RenewalArgumentError(PeakendError):
    """An argument is outside its range, or a covariate unknown. `data`: argument, value."""

    code: ClassVar[str] = "value.renewal_argument"


class RenewalModel(LikelihoodModel[RenewalCounts]):
    """A model of contracts that are renewed, or not, at the end of each period.

    `fit(data)`: survivors by renewal, one list a cohort ([[1000, 869, 743], [800, 700]]), spells, or
    `RenewalCounts`; cohorts still active are censored, contracts first seen later in life enter then.
    Covariates (static, by `RenewalCounts.from_spells`) multiply the parameters `with_covariates`:
    α_i = α exp(x_i·γ_α), and so on; the coefficients are called "alpha:name".
    Periods are the contract's; a discount rate is that of one period.
    """

    with_covariates: ClassVar[tuple[str, ...]]

    def __init__(
        self, *, priors: Mapping[str, LogNormal] | None = None, covariates: Sequence[str] = ()
    ) -> None:
        super().__init__(priors=priors)
        self.covariates = tuple(covariates)

    @abstractmethod
    def _cells(
        self, logs: Floats, age: Integers, at_risk: Integers, lost: Integers
    ) -> tuple[Floats, Floats, Floats]:
        """Log-likelihood of cells (n), with gradient (n × k) and Hessian (n × k × k) by their own logarithms
        of the k parameters, `logs` (n × k)."""

    @abstractmethod
    def _log_survival(self, parameters: Floats, t: Floats) -> Floats:
        """log S(t) at t ≥ 0 periods survived."""

    @abstractmethod
    def _first_guesses(self, share_lost: float) -> Sequence[Floats]:
        """Where to start, when `share_lost` of the contracts are lost in a period."""

    @property
    def _all_names(self) -> tuple[str, ...]:
        return (*self.names, *(f"{own}:{name}" for own in self.with_covariates for name in self.covariates))

    @property
    def _free(self) -> frozenset[str]:
        return frozenset(self._all_names[len(self.names) :])

    def _again(self) -> Self:
        return type(self)(priors=self.priors, covariates=self.covariates)

    def _read(self, data: object, **given: object) -> RenewalCounts:
        counts = RenewalCounts.of(data)
        self.covariates = counts.names
        return counts

    def _resampled(self, data: RenewalCounts, random: np.random.Generator) -> RenewalCounts:
        total = data.total
        return data.with_customers(random.multinomial(total, data.customers / total).astype(np.int64))

    def _starts(self, data: RenewalCounts) -> Sequence[Floats]:
        table = data.life_table()
        early = table.age == table.age.min(initial=1)
        share = (table.lost[early].sum() + 0.5) / (table.at_risk[early].sum() + 1.0)
        extra = np.zeros(len(self._all_names) - len(self.names))
        return [np.concatenate([np.log(guess), extra]) for guess in self._first_guesses(float(share))]

    def _objective(self, data: RenewalCounts) -> Objective:
        table = data.life_table()
        maps = self._maps(data.covariates)[table.pattern]

        def objective(theta: Floats) -> tuple[float, Floats, Floats]:
            value, slope, curve = self._cells(maps @ theta, table.age, table.at_risk, table.lost)
            gradient = np.einsum("nij,ni->j", maps, slope)
            hessian = np.einsum("nia,nij,njb->ab", maps, curve, maps, optimize=True)
            return -float(value.sum()), -gradient, -hessian

        return objective

    def _maps(self, patterns: Floats) -> Floats:
        """How a pattern's logarithms of parameters follow from theta: patterns × parameters × theta."""
        own, size = len(self.names), len(self._all_names)
        found = np.zeros((len(patterns), own, size))
        found[:, range(own), range(own)] = 1.0
        many = patterns.shape[1]
        for number, name in enumerate(self.with_covariates):
            begin = own + number * many
            found[:, self.names.index(name), begin : begin + many] = patterns
        return found

    def parameters_of(self, covariates: Mapping[str, float] | None = None) -> Floats:
        """The parameters of a customer with these covariates (those not named are 0)."""
        given = dict(covariates or {})
        vector = self.params.vector
        for name in given:
            if name not in self.covariates:
                raise _argument("covariate", name)
        own = len(self.names)
        theta = np.concatenate([np.log(vector[:own]), vector[own:]])
        pattern = np.array([[given.get(name, 0.0) for name in self.covariates]])
        return np.asarray(np.exp(self._maps(pattern)[0] @ theta), np.float64)

    def survival(self, t: ArrayLike, *, covariates: Mapping[str, float] | None = None) -> Floats:
        """S(t): the share of new customers who are still there after t renewals; shape of t."""
        times = _not_negative("t", t)
        return np.asarray(np.exp(self._log_survival(self.parameters_of(covariates), times)), np.float64)

    def retention_rate(self, t: ArrayLike, *, covariates: Mapping[str, float] | None = None) -> Floats:
        """r(t) = S(t) / S(t − 1): the share that renews at the end of period t ≥ 1; shape of t."""
        times = _not_negative("t", t)
        if (times < 1).any():
            raise _argument("t", float(times.min()))
        parameters = self.parameters_of(covariates)
        return np.asarray(
            np.exp(self._log_survival(parameters, times) - self._log_survival(parameters, times - 1)),
            np.float64,
        )

    def expected_lifetime(
        self, *, horizon: int | None = None, covariates: Mapping[str, float] | None = None
    ) -> float:
        """Σ S(t) over t = 0, 1, … (to horizon − 1): periods that a new customer stays; infinite where the
        sum has no limit."""
        return self.discounted_expected_lifetime(0.0, horizon=horizon, covariates=covariates)

    def discounted_expected_lifetime(
        self,
        discount_rate: float,
        *,
        horizon: int | None = None,
        covariates: Mapping[str, float] | None = None,
    ) -> float:
        """DEL = Σ S(t) / (1 + d)^t over t = 0, 1, …: present value of 1 paid at the start of every period.

        Source: Fader & Hardie (2010), Marketing Science 29(1), equation 5.
        """
        return self._sum(self.parameters_of(covariates), 0, discount_rate, horizon)

    def discounted_expected_residual_lifetime(
        self,
        renewals: ArrayLike,
        discount_rate: float,
        *,
        horizon: int | None = None,
        covariates: Mapping[str, float] | None = None,
    ) -> Floats:
        """DERL with n = renewals + 1: Σ S(t) / S(n − 1) / (1 + d)^(t − n) over t = n, n + 1, …

        Present value of 1 paid at every renewal to come, seen just before the next one; shape of `renewals`.
        Source: Fader & Hardie (2010), Marketing Science 29(1), equation 6.
        """
        made = _not_negative("renewals", renewals)
        parameters = self.parameters_of(covariates)
        found = [self._sum(parameters, int(n) + 1, discount_rate, horizon) for n in made.ravel()]
        return np.array(found, np.float64).reshape(made.shape)

    def simulate(
        self,
        customers: int,
        periods: int,
        random: np.random.Generator,
        *,
        covariates: Mapping[str, float] | None = None,
    ) -> RenewalCounts:
        """`customers` new ones followed for `periods`: those lost by then, and those still there."""
        steps = np.arange(1, periods + 1, dtype=np.float64)
        left = np.concatenate([[1.0], self.survival(steps, covariates=covariates)])
        drawn = random.multinomial(customers, np.concatenate([-np.diff(left), left[-1:]]))
        return RenewalCounts.from_survivors([customers - np.concatenate([[0], np.cumsum(drawn[:-1])])])

    def _sum(self, parameters: Floats, first: int, discount_rate: float, horizon: int | None) -> float:
        """Σ S(t) / S(first − 1) / (1 + d)^(t − first), `horizon` terms from t = first; S(−1) counts as 1."""
        rate = float(_not_negative("discount_rate", discount_rate))
        if horizon is not None and horizon < 0:
            raise _argument("horizon", horizon)
        if horizon is None:
            known = self._endless(parameters, first, rate)
            if known is not None:
                return known
        before = float(self._log_survival(parameters, np.array(max(first - 1, 0.0))))
        decay = float(np.log1p(rate))
        needed = _SUMMED if decay == 0 else min(_SUMMED, int(-np.log(_NEGLIGIBLE) / decay) + 2)
        size = needed if horizon is None else horizon
        steps = np.arange(size, dtype=np.float64)
        total = float(np.exp(self._log_survival(parameters, first + steps) - before - decay * steps).sum())
        if horizon is not None or needed < _SUMMED:
            return total

        # Euler–Maclaurin: the terms left are an integral and half the first of them.
        def term(x: float) -> float:
            return float(np.exp(self._log_survival(parameters, np.array(first + x)) - before - decay * x))

        rest = quad(lambda u: term(size * np.exp(u)) * size * np.exp(u), 0, 40, limit=400)[0]
        return total + float(rest) + term(size) / 2

    def _endless(self, parameters: Floats, first: int, discount_rate: float) -> float | None:
        """The sum without horizon where it is known in closed form or known to have no limit."""
        return None


def _not_negative(argument: str, value: ArrayLike) -> Floats:
    found = np.asarray(value, np.float64)
    if not (np.isfinite(found).all() and (found >= 0).all()):
        raise _argument(argument, value)
    return found


def _argument(argument: str, value: object) -> RenewalArgumentError:
    return RenewalArgumentError(
        Text(f"{argument} cannot be {value!r}.", f"{argument} 不能是 {value!r}。"),
        Text(
            "Periods, renewals and discount rates are 0 or more; covariates are those of the fit.",
            "期数、续约次数与折现率均不小于 0；协变量须为拟合时所用者。",
        ),
        argument=argument,
        value=value,
    )


def life_table_of(data: object) -> LifeTable:
    """Contracts at risk and lost by age, of anything that `RenewalModel.fit` reads."""
    return RenewalCounts.of(data).life_table()
