"""Do units (channels, sites) differ more than chance, and by how much?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import fdtrc, stdtr

from peakend.errors import PeakendError
from peakend.language import Text

Numbers = NDArray[np.float64]


class HeterogeneityError(PeakendError):
    """Fewer than two units, or a unit without a standard error."""

    code = "journey.heterogeneity"


@dataclass(frozen=True, slots=True)
class Heterogeneity:
    """k units compared. statistic, df: Welch's F with k − 1 and `df` degrees of freedom; p its upper tail.

    mean: of the units, weighted by precision. between_sd: standard deviation of the true values of units
    (DerSimonian–Laird), in the unit of the means; 0 where chance explains all. difference: each unit minus
    the precision-weighted mean of the others, with its standard error and two-sided p, not corrected.
    """

    statistic: float
    df: float
    p: float
    mean: float
    between_sd: float
    difference: Numbers
    difference_se: Numbers
    difference_p: Numbers


def heterogeneity(means: ArrayLike, standard_errors: ArrayLike, df: ArrayLike) -> Heterogeneity:
    """Whether k ≥ 2 units differ, from their means, standard errors (> 0) and degrees of freedom (≥ 1).

    Raises `HeterogeneityError`.
    Source: Welch (1951), Biometrika 38(3/4), for unequal variances; DerSimonian & Laird (1986), Controlled
    Clinical Trials 7(3), eq. 8, for the variance between units.
    """
    m, se, free = (np.asarray(values, dtype=float) for values in (means, standard_errors, df))
    k = len(m)
    if k < 2 or se.shape != m.shape or free.shape != m.shape or not ((se > 0) & (free >= 1)).all():
        raise HeterogeneityError(
            Text(
                "At least two units are needed, each with a standard error above 0 and a degree of freedom.",
                "至少需要两个单位，且各有大于 0 的标准误与自由度。",
            )
        )
    w = 1 / se**2
    mean = float((w * m).sum() / w.sum())
    q = float((w * (m - mean) ** 2).sum())
    lam = float((((1 - w / w.sum()) ** 2) / free).sum())
    statistic = (q / (k - 1)) / (1 + 2 * (k - 2) / (k**2 - 1) * lam)
    bottom = (k**2 - 1) / (3 * lam)
    tau2 = max(0.0, (q - (k - 1)) / float(w.sum() - (w**2).sum() / w.sum()))
    difference, error, p = _against_the_rest(m, w, free)
    return Heterogeneity(
        statistic=statistic,
        df=bottom,
        p=float(fdtrc(k - 1, bottom, statistic)),
        mean=mean,
        between_sd=float(np.sqrt(tau2)),
        difference=difference,
        difference_se=error,
        difference_p=p,
    )


def _against_the_rest(m: Numbers, w: Numbers, free: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    rest_w = w.sum() - w
    rest = ((w * m).sum() - w * m) / rest_w
    error = np.sqrt(1 / w + 1 / rest_w)
    # Satterthwaite: the rest's share of the variance has the sum of the others' degrees of freedom.
    df = error**4 / ((1 / w) ** 2 / free + (1 / rest_w) ** 2 / (free.sum() - free))
    difference: Numbers = m - rest
    return difference, error, 2 * stdtr(df, -np.abs(difference / error))
