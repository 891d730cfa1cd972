"""What comes next in a journey: Markov chains of several memories that back off, from counts alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]

LONGEST = 3
"""Steps back that are tried."""
BINS = 10


@dataclass(frozen=True, slots=True)
class Grams:
    """Counts of steps: last three touchpoints and the next, one entry a combination (and group of customers).

    context: (entries, 3), the oldest first, codes from 0; following: what came; n: how often; group.
    """

    context: Codes
    following: Codes
    n: Numbers
    group: Codes

    def __add__(self, other: Grams) -> Grams:
        return Grams(
            np.vstack([self.context, other.context]),
            np.r_[self.following, other.following],
            np.r_[self.n, other.n],
            np.r_[self.group, other.group],
        )


@dataclass(frozen=True, slots=True)
class NextStep:
    """A fitted chain. memory: steps it looks back. size: codes 0 … size − 1 may follow.

    tables[k]: the contexts of k steps that were seen (rows of codes) and the probabilities after each.
    """

    memory: int
    size: int
    tables: Sequence[tuple[Codes, Numbers]]

    def probabilities(self, context: Codes) -> Numbers:
        """(m, size) probabilities after each of m contexts (m, 3), the oldest step first.

        Where a context was never seen the longest end of it that was speaks.
        """
        found = np.repeat(self.tables[0][1], len(context), axis=0)
        for back in range(1, self.memory + 1):
            known, table = self.tables[back]
            place, seen = _looked_up(known, context[:, LONGEST - back :])
            found[seen] = table[place[seen]]
        return found


def fitted(grams: Grams, size: int, memory: int) -> NextStep:
    """The chain of `memory` steps by interpolated Witten–Bell smoothing.

    p(w | h) = (c(hw) + T(h)·p(w | h′)) / (c(h) + T(h)), with T(h) the number of different steps seen after h
    and h′ the context without its oldest step; below the shortest, all steps alike.
    Source: Witten & Bell (1991), IEEE Transactions on Information Theory 37(4), method C; interpolated as in
    Chen & Goodman (1999), Computer Speech & Language 13(4), section 2.6.
    """
    tables: list[tuple[Codes, Numbers]] = []
    for back in range(memory + 1):
        contexts, place = np.unique(grams.context[:, LONGEST - back :], axis=0, return_inverse=True)
        counts = np.zeros((len(contexts), size))
        np.add.at(counts, (place.reshape(-1), grams.following), grams.n)
        if back == 0:
            lower = np.full((1, size), 1 / size)
        else:
            known, table = tables[-1]
            lower = table[_looked_up(known, contexts[:, 1:])[0]]
        kinds = (counts > 0).sum(axis=1, keepdims=True)
        tables.append((contexts, (counts + kinds * lower) / (counts.sum(axis=1, keepdims=True) + kinds)))
    return NextStep(memory, size, tables)


def _looked_up(known: Codes, wanted: Codes) -> tuple[Codes, NDArray[np.bool_]]:
    """Place of each wanted row among the known (sorted, distinct) rows, and whether it is there."""
    if wanted.shape[1] == 0:
        return np.zeros(len(wanted), dtype=np.int64), np.ones(len(wanted), dtype=bool)
    base = int(max(known.max(initial=0), wanted.max(initial=0))) + 1
    power = base ** np.arange(known.shape[1] - 1, -1, -1, dtype=np.int64)
    keys, asked = known @ power, wanted @ power
    place = np.minimum(np.searchsorted(keys, asked), max(len(keys) - 1, 0))
    return place, keys[place] == asked


@dataclass(frozen=True, slots=True)
class Scores:
    """How a chain foretold some steps: by group of customers steps, hits, hits among three and log loss."""

    n: Numbers
    hits: Numbers
    top_3: Numbers
    loss: Numbers
    calibration_error: float = field(default=0.0)

    @property
    def log_loss(self) -> float:
        return float(self.loss.sum() / self.n.sum())


def scored(chain: NextStep, grams: Grams, groups: int) -> Scores:
    """`chain` on steps it has not seen; ties of probability go to the lower code."""
    contexts, place = np.unique(grams.context, axis=0, return_inverse=True)
    table = chain.probabilities(contexts)
    place = place.reshape(-1)
    order = np.argsort(-table, axis=1, kind="stable")[:, :3]
    promised = np.take_along_axis(table, order[:, :1], axis=1)[:, 0][place]
    hit = order[place, 0] == grams.following
    near = (order[place] == grams.following[:, None]).any(axis=1)
    loss = -np.log(table[place, grams.following])

    def summed(values: Numbers | NDArray[np.bool_]) -> Numbers:
        return np.bincount(grams.group, grams.n * values, groups).astype(float)

    bins = np.minimum((promised * BINS).astype(np.int64), BINS - 1)
    gap = np.bincount(bins, grams.n * (promised - hit), BINS)
    return Scores(
        summed(np.ones(len(hit))),
        summed(hit),
        summed(near),
        summed(loss),
        float(np.abs(gap).sum() / grams.n.sum()),
    )


def ratio(values: Numbers, n: Numbers) -> tuple[float, float]:
    """Σ values / Σ n and its standard error with groups of customers as clusters; NaN under two groups.

    Source: linearised variance of a ratio, Cochran (1977), Sampling Techniques, 3rd ed., section 2.11.
    """
    total = n.sum()
    estimate = float(values.sum() / total)
    groups = int((n > 0).sum())
    if groups < 2:
        return estimate, float("nan")
    residual = values - estimate * n
    return estimate, float(np.sqrt(groups / (groups - 1) * (residual**2).sum()) / total)
