"""How often people who read every question give the same score to all of them: one-factor graded model.

Each item is a latent normal, cut at thresholds that give its observed shares; the latents share one factor
with a loading an item. Loadings are those that give each item's observed agreement with the others (how often
two answers are equal), so that what items have in common, and a shared taste for one point of the scale, is
granted to the respondents before anything is called careless.

Source: the graded response model in its normal-ogive form, Samejima (1969), Psychometrika Monograph 17;
thresholds from the margins as in Olsson (1979), Psychometrika 44(4), pp. 443–460.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Numbers = NDArray[np.float64]

_NODES = np.linspace(-4.2, 4.2, 22)
_WEIGHTS = np.exp(-0.5 * _NODES**2) / np.exp(-0.5 * _NODES**2).sum()
_LOWEST, _HIGHEST, _STEP = 0.02, 0.98, 1e-6
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class ItemCounts:
    """margins: items × levels, answers of each score. equal, both: items × items, respondents who answered
    both alike, and who answered both."""

    margins: Numbers
    equal: Numbers
    both: Numbers

    def __add__(self, other: ItemCounts) -> ItemCounts:
        return ItemCounts(self.margins + other.margins, self.equal + other.equal, self.both + other.both)

    def times(self, factor: float) -> ItemCounts:
        """Every respondent counted `factor` times."""
        return ItemCounts(self.margins * factor, self.equal * factor, self.both * factor)


def item_counts(levels: NDArray[np.int64], size: int) -> ItemCounts:
    """Counts of respondents × items with level numbers 0 … size − 1, −1 for no answer."""
    chosen = [(levels == level).astype(float) for level in range(size)]
    answered = (levels >= 0).astype(float)
    equal = sum((one.T @ one for one in chosen), np.zeros((levels.shape[1], levels.shape[1])))
    return ItemCounts(np.stack([one.sum(axis=0) for one in chosen], axis=1), equal, answered.T @ answered)


def loadings(counts: ItemCounts, start: Numbers | None = None, steps: int = 40) -> tuple[Numbers, Numbers]:
    """Each item's loading (.02 to .98), and P(level | factor) as items × levels × nodes.

    Newton's method on all loadings at once, from `start`, until they move by less than 10⁻⁷ or for `steps`;
    the probabilities are those at the loadings before the last step.
    """
    shares = np.maximum(counts.margins, 0) + _TINY
    cut = np.cumsum(shares / shares.sum(axis=1, keepdims=True), axis=1)[:, :-1]
    limits = ndtri(np.clip(cut, 1e-9, 1 - 1e-9))
    others = 1 - np.eye(len(limits))
    pairs = np.maximum(counts.both, 0) * others
    pairs = pairs / np.maximum(pairs.sum(axis=1, keepdims=True), _TINY)
    equal = counts.equal / np.maximum(counts.both, _TINY)
    observed = (equal * pairs).sum(axis=1)
    found = np.full(len(limits), 0.6) if start is None else start
    given = _given(limits, found)
    for step in range(steps):
        given = given if step == 0 else _given(limits, found)
        moved = (_given(limits, found + _STEP) - given) / _STEP
        left = (given * _WEIGHTS).reshape(len(limits), -1)
        predicted = ((left @ given.reshape(len(limits), -1).T) * pairs).sum(axis=1)
        slopes = (left @ moved.reshape(len(limits), -1).T) * pairs
        # An item's own loading moves its agreement with all others.
        own = ((left @ moved.reshape(len(limits), -1).T).T * pairs).sum(axis=1)
        jacobian = slopes + np.diag(own + 1e-4)
        move = np.clip(np.linalg.solve(jacobian, observed - predicted), -0.2, 0.2)
        new = np.clip(found + move, _LOWEST, _HIGHEST)
        change = np.abs(new - found).max()
        found = new
        if change < 1e-7:
            break
    return found, given


def straight_chances(given: Numbers, answered: NDArray[np.bool_]) -> Numbers:
    """For each pattern of answered items (rows) the chance of giving level v to all of them (columns)."""
    items, levels, nodes = given.shape
    # Single precision is 10⁻⁶ of a chance, and twice as fast.
    logs = np.log(np.maximum(given, 1e-30)).reshape(items, levels * nodes).astype(np.float32)
    joint = answered.astype(np.float32) @ logs
    np.exp(joint, out=joint)
    found: Numbers = joint.reshape(len(answered), levels, nodes).astype(float) @ _WEIGHTS
    return found


def _given(limits: Numbers, loading: Numbers) -> Numbers:
    """P(level | factor): items × levels × nodes."""
    rest = np.sqrt(1 - np.minimum(loading, 0.999) ** 2)[:, None, None]
    below = np.empty((len(limits), limits.shape[1] + 2, len(_NODES)))
    below[:, 0], below[:, -1] = 0.0, 1.0
    ndtr((limits[:, :, None] - loading[:, None, None] * _NODES) / rest, out=below[:, 1:-1])
    return below[:, 1:] - below[:, :-1]
