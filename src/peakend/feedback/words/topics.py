"""Topics nobody named beforehand: terms that occur together, kept only when a second look finds them
again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy.sparse import csr_array

    from peakend.feedback.words.terms import Terms

Codes = NDArray[np.int64]
Numbers = NDArray[np.float64]

MOST_TOPICS = 8
TOP_TERMS = 6
STABLE = 0.5
BOOTSTRAPS = 10
# Topics are looked for in a sample of this many texts, and then counted in all.
SAMPLE = 3_000
# A topic of terms that hardly meet is none: they share texts this many times as often as by chance.
TOGETHER = 2.0


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: its terms (numbers in `Terms`), most telling first, and the mean Jaccard similarity of its
    terms to the best match in each bootstrap sample."""

    terms: tuple[int, ...]
    stability: float


def find_topics(terms: Terms, among: Sequence[int], seed: int = 0) -> list[Topic]:
    """Stable topics of the terms `among`, the one in most texts first; empty when nothing hangs together.

    TF-IDF (one a text and term), non-negative matrix factorisation with NNDSVD start; the same on BOOTSTRAPS
    samples of the texts drawn with replacement. A topic is kept when the mean over samples of its best
    Jaccard similarity (top terms) is at least ½ and its terms meet in at least twice as many texts as chance
    makes.
    Source: Lee & Seung (1999), Nature 401; stability as in Greene, O'Callaghan & Cunningham (2014), ECML PKDD
    (LNCS 8724), pp. 498–513.
    """
    chosen = [n for n in among if len(terms.names[n]) > 1]
    if len(chosen) < 2 * TOP_TERMS or terms.matrix.shape[0] < 10 * TOP_TERMS:
        return []
    random = np.random.default_rng(seed)
    columns = terms.matrix[:, chosen].astype(np.float64).tocsr()
    filled = np.flatnonzero(np.asarray(columns.sum(axis=1)).reshape(-1) > 1)
    if len(filled) < 10 * TOP_TERMS:
        return []
    if len(filled) > SAMPLE:
        filled = np.sort(random.choice(filled, SAMPLE, replace=False))
    columns = columns[filled]
    topics = int(np.clip(len(chosen) // 12, 2, MOST_TOPICS))
    whole = _tops(columns, topics)
    again = [
        _tops(columns[np.sort(random.integers(0, len(filled), len(filled)))], topics)
        for _ in range(BOOTSTRAPS)
    ]
    found = []
    for top in whole:
        stability = float(np.mean([max((_jaccard(top, other) for other in one), default=0) for one in again]))
        if len(top) > 1 and stability >= STABLE and _together(columns, top) >= TOGETHER:
            found.append(Topic(tuple(chosen[n] for n in top), stability))
    texts = {topic: _texts(terms.matrix, topic.terms) for topic in found}
    return sorted(found, key=lambda topic: (-texts[topic], topic.terms))


def _tops(columns: csr_array, topics: int) -> list[tuple[int, ...]]:
    """The most telling terms of each topic: heavy in it, and in no other as much."""
    import warnings

    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    size = columns.shape[0]
    frequency = np.asarray(columns.sum(axis=0)).reshape(-1)
    weighted = columns.multiply(np.log((1 + size) / (1 + frequency))[None, :] + 1).tocsr()
    length = np.sqrt(np.asarray(weighted.power(2).sum(axis=1)).reshape(-1))
    weighted = weighted.multiply(1 / np.where(length > 0, length, 1)[:, None]).tocsr()
    model = NMF(topics, init="nndsvd", max_iter=40, tol=1e-3, random_state=0)
    with warnings.catch_warnings():
        # Whether a topic can be trusted is decided by finding it again, not by the last digit of the fit.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(weighted)
    weights = model.components_
    share = weights / np.maximum(weights.sum(axis=0), 1e-12)
    telling = np.round(weights * share, 10)
    found = []
    for row in telling:
        order = np.lexsort((np.arange(len(row)), -row))[:TOP_TERMS]
        found.append(tuple(int(n) for n in order if row[n] > 0.1 * row[order[0]]))
    return found


def _jaccard(one: Sequence[int], other: Sequence[int]) -> float:
    union = len({*one, *other})
    return len({*one} & {*other}) / union if union else 0.0


def _together(columns: csr_array, top: Sequence[int]) -> float:
    """How many times as often as by chance two of the terms share a text, on the geometric mean of pairs with
    the leading term."""
    inside = columns[:, list(top)].toarray() > 0
    alone = inside.mean(axis=0)
    both = (inside[:, [0]] & inside[:, 1:]).mean(axis=0)
    lift = np.maximum(both, 1e-9) / np.maximum(alone[0] * alone[1:], 1e-12)
    return float(np.exp(np.log(lift).mean()))


def _texts(matrix: csr_array, terms: Sequence[int]) -> int:
    return int((np.asarray(matrix[:, list(terms)].sum(axis=1)).reshape(-1) > 0).sum())
