"""Those who mention a subject: how many they are, how they score the whole beside the others, and the
change."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.comparison import Difference, compare
from peakend.feedback.moments import Estimates, Moments, estimates, moments_of_answers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy.sparse import csr_array

    from peakend.feedback.moments import Kind
    from peakend.feedback.scales import Scale

Codes = NDArray[np.int64]
Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sample:
    """Writers of one programme, period and source. weights, clusters: None where the survey has none;
    score: of the whole, NaN where there is none."""

    person: Codes
    score: Numbers
    weights: Numbers | None
    clusters: Codes | None

    def __len__(self) -> int:
        return len(self.score)

    def take(self, rows: Flags) -> tuple[Numbers, Numbers | None, Codes | None]:
        """Scores, weights and clusters (numbered from 0) of `rows`."""
        weights = None if self.weights is None else self.weights[rows]
        clusters = None if self.clusters is None else np.unique(self.clusters[rows], return_inverse=True)[1]
        return self.score[rows], weights, None if clusters is None else clusters.reshape(-1)


def shares(mentions: csr_array, sample: Sample, confidence: float) -> Estimates:
    """The share of writers who mention each column, with weights and clusters where the survey has them."""
    everybody = np.ones(len(sample), dtype=bool)
    _, weights, clusters = sample.take(everybody)
    cells = [moments_of_answers(flags.astype(float), weights, clusters) for flags in _columns(mentions)]
    return _estimated(cells, "share", confidence)


@dataclass(frozen=True, slots=True)
class Scores:
    """Mean scores of those who mention each column and of the other writers; `difference`: former minus
    latter."""

    those: Estimates
    others: Estimates
    difference: Difference


def scores(mentions: csr_array, sample: Sample, scale: Scale, minimum: int, confidence: float) -> Scores:
    """How those who mention each column score the whole beside the other writers of the same source.

    Welch's t, design-based where the survey has weights or clusters; no test where either side has fewer than
    `minimum` scores.
    """
    known = ~np.isnan(sample.score)
    those, others = [], []
    for flags in _columns(mentions):
        those.append(moments_of_answers(*sample.take(known & flags)))
        others.append(moments_of_answers(*sample.take(known & ~flags)))
    first = _estimated(those, "mean", confidence, scale)
    second = _estimated(others, "mean", confidence, scale)
    found = compare(first, second, "mean", confidence, scale[1] - scale[0])
    enough = (first.n >= minimum) & (second.n >= minimum)
    parts = (found.value, found.low, found.high, found.statistic, found.p)
    return Scores(first, second, Difference(*(np.where(enough, part, np.nan) for part in parts)))


def changes(now: Estimates, before: Estimates, confidence: float) -> Difference:
    """The change of shares, column by column."""
    return compare(now, before, "share", confidence)


def persons(mentions: csr_array, sample: Sample) -> Codes:
    """How many different people mention each column: one who writes often counts once."""
    return np.array([len(np.unique(sample.person[flags])) for flags in _columns(mentions)], dtype=np.int64)


def _columns(mentions: csr_array) -> Sequence[Flags]:
    columns = mentions.tocsc()
    found = []
    for number in range(columns.shape[1]):
        flags = np.zeros(columns.shape[0], dtype=bool)
        flags[columns.indices[columns.indptr[number] : columns.indptr[number + 1]]] = True
        found.append(flags)
    return found


def _estimated(
    cells: Sequence[Moments], kind: Kind, confidence: float, scale: Scale | None = None
) -> Estimates:
    if not cells:
        empty = moments_of_answers(np.zeros(0), None, None)
        none = np.zeros(0, dtype=np.int64)
        return estimates(empty, kind, confidence).take(none)
    whole = Moments(*(np.concatenate([getattr(cell, f.name) for cell in cells]) for f in fields(Moments)))
    limits = None
    if scale is not None:
        limits = np.full(len(cells), float(scale[0])), np.full(len(cells), float(scale[1]))
    return estimates(whole, kind, confidence, limits)
