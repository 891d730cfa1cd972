"""Fitted parameters with their standard errors, and what follows from them by the delta method."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import expit, logit, ndtri

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Link = Literal["identity", "log", "logit"]
"""The scale on which an interval is symmetric: a positive quantity has "log", a probability "logit"."""

_STEP = 6e-6
"""Relative step of central differences: the cube root of the precision of a double."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A quantity with its standard error and interval; arrays of one shape, NaN where none can be given."""

    value: Floats
    standard_error: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class Parameters(Mapping[str, float]):
    """Values by name (`params["r"]`), with the covariance of their logarithms.

    All parameters are positive and were fitted as logarithms; `covariance` (k × k) is the inverse of the
    negative log-likelihood's Hessian there. Standard errors follow by the delta method,
    se(p) = p · se(log p) (Casella & Berger 2002, section 5.5.4).
    `free`: parameters that are not logarithms but lie on the whole line (coefficients of covariates).
    """

    names: tuple[str, ...]
    vector: Floats
    covariance: Floats
    free: frozenset[str] = frozenset()

    def __getitem__(self, name: str) -> float:
        try:
            return float(self.vector[self.names.index(name)])
        except ValueError:
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def __repr__(self) -> str:
        errors = self.standard_errors
        return ", ".join(f"{name} {self[name]:.5g} (se {errors[name]:.3g})" for name in self.names)

    @property
    def standard_errors(self) -> dict[str, float]:
        """Standard error by name."""
        spread = np.sqrt(np.diag(self.covariance))
        scale = [1.0 if name in self.free else self[name] for name in self.names]
        return {name: float(s * k) for name, s, k in zip(self.names, spread, scale, strict=True)}

    def interval(self, name: str, confidence: float = 0.95) -> tuple[float, float]:
        """Interval of one parameter, symmetric in its logarithm (for a free one: in itself)."""
        place = self.names.index(name)
        half = float(ndtri(0.5 + confidence / 2)) * float(np.sqrt(self.covariance[place, place]))
        if name in self.free:
            return self[name] - half, self[name] + half
        return self[name] * float(np.exp(-half)), self[name] * float(np.exp(half))

    def implied(
        self, quantity: Callable[[Floats], Floats], *, link: Link = "log", confidence: float = 0.95
    ) -> Interval:
        """What `quantity` (a function of the parameter vector) is, with an interval by the delta method.

        The gradient is by central differences in the fitted scale; the interval is symmetric on `link`'s
        scale, so that it stays within what the quantity can be.
        Source: Oehlert (1992), The American Statistician 46(1), pp. 27–29.
        """
        value = np.asarray(quantity(self.vector), np.float64)
        gradients = []
        for place in range(len(self.names)):
            above, below, width = self._moved(place)
            gradients.append((np.asarray(quantity(above)) - np.asarray(quantity(below))) / width)
        slopes = np.stack(gradients, axis=-1)
        spread = np.sqrt(np.maximum(np.einsum("...i,ij,...j->...", slopes, self.covariance, slopes), 0.0))
        low, high = _symmetric(value, spread, float(ndtri(0.5 + confidence / 2)), link)
        return Interval(value, spread, low, high)

    def _moved(self, place: int) -> tuple[Floats, Floats, float]:
        """The vector a little above and below in one fitted coordinate, and the distance between them."""
        above, below = self.vector.copy(), self.vector.copy()
        if self.names[place] in self.free:
            step = _STEP * max(1.0, abs(float(self.vector[place])))
            above[place] += step
            below[place] -= step
            return above, below, 2 * step
        above[place] *= np.exp(_STEP)
        below[place] *= np.exp(-_STEP)
        return above, below, 2 * _STEP


def _symmetric(value: Floats, spread: Floats, z: float, link: Link) -> tuple[Floats, Floats]:
    with np.errstate(divide="ignore", invalid="ignore"):
        if link == "log":
            factor = np.where(value > 0, np.exp(z * spread / value), np.nan)
            return np.where(value > 0, value / factor, 0.0), np.where(value > 0, value * factor, 0.0)
        if link == "logit":
            inside = (value > 0) & (value < 1)
            half = z * spread / (value * (1 - value))
            middle = logit(np.clip(value, 1e-300, 1 - 1e-16))
            return (
                np.where(inside, expit(middle - half), value),
                np.where(inside, expit(middle + half), value),
            )
        return value - z * spread, value + z * spread
