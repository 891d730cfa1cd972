"""Time as it counts for a rate that covariates quicken or slow: ∫ exp(γ'z(v)) dv, with its derivatives by γ.

Covariates z that are constant within periods make it piecewise linear. A Poisson process with rate
λ exp(γ'z(t)) is one with rate λ on this clock (Bachmann, Meierer & Näf 2021, Marketing Science 40(4),
pp. 783–809, sum it up period by period).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stretches:
    """Courses of covariates: m of them, each of at most S stretches of time without a change of value.

    start, length: m × S, in the unit of time (length 0 pads); values: m × S × k.
    """

    start: Floats
    length: Floats
    values: Floats

    def covariates(self, columns: Integers) -> Stretches:
        """The same courses of some covariates only."""
        return Stretches(self.start, self.length, self.values[:, :, columns])

    def place(self, course: Integers, time: Floats) -> Moments:
        """Where on their courses (n) these times (n) lie; a time between two stretches is in the later."""
        stretch = (self.start[course] <= time[:, None]).sum(axis=1) - 1
        # Padding starts where the last stretch ends: a time beyond is in the last that has a length.
        stretch = np.minimum(stretch, (self.length > 0).sum(axis=1)[course] - 1)
        return Moments(course, stretch, time - self.start[course, stretch])


@dataclass(frozen=True, slots=True)
class Moments:
    """Moments on courses: which course, which of its stretches, how long after it began; n of each."""

    course: Integers
    stretch: Integers
    offset: Floats


@dataclass(frozen=True, slots=True)
class Reading:
    """What a clock shows at n moments: value (n), gradient (n × k) and Hessian (n × k × k) by γ."""

    value: Floats
    gradient: Floats
    hessian: Floats

    def __sub__(self, other: Reading) -> Reading:
        return Reading(self.value - other.value, self.gradient - other.gradient, self.hessian - other.hessian)

    def __getitem__(self, rows: Integers) -> Reading:
        return Reading(self.value[rows], self.gradient[rows], self.hessian[rows])


class Clock:
    """The clock of each course at coefficients γ (k)."""

    def __init__(self, stretches: Stretches, gamma: Floats) -> None:
        z = stretches.values
        self._z = z
        self._start, self._length = stretches.start, stretches.length
        self.log_rate: Floats = z @ gamma
        self.rate: Floats = np.exp(self.log_rate)
        gained = self.rate * stretches.length
        self._value = _before(gained)
        self._gradient = _before(gained[:, :, None] * z)
        self._hessian = _before(gained[:, :, None, None] * z[:, :, :, None] * z[:, :, None, :])

    def at(self, moments: Moments) -> Reading:
        """What it shows, counted from the beginning of each course."""
        place = (moments.course, moments.stretch)
        since = self.rate[place] * moments.offset
        z = self._z[place]
        return Reading(
            self._value[place] + since,
            self._gradient[place] + since[:, None] * z,
            self._hessian[place] + since[:, None, None] * z[:, :, None] * z[:, None, :],
        )

    def reached(self, course: Integers, value: Floats) -> Floats:
        """When the clocks of these courses (n) show these values (n); infinite where they never do."""
        begins = self._value[course]
        stretch = np.maximum((begins <= value[:, None]).sum(axis=1) - 1, 0)
        stretch = np.minimum(stretch, (self._length > 0).sum(axis=1)[course] - 1)
        offset = (value - self._value[course, stretch]) / self.rate[course, stretch]
        never = offset > self._length[course, stretch]
        return np.where(never, np.inf, self._start[course, stretch] + offset)


def _before(gained: Floats) -> Floats:
    """Sums over all earlier stretches."""
    summed = np.zeros_like(gained)
    np.cumsum(gained[:, :-1], axis=1, out=summed[:, 1:])
    return summed
