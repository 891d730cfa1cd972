"""Control charts of places: X-bar and S with the limits that each place's own n gives.

Source: Montgomery, Introduction to Statistical Quality Control, charts of x-bar and s with variable
sample size: centre Σ n x̄ / Σ n, spread s̄ = √(Σ (n − 1) s² / Σ (n − 1)), limits centre ± A3(n) s̄ and
B3(n) s̄ … B4(n) s̄. Answers are no normal variables: where their tails are heavier, the limits of S are widened
by the pooled kurtosis, never narrowed. Three sigmas raise a false alarm in 1 of 370 points, so a place counts
as out of control only where Holm's correction over all points of both charts says so too. Such places do not
set the limits of the others: they are left out of centre and spread, the farthest first (phase I).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, inf, sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, ndtr

from peakend.feedback.comparison import holm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Numbers = NDArray[np.float64]
LIMIT = 3.0
ALPHA = 0.05
SMALLEST = 10


@dataclass(frozen=True, slots=True)
class Point:
    """One place on one chart. `beyond`: outside three sigmas; `out`: also after Holm's correction."""

    value: float
    centre: float
    low: float
    high: float
    z: float
    p_adjusted: float
    beyond: bool
    out: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A place with its n, its mean and its standard deviation against the limits."""

    code: str
    n: int
    mean: Point
    spread: Point

    @property
    def out(self) -> bool:
        """Whether it is out of control on either chart."""
        return self.mean.out or self.spread.out


@dataclass(frozen=True, slots=True)
class Chart:
    """Both charts. `within` and `between` are variances; `few` maps places under the smallest base to n."""

    places: tuple[Place, ...]
    centre: float
    spread: float
    within: float
    between: float
    few: dict[str, int]

    @property
    def share_between(self) -> float:
        """Share of all variance that lies between places (intraclass correlation)."""
        whole = self.within + self.between
        return self.between / whole if whole > 0 else 0.0


def c4(n: int) -> float:
    """Mean of s over σ for n normal draws."""
    return sqrt(2 / (n - 1)) * exp(float(gammaln(n / 2) - gammaln((n - 1) / 2)))


def chart(groups: Mapping[str, Sequence[float]], smallest: int = SMALLEST) -> Chart | None:
    """The charts of places with at least `smallest` values; None for under two places or no variance."""
    few = {code: len(values) for code, values in groups.items() if 0 < len(values) < smallest}
    kept = {
        code: np.asarray(values, dtype=float) for code, values in groups.items() if len(values) >= smallest
    }
    base = list(kept)
    while len(base) > 1:
        limits = _limits([kept[code] for code in base])
        if limits is None:
            return None
        places = [_place(code, values, limits) for code, values in kept.items()]
        found = _judged(places)
        worst = max((one for one in found if one.out and one.code in base), key=_distance, default=None)
        if worst is None or len(base) == 2:
            between = _between(list(kept.values()), limits)
            return Chart(tuple(found), limits.centre, limits.spread, limits.spread**2, between, few)
        # As in a first phase: what is out of control does not set the limits of the others.
        base.remove(worst.code)
    return None


@dataclass(frozen=True, slots=True)
class _Limits:
    """What the limits of every n follow from."""

    centre: float
    spread: float
    kurtosis: float


def _limits(values: list[Numbers]) -> _Limits | None:
    n = sum(len(one) for one in values)
    deviations = np.concatenate([one - one.mean() for one in values])
    within = float((deviations**2).sum() / (n - len(values)))
    if within <= 0:
        return None
    centre = float(sum(one.sum() for one in values) / n)
    return _Limits(centre, sqrt(within), float((deviations**4).mean() / within**2))


def _place(code: str, values: Numbers, limits: _Limits) -> Place:
    n = len(values)
    middle = c4(n)
    error = limits.spread / sqrt(n)
    swing = limits.spread * sqrt(1 - middle**2) * _heavier(limits.kurtosis, n)
    return Place(
        code,
        n,
        _point(float(values.mean()), limits.centre, error),
        _point(float(values.std(ddof=1)), middle * limits.spread, swing, floor=0.0),
    )


def _point(value: float, centre: float, sigma: float, floor: float = -inf) -> Point:
    low, high = max(centre - LIMIT * sigma, floor), centre + LIMIT * sigma
    z = (value - centre) / sigma
    return Point(value, centre, low, high, z, 2 * float(ndtr(-abs(z))), not low <= value <= high, out=False)


def _judged(places: list[Place]) -> list[Place]:
    """The places with Holm's correction over all their points."""
    adjusted, _ = holm([point.p_adjusted for one in places for point in (one.mean, one.spread)])
    pairs = adjusted.reshape(-1, 2)
    return [
        replace(one, mean=_corrected(one.mean, float(p)), spread=_corrected(one.spread, float(q)))
        for one, (p, q) in zip(places, pairs, strict=True)
    ]


def _corrected(point: Point, p: float) -> Point:
    return replace(point, p_adjusted=p, out=point.beyond and p < ALPHA)


def _distance(place: Place) -> float:
    return max(abs(place.mean.z), abs(place.spread.z))


def _heavier(kurtosis: float, n: int) -> float:
    """How much wider the limits of S have to be for the kurtosis of the answers; at least 1."""
    normal = 2 / (n - 1)
    return sqrt(max(1.0, ((kurtosis - 3) / n + normal) / normal))


def _between(values: list[Numbers], limits: _Limits) -> float:
    """Variance between places beyond what their samples explain (analysis of variance), at least 0."""
    n = np.array([len(one) for one in values], dtype=float)
    means = np.array([one.mean() for one in values])
    centre = float((n * means).sum() / n.sum())
    square = float((n * (means - centre) ** 2).sum() / (len(n) - 1))
    size = (n.sum() - (n**2).sum() / n.sum()) / (len(n) - 1)
    return max(0.0, (square - limits.spread**2) / float(size))
