"""Sums of item means where respondents skip items: value, error and interval of each sum, by linearisation.

A mean over those who answered is a ratio, Σw·x / Σw. Its influence of respondent i is wᵢ(xᵢ − x̄) / Σw, and
that of a sum Σ c·x̄ is the sum of the influences: summed within clusters, their squares give its variance.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from peakend.feedback.intervals import t_quantile

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sums:
    """One entry a sum; NaN where nothing is known. n: respondents with an answer in it; df: units − 1."""

    value: Numbers
    se: Numbers
    low: Numbers
    high: Numbers
    df: Numbers
    p: Numbers
    n: Codes

    def take(self, rows: slice) -> Sums:
        """Only `rows`."""
        return Sums(*(getattr(self, field.name)[rows] for field in fields(self)))


def sums_of_means(
    scores: Numbers,
    coefficients: Numbers,
    weight: Numbers,
    cluster: Codes,
    confidence: float = 0.95,
    limits: tuple[float, float] = (-np.inf, np.inf),
) -> Sums:
    """`coefficients` (k × p) times the means of `scores` (n × p, NaN: skipped), with Student's t intervals.

    se and p (two-sided, of a sum against 0) are NaN with fewer than two units or without any variation. A
    sum with an item that nobody answered is NaN. With complete answers of equal weight this is the mean of
    the respondents' own sums with s/√n.
    Source: Wolter (2007), Introduction to Variance Estimation, 2nd ed., chapter 6.
    """
    answered = ~np.isnan(scores) & (weight > 0)[:, None]
    filled = np.where(answered, scores, 0.0)
    total = answered.T @ weight
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = filled.T @ weight / np.where(total > 0, total, np.nan)
    used = coefficients != 0
    value = np.where(used, coefficients * mean, 0.0).sum(axis=1)
    residual = np.where(answered, scores - mean, 0.0) * weight[:, None]
    influence = (residual / np.where(total > 0, total, 1.0)) @ coefficients.T
    involved = (answered.astype(float) @ used.T.astype(float)) > 0
    units = _units(involved, cluster)
    spread = _by_cluster(influence, cluster)
    correction = units / np.where(units > 1, units - 1, np.nan)
    se = np.sqrt(correction * (spread**2).sum(axis=0))
    # What rounding leaves of answers that are all alike is no variation.
    se = np.where(se > 1e-10 * np.maximum(1.0, np.abs(value)), se, np.nan)
    half = t_quantile(confidence, units - 1) * se
    p = 2 * stdtr(np.where(units > 1, units - 1, np.nan), -np.abs(value / se))
    return Sums(
        value=value,
        se=se,
        low=np.maximum(value - half, limits[0]),
        high=np.minimum(value + half, limits[1]),
        df=units - 1,
        p=p,
        n=involved.sum(axis=0).astype(np.int64),
    )


def _by_cluster(rows: Numbers, cluster: Codes) -> Numbers:
    order = np.argsort(cluster, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(cluster[order]) != 0])
    if len(starts) >= len(cluster):
        return rows
    return np.asarray(np.add.reduceat(rows[order], starts, axis=0))


def _units(involved: NDArray[np.bool_], cluster: Codes) -> Numbers:
    """How many clusters have somebody in each sum."""
    return np.asarray((_by_cluster(involved.astype(float), cluster) > 0).sum(axis=0), dtype=float)
