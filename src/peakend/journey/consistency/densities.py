"""Rates of rare things: intervals of a density, and whether one place has more of them than the rest."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtri, ndtr

from peakend.errors import PeakendError
from peakend.language import Text

Numbers = NDArray[np.float64]
_HALF = 0.5


class DensityError(PeakendError):
    """Counts below 0, or no exposure."""

    code = "journey.density"


def rate_interval(
    count: ArrayLike, exposure: ArrayLike, confidence: float = 0.95, dispersion: float = 1.0
) -> tuple[Numbers, Numbers]:
    """Ends of the interval of `count` events per unit of `exposure`; exact for a Poisson count.

    dispersion ≥ 1: how many times more the counts vary than Poisson's; the interval is that of count /
    dispersion events, as many as there were independent ones. Raises `DensityError`.
    Source: Garwood (1936), Biometrika 28(3/4): χ²(α/2; 2k)/2 and χ²(1−α/2; 2k+2)/2.
    """
    k, size = _checked(count, exposure)
    tail = (1 - confidence) / 2
    effective = k / max(dispersion, 1.0)
    with np.errstate(invalid="ignore"):
        low = np.where(effective > 0, chdtri(2 * np.maximum(effective, 1e-12), 1 - tail) / 2, 0.0)
    high = chdtri(2 * effective + 2, tail) / 2
    scale = max(dispersion, 1.0) / size
    return low * scale, high * scale


def dispersion(counts: ArrayLike, expected: ArrayLike, parameters: int = 1) -> float:
    """Pearson's χ² over its degrees of freedom, at least 1: how much more than Poisson the counts vary.

    counts, expected (> 0): one a cell. Source: McCullagh & Nelder (1989), Generalized Linear Models, 6.2.3.
    """
    k, mean = _checked(counts, expected)
    if len(k) <= parameters:
        return 1.0
    return max(1.0, float(((k - mean) ** 2 / mean).sum()) / (len(k) - parameters))


def against_the_rest(
    count: ArrayLike, exposure: ArrayLike, overdispersion: float = 1.0
) -> tuple[Numbers, Numbers]:
    """Ratio of each place's rate to that of all others, and its two-sided p; NaN where there are no others.

    Log rates, half an event added to both so that none has a rate too; variance times `overdispersion`.
    Raises `DensityError`. Source: Rothman, Greenland & Lash (2008), Modern Epidemiology, ch. 14.
    """
    k, size = _checked(count, exposure)
    other_k, other_size = k.sum() - k, size.sum() - size
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = ((k + _HALF) / size) / ((other_k + _HALF) / other_size)
        error = np.sqrt(max(overdispersion, 1.0) * (1 / (k + _HALF) + 1 / (other_k + _HALF)))
        p = 2 * ndtr(-np.abs(np.log(ratio)) / error)
    alone = other_size <= 0
    return np.where(alone, np.nan, ratio), np.where(alone, np.nan, p)


def _checked(count: ArrayLike, exposure: ArrayLike) -> tuple[Numbers, Numbers]:
    k, size = np.asarray(count, dtype=float), np.asarray(exposure, dtype=float)
    if k.shape != size.shape or (k < 0).any() or not (size > 0).all():
        raise DensityError(
            Text(
                "Counts are 0 or more, and each has an exposure above 0.",
                "计数应不小于 0，且各有大于 0 的暴露量。",
            )
        )
    return k, size
