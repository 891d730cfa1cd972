"""Every subset of drivers, walked once: exact LMG (Shapley) shares of R², and R² of each subset.

The walk. Drivers are decided one after the other, in or out, in the order of a binary counter. The state
after k decisions is the Schur complement of the correlation matrix: what is left of the undecided drivers and
the outcome once the included ones are held constant. Leaving a driver out drops its row; taking it in is a
rank-1 update, and R² grows by r²/pivot. Half of the subsets differ only in the last driver, a quarter in the
last two, …: three multiplications a subset on average, and no table of 2ᵖ.

What that growth is worth: among the first k + 1 drivers, s of them already in, it goes to each driver that is
in with weight s!(k−s)!/(k+1)! and against each that is out with (s+1)!(k−s−1)!/(k+1)!; later drivers cancel.
Running totals of both, read when a driver goes in and when it goes out, give every driver's sum.

Many walks go side by side (`LANES`), which fills the processor's vectors: the draws of a bootstrap, or of a
single matrix the subsets of its first drivers, each with the rest to walk.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial

import numpy as np
from numba import njit
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]

MOST_DRIVERS = 25
"""Up to here all subsets are walked: 2²⁵ in some tenths of a second."""
LANES = 64
# A driver of which less than this part of its variance is left, given the others, adds nothing: with a
# generalised inverse R² of a collinear set is that of its span, whatever the order.
COLLINEAR = 1e-9


def lmg(correlations: Numbers) -> Numbers:
    """Each driver's part of R², averaged over all orders of entry.

    correlations: (q, q), or (b, q, q) for many at once; symmetric, unit diagonal, the outcome last. Returns
    (p,) or (b, p) with p = q − 1; a row sums to R². At most `MOST_DRIVERS` drivers. A collinear driver adds
    nothing once its span is in, so credit stays symmetric. A driver with a diagonal of 0 gets 0.
    Source: Lindeman, Merenda & Gold (1980), Introduction to Bivariate and Multivariate Analysis, p. 119 ff.;
    Shapley (1953). Sweeps: Goodnight (1979), The American Statistician 33(3).
    """
    given = np.asarray(correlations, dtype=float)
    stack = given if given.ndim == 3 else given[None]
    p = stack.shape[-1] - 1
    if p > MOST_DRIVERS:
        raise ValueError(f"{p} drivers: all subsets are walked up to {MOST_DRIVERS}")
    weights = _order_weights(p)
    first = 0
    while first < p - 1 and len(stack) << first < LANES:
        first += 1
    decided = _decided(stack, first, weights)
    found = decided.found
    for lanes in np.array_split(np.arange(len(decided.states)), -(-len(decided.states) // LANES)):
        inside = decided.inside[lanes]
        credit, debit = (table[first:, _counts(inside, p - first)] for table in weights)
        parts, gain, loss = _walk(packed(decided.states[lanes]), p - first, credit, debit)
        matrix = decided.matrix[lanes]
        early = np.where(decided.subset[lanes], gain[:, None], -loss[:, None])
        np.add.at(found, matrix, np.concatenate([early, parts.T], axis=1))
    return found if given.ndim == 3 else found[0]


def subset_r2(correlation: Numbers) -> Numbers:
    """R² of every subset: entry m is that of the drivers whose bit is set in m (driver i is bit i).

    correlation: (q, q), the outcome last. Returns 2ᵖ numbers: 8 MB at 20 drivers.
    """
    triangle = packed(np.asarray(correlation, dtype=float)[None])
    found: Numbers = _table(triangle[:, 0].copy(), len(correlation) - 1)
    return found


def packed(stack: Numbers) -> Numbers:
    """(entries, n): lower triangles of n matrices, outcome first and drivers last to first, side by side.

    In this order the state after any number of decisions is a prefix of the triangle.
    """
    q = stack.shape[-1]
    rows, columns = np.tril_indices(q)
    return np.ascontiguousarray(stack[:, q - 1 - rows, q - 1 - columns].T)


@dataclass(frozen=True, slots=True)
class _Decided:
    """States in which the first drivers are decided: one lane for every matrix and every subset of them.

    states: (lanes, q', q'). matrix, inside: which matrix, and how many drivers are in. subset: which of the
    first are in. found: (b, p), what the growth of R² on the way was worth.
    """

    states: Numbers
    matrix: Codes
    inside: Codes
    subset: NDArray[np.bool_]
    found: Numbers


def _decided(stack: Numbers, first: int, weights: tuple[Numbers, Numbers]) -> _Decided:
    credit, debit = weights
    found = np.zeros((len(stack), stack.shape[-1] - 1))
    branches: list[tuple[list[bool], Numbers]] = [([], stack)]
    for k in range(first):
        grown_branches: list[tuple[list[bool], Numbers]] = []
        for inside, state in branches:
            pivot = state[:, 0, 0]
            inverse = np.where(pivot > COLLINEAR, 1 / np.where(pivot > COLLINEAR, pivot, 1), 0)
            rest = state[:, 1:, 1:]
            column = state[:, 1:, 0]
            grown = column[:, -1] ** 2 * inverse
            s = sum(inside)
            for j, is_in in enumerate([*inside, True]):
                found[:, j] += grown * (credit[k, s] if is_in else -debit[k, s])
            swept = rest - column[:, :, None] * column[:, None, :] * inverse[:, None, None]
            grown_branches += [([*inside, False], rest), ([*inside, True], swept)]
        branches = grown_branches
    return _Decided(
        states=np.concatenate([state for _, state in branches]),
        matrix=np.tile(np.arange(len(stack)), len(branches)),
        inside=np.repeat([sum(inside) for inside, _ in branches], len(stack)),
        subset=np.repeat(
            np.array([inside for inside, _ in branches], dtype=bool).reshape(len(branches), first),
            len(stack),
            axis=0,
        ),
        found=found,
    )


def _counts(inside: Codes, more: int) -> Codes:
    """(more, lanes): how many drivers are in when 0, 1, … of those that a walk decides are."""
    found: Codes = np.arange(more)[:, None] + inside[None, :]
    return found


def _order_weights(p: int) -> tuple[Numbers, Numbers]:
    """Weights of a growth at driver k with s drivers in: for those in, and against those out."""
    credit, debit = np.zeros((p, p)), np.zeros((p, p))
    for k in range(p):
        for s in range(k + 1):
            credit[k, s] = factorial(s) * factorial(k - s) / factorial(k + 1)
            if s < k:
                debit[k, s] = factorial(s + 1) * factorial(k - s - 1) / factorial(k + 1)
    return credit, debit


@njit(cache=True, error_model="numpy", fastmath={"contract"})  # type: ignore[untyped-decorator]
def _include(
    source: Numbers, target: Numbers, c: int, grown: Numbers, inverse: Numbers, scaled: Numbers
) -> None:
    """Take in the driver of row `c` of the packed `source`; `target` is the smaller state, `grown` what R²
    grows by. Loops over lanes are short and plain so that they become vector instructions."""
    n, row = len(grown), c * (c + 1) // 2
    pivot, outcome = source[row + c], source[row]
    for lane in range(n):
        inverse[lane] = 1.0 / pivot[lane] if pivot[lane] > COLLINEAR else 0.0
    for lane in range(n):
        grown[lane] = outcome[lane] * outcome[lane] * inverse[lane]
    entry = 1
    for i in range(1, c):
        left = source[row + i]
        for lane in range(n):
            scaled[lane] = left[lane] * inverse[lane]
        for j in range(i + 1):
            after, before, right = target[entry], source[entry], source[row + j]
            for lane in range(n):
                after[lane] = before[lane] - scaled[lane] * right[lane]
            entry += 1


@njit(cache=True, error_model="numpy", fastmath={"contract"})  # type: ignore[untyped-decorator]
def _walk(start: Numbers, p: int, credit: Numbers, debit: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    size, n = start.shape
    states = np.empty((p + 1, size, n))
    # Entry by entry: to assign arrays takes seconds to compile, for the words of an error of shapes.
    for entry in range(size):
        for lane in range(n):
            states[0, entry, lane] = start[entry, lane]
    # In which state driver k is decided, and how many of these drivers are in by then.
    place = np.zeros(p + 1, dtype=np.int64)
    inside = np.zeros(p + 1, dtype=np.int64)
    found = np.zeros((p, n))
    gain, loss = np.zeros(n), np.zeros(n)
    gain_at, loss_at = np.zeros((p, n)), np.zeros((p, n))
    grown, inverse, scaled = np.empty(n), np.empty(n), np.empty(n)
    for subset in range(1, 1 << p):
        k, rest = p - 1, subset
        while rest & 1 == 0:
            rest >>= 1
            for lane in range(n):
                found[k, lane] += gain[lane] - gain_at[k, lane]
            k -= 1
        s = inside[k]
        _include(states[place[k]], states[k + 1], p - k, grown, inverse, scaled)
        for lane in range(n):
            found[k, lane] -= loss[lane] - loss_at[k, lane]
        for lane in range(n):
            gain_at[k, lane] = gain[lane]
        for lane in range(n):
            gain[lane] += credit[k, s, lane] * grown[lane]
        for lane in range(n):
            loss[lane] += debit[k, s, lane] * grown[lane]
        for later in range(k + 1, p):
            place[later] = k + 1
            inside[later] = s + 1
            for lane in range(n):
                loss_at[later, lane] = loss[lane]
    for k in range(p):
        for lane in range(n):
            found[k, lane] += gain[lane] - gain_at[k, lane]
    return found, gain, loss


@njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _table(start: Numbers, p: int) -> Numbers:
    states = np.empty((p + 1, len(start)))
    for entry in range(len(start)):
        states[0, entry] = start[entry]
    place = np.zeros(p + 1, dtype=np.int64)
    before = np.zeros(p + 1, dtype=np.int64)
    table = np.zeros(1 << p)
    for subset in range(1, 1 << p):
        k, rest = p - 1, subset
        while rest & 1 == 0:
            rest >>= 1
            k -= 1
        source, target, c = states[place[k]], states[k + 1], p - k
        row = c * (c + 1) // 2
        inverse = 1.0 / source[row + c] if source[row + c] > COLLINEAR else 0.0
        taken = before[k] | 1 << k
        table[taken] = table[before[k]] + source[row] * source[row] * inverse
        entry = 1
        for i in range(1, c):
            for j in range(i + 1):
                target[entry] = source[entry] - source[row + i] * inverse * source[row + j]
                entry += 1
        for later in range(k + 1, p):
            place[later] = k + 1
            before[later] = taken
    return table
