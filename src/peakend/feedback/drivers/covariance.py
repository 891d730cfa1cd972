"""Means and covariances of answers of which some were skipped: EM on the moments of answered patterns.

With nothing skipped the moments are those of the rows, exactly. Otherwise each response counts with what it
answered: the maximum-likelihood estimate of a multivariate normal, which stands where skipping depends on
answers that were given (missing at random), and where dropping every incomplete row would not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numba import njit
from numpy.typing import NDArray

from peakend.feedback.drivers.errors import NeverTogetherError, NotConvergedError, TooFewAnswersError
from peakend.feedback.sheets import PatternMoments
from peakend.feedback.weighting import kish_size
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.int64]

TOLERANCE = 1e-10
MOST_STEPS = 5000
FEWEST_TOGETHER = 3
# A covariance closer to singular than this (unit variances) is lifted by as much before it is inverted.
_RIDGE = 1e-9
_ROUNDING = 1e-13


@dataclass(frozen=True, slots=True)
class Covariance:
    """What is known of q questions together.

    mean (q), matrix (q × q, maximum likelihood: divided by Σw). n: responses with any answer; complete: with
    all. effective_n: Kish's; with_last (q): Kish's of those who answered a question and the last one. steps:
    of EM, 0 where nothing was skipped.
    """

    mean: Numbers
    matrix: Numbers
    n: int
    complete: int
    effective_n: float
    with_last: Numbers
    steps: int

    @property
    def correlation(self) -> Numbers:
        """The correlation matrix; 0 beside a question that does not vary."""
        return correlation_of(self.matrix)


def correlation_of(covariance: Numbers) -> Numbers:
    """(…, q, q): unit diagonal, 0 beside a variance of 0."""
    variance = np.diagonal(covariance, axis1=-2, axis2=-1)
    scale = np.where(variance > 0, 1 / np.sqrt(np.where(variance > 0, variance, 1)), 0)
    found: Numbers = covariance * scale[..., :, None] * scale[..., None, :]
    q = found.shape[-1]
    found[..., np.arange(q), np.arange(q)] = 1.0
    return found


def pattern_moments(values: Numbers, weights: Numbers | None = None) -> list[PatternMoments]:
    """The moments of rows (n × q, NaN: no answer), one entry for each pattern of answered questions."""
    w = np.ones(len(values)) if weights is None else np.asarray(weights, dtype=float)
    equal = bool((w == 1).all())
    answered = ~np.isnan(values)
    filled = values if answered.all() else np.where(answered, values, 0.0)
    found = []
    for places in places_by_pattern(answered):
        whole = len(places) == len(values)
        x, part = (filled, w) if whole else (filled[places], w[places])
        found.append(
            PatternMoments(
                period=0,
                observed=answered[places[0]],
                n=len(places),
                weight_sum=float(part.sum()),
                weight_squares=float((part**2).sum()),
                sums=part @ x,
                products=(x if equal else x * part[:, None]).T @ x,
            )
        )
    return found


def places_by_pattern(answered: Flags) -> list[Codes]:
    """The places of the rows of each pattern, patterns in a fixed order."""
    if answered.all():
        return [np.arange(len(answered))] if len(answered) else []
    bits = np.packbits(answered, axis=1)
    order = np.lexsort(bits.T[::-1])
    changes = np.flatnonzero((np.diff(bits[order], axis=0) != 0).any(axis=1)) + 1
    return np.split(order, changes)


def select(moments: Sequence[PatternMoments], columns: Sequence[int]) -> list[PatternMoments]:
    """The moments of some of the questions, in the order of `columns`."""
    places = np.asarray(columns, dtype=np.int64)
    return [
        replace(
            one,
            observed=one.observed[places],
            sums=one.sums[places],
            products=one.products[np.ix_(places, places)],
        )
        for one in moments
        if one.observed[places].any()
    ]


def em_covariance(
    moments: Sequence[PatternMoments], names: Sequence[str] | None = None, tolerance: float = TOLERANCE
) -> Covariance:
    """Mean and covariance by maximum likelihood from the moments of each pattern of answered questions.

    Equal to EM on the rows, since a pattern's moments are all that the likelihood knows of them. tolerance:
    the last step's largest change, in standard deviations. Raises `NeverTogetherError` for questions that
    fewer than `FEWEST_TOGETHER` responses answered both (no data speak of their covariance),
    `TooFewAnswersError` without any, `NotConvergedError`.
    Source: Little & Rubin (2019), Statistical Analysis with Missing Data, 3rd ed., section 11.2; steps
    lengthened by SQUAREM, Varadhan & Roland (2008), Scandinavian Journal of Statistics 35(2).
    """
    used = [one for one in moments if one.observed.any() and one.weight_sum > 0]
    if not used:
        raise TooFewAnswersError(
            Text("Nobody answered any of the questions.", "没有任何人回答这些题目。"), n=0, needed=1
        )
    counts = (sum(one.n for one in used), sum(one.n for one in used if one.observed.all()))
    squares = np.array([one.weight_squares for one in used])
    weights = np.array([one.weight_sum for one in used])
    effective = float(kish_size(weights.sum(), squares.sum()))
    both = np.array([one.observed & one.observed[-1] for one in used])
    with_last = np.nan_to_num(kish_size(weights @ both, squares @ both))
    if all(one.observed.all() for one in used):
        mean = np.sum([one.sums for one in used], axis=0) / weights.sum()
        matrix = np.sum([one.products for one in used], axis=0) / weights.sum() - np.outer(mean, mean)
        return Covariance(mean, matrix, *counts, effective, with_last, 0)
    _together(used, names)
    model = PatternEM.of(used)
    theta, steps = _settle(model, tolerance)
    mean, matrix = model.unpack(theta)
    scale = model.scale
    return Covariance(
        model.centre + scale * mean, matrix * np.outer(scale, scale), *counts, effective, with_last, steps
    )


def _together(used: Sequence[PatternMoments], names: Sequence[str] | None) -> None:
    observed = np.array([one.observed for one in used], dtype=float)
    joint = observed.T @ (observed * np.array([one.n for one in used])[:, None])
    listed = list(names) if names is not None else [f"x{place + 1}" for place in range(len(joint))]
    apart = [
        (listed[i], listed[j]) for i in range(len(joint)) for j in range(i) if joint[i, j] < FEWEST_TOGETHER
    ]
    if apart:
        en, zh = (mark.join(f"{a} + {b}" for a, b in apart[:5]) for mark in (", ", "、"))
        raise NeverTogetherError(
            Text(
                f"Fewer than {FEWEST_TOGETHER} respondents answered both: {en}"
                + (f" and {len(apart) - 5} more pairs." if len(apart) > 5 else "."),
                f"同时回答以下题目的应答者不足 {FEWEST_TOGETHER} 人：{zh}"
                + (f"等共 {len(apart)} 对。" if len(apart) > 5 else "。"),
            ),
            Text(
                "Nothing is known of how such answers go together. Leave one of each pair out.",
                "无从得知这些答案如何相关。请在每对题目中去掉一个。",
            ),
            pairs=apart,
        )


@dataclass(frozen=True, slots=True)
class PatternEM:
    """One EM step as a map of θ = (mean, lower triangle of the covariance), on standardised questions.

    A pattern's moments enter as few rows with the same moments (a square root of them), column 0 being
    what the constant 1 has become; a step fills their skipped questions in.
    """

    rows: Numbers
    starts: Codes
    missing: Flags
    weight: Numbers
    centre: Numbers
    scale: Numbers
    first: Numbers

    @classmethod
    def of(cls, used: Sequence[PatternMoments]) -> PatternEM:
        observed = np.array([one.observed for one in used])
        weight = np.array([one.weight_sum for one in used])
        total = weight @ observed
        centre = np.sum([one.sums for one in used], axis=0) / total
        second = np.sum([np.diagonal(one.products) for one in used], axis=0) / total
        spread = second - centre**2
        scale = np.sqrt(np.where(spread > 0, spread, 1.0))
        stacked = np.array([_augmented(one, centre, scale) for one in used])
        rows, starts = _factors(stacked)
        return cls(rows, starts, ~observed, weight, centre, scale, _start(stacked, observed, weight))

    def step(self, theta: Numbers) -> Numbers:
        """θ after one expectation and one maximisation."""
        mean, matrix = self.unpack(theta)
        spread = np.zeros_like(matrix)
        _fill(self.rows, self.starts, self.missing, self.weight, mean, precision(matrix), spread)
        products = self.rows.T @ self.rows
        return pack_moments(products[0, 0], products[0, 1:], products[1:, 1:] + spread)

    def unpack(self, theta: Numbers) -> tuple[Numbers, Numbers]:
        """Mean and covariance of θ."""
        return unpack_moments(theta, len(self.centre))


def pack_moments(weight: Numbers | float, sums: Numbers, products: Numbers) -> Numbers:
    """θ of Σw, Σwx and Σwxxᵀ; the last axes may follow others."""
    total = np.asarray(weight)[..., None]
    mean = sums / total
    matrix = products / total[..., None] - mean[..., :, None] * mean[..., None, :]
    rows, columns = np.tril_indices(sums.shape[-1])
    return np.concatenate([mean, matrix[..., rows, columns]], axis=-1)


def unpack_moments(theta: Numbers, q: int) -> tuple[Numbers, Numbers]:
    """Mean (…, q) and covariance (…, q, q) of θ."""
    rows, columns = np.tril_indices(q)
    matrix = np.empty((*theta.shape[:-1], q, q))
    matrix[..., rows, columns] = theta[..., q:]
    matrix[..., columns, rows] = theta[..., q:]
    return theta[..., :q], matrix


def precision(matrix: Numbers) -> Numbers:
    """The inverse, of a covariance lifted off the singular ones."""
    least = float(np.linalg.eigvalsh(matrix)[0])
    lifted = matrix + np.eye(len(matrix)) * max(0.0, _RIDGE - least)
    return np.asarray(np.linalg.inv(lifted), dtype=np.float64)


def _settle(model: PatternEM, tolerance: float) -> tuple[Numbers, int]:
    """Where EM steps end, each pair of steps lengthened as far as the covariance stays positive definite."""
    theta, steps = model.first, 0
    while steps < MOST_STEPS:
        one = model.step(theta)
        two = model.step(one)
        steps += 2
        change, bend = one - theta, (two - one) - (one - theta)
        if np.abs(two - one).max() < tolerance:
            return two, steps
        ratio = float(change @ change) / max(float(bend @ bend), 1e-300)
        length = max(1.0, ratio**0.5)
        far = theta + 2 * length * change + length**2 * bend
        while length > 1 and not _definite(model.unpack(far)[1]):
            length = max(1.0, length / 2)
            far = theta + 2 * length * change + length**2 * bend
        theta = far if length > 1 else two
    raise NotConvergedError(
        Text(
            f"The covariance of skipped answers did not settle within {steps} EM steps.",
            f"含跳答的协方差在 {steps} 步 EM 迭代内未收敛。",
        ),
        Text(
            "Leave out questions that hardly anybody answered, or take complete rows (missing='complete').",
            "请去掉几乎无人回答的题目，或只用完整应答（missing='complete'）。",
        ),
        iterations=steps,
    )


def _definite(matrix: Numbers) -> bool:
    return bool(np.linalg.eigvalsh(matrix)[0] > 1e-6)


def _augmented(one: PatternMoments, centre: Numbers, scale: Numbers) -> Numbers:
    """Moments of (1, x) with x standardised; 0 where not observed."""
    seen = one.observed
    c, s = np.where(seen, centre, 0.0), np.where(seen, 1 / scale, 0.0)
    shifted = one.products - np.outer(one.sums, c) - np.outer(c, one.sums) + one.weight_sum * np.outer(c, c)
    sums = (one.sums - one.weight_sum * c) * s
    found = np.empty((len(c) + 1, len(c) + 1))
    found[0, 0] = one.weight_sum
    found[0, 1:] = found[1:, 0] = sums
    found[1:, 1:] = shifted * np.outer(s, s)
    return found


def _start(stacked: Numbers, observed: Flags, weight: Numbers) -> Numbers:
    """Covariances from pairs of answers, pulled into the positive definite matrices."""
    both = (observed * weight[:, None]).T @ observed
    paired = stacked[:, 1:, 1:].sum(axis=0) / np.where(both > 0, both, 1)
    values, vectors = np.linalg.eigh(paired)
    matrix: Numbers = (vectors * np.maximum(values, 0.05)) @ vectors.T
    rows, columns = np.tril_indices(len(matrix))
    return np.concatenate([np.zeros(len(matrix)), matrix[rows, columns]])


def _factors(stacked: Numbers) -> tuple[Numbers, Codes]:
    """Rows with the moments of each pattern, by eigenvectors: as many as its rank, one pattern after the
    other."""
    values, vectors = np.linalg.eigh(stacked)
    kept = values > _ROUNDING * values[:, -1:]
    rows = np.sqrt(np.where(kept, values, 0))[:, :, None] * np.swapaxes(vectors, 1, 2)
    return rows[kept], np.concatenate([[0], np.cumsum(kept.sum(axis=1))]).astype(np.int64)


@njit(cache=True)  # type: ignore[untyped-decorator]
def conditional(inverse: Numbers, places: Codes, count: int, found: Numbers) -> None:
    """`found`[:count, :count]: covariance of the questions `places` given the others, K_mm⁻¹ (Cholesky)."""
    root = np.zeros((count, count))
    for i in range(count):
        for j in range(i + 1):
            total = inverse[places[i], places[j]]
            for k in range(j):
                total -= root[i, k] * root[j, k]
            if i == j:
                root[i, i] = np.sqrt(max(total, 1e-300))
            else:
                root[i, j] = total / root[j, j]
    # The inverse of the factor in place, then (LLᵀ)⁻¹ = L⁻ᵀL⁻¹.
    for i in range(count):
        root[i, i] = 1.0 / root[i, i]
        for j in range(i):
            total = 0.0
            for k in range(j, i):
                total -= root[i, k] * root[k, j]
            root[i, j] = total * root[i, i]
    for i in range(count):
        for j in range(i + 1):
            total = 0.0
            for k in range(i, count):
                total += root[k, i] * root[k, j]
            found[i, j] = total
            found[j, i] = total


@njit(cache=True)  # type: ignore[untyped-decorator]
def _fill(
    rows: Numbers,
    starts: Codes,
    missing: Flags,
    weight: Numbers,
    mean: Numbers,
    inverse: Numbers,
    spread: Numbers,
) -> None:
    """Skipped questions of `rows` by their regression on the answered ones, in place; `spread` gains the sum
    of their conditional covariances."""
    q = len(mean)
    places = np.zeros(q, dtype=np.int64)
    within = np.empty((q, q))
    gap, pull = np.empty(q), np.empty(q)
    for one in range(len(weight)):
        count = 0
        for j in range(q):
            if missing[one, j]:
                places[count] = j
                count += 1
        if count == 0:
            continue
        conditional(inverse, places, count, within)
        for row in range(starts[one], starts[one + 1]):
            constant = rows[row, 0]
            for j in range(q):
                gap[j] = 0.0 if missing[one, j] else rows[row, 1 + j] - constant * mean[j]
            for i in range(count):
                total = 0.0
                for j in range(q):
                    total += inverse[places[i], j] * gap[j]
                pull[i] = total
            for i in range(count):
                total = constant * mean[places[i]]
                for j in range(count):
                    total -= within[i, j] * pull[j]
                rows[row, 1 + places[i]] = total
        for i in range(count):
            for j in range(count):
                spread[places[i], places[j]] += weight[one] * within[i, j]
