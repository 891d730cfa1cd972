"""Penalty and reward: what a poor experience of a part takes away, and what an excellent one adds.

The outcome is regressed on two dummies a driver, poor and top performance, against what lies between. A part
that only takes away is basic, one that only adds is exciting; a straight line is neither. Association only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.comparison import holm
from peakend.feedback.drivers.bands import band_limits
from peakend.feedback.drivers.regression import clustered, least_squares, two_sided, wald
from peakend.feedback.drivers.sample import Sample, Values, read_sample
from peakend.feedback.drivers.skipped import filled
from peakend.feedback.intervals import t_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.feedback.scales import Scale

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]
Role = Literal["basic", "performance", "excitement", "indifferent", "cannot_tell"]

# An effect below a fifth of the outcome's standard deviation is small (Cohen 1988).
SMALL = 0.2


@dataclass(frozen=True, slots=True)
class Asymmetry:
    """Penalties and rewards, one entry a driver, in points of the outcome.

    penalty: mean outcome of poor less that of middling performance, others equal (negative where it hurts);
    reward: of top less middling. Each with its interval; NaN where fewer than `minimum` gave such scores.
    p: of both being 0; adjusted_p: after Holm over the drivers. tilt: slope per driver point below the middle
    less that above; tilt_p, tilt_adjusted_p: of no tilt (0: a straight line). index: (reward − |penalty|) /
    (reward + |penalty|) between −1 and 1, NaN where an effect points the wrong way. role: see `roles`.
    """

    names: tuple[str, ...]
    n: int
    r2: float
    poor_to: Numbers
    top_from: Numbers
    poor_n: Codes
    top_n: Codes
    penalty: Numbers
    penalty_low: Numbers
    penalty_high: Numbers
    reward: Numbers
    reward_low: Numbers
    reward_high: Numbers
    p: Numbers
    adjusted_p: Numbers
    tilt: Numbers
    tilt_p: Numbers
    tilt_adjusted_p: Numbers
    index: Numbers
    roles: tuple[Role, ...]


def asymmetry(
    drivers: Values,
    outcome: Values,
    weights: Values = None,
    clusters: Values = None,
    *,
    scales: Sequence[Scale] | None = None,
    poor_to: Values = None,
    top_from: Values = None,
    minimum: int = 20,
    confidence: float = 0.95,
    alpha: float = 0.05,
) -> Asymmetry:
    """Penalty–reward contrast analysis of `drivers` (n × p, NaN where skipped) on `outcome` (n).

    scales: (low, high) of each driver, else the range of its answers; poor_to, top_from: the limits of the
    two bands where they are not those of `bands.bands`. Intervals and tests use clusters and weights.

    A role needs evidence: basic and excitement a significant tilt (Holm), performance both effects
    significant without a tilt shown, indifferent both effects shown to be smaller than `SMALL` standard
    deviations of the outcome (two one-sided tests); else `cannot_tell`. The tilt is judged per point of the
    driver, so that a straight line has none whatever the width of the bands.
    Raises the errors of `sample.read_sample`, `CollinearDriversError`.
    Source: Brandt (1987), in Surprenant (ed.), Add Value to Your Service, AMA; Mikulić & Prebežac (2011),
    Managing Service Quality 21(1), pp. 46–66, eqs. of the impact-asymmetry index.
    """
    sample = read_sample(drivers, outcome, weights, clusters)
    low, high = band_limits(sample.drivers, list(scales) if scales is not None else None)
    low = low if poor_to is None else np.broadcast_to(np.asarray(poor_to, dtype=float), low.shape)
    high = high if top_from is None else np.broadcast_to(np.asarray(top_from, dtype=float), high.shape)
    bands = _Bands.of(sample, low, high, minimum)
    fit = least_squares(bands.dummies(sample), sample.outcome, sample.weight)
    covariance = clustered(fit.influence, sample.cluster)[:-1, :-1]
    return _judged(
        sample, bands, fit.coefficients[:-1], covariance, _r2(sample, fit.fitted), confidence, alpha
    )


@dataclass(frozen=True, slots=True)
class _Bands:
    """Who is in which band of each driver, and which of the 2p dummies (poor first) have enough answers."""

    low: Numbers
    high: Numbers
    poor: Flags
    top: Flags
    poor_enough: Flags
    top_enough: Flags
    below: Numbers
    above: Numbers

    @classmethod
    def of(cls, sample: Sample, low: Numbers, high: Numbers, minimum: int) -> _Bands:
        scores = sample.drivers
        known = ~np.isnan(scores)
        poor, top = known & (scores <= low), known & (scores >= high)
        middle = known & ~poor & ~top
        # Without enough in the middle there is nothing to compare the ends with.
        base = middle.sum(axis=0) >= minimum
        centre = _means(scores, middle)
        return cls(
            low,
            high,
            poor,
            top,
            base & (poor.sum(axis=0) >= minimum),
            base & (top.sum(axis=0) >= minimum),
            centre - _means(scores, poor),
            _means(scores, top) - centre,
        )

    @property
    def used(self) -> Flags:
        return np.concatenate([self.poor_enough, self.top_enough])

    def dummies(self, sample: Sample) -> Numbers:
        """The dummies that are estimated; a driver without any enters as it is, so that others are
        adjusted.
        """
        skipped = np.isnan(sample.drivers)
        both = np.column_stack([self.poor, self.top]).astype(float)
        both[np.column_stack([skipped, skipped])] = np.nan
        plain = ~(self.poor_enough | self.top_enough)
        return filled(np.column_stack([both[:, self.used], sample.drivers[:, plain]]), sample.weight)


def _means(scores: Numbers, rows: Flags) -> Numbers:
    count = rows.sum(axis=0)
    return np.asarray(np.where(rows, scores, 0.0).sum(axis=0) / np.where(count > 0, count, np.nan))


def _judged(
    sample: Sample,
    bands: _Bands,
    found: Numbers,
    covariance: Numbers,
    r2: float,
    confidence: float,
    alpha: float,
) -> Asymmetry:
    size, used = len(sample.names), bands.used
    effect, full = np.full(2 * size, np.nan), np.zeros((2 * size, 2 * size))
    effect[used] = found[: used.sum()]
    full[np.ix_(used, used)] = covariance[: used.sum(), : used.sum()]
    df = float(sample.units - 1)
    se = np.sqrt(np.diag(full))
    half = float(t_quantile(confidence, df)) * np.where(used, se, np.nan)
    penalty, reward = effect[:size], effect[size:]
    joint = np.array([_joint(place, size, used, effect, full, sample.units) for place in range(size)])
    slopes = _tilt(bands, size, full, penalty, reward)
    tilt_p = np.where(np.isnan(slopes[0]), np.nan, two_sided(np.nan_to_num(slopes[0]), slopes[1], df))
    adjusted, tilt_adjusted = holm(joint)[0], holm(tilt_p)[0]
    single = two_sided(np.nan_to_num(effect), se, df)
    small = _shown_small(effect, se, df, _deviation(sample), alpha)
    roles = tuple(
        _role(
            penalty[i],
            reward[i],
            (bool(single[i] <= alpha), bool(single[size + i] <= alpha)),
            bool(adjusted[i] <= alpha),
            float(slopes[0][i]) if tilt_adjusted[i] <= alpha else 0.0,
            bool(small[i] and small[size + i]),
        )
        for i in range(size)
    )
    proper = (penalty <= 0) & (reward >= 0) & (reward - penalty > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        index = np.where(proper, (reward + penalty) / (reward - penalty), np.nan)
    low, high = effect - half, effect + half
    return Asymmetry(
        names=sample.names,
        n=len(sample),
        r2=r2,
        poor_to=bands.low,
        top_from=bands.high,
        poor_n=bands.poor.sum(axis=0),
        top_n=bands.top.sum(axis=0),
        penalty=penalty,
        penalty_low=low[:size],
        penalty_high=high[:size],
        reward=reward,
        reward_low=low[size:],
        reward_high=high[size:],
        p=joint,
        adjusted_p=adjusted,
        tilt=slopes[0],
        tilt_p=tilt_p,
        tilt_adjusted_p=tilt_adjusted,
        index=index,
        roles=roles,
    )


def _joint(place: int, size: int, used: Flags, effect: Numbers, full: Numbers, units: int) -> float:
    """p that neither end of one driver matters; NaN where neither is estimated."""
    own = [column for column in (place, size + place) if used[column]]
    return wald(effect[own], full[np.ix_(own, own)], units) if own else float("nan")


def _tilt(
    bands: _Bands, size: int, full: Numbers, penalty: Numbers, reward: Numbers
) -> tuple[Numbers, Numbers]:
    """Slope below the middle less slope above, per point of the driver, and its standard error."""
    tilt = -penalty / bands.below - reward / bands.above
    places = np.arange(size)
    variance = (
        full[places, places] / bands.below**2
        + full[places + size, places + size] / bands.above**2
        + 2 * full[places, places + size] / (bands.below * bands.above)
    )
    return tilt, np.sqrt(np.maximum(np.nan_to_num(variance), 0.0))


def _shown_small(effect: Numbers, se: Numbers, df: float, spread: float, alpha: float) -> Flags:
    """Whether each effect lies within ± SMALL·spread by two one-sided tests (Schuirmann 1987)."""
    reach = np.abs(effect) + float(t_quantile(1 - 2 * alpha, df)) * se
    return np.asarray(np.nan_to_num(reach, nan=np.inf) < SMALL * spread)


def _role(
    penalty: float, reward: float, each: tuple[bool, bool], any_effect: bool, tilt: float, small: bool
) -> Role:
    hurts, lifts = each[0] and penalty < 0, each[1] and reward > 0
    if (each[0] and penalty > 0) or (each[1] and reward < 0):
        # An end that works the wrong way speaks of the other drivers, not of this one.
        return "cannot_tell"
    if any_effect and tilt > 0 and hurts:
        return "basic"
    if any_effect and tilt < 0 and lifts:
        return "excitement"
    if any_effect and hurts and lifts and tilt == 0:
        return "performance"
    return "indifferent" if small else "cannot_tell"


def _deviation(sample: Sample) -> float:
    mean = np.average(sample.outcome, weights=sample.weight)
    return float(np.sqrt(np.average((sample.outcome - mean) ** 2, weights=sample.weight)))


def _r2(sample: Sample, fitted: Numbers) -> float:
    rest = np.average((sample.outcome - fitted) ** 2, weights=sample.weight)
    return float(1 - rest / _deviation(sample) ** 2)
