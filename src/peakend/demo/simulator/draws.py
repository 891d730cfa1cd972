"""Random numbers that depend on what they are for, not on when they are drawn.

Every number is a function of (seed, stream, customer, ordinal, slot): a counter-based generator
(Philox-4x32-10) whose key is made from the seed and the stream's name and whose counter is the rest. So a
customer's history is the same in whatever block it is simulated, and a mechanism that is switched off takes
no number away from another.

Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11 (2011),
section 3.3 and table 2.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

Array = npt.NDArray[Any]

_ROUNDS = 10
_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL = (0x9E3779B9, 0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
# The working arrays of one round stay in the second-level cache at this length.
_CHUNK = 16_384


def philox4x32(
    counter: tuple[Array, Array, Array, Array], key: tuple[int, int]
) -> tuple[Array, Array, Array, Array]:
    """Four 32-bit words a counter, in uint64 arrays of the counters' shape (philox4x32-10)."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(_ROUNDS):
        p0 = c0 * _MULTIPLIERS[0]
        p1 = c2 * _MULTIPLIERS[1]
        c0, c1, c2, c3 = (
            (p1 >> _HALF) ^ c1 ^ np.uint64(k0),
            p1 & _LOW,
            (p0 >> _HALF) ^ c3 ^ np.uint64(k1),
            p0 & _LOW,
        )
        k0 = (k0 + _WEYL[0]) & 0xFFFFFFFF
        k1 = (k1 + _WEYL[1]) & 0xFFFFFFFF
    return c0, c1, c2, c3


class Draws:
    """All the chance of one simulation."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def _key(self, stream: str) -> tuple[int, int]:
        digest = blake2b(f"{self.seed}/{stream}".encode(), digest_size=8).digest()
        return int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:], "little")

    def uniforms(self, stream: str, index: Array, ordinal: Array | int = 0, slot: Array | int = 0) -> Array:
        """Four independent numbers in the open interval (0, 1) for each element: shape (4, n).

        index, ordinal, slot: non-negative integers below 2**32, broadcast against each other; together with
        `stream` they name the draw.
        """
        parts = np.broadcast_arrays(
            np.asarray(index, np.uint64), np.asarray(ordinal, np.uint64), np.asarray(slot, np.uint64)
        )
        n = parts[0].shape[0]
        key = self._key(stream)
        drawn = np.empty((4, n))
        for start in range(0, n, _CHUNK):
            piece = slice(start, start + _CHUNK)
            zero = np.zeros_like(parts[0][piece])
            words = philox4x32((parts[0][piece], parts[1][piece], parts[2][piece], zero), key)
            for lane, word in enumerate(words):
                drawn[lane, piece] = word
        return (drawn + 0.5) * 2.0**-32

    def uniform(self, stream: str, index: Array, ordinal: Array | int = 0, slot: Array | int = 0) -> Array:
        """One number in (0, 1) for each element."""
        first: Array = self.uniforms(stream, index, ordinal, slot)[0]
        return first

    def normal(self, stream: str, index: Array, ordinal: Array | int = 0, slot: Array | int = 0) -> Array:
        """One standard normal number for each element (by inversion)."""
        return normal_quantile(self.uniform(stream, index, ordinal, slot))


def normal_quantile(u: Array) -> Array:
    """Standard normal quantile of `u` in (0, 1)."""
    quantile: Array = special.ndtri(u)
    return quantile


def gamma_quantile(u: Array, shape: Array | float, rate: Array | float) -> Array:
    """Quantile of the gamma distribution with mean shape / rate."""
    quantile: Array = special.gammaincinv(shape, u) / rate
    return quantile


def beta_quantile(u: Array, a: float, b: float) -> Array:
    """Quantile of the beta distribution with mean a / (a + b)."""
    quantile: Array = special.betaincinv(a, b, u)
    return quantile


def pick(u: Array, weights: Array) -> Array:
    """Index drawn with probability proportional to `weights` by one uniform each."""
    cumulative = np.cumsum(np.asarray(weights, float))
    return np.minimum(np.searchsorted(cumulative / cumulative[-1], u, side="right"), len(weights) - 1)
