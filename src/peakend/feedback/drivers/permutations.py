"""Shapley shares of R² from random orders of entry: for more drivers than all subsets can be walked."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from peakend.feedback.drivers.lmg import COLLINEAR, LANES, packed

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]

ORDERS = 2000
"""Orders of entry that are tried, half of them the other half reversed."""


def permutation_importance(
    correlations: Numbers, orders: int = ORDERS, seed: int = 1
) -> tuple[Numbers, Numbers]:
    """Each driver's part of R² over `orders` random orders, and its Monte Carlo standard error.

    correlations: (q, q) or (b, q, q), the outcome last; all with the same orders. Every order is tried with
    its reverse (antithetic), so early and late entry balance; in each the growth of R² is read off a Cholesky
    factorisation, and sums to R². At least 4 orders. The error is that of the mean over pairs.
    Source: Castro, Gómez & Tejada (2009), Computers & Operations Research 36(5); antithetic pairs: Mitchell,
    Cooper, Frank & Holmes (2022), JMLR 23(43).
    """
    given = np.asarray(correlations, dtype=float)
    stack = given if given.ndim == 3 else given[None]
    tried = _orders(stack.shape[-1] - 1, orders, seed)
    parts, errors = [], []
    for batch in np.array_split(stack, -(-len(stack) // LANES)):
        total, squares = _try(packed(batch), tried)
        mean = total / len(tried)
        variance = np.maximum(squares / len(tried) - mean**2, 0) * len(tried) / (len(tried) - 1)
        parts.append(mean.T)
        errors.append(np.sqrt(variance / len(tried)).T)
    found, error = np.concatenate(parts), np.concatenate(errors)
    return (found, error) if given.ndim == 3 else (found[0], error[0])


def _orders(p: int, orders: int, seed: int) -> Codes:
    """(pairs, 2, p): random orders and their reverses."""
    rng = np.random.default_rng(seed)
    forward = rng.permuted(np.tile(np.arange(p), (max(2, orders // 2), 1)), axis=1)
    return np.stack([forward, forward[:, ::-1]], axis=1)


@njit(cache=True, error_model="numpy", fastmath={"contract"})  # type: ignore[untyped-decorator]
def _try(start: Numbers, tried: Codes) -> tuple[Numbers, Numbers]:
    """Sums, over pairs of orders, of each driver's mean growth and of its square; (p, lanes)."""
    size, n = start.shape
    p = tried.shape[2]
    total, squares, pair = np.zeros((p, n)), np.zeros((p, n)), np.zeros((p, n))
    state, inverse, scaled = np.empty((size, n)), np.empty(n), np.empty(n)
    row_of = np.zeros(p + 1, dtype=np.int64)
    for one in range(len(tried)):
        pair[:] = 0.0
        for way in range(2):
            order = tried[one, way]
            # Row i of the state holds what enters i-th from the end; `start` has driver d in row p − d.
            for place in range(p):
                row_of[p - place] = p - order[place]
            entry = 0
            for i in range(p + 1):
                for j in range(i + 1):
                    high, low = max(row_of[i], row_of[j]), min(row_of[i], row_of[j])
                    state[entry] = start[high * (high + 1) // 2 + low]
                    entry += 1
            for c in range(p, 0, -1):
                row = c * (c + 1) // 2
                driver = order[p - c]
                pivot, outcome, mean = state[row + c], state[row], pair[driver]
                for lane in range(n):
                    inverse[lane] = 1.0 / pivot[lane] if pivot[lane] > COLLINEAR else 0.0
                for lane in range(n):
                    mean[lane] += 0.5 * outcome[lane] * outcome[lane] * inverse[lane]
                entry = 1
                for i in range(1, c):
                    left = state[row + i]
                    for lane in range(n):
                        scaled[lane] = left[lane] * inverse[lane]
                    for j in range(i + 1):
                        after, right = state[entry], state[row + j]
                        for lane in range(n):
                            after[lane] -= scaled[lane] * right[lane]
                        entry += 1
        for driver in range(p):
            for lane in range(n):
                total[driver, lane] += pair[driver, lane]
                squares[driver, lane] += pair[driver, lane] * pair[driver, lane]
    return total, squares
