"""TF-IDF over the features of texts: learnt from some, applied to others; and a linear score in one pass.

Weights as in scikit-learn's TfidfVectorizer(sublinear_tf=True, min_df=2): (1 + ln count) · (ln((1 + n) /
(1 + df)) + 1), each text scaled to length 1. Source: Salton & Buckley (1988), Information Processing &
Management 24(5), pp. 513–523.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit
from numpy.typing import NDArray

if TYPE_CHECKING:
    import scipy.sparse as sp

    from peakend.feedback.words.ngrams import Bags, Codes, Keys

Numbers = NDArray[np.float64]

# A feature of one text alone says nothing about others.
LEAST_TEXTS = 2


class Corpus:
    """Texts whose features are numbered once, so that models of parts of them (folds) come cheap."""

    def __init__(self, bags: Bags) -> None:
        self.bags = bags
        self.keys, place = np.unique(bags.keys, return_inverse=True)
        self._place = place.astype(np.int32)
        self._row = np.repeat(np.arange(len(bags)), bags.sizes)
        self._dampened = 1 + np.log(bags.counts)

    def idf(self, rows: NDArray[np.bool_]) -> Numbers:
        """Inverse document frequencies among `rows` by feature; 0 where fewer than `LEAST_TEXTS` have it."""
        frequency = np.bincount(self._place[rows[self._row]], minlength=len(self.keys))
        found: Numbers = np.where(
            frequency >= LEAST_TEXTS, np.log((1 + rows.sum()) / (1 + frequency)) + 1, 0.0
        )
        return found

    def matrix(self, idf: Numbers, rows: NDArray[np.bool_]) -> sp.csr_matrix:
        """Texts of `rows` × features, weighted and scaled to length 1; without a known feature all zero."""
        import scipy.sparse as sp

        mine = np.flatnonzero(rows[self._row] & (idf[self._place] > 0))
        place = self._place[mine]
        weights = self._dampened[mine] * idf[place]
        number = np.cumsum(rows) - 1
        row, size = number[self._row[mine]], int(rows.sum())
        length = np.sqrt(np.bincount(row, weights=weights**2, minlength=size))
        weights /= length[row]
        starts = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=size))])
        return sp.csr_matrix((weights, place, starts), shape=(size, len(self.keys)))

    def unseen(self, idf: Numbers) -> Numbers:
        """The share of each text's features that `idf` does not know; NaN for a text without features."""
        unknown = np.bincount(self._row, weights=idf[self._place] == 0, minlength=len(self.bags))
        with np.errstate(invalid="ignore"):
            found: Numbers = unknown / self.bags.sizes
        return found


@dataclass(frozen=True, slots=True)
class LinearTerms:
    """What a linear model knows of each feature: sorted keys, idf and weight."""

    keys: Keys
    idf: Numbers
    weight: Numbers

    def lookup(self) -> Lookup:
        """The same, arranged to be looked up."""
        size = 1 << max(4, int(2 * len(self.keys)).bit_length())
        slots = np.zeros(size, dtype=np.int32)
        _place_keys(self.keys, slots)
        return Lookup(self, slots)


@dataclass(frozen=True, slots=True)
class Lookup:
    """Terms with a hash table of their places (1 … in `slots`, 0: free)."""

    terms: LinearTerms
    slots: NDArray[np.int32]

    def scores(self, bags: Bags) -> tuple[Numbers, Numbers]:
        """For each text the weighted sum, and the share of unknown features (NaN: it has none at all)."""
        terms = self.terms
        found: tuple[Numbers, Numbers] = _scores(
            bags.keys, bags.counts, bags.starts, terms.keys, terms.idf, terms.weight, self.slots
        )
        return found


@njit(cache=True)  # type: ignore[untyped-decorator]
def _place_keys(keys: Keys, slots: NDArray[np.int32]) -> None:
    mask = np.uint64(len(slots) - 1)
    for number in range(len(keys)):
        slot = keys[number] & mask
        while slots[slot] != 0:
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = number + 1


@njit(cache=True)  # type: ignore[untyped-decorator]
def _scores(
    keys: Keys,
    counts: NDArray[np.int32],
    starts: Codes,
    known: Keys,
    idf: Numbers,
    weight: Numbers,
    slots: NDArray[np.int32],
) -> tuple[Numbers, Numbers]:
    size = len(starts) - 1
    mask = np.uint64(len(slots) - 1)
    score, unseen = np.zeros(size), np.full(size, np.nan)
    for text in range(size):
        total, squares, unknown = 0.0, 0.0, 0
        for place in range(starts[text], starts[text + 1]):
            slot = keys[place] & mask
            while slots[slot] != 0 and known[slots[slot] - 1] != keys[place]:
                slot = (slot + np.uint64(1)) & mask
            if slots[slot] == 0:
                unknown += 1
                continue
            number = slots[slot] - 1
            own = idf[number] * (1.0 + np.log(counts[place])) if counts[place] > 1 else idf[number]
            squares += own * own
            total += own * weight[number]
        if squares > 0:
            score[text] = total / np.sqrt(squares)
        if starts[text + 1] > starts[text]:
            unseen[text] = unknown / (starts[text + 1] - starts[text])
    return score, unseen
