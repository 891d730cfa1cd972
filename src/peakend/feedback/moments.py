"""From sufficient statistics of many cells to values, errors and intervals, all cells at once.

A measure gives every answer a number y: +1, 0, −1 for NPS, 0 or 1 for a share, the score itself for a mean.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.intervals import mean_interval, nps_interval, wilson
from peakend.feedback.weighting import design_size, kish_size, linearised_variance

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
Kind = Literal["nps", "share", "mean"]

POINTS: dict[Kind, float] = {"nps": 100.0, "share": 1.0, "mean": 1.0}


@dataclass(frozen=True, slots=True)
class Moments:
    """Sufficient statistics of one measure, one entry a cell.

    n, y, yy: answers, Σy, Σy². alike: every y of the cell is the same. weighted_n, w, w2, wy, wyy: answers
    with a weight, Σw, Σw², Σwy, Σwy² (w = 1 where the survey has no weights). units: clusters, or answers
    where there are none; ww, wy_units, yy_units: ΣW², ΣWY, ΣY² over them, W and Y being a unit's sums of w
    and wy. weighted, clustered: what the sample design has.
    """

    n: Numbers
    y: Numbers
    yy: Numbers
    alike: Flags
    weighted_n: Numbers
    w: Numbers
    w2: Numbers
    wy: Numbers
    wyy: Numbers
    units: Numbers
    ww: Numbers
    wy_units: Numbers
    yy_units: Numbers
    weighted: Flags
    clustered: Flags


@dataclass(frozen=True, slots=True)
class Estimates:
    """What is known of every cell, in the measure's unit (NPS points, share, scale points); NaN: not known.

    value … high: every answer counting once, as a simple random sample. weighted_…: with weights and
    clusters, NaN where the design has neither. up, down: shares of y > 0 and y < 0 (NPS), unweighted.
    size, df, best, best_se, best_up, best_down: what comparisons use, design-based where there is a design:
    the size of a simple random sample as precise, degrees of freedom, value, standard error, shares.
    """

    n: Numbers
    value: Numbers
    low: Numbers
    high: Numbers
    se: Numbers
    up: Numbers
    down: Numbers
    effective_n: Numbers
    units: Numbers
    weighted_value: Numbers
    weighted_low: Numbers
    weighted_high: Numbers
    weighted_se: Numbers
    no_variance: Flags
    size: Numbers
    df: Numbers
    best: Numbers
    best_se: Numbers
    best_up: Numbers
    best_down: Numbers

    def take(self, rows: NDArray[np.int64]) -> Estimates:
        """The estimates of the cells `rows`, in that order."""
        return Estimates(*(getattr(self, field.name)[rows] for field in fields(self)))


def moments_of_answers(y: Numbers, weights: Numbers | None, clusters: NDArray[np.int64] | None) -> Moments:
    """Moments of one cell from its answers; clusters are codes from 0."""
    w = np.ones_like(y) if weights is None else weights
    codes = np.arange(len(y)) if clusters is None else clusters
    unit_w, unit_wy = np.bincount(codes, w, minlength=1), np.bincount(codes, w * y, minlength=1)

    def one(number: float) -> Numbers:
        return np.array([number], dtype=float)

    return Moments(
        n=one(len(y)),
        y=one(y.sum()),
        yy=one((y * y).sum()),
        alike=np.array([len(y) > 0 and bool((y == y[0]).all())]),
        weighted_n=one(len(y)),
        w=one(w.sum()),
        w2=one((w * w).sum()),
        wy=one((w * y).sum()),
        wyy=one((w * y * y).sum()),
        units=one(len(np.unique(codes))),
        ww=one((unit_w**2).sum()),
        wy_units=one((unit_w * unit_wy).sum()),
        yy_units=one((unit_wy**2).sum()),
        weighted=np.array([weights is not None]),
        clustered=np.array([clusters is not None]),
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """Answers counted, one entry a (cell, score); `y` is the measure's number for the score.

    weighted_n, w, w2: answers with a weight, Σw, Σw²; equal to n where the survey has no weights. weighted,
    clustered: whether the survey has weights and clusters. Unit sums of clustered entries come from
    `UnitSums`.
    """

    cell: NDArray[np.int64]
    y: Numbers
    n: Numbers
    weighted_n: Numbers
    w: Numbers
    w2: Numbers
    weighted: Flags
    clustered: Flags


@dataclass(frozen=True, slots=True)
class UnitSums:
    """Sums over clusters, one entry a part of a cell: how many clusters, ΣW², ΣWY, ΣY² (as in `Moments`)."""

    cell: NDArray[np.int64]
    units: Numbers
    ww: Numbers
    wy: Numbers
    yy: Numbers


def moments_of_counts(counts: Counts, clusters: UnitSums, cells: int) -> Moments:
    """Moments of `cells` cells; an answer outside clusters is a unit of its own."""

    def total(x: Numbers, cell: NDArray[np.int64] = counts.cell) -> Numbers:
        return np.bincount(cell, x, minlength=cells).astype(float)

    def units(single: Numbers, clustered: Numbers) -> Numbers:
        return total(np.where(counts.clustered, 0.0, single)) + total(clustered, clusters.cell)

    y, w, w2 = counts.y, counts.w, counts.w2
    top, bottom = np.full(cells, -np.inf), np.full(cells, np.inf)
    np.maximum.at(top, counts.cell, y)
    np.minimum.at(bottom, counts.cell, y)
    return Moments(
        n=total(counts.n),
        y=total(counts.n * y),
        yy=total(counts.n * y * y),
        alike=top == bottom,
        weighted_n=total(counts.weighted_n),
        w=total(w),
        w2=total(w2),
        wy=total(w * y),
        wyy=total(w * y * y),
        units=units(counts.weighted_n, clusters.units),
        ww=units(w2, clusters.ww),
        wy_units=units(w2 * y, clusters.wy),
        yy_units=units(w2 * y * y, clusters.yy),
        weighted=total(counts.weighted.astype(float)) > 0,
        clustered=total(counts.clustered.astype(float)) > 0,
    )


def estimates(
    m: Moments, kind: Kind, confidence: float = 0.95, scale: tuple[Numbers, Numbers] | None = None
) -> Estimates:
    """Values, errors and intervals of every cell; `scale` (lowest, highest) clamps the interval of a mean."""
    limits = scale or (np.full_like(m.n, -np.inf), np.full_like(m.n, np.inf))
    with np.errstate(divide="ignore", invalid="ignore"):
        plain = _plain(m, kind, confidence, limits)
        design = _design(m, kind, confidence, limits)
    has_design = m.weighted | m.clustered
    best = {name: np.where(has_design, design[name], plain[name]) for name in plain}
    points = POINTS[kind]
    hidden = np.where(has_design, 1.0, np.nan)
    return Estimates(
        n=m.n,
        value=points * plain["value"],
        low=plain["low"],
        high=plain["high"],
        se=points * plain["se"],
        up=plain["up"],
        down=plain["down"],
        effective_n=np.where(m.weighted, kish_size(m.w, m.w2), m.n),
        units=np.where(m.clustered, m.units, np.nan),
        weighted_value=points * design["value"] * hidden,
        weighted_low=design["low"] * hidden,
        weighted_high=design["high"] * hidden,
        weighted_se=points * design["se"] * hidden,
        no_variance=m.alike & (m.n > 0),
        size=best["size"],
        df=best["df"],
        best=points * best["value"],
        best_se=points * best["se"],
        best_up=best["up"],
        best_down=best["down"],
    )


def _plain(m: Moments, kind: Kind, confidence: float, limits: tuple[Numbers, Numbers]) -> dict[str, Numbers]:
    n = np.where(m.n > 0, m.n, np.nan)
    mean, square = m.y / n, m.yy / n
    variance = np.where(m.alike, 0.0, np.maximum(square - mean**2, 0))
    divisor = np.where(n > 1, n - 1, np.nan) if kind == "mean" else n
    se = np.sqrt(variance / divisor)
    return _with_interval(kind, mean, square, se, n, n - 1, confidence, limits)


def _design(m: Moments, kind: Kind, confidence: float, limits: tuple[Numbers, Numbers]) -> dict[str, Numbers]:
    w = np.where(m.w > 0, m.w, np.nan)
    mean, square = m.wy / w, m.wyy / w
    variance = np.where(m.alike, 0.0, np.maximum(square - mean**2, 0))
    found = np.sqrt(linearised_variance(mean, m.w, m.units, m.ww, m.wy_units, m.yy_units))
    se = np.where(m.alike, np.where(m.units > 1, 0.0, np.nan), found)
    kish = kish_size(m.w, m.w2)
    size = design_size(variance, se, m.weighted_n, m.units, kish, confidence)
    return _with_interval(kind, mean, square, se, size, m.units - 1, confidence, limits)


def _with_interval(
    kind: Kind,
    mean: Numbers,
    square: Numbers,
    se: Numbers,
    size: Numbers,
    df: Numbers,
    confidence: float,
    limits: tuple[Numbers, Numbers],
) -> dict[str, Numbers]:
    up, down = (square + mean) / 2, (square - mean) / 2
    if kind == "nps":
        low, high = nps_interval(up, down, size, confidence)
    elif kind == "share":
        low, high = wilson(mean, size, confidence)
    else:
        low, high = mean_interval(mean, se, df, confidence, limits)
    found = {"value": mean, "se": se, "low": low, "high": high}
    return {**found, "up": up, "down": down, "size": size, "df": df}
