"""Raking and post-stratification: weights under which the sample has the margins of its population.

>>> found = rake({"sex": ["f", "f", "f", "m"]}, {"sex": {"f": 0.5, "m": 0.5}})
>>> found.weights.round(3).tolist()
[0.667, 0.667, 0.667, 2.0]
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peakend.errors import PeakendError
from peakend.feedback.weighting import kish_size
from peakend.language import Text

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]
Labels = Sequence[Any] | NDArray[Any]
Population = Mapping[str, float]

UNKNOWN = -1


class CalibrationError(PeakendError):
    """Margins, population and respondents do not fit together. `data` says what: segmentation, segments."""

    code: ClassVar[str] = "feedback.calibration"


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights and how well they do.

    weights: one a respondent, Σ equal to the number of respondents. converged: every margin met within the
    tolerance; largest_gap: the largest difference left between a weighted and a population share (0 to 1).
    effective_n: Kish's size; design_effect: n / effective_n. trimmed: respondents whose weight was cut.
    """

    weights: Numbers
    converged: bool
    iterations: int
    largest_gap: float
    effective_n: float
    design_effect: float
    trimmed: int


def post_stratify(
    strata: Labels, population: Population, base: ArrayLike | None = None, trim: float = math.inf
) -> Calibration:
    """Weights that give every stratum its share of the population: N_h / N · n / n_h.

    strata: a label a respondent; None and NaN are unknown and keep their own share. population: people or
    shares by label. base: weights to start from. Raises `CalibrationError`.
    Source: Holt & Smith (1979), Journal of the Royal Statistical Society A 142(1), pp. 33–46.
    """
    return rake({"strata": strata}, {"strata": population}, base, trim)


def rake(
    margins: Mapping[str, Labels],
    populations: Mapping[str, Population],
    base: ArrayLike | None = None,
    trim: float = math.inf,
    tolerance: float = 1e-8,
    iterations: int = 500,
) -> Calibration:
    """Weights that meet several margins at once, by iterative proportional fitting.

    margins: for each segmentation a label a respondent; None and NaN are unknown and keep their own share of
    the weight. populations: for each of them people or shares by label. base: weights to start from (≥ 0).
    trim: the largest weight allowed, as a multiple of the mean; where it binds margins are met as nearly as
    it allows, and `largest_gap` says how nearly. Raises `CalibrationError`: a segment of the population with
    nobody in it, a label the population does not have, sizes that are not positive, different lengths.
    Source: Deming & Stephan (1940), Annals of Mathematical Statistics 11(4), pp. 427–444; convergence and
    the view as calibration: Deville, Särndal & Sautory (1993), JASA 88(423), pp. 1013–1020.
    """
    if not margins or set(margins) != set(populations):
        raise CalibrationError(
            Text(
                "Margins and populations must name the same segmentations, at least one.",
                "样本边际与总体边际须为相同的划分，且至少有一个。",
            ),
            segmentations=sorted({*margins} ^ {*populations}),
        )
    names = list(margins)
    sizes = {len(labels) for labels in margins.values()}
    if len(sizes) > 1 or trim <= 1:
        raise CalibrationError(
            Text(
                "Every margin needs one label a respondent, and trim lies above 1.",
                "每个划分须为每位应答者给出一个标签，且 trim 应大于 1。",
            )
        )
    start = _base(base, sizes.pop())
    coded = [_coded(name, margins[name], populations[name], start) for name in names]
    cells, place = np.unique(np.column_stack([codes for codes, _ in coded]), axis=0, return_inverse=True)
    place = place.reshape(-1)
    fitted = rake_cells(
        cells,
        np.bincount(place, start, minlength=len(cells)).astype(float),
        [shares for _, shares in coded],
        _cap(place, start, trim),
        tolerance,
        iterations,
    )
    weights = start * fitted.factor[place]
    weights *= len(weights) / weights.sum()
    size = float(kish_size(weights.sum(), (weights**2).sum()))
    return Calibration(
        weights=weights,
        converged=fitted.largest_gap <= max(tolerance, 1e-12),
        iterations=fitted.iterations,
        largest_gap=fitted.largest_gap,
        effective_n=size,
        design_effect=len(weights) / size,
        trimmed=int((fitted.cut[place] & (start > 0)).sum()),
    )


@dataclass(frozen=True, slots=True)
class Fitted:
    """What raking did to each cell: factor on its weight, and whether that was cut."""

    factor: Numbers
    cut: NDArray[np.bool_]
    iterations: int
    largest_gap: float


def rake_cells(
    cells: Codes,
    weight: Numbers,
    shares: Sequence[Numbers],
    largest_factor: Numbers,
    tolerance: float = 1e-8,
    iterations: int = 500,
) -> Fitted:
    """Iterative proportional fitting on cells of equal respondents.

    cells: k × margins, the code of each label, −1 unknown. weight: Σ of base weights a cell. shares: for each
    margin the population's share of each code, Σ = 1. largest_factor: no cell's weight grows by more.
    """
    total = weight.sum()
    targets = [
        share * (1 - weight[codes == UNKNOWN].sum() / total)
        for codes, share in zip(cells.T, shares, strict=True)
    ]
    factor = np.ones(len(weight))
    best_gap, stalled = math.inf, 0
    done = 0
    while done < iterations:
        done += 1
        for codes, target in zip(cells.T, targets, strict=True):
            known = codes != UNKNOWN
            now = np.bincount(codes[known], (weight * factor)[known], minlength=len(target)) / total
            step = np.divide(target, now, out=np.ones_like(now), where=now > 0)
            factor[known] *= step[codes[known]]
            factor *= total / (weight @ factor)
        factor = _capped(factor, weight, largest_factor)
        gap = _largest_gap(cells, weight * factor, targets)
        if gap <= tolerance:
            break
        # With a cap, or margins that contradict each other, the gap settles above the tolerance.
        stalled = stalled + 1 if gap > best_gap * (1 - 1e-6) else 0
        best_gap = min(best_gap, gap)
        if stalled >= 20:
            break
    return Fitted(factor, factor >= largest_factor * (1 - 1e-9), done, gap)


def _capped(factor: Numbers, weight: Numbers, largest: Numbers) -> Numbers:
    """No factor above its largest; what is cut off goes to the others, so that the total stays."""
    total = weight @ factor
    for _ in range(len(factor)):
        over = factor >= largest
        if not (factor > largest).any():
            break
        factor = np.minimum(factor, largest)
        free = weight[~over] @ factor[~over]
        if not free > 0:
            break
        factor = np.where(over, factor, factor * (total - weight[over] @ factor[over]) / free)
    return factor


def _largest_gap(cells: Codes, weight: Numbers, targets: Sequence[Numbers]) -> float:
    gaps = []
    for codes, target in zip(cells.T, targets, strict=True):
        known = codes != UNKNOWN
        now = np.bincount(codes[known], weight[known], minlength=len(target)) / weight.sum()
        gaps.append(float(np.abs(now - target).max(initial=0.0)))
    return max(gaps)


def _cap(place: Codes, start: Numbers, trim: float) -> Numbers:
    """The factor at which the heaviest respondent of a cell reaches `trim` times the mean weight."""
    heaviest = np.zeros(int(place.max(initial=-1)) + 1)
    np.maximum.at(heaviest, place, start)
    mean = start.mean()
    return np.where(heaviest > 0, np.maximum(trim * mean, heaviest) / np.maximum(heaviest, 1e-300), math.inf)


def _base(base: ArrayLike | None, size: int) -> Numbers:
    start = np.ones(size) if base is None else np.asarray(base, dtype=float)
    if start.shape != (size,) or not np.isfinite(start).all() or (start < 0).any() or not start.sum() > 0:
        raise CalibrationError(
            Text(
                "The base weights must be one number of 0 or more for every respondent, not all 0.",
                "基础权重须为每位应答者一个不小于 0 的数，且不全为 0；应答者不能为空。",
            ),
            respondents=size,
        )
    return start


def _coded(name: str, labels: Labels, population: Population, start: Numbers) -> tuple[Codes, Numbers]:
    """Codes in the order of the population's labels, and the population's shares."""
    known = list(population)
    number = {label: place for place, label in enumerate(known)}
    listed = labels.tolist() if hasattr(labels, "tolist") else list(labels)
    missing = [label is None or (isinstance(label, float) and math.isnan(label)) for label in listed]
    strange = sorted(
        {str(label) for label, gone in zip(listed, missing, strict=True) if not gone and label not in number}
    )
    sizes = np.array([population[label] for label in known], dtype=float)
    if strange or not len(known) or not (np.isfinite(sizes) & (sizes > 0)).all():
        raise CalibrationError(
            Text(
                f"The population of {name} lacks {', '.join(strange)}."
                if strange
                else f"The population of {name} needs sizes above 0.",
                f"划分“{name}”的总体中没有：{'、'.join(strange)}。"
                if strange
                else f"划分“{name}”的总体规模须大于 0。",
            ),
            Text(
                "Add their size to the population, or leave their label empty.",
                "请在总体中补充其规模，或将该标签置空。",
            ),
            segmentation=name,
            segments=strange,
        )
    codes = np.array(
        [UNKNOWN if gone else number[label] for label, gone in zip(listed, missing, strict=True)],
        dtype=np.int64,
    )
    counted = np.bincount(codes[codes >= 0], start[codes >= 0], minlength=len(known))
    empty = [label for label, weight in zip(known, counted, strict=True) if weight == 0]
    if empty:
        raise CalibrationError(
            Text(
                f"Nobody answered from {name} {', '.join(map(str, empty))}: no weight can stand in for them.",
                f"划分“{name}”中 {'、'.join(map(str, empty))} 无人作答：没有权重可以代替他们。",
            ),
            Text(
                "Join them with a neighbouring segment, or leave them out of the population and say so.",
                "请与相近的分群合并，或将其移出总体并加以说明。",
            ),
            segmentation=name,
            segments=empty,
        )
    return codes, sizes / sizes.sum()
