"""Drivers by segment, each segment leaning on all: slopes that shrink to the common ones as far as they
should.

Every segment has a regression of its own. A driver's slopes over the segments are taken to scatter around a
common slope with a variance that the data give (τ²); what a segment shows beyond its own error is kept, the
rest is pulled in. Whether slopes differ at all is tested before anything is called different.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.comparison import holm
from peakend.feedback.drivers.errors import TooFewAnswersError
from peakend.feedback.drivers.regression import clustered, least_squares, two_sided, wald
from peakend.feedback.drivers.sample import Sample, Values, read_sample
from peakend.feedback.drivers.skipped import filled, pairwise_moments
from peakend.feedback.intervals import normal_quantile
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]

ROWS_A_DRIVER = 5
DRAWS = 400
TRIED = 101


@dataclass(frozen=True, slots=True)
class SegmentDrivers:
    """Drivers by segment: s segments × p drivers.

    segments: the labels; left_out: those with fewer than 5 rows a driver. slope: of each segment alone;
    common: the mean slope (p) and common_se; pooled, pooled_low, pooled_high: slopes after partial pooling;
    kept: how much of a segment's own deviation is kept, 0 (all common) to 1. share, low, high: shares of what
    the drivers explain in the segment, by Johnson's weights on the pooled slopes. tau: standard deviation of
    true slopes between segments (p). p, adjusted_p: of equal slopes in all segments, by driver (Holm over
    drivers); deviation_p, deviation_adjusted_p: of a segment's slope against that of all the others together
    (Holm over all s·p).
    """

    names: tuple[str, ...]
    segments: tuple[str, ...]
    left_out: tuple[str, ...]
    n: Codes
    slope: Numbers
    common: Numbers
    common_se: Numbers
    tau: Numbers
    pooled: Numbers
    pooled_low: Numbers
    pooled_high: Numbers
    kept: Numbers
    share: Numbers
    low: Numbers
    high: Numbers
    p: Numbers
    adjusted_p: Numbers
    deviation_p: Numbers
    deviation_adjusted_p: Numbers


def drivers_by_segment(
    drivers: Values,
    outcome: Values,
    segments: Sequence[object],
    weights: Values = None,
    clusters: Values = None,
    *,
    confidence: float = 0.95,
    seed: int = 1,
) -> SegmentDrivers:
    """Slopes and shares of `drivers` (n × p) on `outcome` (n) in each of `segments` (n labels; None: in
    none).

    Slopes are per point of the driver. Skipped answers are filled from the respondent's others, by what holds
    over all segments. Errors are robust, within clusters also across segments. Intervals of shares come from
    `DRAWS` draws of the pooled slopes; the same seed gives the same numbers.
    Raises `TooFewAnswersError` where fewer than two segments have 5 rows a driver, `CollinearDriversError`,
    the errors of `sample.read_sample`.
    Source: Efron & Morris (1975), JASA 70(350) (shrinkage); Viechtbauer (2005), Journal of Educational and
    Behavioral Statistics 30(3), pp. 261–293 (τ² by REML); Johnson (2000), Multivariate Behavioral Research
    35(1), pp. 1–19 (weights).
    """
    sample, label = _with_segments(drivers, outcome, segments, weights, clusters)
    whole = filled(sample.drivers, sample.weight)
    listed = sorted(set(label.tolist()))
    needed = ROWS_A_DRIVER * (len(sample.names) + 1)
    used = [name for name in listed if (label == name).sum() >= needed]
    if len(used) < 2:
        raise TooFewAnswersError(
            Text(
                f"Only {len(used)} segments have the {needed} respondents that so many drivers need.",
                f"{len(sample.names)} 个驱动项需要每个分群有 {needed} 位应答者，仅 {len(used)} 个分群达到。",
            ),
            Text("Use fewer drivers or larger segments.", "请减少驱动项，或合并分群。"),
            n=len(used),
            needed=needed,
        )
    fits = _Stacked.of(sample, whole, [label == name for name in used])
    pooled = [_pooled(fits.slope[:, j], fits.block(j)) for j in range(len(sample.names))]
    deviation = _deviations(fits, sample.units)
    equal = np.array(
        [_equal(fits.slope[:, j], fits.block(j), sample.units) for j in range(len(sample.names))]
    )
    mean = np.column_stack([one.mean for one in pooled])
    se = np.column_stack([one.se for one in pooled])
    z = normal_quantile(confidence)
    share, low, high = _shares(fits, mean, se, confidence, seed)
    return SegmentDrivers(
        names=sample.names,
        segments=tuple(used),
        left_out=tuple(name for name in listed if name not in used),
        n=np.array([(label == name).sum() for name in used], dtype=np.int64),
        slope=fits.slope,
        common=np.array([one.common for one in pooled]),
        common_se=np.array([one.common_se for one in pooled]),
        tau=np.array([one.tau for one in pooled]),
        pooled=mean,
        pooled_low=mean - z * se,
        pooled_high=mean + z * se,
        kept=np.column_stack([one.kept for one in pooled]),
        share=share,
        low=low,
        high=high,
        p=equal,
        adjusted_p=holm(equal)[0],
        deviation_p=deviation,
        deviation_adjusted_p=holm(deviation.reshape(-1))[0].reshape(deviation.shape),
    )


def _with_segments(
    drivers: Values, outcome: Values, segments: Sequence[object], weights: Values, clusters: Values
) -> tuple[Sample, NDArray[np.str_]]:
    """The sample of those in a segment, and the label of each row of it."""
    named = [None if s is None or s != s else str(s) for s in segments]
    inside = np.array([s is not None for s in named], dtype=float)
    weight = np.ones(len(named)) if weights is None else np.asarray(weights, dtype=float)
    # A weight of 0 leaves a row out; whoever is in no segment gets it.
    sample = read_sample(drivers, outcome, weight * inside, clusters)
    return sample, np.array([named[row] for row in sample.rows], dtype=np.str_)


@dataclass(frozen=True, slots=True)
class _Stacked:
    """Slopes of every segment (s × p), their joint covariance (s·p square) and the spread of the drivers."""

    slope: Numbers
    covariance: Numbers
    spread: tuple[Numbers, ...]

    @classmethod
    def of(cls, sample: Sample, whole: Numbers, inside: Sequence[NDArray[np.bool_]]) -> _Stacked:
        size = len(sample.names)
        influence = np.zeros((len(sample), size * len(inside)))
        slopes, spread = [], []
        for place, rows in enumerate(inside):
            fit = least_squares(whole[rows], sample.outcome[rows], sample.weight[rows])
            slopes.append(fit.coefficients[:-1])
            influence[np.ix_(np.flatnonzero(rows), np.arange(place * size, (place + 1) * size))] = (
                fit.influence[:, :-1]
            )
            spread.append(pairwise_moments(whole[rows], sample.weight[rows])[1])
        return cls(np.array(slopes), clustered(influence, sample.cluster), tuple(spread))

    def block(self, driver: int) -> Numbers:
        """Covariance of one driver's slopes between segments (s × s)."""
        places = np.arange(len(self.slope)) * self.slope.shape[1] + driver
        return np.asarray(self.covariance[np.ix_(places, places)])

    def errors(self, segment: int) -> Numbers:
        """Covariance of one segment's slopes between drivers (p × p)."""
        size = self.slope.shape[1]
        own = slice(segment * size, (segment + 1) * size)
        return np.asarray(self.covariance[own, own])


@dataclass(frozen=True, slots=True)
class _Pooled:
    common: float
    common_se: float
    tau: float
    mean: Numbers
    se: Numbers
    kept: Numbers


def _pooled(slope: Numbers, errors: Numbers) -> _Pooled:
    """One driver's slopes (s) with known error covariance: τ² by REML, then what is left of each deviation.

    In the axes of the errors V + τ²I is diagonal, so that many τ are tried at once.
    """
    values, axes = np.linalg.eigh(errors)
    turned, ones = axes.T @ slope, axes.T @ np.ones(len(slope))
    widest = float(np.ptp(slope)) + float(np.sqrt(np.diag(errors).max()))
    tau = _most_likely(np.linspace(0.0, widest, TRIED), values, turned, ones)
    step = widest / (TRIED - 1)
    tau = _most_likely(np.linspace(max(tau - step, 0.0), tau + step, TRIED), values, turned, ones)
    precision = 1 / (np.maximum(values, 0) + tau**2)
    information = float(ones**2 @ precision)
    common = float(ones * precision @ turned) / information
    keep = (axes * (tau**2 * precision)) @ axes.T
    pull = 1 - keep.sum(axis=1)
    variance = tau**2 * (1 - np.diag(keep)) + pull**2 / information
    return _Pooled(
        common,
        float(np.sqrt(1 / information)),
        tau,
        common + keep @ (slope - common),
        np.sqrt(np.maximum(variance, 0)),
        np.diag(keep),
    )


def _most_likely(taus: Numbers, values: Numbers, slope: Numbers, ones: Numbers) -> float:
    """The τ of `taus` with the largest restricted likelihood (the smallest of those that are alike)."""
    precision = 1 / (np.maximum(values, 1e-300) + taus[:, None] ** 2)
    information = precision @ ones**2
    common = (precision @ (ones * slope)) / information
    rest = ((slope - common[:, None] * ones) ** 2 * precision).sum(axis=1)
    return float(taus[np.argmin(-np.log(precision).sum(axis=1) + np.log(information) + rest)])


def _equal(slope: Numbers, errors: Numbers, units: int) -> float:
    """p that a driver's slope is the same in all segments."""
    contrast = np.column_stack([-np.ones(len(slope) - 1), np.eye(len(slope) - 1)])
    return wald(contrast @ slope, contrast @ errors @ contrast.T, units)


def _deviations(fits: _Stacked, units: int) -> Numbers:
    """p that a segment's slope is that of the others together (s × p)."""
    count, size = fits.slope.shape
    found = np.empty((count, size))
    for driver in range(size):
        errors = fits.block(driver)
        precision = 1 / np.maximum(np.diag(errors), 1e-300)
        contrast = -np.tile(precision, (count, 1))
        np.fill_diagonal(contrast, 0.0)
        contrast /= -contrast.sum(axis=1, keepdims=True)
        np.fill_diagonal(contrast, 1.0)
        se = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", contrast, errors, contrast), 0))
        found[:, driver] = two_sided(contrast @ fits.slope[:, driver], se, float(units - 1))
    return found


def _shares(
    fits: _Stacked, mean: Numbers, se: Numbers, confidence: float, seed: int
) -> tuple[Numbers, Numbers, Numbers]:
    """Johnson's weights of the pooled slopes as shares, and their quantiles over draws of those slopes."""
    random = np.random.default_rng(seed)
    count, size = mean.shape
    normal = random.standard_normal((DRAWS, size))
    tail = (1 - confidence) / 2
    share, low, high = np.empty((count, size)), np.empty((count, size)), np.empty((count, size))
    for place in range(count):
        errors = fits.errors(place)
        own = np.sqrt(np.maximum(np.diag(errors), 1e-300))
        # Errors of drivers that go together are related; pooling changes their size, not their relation.
        root = _square_root(errors / np.outer(own, own))
        drawn = mean[place] + (normal @ root) * se[place]
        share[place] = _johnson(mean[place][None, :], fits.spread[place])[0]
        low[place], high[place] = np.quantile(_johnson(drawn, fits.spread[place]), (tail, 1 - tail), axis=0)
    return share, np.minimum(low, share), np.maximum(high, share)


def _johnson(slopes: Numbers, covariance: Numbers) -> Numbers:
    """Shares of explained variance for each row of `slopes` (b × p) on drivers with this covariance."""
    deviation = np.sqrt(np.diag(covariance))
    root = _square_root(covariance / np.outer(deviation, deviation))
    raw = ((slopes * deviation) @ root) ** 2 @ root**2
    total = raw.sum(axis=1, keepdims=True)
    return np.asarray(np.where(total > 0, raw / np.where(total > 0, total, 1.0), 1 / slopes.shape[1]))


def _square_root(correlation: Numbers) -> Numbers:
    values, vectors = np.linalg.eigh(correlation)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T)
