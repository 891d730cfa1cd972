"""The Pareto/NBD model with covariates that change in time: seasons, campaigns, what is offered to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np

from peakend.value.models.covariate_clock import Clock, Moments
from peakend.value.models.covariate_paths import CovariatePaths, check_horizon
from peakend.value.models.discounting import time_alive
from peakend.value.models.fitting import DidNotConvergeError
from peakend.value.models.histories import PurchaseHistories
from peakend.value.models.likelihood_model import LikelihoodModel
from peakend.value.models.pareto_nbd import ParetoNBDModel, guesses
from peakend.value.models.pareto_nbd_paths_likelihood import Cells, branches, negative_log_likelihood
from peakend.value.models.time_units import days_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from peakend.value.models.fitting import Objective
    from peakend.value.models.priors import LogNormal

    Floats = NDArray[np.float64]

_DISCOUNT_NODES = 16


class TimeVaryingParetoNBDModel(LikelihoodModel[CovariatePaths]):
    """A customer buys at rate λ exp(γ₁'z(t)) and lapses at rate μ exp(γ₂'z(t)); z is constant within periods.

    λ ~ Gamma(r, rate α), μ ~ Gamma(s, rate β) as in `ParetoNBDModel`, which it is without covariates.
    purchase, dropout: the covariates with a coefficient in γ₁ and in γ₂; these are called purchase[name] and
    dropout[name], and exp(γ) is by how much one more of a covariate multiplies the rate.
    A day of purchase counts as its beginning; a season that comes every year is told from chance only if
    more than one of them is observed.
    Source: Bachmann, Meierer & Näf (2021), The Role of Time-Varying Contextual Factors in Latent Attrition
    Models for Customer Base Analysis, Marketing Science 40(4), pp. 783–809.
    """

    names = ("r", "alpha", "s", "beta")

    def __init__(
        self,
        purchase: Sequence[str] = (),
        dropout: Sequence[str] = (),
        *,
        priors: Mapping[str, LogNormal] | None = None,
    ) -> None:
        super().__init__(priors=priors)
        self.purchase = tuple(purchase)
        self.dropout = tuple(dropout)

    @property
    def _coefficients(self) -> tuple[str, ...]:
        return (
            *(f"purchase[{name}]" for name in self.purchase),
            *(f"dropout[{name}]" for name in self.dropout),
        )

    @property
    def _all_names(self) -> tuple[str, ...]:
        return (*self.names, *self._coefficients)

    @property
    def _free(self) -> frozenset[str]:
        return frozenset(self._coefficients)

    def _again(self) -> Self:
        return type(self)(self.purchase, self.dropout, priors=self.priors)

    def _read(self, data: object, **given: object) -> CovariatePaths:
        if not isinstance(data, CovariatePaths):
            raise TypeError(
                "fit takes CovariatePaths; CovariatePaths.of(purchases, covariates, until=…) makes them"
            )
        data.check_varying((*self.purchase, *self.dropout))
        return data

    def _objective(self, data: CovariatePaths) -> Objective:
        cells = self._cells(data)
        return lambda theta: negative_log_likelihood(cells, theta)

    def _starts(self, data: CovariatePaths) -> Sequence[Floats]:
        kept = data.weights > 0
        histories = PurchaseHistories.from_days(
            data.frequency[kept],
            (data.last - data.first)[kept],
            data.until - data.first[kept],
            data.weights[kept],
            time_unit=data.time_unit,
        )
        try:
            begun = [np.log(ParetoNBDModel().fit(histories).params.vector)]
        except DidNotConvergeError:
            begun = guesses(histories)
        return [np.concatenate([guess, np.zeros(len(self._coefficients))]) for guess in begun]

    def _extents(self, data: CovariatePaths) -> Floats:
        long = data.stretches.length > 0
        values = data.stretches.values[long]
        columns = data.columns((*self.purchase, *self.dropout))
        return np.concatenate([np.zeros(4), np.ptp(values[:, columns], axis=0)])

    def _resampled(self, data: CovariatePaths, random: np.random.Generator) -> CovariatePaths:
        return data.with_weights(random.multinomial(data.total, data.weights / data.total))

    def probability_alive(self, paths: CovariatePaths | None = None) -> Floats:
        """Probability of each customer of `paths` (none: of those fitted) to be one still at `until`; (n)."""
        cells = self._cells(self._asked(paths))
        staying, lapsed = branches(cells, self.params.vector)
        return np.asarray(np.exp(staying - np.logaddexp(staying, lapsed))[cells.row])

    def expected_purchases(
        self,
        horizon: float,
        paths: CovariatePaths | None = None,
        *,
        discount_rate_per_unit: float = 0.0,
    ) -> Floats:
        """Purchases within `horizon` of `until` expected of each customer of `paths` (none: those fitted).

        P(alive) (r+x)/(α+U(T)) ∫ e^−δt U'(T+t) ((β+V(T))/(β+V(T+t)))^s dt over t from 0 to the horizon, in
        the unit of time, along the courses that are known; `CovariatePathsError` beyond them.
        discount_rate_per_unit: δ, continuous; above 0 each purchase counts at its present value at `until`.
        """
        data = self._asked(paths)
        check_horizon(data, horizon)
        cells = self._cells(data)
        r, alpha, s, beta = self.params.vector[:4]
        buying, lapsing = self._clocks(cells)
        staying, lapsed = branches(cells, self.params.vector)
        alive = np.exp(staying - np.logaddexp(staying, lapsed))
        rate = (
            alive
            * (r + cells.frequency)
            / (alpha + buying.at(cells.end).value - buying.at(cells.begin).value)
        )
        until = data.until / days_in(data.time_unit)
        stretches = cells.buying
        course = cells.end.course
        owner, stretch = np.nonzero(
            (stretches.start[course] + stretches.length[course] > until)
            & (stretches.start[course] < until + horizon)
            & (stretches.length[course] > 0)
        )
        start = stretches.start[course[owner], stretch]
        begins = np.maximum(start, until)
        length = np.minimum(start + stretches.length[course[owner], stretch], until + horizon) - begins
        at = Moments(course[owner], stretch, begins - start)
        whole = beta + lapsing.at(at).value - lapsing.at(cells.begin).value[owner]
        now = beta + lapsing.at(cells.end).value - lapsing.at(cells.begin).value
        quick, slow = buying.rate[at.course, stretch], lapsing.rate[at.course, stretch]
        still = np.exp(s * (np.log(now[owner]) - np.log(whole)))
        if discount_rate_per_unit == 0:
            spent = time_alive(s, whole, slow * length) / slow
        else:
            nodes, weights = np.polynomial.legendre.leggauss(_DISCOUNT_NODES)
            passed = length[:, None] * (nodes + 1) / 2
            kept = -s * np.log1p(slow[:, None] * passed / whole[:, None])
            worth = -discount_rate_per_unit * (begins[:, None] - until + passed)
            spent = length / 2 * (np.exp(kept + worth) @ weights)
        summed = np.bincount(owner, weights=quick * still * spent, minlength=len(rate))
        return np.asarray((rate * summed)[cells.row])

    def simulate(self, paths: CovariatePaths, *, seed: int = 0) -> dict[str, NDArray[np.generic]]:
        """Purchases until `until` of customers who first buy when those of `paths` do, with their covariates.

        Returns `customer_id` and `bought_on`, a row a purchase to the nearest day, first purchases included.
        """
        random = np.random.default_rng(seed)
        cells = self._cells(paths)
        r, alpha, s, beta = self.params.vector[:4]
        buying, lapsing = self._clocks(cells)
        course, days = paths.course, days_in(paths.time_unit)
        n = len(course)
        begin = cells.buying.place(course, paths.first / days)
        until = np.full(n, paths.until / days)
        begun = buying.at(begin).value
        with np.errstate(divide="ignore", over="ignore"):
            worn = random.standard_exponential(n) / random.gamma(s, 1 / beta, n)
        lapse = lapsing.reached(course, np.minimum(lapsing.at(begin).value + worn, 1e300))
        active = buying.at(cells.buying.place(course, np.minimum(lapse, until))).value - begun
        counts = random.poisson(random.gamma(r, 1 / alpha, n) * active)
        owner = np.repeat(np.arange(n), counts)
        shown = begun[owner] + random.random(len(owner)) * active[owner]
        day = np.rint(buying.reached(course[owner], shown) * days).astype(np.int64)
        day = np.concatenate([paths.first, np.clip(day, paths.first[owner], paths.until)])
        origin = np.datetime64(paths.origin, "D")
        return {
            "customer_id": np.concatenate([paths.customer_ids, paths.customer_ids[owner]]),
            "bought_on": origin + day.astype("timedelta64[D]"),
        }

    def _cells(self, paths: CovariatePaths) -> Cells:
        return Cells.of(paths, self.purchase, self.dropout)

    def _clocks(self, cells: Cells) -> tuple[Clock, Clock]:
        gamma = self.params.vector[4:]
        k = len(self.purchase)
        return Clock(cells.buying, gamma[:k]), Clock(cells.lapsing, gamma[k:])

    def _asked(self, paths: CovariatePaths | None) -> CovariatePaths:
        if paths is not None:
            return paths
        _ = self.params
        assert self._data is not None
        return self._data
