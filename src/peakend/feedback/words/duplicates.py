"""Texts that are copies of each other: the same, or nearly, whoever handed them in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit
from numpy.typing import NDArray

from peakend.feedback.words.ngrams import bags_of
from peakend.feedback.words.reading import read_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from peakend.feedback.words.ngrams import Keys

Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]

# Anybody may write "很好": only texts with this many different features (about six characters of Chinese or
# six words of English) are looked at, for equal ones as for similar ones.
LEAST_FEATURES = 10
# 20 bands of 4: a pair of similarity .8 is met with probability .99997, one of .6 with .94.
_BANDS, _ROWS = 20, 4
# In a bucket every text is compared with this many before it; chains join the rest.
_NEIGHBOURS = 8


@dataclass(frozen=True, slots=True)
class Duplicates:
    """group: for each text the place of the first text of its group, −1 where it is no copy of any.

    exact: whether another text of the group is equal to it but for case, spaces, markup and the like. first:
    whether it is the first of its group, which is no copy; `copies` counts all others.
    """

    group: Codes
    exact: Flags

    @property
    def first(self) -> Flags:
        found: Flags = self.group == np.arange(len(self.group))
        return found

    @property
    def copies(self) -> int:
        return int(((self.group >= 0) & ~self.first).sum())


def near_duplicates(texts: Iterable[object], threshold: float = 0.8) -> Duplicates:
    """Groups of texts whose features overlap by `threshold` or more (Jaccard), linked from text to text.

    Features are those of `ngrams`; texts with fewer than `LEAST_FEATURES` different ones are never copies.
    Candidates come from MinHash in 20 bands of 4 (seeds fixed) and each is checked by its true overlap, so
    that what is called a copy is one; pairs just above the threshold may be missed (3 in 10⁵ at .8).
    `ValueError` unless .5 ≤ threshold ≤ 1.
    Source: Broder (1997), Compression and Complexity of Sequences; Leskovec, Rajaraman & Ullman (2020),
    Mining of Massive Datasets, 3rd ed., chapter 3.
    """
    return duplicates_read(read_all(texts), threshold)


def duplicates_read(texts: Sequence[str], threshold: float = 0.8) -> Duplicates:
    """`near_duplicates` of texts that `reading.read` has been through."""
    if not 0.5 <= threshold <= 1:
        raise ValueError(f"the threshold lies between .5 and 1, not {threshold}")
    group, exact = np.full(len(texts), -1, dtype=np.int64), np.zeros(len(texts), dtype=bool)
    places: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        places.setdefault(text, []).append(place)
    different = list(places)
    bags = bags_of(different)
    long_enough = np.flatnonzero(bags.sizes >= LEAST_FEATURES)
    leader = np.arange(len(different))
    if len(long_enough):
        own = bags.take(long_enough)
        joined = _joined(own.keys, own.starts, _seeds(), _BANDS, _ROWS, _NEIGHBOURS, threshold)
        leader[long_enough] = long_enough[joined]
    together = np.bincount(leader, minlength=len(different))
    for number in long_enough.tolist():
        same = places[different[number]]
        if len(same) > 1 or together[leader[number]] > 1:
            # Texts are numbered as they first occur, so the leader's first place is that of the group.
            group[same] = places[different[leader[number]]][0]
            exact[same] = len(same) > 1
    return Duplicates(group, exact)


def _seeds() -> Keys:
    return (
        np.random.default_rng(20240229).integers(0, 2**63, _BANDS * _ROWS, dtype=np.uint64) * np.uint64(2) + 1
    )


@njit(cache=True)  # type: ignore[untyped-decorator]
def _joined(
    keys: Keys, starts: Codes, seeds: Keys, bands: int, rows: int, neighbours: int, threshold: float
) -> Codes:
    """For each text the first text it is linked to (itself where none)."""
    size = len(starts) - 1
    leader = np.arange(size)
    buckets = np.empty(size, dtype=np.uint64)
    for band in range(bands):
        for text in range(size):
            bucket = np.uint64(0)
            for row in range(rows):
                seed = seeds[band * rows + row]
                least = np.uint64(0xFFFFFFFFFFFFFFFF)
                for place in range(starts[text], starts[text + 1]):
                    # A multiplication modulo 2⁶⁴ and a shift of high bits into low ones.
                    hashed = keys[place] * seed
                    hashed = (hashed ^ (hashed >> np.uint64(32))) * seed
                    if hashed < least:
                        least = hashed
                bucket = (bucket ^ least) * np.uint64(0x9E3779B97F4A7C15)
                bucket = bucket ^ (bucket >> np.uint64(29))
            buckets[text] = bucket
        order = np.argsort(buckets, kind="mergesort")
        for place in range(1, size):
            text = order[place]
            for back in range(1, min(neighbours, place) + 1):
                other = order[place - back]
                if buckets[other] != buckets[text]:
                    break
                a, b = _leader(leader, other), _leader(leader, text)
                if a != b and _overlap(keys, starts, other, text) >= threshold:
                    leader[max(a, b)] = min(a, b)
    for text in range(size):
        leader[text] = _leader(leader, text)
    return leader


@njit(cache=True)  # type: ignore[untyped-decorator]
def _leader(leader: Codes, text: int) -> int:
    while leader[text] != text:
        leader[text] = leader[leader[text]]
        text = leader[text]
    return text


@njit(cache=True)  # type: ignore[untyped-decorator]
def _overlap(keys: Keys, starts: Codes, one: int, other: int) -> float:
    """Jaccard similarity of two sorted sets."""
    i, j, both = starts[one], starts[other], 0
    while i < starts[one + 1] and j < starts[other + 1]:
        if keys[i] == keys[j]:
            both += 1
            i += 1
            j += 1
        elif keys[i] < keys[j]:
            i += 1
        else:
            j += 1
    whole = starts[one + 1] - starts[one] + starts[other + 1] - starts[other] - both
    return float(both / whole)
