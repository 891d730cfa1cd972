"""Weighted covariances of a data matrix, and those of its bootstrap draws, from sums by sampling unit.

A draw of units changes how often each unit counts, never what is in it. So the sums of every unit are formed
once, and a stack of draws is one matrix product: counts (draws × units) times sums (units × moments).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]

# Sums held at once: units beyond it are drawn part by part.
MOST_SUMS = 4_000_000
# A repaired matrix has no eigenvalue below this (of a correlation matrix, whose mean eigenvalue is 1).
FLOOR = 1e-6


@dataclass(frozen=True, slots=True)
class Moments:
    """Means (B, p) and covariances (B, p, p, divisor Σw); repaired (B): whether a covariance had to be made
    positive definite, which pairwise ones need not be."""

    means: Numbers
    covariances: Numbers
    repaired: Flags


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """The data of a fit: scores (n, p; NaN: no answer), weights (n), codes of the sampling units (n)."""

    scores: Numbers
    weights: Numbers
    units: Codes

    @property
    def complete(self) -> bool:
        return not bool(np.isnan(self.scores).any())

    def moments(self) -> Moments:
        """The moments of the sample itself."""
        return self._moments(values.sum(axis=0, keepdims=True) for values in self._unit_sums())

    def drawn(self, draws: int, seed: int) -> Moments:
        """The moments of `draws` bootstrap samples: as many units as there are, with replacement.

        A cluster is drawn as a whole. Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap,
        ch. 6; for clusters Field & Welsh (2007), Journal of the Royal Statistical Society B 69(3).
        """
        random = np.random.default_rng(seed)
        ends = [*range(self._step, self._unit_count, self._step), self._unit_count]
        sizes = np.diff([0, *ends])
        # How many of a draw's units fall into each part; within a part every unit is as likely.
        taken = random.multinomial(self._unit_count, sizes / self._unit_count, draws)
        return self._moments(
            _counts(random, taken[:, part], len(values)) @ values
            for part, values in enumerate(self._unit_sums())
        )

    def left_out(self, groups: int = 400) -> Moments:
        """The moments without each of at most `groups` groups of units: the delete-a-group jackknife."""
        sums = np.concatenate(list(self._unit_sums()))
        grouped = _by_unit(
            sums, np.arange(len(sums)) * min(groups, len(sums)) // len(sums), min(groups, len(sums))
        )
        return self._moments(iter([sums.sum(axis=0) - grouped]))

    @property
    def _unit_count(self) -> int:
        return int(self.units.max(initial=-1)) + 1

    @property
    def _step(self) -> int:
        """Units whose sums are held at once."""
        size = self.scores.shape[1]
        return max(1, MOST_SUMS // int(1 + size * (size + 1) * (1 if self.complete else 2)))

    def _unit_sums(self) -> Iterator[Numbers]:
        """(units, sums), part by part."""
        order = np.argsort(self.units, kind="stable")
        sorted_units = self.units[order]
        centre, scale = self._centre()
        for first in range(0, self._unit_count, self._step):
            last = min(first + self._step, self._unit_count)
            rows = order[slice(*np.searchsorted(sorted_units, (first, last)))]
            values = _row_sums((self.scores[rows] - centre) / scale, self.weights[rows], self.complete)
            yield _by_unit(values, self.units[rows] - first, last - first)

    def _centre(self) -> tuple[Numbers, Numbers]:
        """Mean and deviation of each column, so that sums of squares lose no digits."""
        seen = ~np.isnan(self.scores)
        w = self.weights[:, None] * seen
        total = np.maximum(w.sum(axis=0), 1e-300)
        centre = (w * np.where(seen, self.scores, 0)).sum(axis=0) / total
        spread = np.sqrt((w * np.where(seen, self.scores - centre, 0) ** 2).sum(axis=0) / total)
        return centre, np.where(spread > 0, spread, 1.0)

    def _moments(self, parts: Iterator[Numbers]) -> Moments:
        """From sums (B, sums), to be added up over `parts`."""
        sums = next(parts)
        for more in parts:
            sums = sums + more
        size = self.scores.shape[1]
        means, covariances = (_from_complete if self.complete else _from_pairs)(sums, size)
        centre, scale = self._centre()
        repaired = np.zeros(len(sums), dtype=bool)
        if not self.complete:
            covariances, repaired = nearest_definite(covariances)
        return Moments(centre + scale * means, covariances * scale[:, None] * scale, repaired)


def _counts(random: np.random.Generator, taken: Codes, units: int) -> Numbers:
    """(B, units): how often each unit is among the `taken` (B) of each draw."""
    picked = random.integers(0, units, int(taken.sum()))
    cells = np.repeat(np.arange(len(taken)) * units, taken) + picked
    return np.bincount(cells, minlength=len(taken) * units).reshape(-1, units).astype(float)


def _row_sums(values: Numbers, weights: Numbers, complete: bool) -> Numbers:
    """What is added up over rows: Σw and w·x and w·x·xᵀ; with gaps Σw and w·x by pair, too."""
    size = values.shape[1]
    upper = np.triu_indices(size)
    w = weights[:, None]
    if complete:
        return np.hstack([w, w * values, w * values[:, upper[0]] * values[:, upper[1]]])
    seen = (~np.isnan(values)).astype(float)
    known = np.where(seen > 0, values, 0.0)
    by_pair = (w[:, :, None] * known[:, :, None] * seen[:, None, :]).reshape(len(values), -1)
    pairs = w * seen[:, upper[0]] * seen[:, upper[1]]
    return np.hstack([pairs, by_pair, w * known[:, upper[0]] * known[:, upper[1]]])


def _by_unit(values: Numbers, units: Codes, count: int) -> Numbers:
    """Rows added up by unit; `units` come in order."""
    if len(units) == count and (np.diff(units) == 1).all():
        return values
    starts = np.searchsorted(units, np.arange(count))
    return np.asarray(np.add.reduceat(values, starts, axis=0))


def _from_complete(sums: Numbers, size: int) -> tuple[Numbers, Numbers]:
    total, first, second = sums[:, :1], sums[:, 1 : size + 1], _square(sums[:, size + 1 :], size)
    means = first / total
    return means, second / total[:, :, None] - means[:, :, None] * means[:, None, :]


def _from_pairs(sums: Numbers, size: int) -> tuple[Numbers, Numbers]:
    """Covariances of the rows that have both, with the variances of all that have one.

    Source: Little & Rubin (2002), Statistical Analysis with Missing Data, 2nd ed., §3.4 (available cases).
    """
    half = size * (size + 1) // 2
    weight = _square(sums[:, :half], size)
    first = sums[:, half : half + size * size].reshape(-1, size, size)
    product = _square(sums[:, half + size * size :], size)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.diagonal(first, axis1=1, axis2=2) / np.diagonal(weight, axis1=1, axis2=2)
        crossed = (first / weight) * (first.transpose(0, 2, 1) / weight)
        return means, product / weight - crossed


def _square(upper: Numbers, size: int) -> Numbers:
    """(B, p, p) from the upper triangles (B, p(p + 1)/2)."""
    rows, columns = np.triu_indices(size)
    found = np.empty((len(upper), size, size))
    found[:, rows, columns] = upper
    found[:, columns, rows] = upper
    return found


def nearest_definite(covariances: Numbers) -> tuple[Numbers, Flags]:
    """Each of `covariances`, and whether it had to be repaired to be positive definite.

    Eigenvalues of the correlations are lifted to a floor, and the diagonal is scaled back to what it was.
    Source: Rebonato & Jäckel (2000), Journal of Risk 2(2), spectral decomposition.
    """
    repaired = np.array([not _definite(one) for one in covariances])
    if not repaired.any():
        return covariances, repaired
    found = covariances.copy()
    for place in np.flatnonzero(repaired):
        one = covariances[place]
        deviation = np.sqrt(np.diagonal(one))
        if not np.isfinite(one).all() or not (deviation > 0).all():
            continue
        values, vectors = np.linalg.eigh(one / deviation[:, None] / deviation)
        lifted = (vectors * np.maximum(values, FLOOR)) @ vectors.T
        scale = deviation / np.sqrt(np.diagonal(lifted))
        found[place] = lifted * scale[:, None] * scale
    return found, repaired


def _definite(matrix: Numbers) -> bool:
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return False
    return bool(np.isfinite(matrix).all())
