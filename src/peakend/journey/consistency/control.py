"""Control charts: does a process vary more than its own steady noise explains?

Every point has the standard error it would have by sampling alone. Service is never that steady, so limits
are widened by what the points themselves show from one to the next (Laney): without that, charts of thousands
of events a week would cry wolf every week.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from peakend.errors import PeakendError
from peakend.feedback.comparison import holm
from peakend.language import Text

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

# Mean of the range of two draws from a normal distribution, in its standard deviations.
D2_OF_TWO = 1.128
LIMIT = 3.0
RUN = 8
FEWEST_POINTS = 12


class ControlError(PeakendError):
    """Points of different length, no points, or no variance to judge by."""

    code = "journey.control"


@dataclass(frozen=True, slots=True)
class ControlChart:
    """One chart of k points in order of time; every array has k entries, in the unit of the points.

    centre: mean of all points, weighted by precision. low, high: 3-sigma limits of each point. dispersion:
    how much wider than by sampling alone (at least 1). z: distance from the centre in sigmas of the chart.
    beyond: outside the limits. run: the eighth or later point in a row on one side. p: two-sided, of each.
    """

    centre: float
    low: Numbers
    high: Numbers
    dispersion: float
    z: Numbers
    beyond: Flags
    run: Flags
    p: Numbers


def individuals_chart(values: ArrayLike) -> ControlChart:
    """The chart of single values: limits from the mean moving range, x̄ ± 3 · MR̄ / 1.128.

    values: k ≥ 2 numbers in order of time. Raises `ControlError`.
    Source: Shewhart; NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2.
    """
    x = _points(values)
    sigma = _moving_sigma(x)
    if sigma == 0:
        raise _no_variance()
    return _chart(x, np.full(len(x), sigma), float(x.mean()), dispersion=1.0)


def mean_chart(means: ArrayLike, standard_errors: ArrayLike) -> ControlChart:
    """The chart of means of n events each, with their standard errors by sampling alone.

    means, standard_errors: k ≥ 2 each, errors above 0. Raises `ControlError`.
    Source: Laney (2002), Quality Engineering 14(4), applied to means: limits x̄ ± 3 · SE · σ_z, where σ_z is
    the moving-range sigma of the standardised points; never narrower than σ_z = 1.
    """
    x, error = _points(means), np.asarray(standard_errors, dtype=float)
    if error.shape != x.shape or not (error > 0).all():
        raise _no_variance()
    weights = 1 / error**2
    return _laney(x, error, float((weights * x).sum() / weights.sum()))


def share_chart(hits: ArrayLike, n: ArrayLike) -> ControlChart:
    """Laney's p′ chart of shares: `hits` of `n` in each of k ≥ 2 periods.

    With σ_z = 1 it is the classical p chart, p̄ ± 3 √(p̄ (1 − p̄) / n). Limits are clamped to 0 and 1.
    Raises `ControlError`.
    Source: Laney (2002), Quality Engineering 14(4); Montgomery, Introduction to Statistical Quality Control.
    """
    met, size = _points(hits), np.asarray(n, dtype=float)
    if size.shape != met.shape or not (size > 0).all() or (met < 0).any() or (met > size).any():
        raise ControlError(
            Text("Each share needs 0 ≤ hits ≤ n and n > 0.", "每个占比须满足 0 ≤ 命中 ≤ n 且 n > 0。")
        )
    centre = float(met.sum() / size.sum())
    if centre in (0.0, 1.0):
        raise _no_variance()
    chart = _laney(met / size, np.sqrt(centre * (1 - centre) / size), centre)
    return ControlChart(
        chart.centre, np.maximum(chart.low, 0), np.minimum(chart.high, 1), chart.dispersion, chart.z,
        chart.beyond, chart.run, chart.p,
    )  # fmt: skip


def out_of_control(charts: list[ControlChart], alpha: float = 0.05) -> list[Flags]:
    """Which points are out of control beyond doubt: Holm's correction over all points of all `charts`.

    Three sigmas alone raise a false alarm in 1 of 370 points, and a company looks at thousands.
    """
    if not charts:
        return []
    adjusted, _ = holm(np.concatenate([chart.p for chart in charts]))
    ends = np.cumsum([len(chart.p) for chart in charts])[:-1]
    return [part < alpha for part in np.split(adjusted, ends)]


def _points(values: ArrayLike) -> Numbers:
    x = np.asarray(values, dtype=float)
    if x.ndim != 1 or len(x) < 2 or not np.isfinite(x).all():
        raise ControlError(
            Text("A control chart needs at least two finite points.", "控制图至少需要两个有限数值点。")
        )
    return x


def _no_variance() -> ControlError:
    return ControlError(
        Text("The points do not vary, so nothing can be out of control.", "各点没有变异，无从判断是否失控。")
    )


def _moving_sigma(x: Numbers) -> float:
    return float(np.abs(np.diff(x)).mean() / D2_OF_TWO)


def _laney(x: Numbers, error: Numbers, centre: float) -> ControlChart:
    dispersion = max(1.0, _moving_sigma((x - centre) / error))
    return _chart(x, error * dispersion, centre, dispersion)


def _chart(x: Numbers, sigma: Numbers, centre: float, dispersion: float) -> ControlChart:
    z = (x - centre) / sigma
    return ControlChart(
        centre=centre,
        low=centre - LIMIT * sigma,
        high=centre + LIMIT * sigma,
        dispersion=dispersion,
        z=z,
        beyond=np.abs(z) > LIMIT,
        run=_runs(z),
        p=2 * ndtr(-np.abs(z)),
    )


def _runs(z: Numbers) -> Flags:
    """True from the eighth point in a row on the same side of the centre."""
    side, length, found = 0, 0, np.zeros(len(z), dtype=bool)
    for place, sign in enumerate(np.sign(z).astype(int)):
        length = length + 1 if sign == side and sign != 0 else 1
        side = int(sign)
        found[place] = length >= RUN and sign != 0
    return found
