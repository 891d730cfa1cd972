"""Bootstrap draws of a correlation matrix: each a weighted sum of what the rows contribute, by BLAS.

A draw takes n units (respondents, or clusters whole) with replacement. Its cross-products are counts × rows'
products, one matrix multiplication for all draws: n·q²/2 multiplications a draw and no copy of rows.

With skipped answers a row contributes what EM expects of it at the estimate θ̂, and the draw's estimate
follows by one Newton step to the fixed point of the draw's own EM: θ̂ + (I − J)⁻¹(M*(θ̂) − θ̂), J the derivative
of the step M at θ̂. It differs from EM anew on each draw by terms of the order 1/n and costs no iteration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.drivers.covariance import (
    Covariance,
    PatternEM,
    correlation_of,
    pack_moments,
    pattern_moments,
    places_by_pattern,
    precision,
    unpack_moments,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]

_CHUNK = 4096
_STEP = 1e-5
_LEAST = 1e-9


def bootstrap_correlations(
    values: Numbers, weights: Numbers, clusters: Codes | None, estimate: Covariance, draws: int, seed: int
) -> Numbers:
    """(draws, q, q): correlation matrices of resampled rows.

    values: n × q, NaN where skipped; estimate: `em_covariance` of them. clusters: codes from 0, resampled
    whole; weights travel with their rows. Resampling respondents is multinomial over rows.
    Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 6; clusters whole: Davison &
    Hinkley (1997), Bootstrap Methods, section 3.8; the Newton step: Louis (1982), JRSS B 44(2).
    """
    q = values.shape[1]
    scale = np.sqrt(np.diagonal(estimate.matrix))
    scale = np.where(scale > 0, scale, 1.0)
    standard = (values - estimate.mean) / scale
    matrix = estimate.matrix / np.outer(scale, scale)
    skipped = bool(np.isnan(values).any())
    if skipped:
        # Rows of a pattern in one run share its regression.
        order = np.concatenate(places_by_pattern(~np.isnan(values)))
        standard, weights = standard[order], weights[order]
        clusters = None if clusters is None else clusters[order]
    inverse = precision(matrix) if skipped else np.eye(q)
    sums = _resampled(_Contributions(standard, weights, inverse), clusters, draws, seed)
    theta = pack_moments(sums[:, 0], sums[:, 1 : 1 + q], _square(sums[:, 1 + q :], q))
    if skipped:
        theta = _newton(theta, standard, weights, matrix)
    found = correlation_of(unpack_moments(theta, q)[1])
    return _positive(found) if skipped else found


@dataclass(frozen=True, slots=True)
class _Contributions:
    """What each row adds to Σw, Σwx and the lower triangle of Σwxxᵀ."""

    values: Numbers
    weights: Numbers
    inverse: Numbers

    @property
    def width(self) -> int:
        q = int(self.values.shape[1])
        return 1 + q + q * (q + 1) // 2

    def rows(self, start: int, end: int) -> Numbers:
        """(end − start, width): skipped answers by their regression on the others (mean 0), with what it
        leaves open."""
        x, w = self.values[start:end].copy(), self.weights[start:end, None]
        q = x.shape[1]
        left, right = np.tril_indices(q)
        answered = ~np.isnan(x)
        residual: list[tuple[Codes, Numbers]] = []
        for places in [] if answered.all() else places_by_pattern(answered):
            known, gaps = np.flatnonzero(answered[places[0]]), np.flatnonzero(~answered[places[0]])
            if len(gaps):
                within = np.zeros((q, q))
                of_gaps = np.linalg.inv(self.inverse[gaps[:, None], gaps])
                within[gaps[:, None], gaps] = of_gaps
                pull = x[places[:, None], known] @ self.inverse[known[:, None], gaps]
                x[places[:, None], gaps] = -(pull @ of_gaps)
                residual.append((places, within[left, right]))
        found = np.empty((len(x), self.width))
        found[:, :1], found[:, 1 : 1 + q] = w, w * x
        found[:, 1 + q :] = w * x[:, left] * x[:, right]
        for places, within in residual:
            found[places, 1 + q :] += w[places] * within
        return found


def _resampled(parts: _Contributions, clusters: Codes | None, draws: int, seed: int) -> Numbers:
    """(draws, width): sums of the contributions of resampled rows or clusters."""
    n = len(parts.values)
    starts = list(range(0, n, _CHUNK))
    found = np.zeros((draws, parts.width))
    if clusters is None:
        for start, counts in zip(starts, multinomial_counts(n, draws, seed), strict=True):
            found += counts @ parts.rows(start, start + counts.shape[1])
        return found
    units = int(clusters.max()) + 1
    totals = np.zeros((units, parts.width))
    for start in starts:
        end = min(start + _CHUNK, n)
        np.add.at(totals, clusters[start:end], parts.rows(start, end))
    place = 0
    for counts in multinomial_counts(units, draws, seed):
        found += counts @ totals[place : place + counts.shape[1]]
        place += counts.shape[1]
    return found


def multinomial_counts(units: int, draws: int, seed: int, chunk: int = _CHUNK) -> Iterator[Numbers]:
    """How often each of `units` units is drawn: matrices (draws, ≤ `chunk`) that follow one another.

    Over all of them a draw is multinomial, `units` trials of equal chance: first how many trials fall into
    each chunk, then where in it. So n × draws numbers never lie in memory at once.
    """
    rng = np.random.default_rng(seed)
    sizes = np.diff([*range(0, units, chunk), units])
    trials = rng.multinomial(units, sizes / units, size=draws)
    for place, size in enumerate(sizes.tolist()):
        draw = np.repeat(np.arange(draws), trials[:, place])
        where = rng.integers(0, size, size=len(draw), dtype=np.uint32)
        counts = np.bincount(draw * size + where, minlength=draws * size)
        yield counts.reshape(draws, size).astype(float)


def _square(triangles: Numbers, q: int) -> Numbers:
    rows, columns = np.tril_indices(q)
    found = np.empty((len(triangles), q, q))
    found[:, rows, columns] = triangles
    found[:, columns, rows] = triangles
    return found


def _newton(theta: Numbers, values: Numbers, weights: Numbers, matrix: Numbers) -> Numbers:
    """From one EM step of each draw at θ̂ (`theta`) to where its EM would end; on standardised values."""
    model = PatternEM.of(pattern_moments(values, weights))
    q = len(matrix)
    rows, columns = np.tril_indices(q)
    # The model standardises by the answers, `values` are standardised by the estimate: two scales apart.
    shift, ratio = -model.centre / model.scale, 1 / model.scale
    at = np.concatenate([shift, matrix[rows, columns] * ratio[rows] * ratio[columns]])
    slopes = np.empty((len(at), len(at)))
    here = model.step(at)
    for place in range(len(at)):
        moved = at.copy()
        moved[place] += _STEP
        slopes[:, place] = (model.step(moved) - here) / _STEP
    size = np.concatenate([ratio, ratio[rows] * ratio[columns]])
    origin = np.concatenate([np.zeros(q), matrix[rows, columns]])
    gap = (theta - origin) * size
    found: Numbers = origin + np.linalg.solve(np.eye(len(at)) - slopes, gap.T).T / size
    return found


def _positive(correlations: Numbers) -> Numbers:
    """The same, with the eigenvalues of those that a long step has taken out of bounds lifted to 0."""
    values, vectors = np.linalg.eigh(correlations)
    out = values[:, 0] < _LEAST
    lifted = (vectors[out] * np.maximum(values[out], _LEAST)[:, None, :]) @ np.swapaxes(vectors[out], 1, 2)
    found = correlations.copy()
    found[out] = correlation_of(lifted)
    return found
