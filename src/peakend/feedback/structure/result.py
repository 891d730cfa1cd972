"""What a fitted path model says, by the names of its latents and indicators, each number with an interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from peakend.feedback.structure.estimates import Estimates
    from peakend.feedback.structure.layout import Layout

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its bootstrap interval. None: not defined, or no interval was asked for."""

    value: float | None
    low: float | None = None
    high: float | None = None


Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class PathResult:
    """A fitted `PathModel`.

    n: rows used; effective_n: Kish's size, n without weights. iterations: until the weights rested. draws:
    bootstrap draws that converged; failed_draws: those that did not, left out of the intervals. repaired:
    the covariance came from incomplete rows and had to be made positive definite. missing: share of cells
    without an answer. scores: (n, L) composites with mean 0 and variance 1; index_scores: (n, L) on 0–100;
    NaN in rows that answered too little of a block (less than half of its weight); None when fitted to a
    correlation matrix. point, low, high, drawn: everything as arrays (`Estimates`); drawn has all draws.
    """

    layout: Layout
    n: int
    effective_n: float
    iterations: int
    draws: int
    failed_draws: int
    repaired: bool
    missing: float
    confidence: float
    point: Estimates
    low: Estimates | None
    high: Estimates | None
    drawn: Estimates | None
    scores: Numbers | None
    index_scores: Numbers | None

    @property
    def latents(self) -> tuple[str, ...]:
        return self.layout.latents

    @property
    def weights(self) -> Mapping[str, Estimate]:
        """Outer weights of standardised indicators, by indicator."""
        return self._by_indicator("weights")

    @property
    def loadings(self) -> Mapping[str, Estimate]:
        """Correlation of each indicator with its own composite."""
        return self._by_indicator("loadings")

    @property
    def communalities(self) -> Mapping[str, Estimate]:
        """Squared loadings: the share of an indicator's variance that its composite has."""
        return {name: _squared(found) for name, found in self.loadings.items()}

    @property
    def cross_loadings(self) -> Mapping[Pair, Estimate]:
        """Correlation of every indicator with every composite, by (indicator, latent)."""
        return {
            (indicator, latent): self._at("cross_loadings", i, j)
            for i, indicator in enumerate(self.layout.indicators)
            for j, latent in enumerate(self.latents)
        }

    @property
    def correlations(self) -> Mapping[Pair, Estimate]:
        """Correlation of every two latents."""
        return self._pairs("correlations", lambda i, j: i < j)

    @property
    def paths(self) -> Mapping[Pair, Estimate]:
        """Standardised path coefficients, by (cause, outcome)."""
        return self._pairs("paths", lambda i, j: bool(self.layout.causes[i, j]))

    @property
    def total(self) -> Mapping[Pair, Estimate]:
        """Total effects, direct and along longer paths, wherever a path leads."""
        return self._pairs("total", self._leads)

    @property
    def indirect(self) -> Mapping[Pair, Estimate]:
        """Effects along paths of two steps or more."""
        return self._pairs("indirect", self._leads)

    @property
    def slopes(self) -> Mapping[Pair, Estimate]:
        """Total effects in index points of the outcome for one index point of the cause."""
        return self._pairs("slopes", self._leads)

    @property
    def r2(self) -> Mapping[str, Estimate]:
        """Explained share of the variance of each latent that has causes."""
        return {latent: found for latent, found in self._by_latent("r2").items() if found.value is not None}

    @property
    def ave(self) -> Mapping[str, Estimate]:
        """Average variance extracted; None for blocks of one indicator or in mode B."""
        return self._by_latent("ave")

    @property
    def rho_c(self) -> Mapping[str, Estimate]:
        """Composite reliability ρ_C (Dillon–Goldstein's ρ)."""
        return self._by_latent("rho_c")

    @property
    def rho_a(self) -> Mapping[str, Estimate]:
        """Consistent reliability ρ_A."""
        return self._by_latent("rho_a")

    @property
    def htmt(self) -> Mapping[Pair, Estimate]:
        """Heterotrait–monotrait ratio of every two latents: near 1 they can hardly be told apart."""
        return self._pairs("htmt", lambda i, j: i < j)

    @property
    def gof(self) -> Estimate:
        """Goodness of fit √(mean communality × mean R²)."""
        return self._at("gof")

    @property
    def index(self) -> Mapping[str, Estimate]:
        """The index of each latent on 0–100; None without scales."""
        return self._by_latent("index")

    def _leads(self, cause: int, outcome: int) -> bool:
        """Whether a path leads from `cause` to `outcome`."""
        reach = self.layout.causes.copy()
        for _ in self.latents:
            reach |= (reach.astype(int) @ self.layout.causes.astype(int)) > 0
        return bool(reach[cause, outcome])

    def _by_indicator(self, name: str) -> dict[str, Estimate]:
        return {indicator: self._at(name, place) for place, indicator in enumerate(self.layout.indicators)}

    def _by_latent(self, name: str) -> dict[str, Estimate]:
        return {latent: self._at(name, place) for place, latent in enumerate(self.latents)}

    def _pairs(self, name: str, wanted: Callable[[int, int], bool]) -> dict[Pair, Estimate]:
        size = range(len(self.latents))
        return {
            (self.latents[i], self.latents[j]): self._at(name, i, j)
            for i in size
            for j in size
            if i != j and wanted(i, j)
        }

    def _at(self, name: str, *place: int) -> Estimate:
        return Estimate(*(_number(found, name, place) for found in (self.point, self.low, self.high)))


def _number(found: Estimates | None, name: str, place: tuple[int, ...]) -> float | None:
    if found is None:
        return None
    number = float(getattr(found, name)[place])
    return number if math.isfinite(number) else None


def _squared(found: Estimate) -> Estimate:
    """The square of an estimate; an interval across zero begins at zero."""
    if found.value is None:
        return found
    if found.low is None or found.high is None:
        return Estimate(found.value**2)
    ends = sorted((found.low**2, found.high**2))
    return Estimate(found.value**2, 0.0 if found.low < 0 < found.high else ends[0], ends[1])
