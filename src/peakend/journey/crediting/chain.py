"""Removal effects of a Markov chain of touchpoints: what would be lost without one of them.

>>> found = removal_effects([(("C1", "C2", "C3"), 1, 0), (("C1",), 0, 1), (("C2", "C3"), 0, 1)])
>>> [round(float(effect), 3) for effect in found.effect], [round(float(share), 3) for share in found.share]
([0.5, 1.0, 1.0], [0.2, 0.4, 0.4])
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from peakend.journey.crediting.errors import AttributionError
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

Numbers = NDArray[np.float64]

Path = tuple[tuple[str, ...], float, float]
"""The touchpoints of a journey in their order, how many such journeys had the outcome, and how many not."""


@dataclass(frozen=True, slots=True)
class Removal:
    """touchpoints: in the order of their names. effect: share of the outcome lost without each, 0 to 1.

    share: effects as parts of their sum. probability: that a journey of the chain has the outcome.
    """

    touchpoints: tuple[str, ...]
    effect: Numbers
    share: Numbers
    probability: float


def removal_effects(paths: Sequence[Path], order: int = 1) -> Removal:
    """Removal effects from counted paths.

    paths: one entry a distinct path. order: how many touchpoints back the chain remembers; 1 forgets all but
    the last, so that an early touchpoint whose effect passes through a later one that everybody meets is
    seen only with a higher order. Raises `AttributionError` without any path that has the outcome.
    Source: Anderl, Becker, von Wangenheim & Schumann (2016), International Journal of Research in Marketing
    33(3), section 3; absorption by the fundamental matrix: Kemeny & Snell (1960), Finite Markov Chains,
    theorem 3.2.4.
    """
    if order < 1 or any(len(path) == 0 or won < 0 or lost < 0 for path, won, lost in paths):
        raise AttributionError(
            Text(
                "A path names at least one touchpoint, counts are not negative, and the order is 1 or more.",
                "每条路径至少含一个接触点，计数不得为负，阶数不小于 1。",
            )
        )
    if sum(won for _, won, _ in paths) <= 0:
        raise AttributionError(
            Text("No path has the outcome.", "没有任何路径出现该结果。"),
            Text("Take a longer horizon or more journeys.", "请放宽时限，或增加旅程。"),
        )
    states = sorted(
        {path[max(0, end - order) : end] for path, _, _ in paths for end in range(1, len(path) + 1)}
    )
    number = {state: place for place, state in enumerate(states)}
    starts, won_at, lost_at = (np.zeros((1, len(states))) for _ in range(3))
    moves = np.zeros((1, len(states), len(states)))
    for path, won, lost in paths:
        walked = [number[path[max(0, end - order) : end]] for end in range(1, len(path) + 1)]
        starts[0, walked[0]] += won + lost
        for here, there in pairwise(walked):
            moves[0, here, there] += won + lost
        won_at[0, walked[-1]] += won
        lost_at[0, walked[-1]] += lost
    touchpoints = tuple(sorted({state[-1] for state in states}))
    # A touchpoint is first met in a state that ends with it: removing these removes all that contain it.
    members = [np.array([number[s] for s in states if s[-1] == name]) for name in touchpoints]
    effect, probability = chain_effects(starts, moves, won_at, lost_at, members)
    return Removal(touchpoints, effect[0], effect[0] / effect[0].sum(), float(probability[0]))


def chain_effects(
    starts: Numbers,
    moves: Numbers,
    won: Numbers,
    lost: Numbers,
    members: Sequence[NDArray[np.int64]] | None = None,
) -> tuple[Numbers, Numbers]:
    """(b, touchpoints) removal effects and (b,) probabilities of the outcome, b chains of s states at once.

    starts, won, lost: (b, s) counts of first and last states; moves: (b, s, s) counts. members: states of
    each touchpoint; None: a state is a touchpoint. NaN where nothing has the outcome.

    What is lost without touchpoint A is what passes through it: with N = (I − Q)⁻¹, h = N·r and a = s·N,
    P(outcome, through A) = a_A (N_AA)⁻¹ h_A, so that one inverse serves all removals.
    """
    size = starts.shape[1]
    leaving = moves.sum(axis=2) + won + lost
    leaving = np.where(leaving > 0, leaving, 1.0)
    begun = starts.sum(axis=1, keepdims=True)
    begun = np.where(begun > 0, begun, 1.0)
    inverse: Numbers = np.linalg.inv(np.eye(size) - moves / leaving[:, :, None]).astype(float)
    reached = np.einsum("bs,bst->bt", starts / begun, inverse)
    hopes = np.einsum("bst,bt->bs", inverse, won / leaving)
    probability = np.einsum("bs,bs->b", starts / begun, hopes)
    if members is None:
        through = reached * hopes / np.einsum("bss->bs", inverse)
    else:
        through = np.stack([_through(inverse, reached, hopes, which) for which in members], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(probability[:, None] > 0, through / probability[:, None], np.nan), probability


def _through(inverse: Numbers, reached: Numbers, hopes: Numbers, which: NDArray[np.int64]) -> Numbers:
    block = inverse[:, which[:, None], which[None, :]]
    onward = np.linalg.solve(block, hopes[:, which, None])[:, :, 0]
    return np.asarray(np.einsum("bs,bs->b", reached[:, which], onward))
