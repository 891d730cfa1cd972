"""Regressions whose coefficients carry the influence of every row, so that several can be tested together.

The sum of a row's influences is what it adds to each coefficient: summed within clusters and multiplied with
themselves they give the joint covariance of coefficients of different models on the same respondents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, fdtrc, stdtr

from peakend.feedback.drivers.errors import DriversError, NotConvergedError
from peakend.language import Text

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]

_COLLINEAR = 1e-9
_MOST_STEPS = 60


class CollinearDriversError(DriversError):
    """Some drivers follow exactly from others."""

    code: ClassVar[str] = "feedback.drivers.collinear"

    def __init__(self) -> None:
        super().__init__(
            Text("Some drivers follow exactly from others.", "部分驱动项可由其他驱动项精确推出。"),
            Text("Leave out one of those that say the same.", "内容相同的，请只保留一个。"),
        )


@dataclass(frozen=True, slots=True)
class Fit:
    """Coefficients (k, the intercept last) and the influence of each row on them (n × k)."""

    coefficients: Numbers
    influence: Numbers
    fitted: Numbers


def least_squares(drivers: Numbers, outcome: Numbers, weight: Numbers) -> Fit:
    """Weighted least squares with an intercept. Raises `CollinearDriversError`.

    Residuals are divided by 1 − leverage (HC3), which keeps the errors honest in small samples.
    Source: MacKinnon & White (1985), Journal of Econometrics 29(3), pp. 305–325.
    """
    design = with_intercept(drivers)
    inverse = _inverse(design.T @ (design * weight[:, None]))
    coefficients = inverse @ (design.T @ (weight * outcome))
    fitted = design @ coefficients
    bread = design @ inverse
    leverage = np.minimum(weight * (bread * design).sum(axis=1), 0.99)
    influence = bread * (weight * (outcome - fitted) / (1 - leverage))[:, None]
    return Fit(coefficients, influence, fitted)


def logistic(drivers: Numbers, outcome: Numbers, weight: Numbers) -> Fit:
    """Weighted logistic regression of `outcome` (0 or 1) with an intercept, by Newton's method.

    Raises `CollinearDriversError`, and `NotConvergedError` where the maximum lies at infinity. Residuals are
    divided by 1 − leverage as in `least_squares`.
    Source: McCullagh & Nelder (1989), Generalized Linear Models, 2nd ed., section 4.4.
    """
    design = with_intercept(drivers)
    coefficients = np.zeros(design.shape[1])
    scale = weight / weight.mean()
    _inverse(design.T @ (design * scale[:, None]))
    for _ in range(_MOST_STEPS):
        share = expit(design @ coefficients)
        try:
            inverse = _inverse(design.T @ (design * (scale * share * (1 - share))[:, None]))
        except CollinearDriversError as cause:
            # The drivers themselves are not: everybody is predicted with certainty.
            raise _separated() from cause
        step = inverse @ (design.T @ (scale * (outcome - share)))
        # A long step means the curvature is a poor guide this far out.
        coefficients = coefficients + step * min(1.0, 4.0 / max(float(np.abs(design @ step).max()), 1e-12))
        if np.abs(design @ step).max() < 1e-10:
            break
    else:
        raise _separated()
    share = expit(design @ coefficients)
    if np.abs(design @ coefficients).max() > 25:
        raise _separated()
    bread = design @ inverse
    leverage = np.minimum(scale * share * (1 - share) * (bread * design).sum(axis=1), 0.99)
    influence = bread * (scale * (outcome - share) / (1 - leverage))[:, None]
    return Fit(coefficients, influence, share)


def _separated() -> NotConvergedError:
    return NotConvergedError(
        Text(
            "The model did not converge: the drivers separate the two groups completely.",
            "模型未收敛：驱动项把两组人完全分开。",
        ),
        Text("Use fewer drivers, or wait for more answers.", "请减少驱动项，或等待更多答案。"),
        iterations=_MOST_STEPS,
    )


def with_intercept(drivers: Numbers) -> Numbers:
    """The drivers and a column of ones at the end."""
    return np.column_stack([drivers, np.ones(len(drivers))])


def clustered(influence: Numbers, cluster: Codes) -> Numbers:
    """Covariance of coefficients from the influence of rows, summed within `cluster` (codes from 0).

    Σ_c u_c u_cᵀ · m/(m−1) with m clusters; zero with a single one.
    Source: Liang & Zeger (1986), Biometrika 73(1); m/(m−1) as in Binder (1983), Int. Stat. Review 51(3).
    """
    units = int(cluster.max(initial=-1)) + 1
    sums = influence
    if units < len(cluster):
        order = np.argsort(cluster, kind="stable")
        starts = np.flatnonzero(np.r_[True, np.diff(cluster[order]) != 0])
        sums = np.add.reduceat(influence[order], starts, axis=0)
    return np.asarray(sums.T @ sums * (units / max(units - 1, 1)))


def two_sided(value: Numbers, se: Numbers, df: float) -> Numbers:
    """p of Student's t test of each value against 0; 1 where there is no spread to test with."""
    good = (se > 0) & (df > 0)
    t = np.abs(value) / np.where(good, se, 1.0)
    return np.where(good, 2 * stdtr(max(df, 1e-9), -t), 1.0)


def wald(values: Numbers, covariance: Numbers, units: int) -> float:
    """p of Hotelling's test that all `values` are 0, on `units` independent units; 1 with too few.

    Source: Hotelling (1931); W = vᵀC⁻¹v, W·(m−q)/(q(m−1)) ~ F(q, m−q).
    """
    size = len(values)
    if units <= size:
        return 1.0
    statistic = float(values @ np.linalg.pinv(covariance, hermitian=True) @ values)
    return float(fdtrc(size, units - size, statistic * (units - size) / (size * (units - 1))))


def _inverse(curvature: Numbers) -> Numbers:
    scale = np.sqrt(np.diag(curvature))
    if (scale <= 0).any() or not np.isfinite(scale).all():
        raise CollinearDriversError()
    values, vectors = np.linalg.eigh(curvature / np.outer(scale, scale))
    if values[0] < _COLLINEAR:
        raise CollinearDriversError()
    return np.asarray((vectors / values) @ vectors.T / np.outer(scale, scale))
