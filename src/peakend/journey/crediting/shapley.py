"""Shapley values of touchpoints: each one's mean contribution over all orders in which they could join.

>>> found = shapley_values([(("A",), 10, 90), (("B",), 10, 90), (("A", "B"), 60, 40)], pseudo=0)
>>> [round(float(value), 4) for value in found.value]
[0.1333, 0.1333]
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from peakend.journey.crediting.errors import AttributionError
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]
Worth = Literal["rate", "total"]

EXACT = 16
"""Up to so many touchpoints every coalition is counted; beyond, permutations are sampled."""
PSEUDO = 10.0
"""Journeys at the overall rate that each coalition is credited with, so that three journeys say little."""
_COLUMNS = 48
_WORK = 400_000_000


@dataclass(frozen=True, slots=True)
class Shapley:
    """touchpoints: in the order of their names; value: in the worth's unit; share: parts of the whole.

    exact: every coalition was counted; else `error` is the largest standard error of a share from sampling.
    """

    touchpoints: tuple[str, ...]
    value: Numbers
    share: Numbers
    exact: bool
    error: float


@dataclass(frozen=True, slots=True)
class SetCounts:
    """Journeys by what they met: entry e is `n` journeys of customers' group `group` that met the touchpoints
    whose bits are set in `bits`; `won` of them had the outcome."""

    bits: Codes
    group: Codes
    n: Numbers
    won: Numbers


def shapley_values(
    sets: Sequence[tuple[Collection[str], float, float]],
    worth: Worth = "rate",
    pseudo: float = PSEUDO,
    exact_up_to: int = EXACT,
    permutations: int = 2000,
    seed: int = 1,
) -> Shapley:
    """Shapley values from counted sets: (touchpoints met, journeys with the outcome, journeys without).

    worth "rate": of a coalition the share with the outcome among journeys that met nobody else, with `pseudo`
    journeys more at the overall rate, 0 where there are none; the values add up to the overall rate. "total":
    how many of these had the outcome; the values add up to all of them, and are each journey's outcome split
    evenly among what it met, however the others fared, which is why it is not the default.
    Raises `AttributionError` where nothing has the outcome.
    Source: Zhao, Mahboobi & Bagheri (2018), Shapley Value Methods for Attribution Modeling in Online
    Advertising; that "total" is the even split: Singal, Besbes, Désir, Goyal & Iyengar (2022), Management
    Science 68(10); sampling: Castro, Gómez & Tejada (2009), Computers & Operations Research 36(5).
    """
    names = tuple(sorted({name for met, _, _ in sets for name in met}))
    if any(won < 0 or lost < 0 or not met for met, won, lost in sets) or sum(won for _, won, _ in sets) <= 0:
        raise AttributionError(
            Text(
                "No journey has the outcome, or a count is negative, or a set is empty.",
                "没有旅程出现该结果，或计数为负，或存在空集合。",
            )
        )
    if not names or len(names) > 62:
        raise AttributionError(
            Text(
                f"There are {len(names)} touchpoints; 1 to 62 can share an outcome.",
                f"共有 {len(names)} 个接触点；可归因的数量为 1 至 62 个。",
            ),
            Text("Take the rare ones together.", "请将少见的接触点合并。"),
        )
    number = {name: place for place, name in enumerate(names)}
    counts = SetCounts(
        np.array([sum(1 << number[name] for name in set(met)) for met, _, _ in sets], dtype=np.int64),
        np.zeros(len(sets), dtype=np.int64),
        np.array([won + lost for _, won, lost in sets], dtype=float),
        np.array([won for _, won, _ in sets], dtype=float),
    )
    one = np.ones((1, 1))
    if len(names) <= exact_up_to:
        value, error = exact_values(counts, len(names), one, worth, pseudo), np.zeros(len(names))
    else:
        value, error = sampled_values(counts, len(names), one, worth, pseudo, permutations, seed)
    whole = float(value.sum())
    return Shapley(
        names, value[0], value[0] / whole, len(names) <= exact_up_to, float(np.abs(error / whole).max())
    )


def exact_values(counts: SetCounts, size: int, weights: Numbers, worth: Worth, pseudo: float) -> Numbers:
    """(b, size) values for b weightings of the groups of customers; weights: (groups, b)."""
    coalitions = 1 << size
    shape = (coalitions, weights.shape[0])
    journeys = csr_array((counts.n, (counts.bits, counts.group)), shape=shape)
    winners = csr_array((counts.won, (counts.bits, counts.group)), shape=shape)
    seen = _within(np.bincount(counts.bits, minlength=coalitions).astype(float)[None, :], size)[0] > 0
    gains = _gains(size)
    found = []
    for start in range(0, weights.shape[1], _COLUMNS):
        part = weights[:, start : start + _COLUMNS]
        n = _within(np.ascontiguousarray((journeys @ part).T), size)
        won = _within(np.ascontiguousarray((winners @ part).T), size)
        found.append(_worth(n, won, seen, worth, pseudo, n[:, -1:], won[:, -1:]) @ gains.T)
    return np.vstack(found)


def sampled_values(
    counts: SetCounts,
    size: int,
    weights: Numbers,
    worth: Worth,
    pseudo: float,
    permutations: int,
    seed: int,
) -> tuple[Numbers, Numbers]:
    """As `exact_values`, from random permutations, each with its reverse; and each value's standard error.

    A set has joined once the last of its touchpoints has, so one permutation values `size` coalitions from
    the counts by last joiner. Fewer permutations are drawn where there are very many sets.
    """
    bits, place = np.unique(counts.bits, return_inverse=True)
    # 0 or 1: a product with positions, the first being 0, leaves the last joiner of a set that is not empty.
    met = ((bits[:, None] >> np.arange(size)) & 1).astype(np.int8)
    groups = weights.shape[0]
    pairs = affordable(counts, size, permutations) // 2
    random = np.random.default_rng(seed)
    total_n = np.bincount(counts.group, counts.n, groups) @ weights
    total_won = np.bincount(counts.group, counts.won, groups) @ weights
    sums = np.zeros((weights.shape[1], size))
    points = np.zeros((pairs, size))
    for pair in range(pairs):
        order = random.permutation(size)
        for joining in (order, order[::-1]):
            position = np.empty(size, dtype=np.int8)
            position[joining] = np.arange(size)
            last = (met * position).max(axis=1).astype(np.int64)[place]
            cell = last * groups + counts.group
            n = np.cumsum(np.bincount(cell, counts.n, size * groups).reshape(size, groups), axis=0) @ weights
            won = (
                np.cumsum(np.bincount(cell, counts.won, size * groups).reshape(size, groups), axis=0)
                @ weights
            )
            seen = np.cumsum(np.bincount(last, minlength=size)) > 0
            value = _worth(n.T, won.T, seen, worth, pseudo, total_n[:, None], total_won[:, None])
            gained = np.diff(value, axis=1, prepend=0.0)
            sums[:, joining] += gained
            points[pair, joining] += gained[0] / 2
    error = points.std(axis=0, ddof=1) / np.sqrt(pairs) if pairs > 1 else np.full(size, np.nan)
    return sums / (2 * pairs), error


def affordable(counts: SetCounts, size: int, permutations: int) -> int:
    """At most `permutations`, fewer (50 at the least) where there are very many sets to go through."""
    one = len(np.unique(counts.bits)) * size + 4 * len(counts.bits)
    return max(50, min(permutations, _WORK // max(1, one)))


def _worth(
    n: Numbers,
    won: Numbers,
    seen: NDArray[np.bool_],
    worth: Worth,
    pseudo: float,
    all_n: Numbers,
    all_won: Numbers,
) -> Numbers:
    if worth == "total":
        return won
    rate = all_won / np.where(all_n > 0, all_n, 1.0)
    size = n + pseudo
    return np.where(seen, (won + pseudo * rate) / np.where(size > 0, size, 1.0), 0.0)


def _within(table: Numbers, size: int) -> Numbers:
    """(b, 2^size) sums over subsets, in place: f(S) becomes Σ f(T) over T within S."""
    for bit in range(size):
        halves = table.reshape(table.shape[0], -1, 2, 1 << bit)
        halves[:, :, 1, :] += halves[:, :, 0, :]
    return table


def _gains(size: int) -> Numbers:
    """(size, 2^size): what each coalition's worth adds to each touchpoint's value."""
    coalitions = np.arange(1 << size)
    members = np.zeros(len(coalitions), dtype=np.int64)
    for bit in range(size):
        members += (coalitions >> bit) & 1
    joining = np.array(
        [factorial(s) * factorial(size - s - 1) / factorial(size) for s in range(size)] + [0.0]
    )
    inside = (coalitions[None, :] >> np.arange(size)[:, None]) & 1 == 1
    return np.where(inside, joining[members - 1][None, :], -joining[members][None, :])
