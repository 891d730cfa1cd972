"""How many factors: Horn's parallel analysis against the same answers with all relations shuffled away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.expectation.factors import correlations
from peakend.feedback.expectation.items import Items, read_items

if TYPE_CHECKING:
    from collections.abc import Sequence

Numbers = NDArray[np.float64]

DRAWS = 199
_SEED = 20180
# Numbers of one batch of shuffled answers held at a time.
_BATCH = 4_000_000


@dataclass(frozen=True, slots=True)
class Retained:
    """factors: how many to keep. eigenvalues: of the correlations, largest first (p). reference: what the
    shuffled answers reach at the same rank (p). mean_reference: their mean, Horn's original line. n: rows
    with an answer."""

    factors: int
    eigenvalues: Numbers
    reference: Numbers
    mean_reference: Numbers
    n: int


def parallel_analysis(
    items: object,
    *,
    names: Sequence[str] | None = None,
    weights: object = None,
    quantile: float = 0.95,
    draws: int = DRAWS,
    seed: int = _SEED,
) -> Retained:
    """How many factors n × p answers hold (NaN: skipped): eigenvalues above those of unrelated answers.

    Unrelated answers: each item's answers shuffled among those who gave one, `draws` times, so that scales,
    skewness and skipping stay as they are. Factors are kept from the first on while the eigenvalue exceeds
    the `quantile` of the shuffled ones of that rank: with nothing in common between the items, at least one
    factor is kept with probability 1 − quantile. Raises as `factors.correlations`.
    Source: Horn (1965), Psychometrika 30(2), pp. 179–185; Glorfeld (1995), Educational and Psychological
    Measurement 55(3), pp. 377–393 (the 95th percentile); Buja & Eyuboglu (1992), Multivariate Behavioral
    Research 27(4), pp. 509–540 (shuffling).
    """
    read = read_items(items, names, weights)
    correlations(read)
    observed = _eigenvalues(read.scores[None], read.weight)[0]
    shuffled = _shuffled(read, draws, np.random.default_rng(seed))
    # The rank among draws + 1 makes the level exact: 190 of 199 must lie below at 95 %.
    rank = min(max(int(np.ceil(quantile * (draws + 1))), 1), draws)
    reference = np.sort(shuffled, axis=0)[rank - 1]
    above = observed > reference
    factors = len(above) if above.all() else int(np.argmin(above))
    used = read.answered.any(axis=1) & (read.weight > 0)
    return Retained(factors, observed, reference, shuffled.mean(axis=0), int(used.sum()))


def _shuffled(items: Items, draws: int, random: np.random.Generator) -> Numbers:
    """Eigenvalues (draws × p) of correlations after shuffling."""
    rows, size = items.scores.shape
    places = [np.flatnonzero(known) for known in items.answered.T]
    answers = [items.scores[rows_of, place] for place, rows_of in enumerate(places)]
    found = []
    batch = max(1, _BATCH // max(rows * size, 1))
    for start in range(0, draws, batch):
        count = min(batch, draws - start)
        scores = np.full((count, rows, size), np.nan)
        for number in range(count):
            for place, rows_of in enumerate(places):
                scores[number, rows_of, place] = random.permutation(answers[place])
        found.append(_eigenvalues(scores, items.weight))
    return np.concatenate(found)


def _eigenvalues(scores: Numbers, weight: Numbers) -> Numbers:
    """Eigenvalues, largest first, of the correlations of each table (b × n × p), pair by pair."""
    known = ~np.isnan(scores[0])
    weighted = known * weight[:, None]
    base = weighted.sum(axis=0)
    filled = np.where(known, scores, 0.0)
    mean = np.einsum("bnp,n->bp", filled, weight) / base
    centred = np.where(known, filled - mean[:, None, :], 0.0)
    products = np.swapaxes(centred * weight[:, None], 1, 2) @ centred
    covariance = products / (weighted.T @ known.astype(float))
    spread = np.sqrt(np.einsum("bpp->bp", covariance))
    values = np.linalg.eigvalsh(covariance / (spread[:, :, None] * spread[:, None, :]))
    return np.asarray(values[:, ::-1])
