"""Rows of small integers as keys: each packed into one number, to find different ones and look them up."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]


def unique_rows(keys: Codes) -> tuple[Codes, Codes]:
    """The different rows of `keys` (rows × columns) in rising order, and which of them each row is."""
    packed, low, radix = _packed(keys)
    different, place = np.unique(packed, return_inverse=True)
    columns = np.empty((len(different), keys.shape[1]), dtype=np.int64)
    for column in reversed(range(keys.shape[1])):
        different, columns[:, column] = np.divmod(different, radix[column])
    return columns + low, place.reshape(-1)


def rows_of(keys: Codes, wanted: Codes) -> Codes:
    """The row of the different rows of `keys` that equals each row of `wanted`; −1 where none does."""
    packed, _, _ = _packed(np.vstack([keys, wanted]))
    known, asked = packed[: len(keys)], packed[len(keys) :]
    if len(known) == 0:
        return np.full(len(asked), -1, dtype=np.int64)
    order = np.argsort(known)
    place = order[np.minimum(np.searchsorted(known, asked, sorter=order), len(known) - 1)]
    return np.where(known[place] == asked, place, -1)


def _packed(keys: Codes) -> tuple[Codes, Codes, list[int]]:
    """Each row as one number in mixed radix, the lowest value of each column, and the radix of each."""
    if len(keys) == 0:
        return np.zeros(0, dtype=np.int64), np.zeros(keys.shape[1], dtype=np.int64), [1] * keys.shape[1]
    low = keys.min(axis=0)
    radix = [int(size) for size in keys.max(axis=0) - low + 1]
    if np.prod([float(size) for size in radix]) >= 2.0**63:
        raise OverflowError(f"rows with {radix} different values a column do not fit into one number")
    packed = np.zeros(len(keys), dtype=np.int64)
    for column, size in enumerate(radix):
        packed = packed * size + (keys[:, column] - low[column])
    return packed, low, radix
