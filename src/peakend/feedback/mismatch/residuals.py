"""Customers whose total is far below what their own sub-scores lead one to expect: the lemon-cola detector.

    >>> found = mismatch(parts, total)
    >>> found.excess.share, found.excess.expected, found.excess.p

A far-below answer is one that the model gives a probability of at most `tail` to be this low. Some always
are;
the question is whether there are more than that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtrc, betainc, ndtr, ndtri, pdtrc

from peakend.feedback.intervals import wilson
from peakend.feedback.mismatch.conditional import Moments, out_of_fold
from peakend.feedback.mismatch.ordered import levels_of, scatter_of
from peakend.feedback.mismatch.reading import read_answers

if TYPE_CHECKING:
    from collections.abc import Sequence

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]

TAIL = 0.025
FALSE_DISCOVERIES = 0.20
MIRROR = 5.0
"""Far-above answers the model must expect before the upper end can speak for the lower."""


@dataclass(frozen=True, slots=True)
class Excess:
    """Far-below answers of a set of respondents against what the model expects.

    n: respondents; below, expected: how many are far below, and how many would be by chance;
    doubt: the standard error of that expectation; share, low, high:
    their share with Wilson's interval (on as many respondents as clusters leave); p: one-sided, the largest
    of
    p_model (rare events that add up, their rate known up to `doubt`), p_mirror (the far-above answers as the
    measure of chance; None
    where the scale ends before there can be enough) and p_clusters (None without clusters).
    """

    n: int
    below: int
    expected: float
    doubt: float
    share: float
    low: float
    high: float
    above: int
    above_expected: float
    p_model: float
    p_mirror: float | None
    p_clusters: float | None
    p: float


@dataclass(frozen=True, slots=True)
class Mismatch:
    """What came of every respondent used; n entries each, `row` their places in what was given.

    expected: the total by the answered parts, from others' answers only; residual: total − expected; z: the
    residual as a normal deviate that knows steps and ceiling; p: probability of an answer as low or lower;
    far_below, far_above: p (or its mirror) ≤ tail; chance_below, chance_above: the probability that it would
    be.
    adjusted_p, listed: the rate of false discoveries at which it is listed, 20 % by default. broad: share of
    answers that scatter three times as wide.
    """

    row: Codes
    total: Numbers
    expected: Numbers
    residual: Numbers
    z: Numbers
    p: Numbers
    far_below: Flags
    far_above: Flags
    chance_below: Numbers
    chance_above: Numbers
    adjusted_p: Numbers
    listed: Flags
    cluster: Codes | None
    parts_used: Codes
    moved: Numbers
    variance: Numbers
    moments: Moments
    broad: float
    converged: bool
    confidence: float

    @property
    def excess(self) -> Excess:
        """Everybody's."""
        return self.excess_of(np.ones(len(self.row), dtype=bool))

    def excess_of(self, rows: Flags) -> Excess:
        """That of some of them (a period, a segment)."""
        below, above = int(self.far_below[rows].sum()), int(self.far_above[rows].sum())
        expected, mirrored = float(self.chance_below[rows].sum()), float(self.chance_above[rows].sum())
        n = int(rows.sum())
        moved = self.moved[rows].sum(axis=0)
        doubt = float(np.sqrt(max(moved @ self.variance @ moved, 0.0)))
        p_model = _rare(below, expected, doubt)
        p_mirror = None
        if mirrored >= MIRROR and below:
            p_mirror = float(bdtrc(below - 1, below + above, expected / (expected + mirrored)))
        p_clusters, size = None, float(n)
        if self.cluster is not None and n:
            p_clusters, size = _clustered(self.far_below[rows], self.chance_below[rows], self.cluster[rows])
        share = below / n if n else 0.0
        low, high = wilson([share], [size], self.confidence) if n else ([0.0], [1.0])
        known = [p for p in (p_model, p_mirror, p_clusters) if p is not None]
        return Excess(
            n, below, expected, doubt, share, float(low[0]), float(high[0]), above, mirrored,
            p_model, p_mirror, p_clusters, max(known),
        )  # fmt: skip


def mismatch(
    parts: object,
    total: ArrayLike,
    *,
    clusters: Sequence[Any] | NDArray[Any] | None = None,
    periods: Sequence[Any] | NDArray[Any] | None = None,
    tail: float = TAIL,
    false_discoveries: float = FALSE_DISCOVERIES,
    confidence: float = 0.95,
) -> Mismatch:
    """Whose total is far below what the answered parts lead one to expect, and whether there are too many.

    parts: n × p scores, NaN or None where skipped; total: n, those without one are left out, as is who
    answered
    no part; clusters, periods: one label a respondent. Parts that nobody answered or all answered alike are
    left
    out (`parts_used`). Raises `AnswersError` (shapes, not numbers), `NothingToCompareError` (no part or total
    varies) and `TooFewAnswersError` (fewer than five respondents a part, or 50).

    False alarms: `excess.p` ≤ α at most at the rate α where answers scatter alike up and down; shown by
    simulation. Listed respondents: at most `false_discoveries` of them by chance (Benjamini & Hochberg 1995,
    JRSS B 57(1)), also with the discrete p of few steps (Heyse 2011, Annals of Applied Statistics 5(2A)).
    """
    answers = read_answers(parts, total, clusters, periods)
    prediction, moments = out_of_fold(answers.parts, answers.total, answers.cluster_or_own)
    levels = levels_of(answers.total)
    scatter = scatter_of(levels, prediction, answers.period)
    everyone = np.arange(len(levels.code))
    before = np.column_stack([np.zeros(len(everyone)), scatter.below])
    low, high = before[everyone, levels.code + 1], 1 - before[everyone, levels.code]
    adjusted = discrete_rates(low, scatter.below)
    return Mismatch(
        row=answers.row,
        total=answers.total,
        expected=prediction.expected,
        residual=answers.total - prediction.expected,
        z=ndtri(np.clip((low + 1 - high) / 2, 1e-12, 1 - 1e-12)),
        p=low,
        far_below=low <= tail,
        far_above=high <= tail,
        chance_below=np.where(scatter.below <= tail, scatter.below, 0.0).max(axis=1),
        chance_above=np.where(1 - before[:, :-1] <= tail, 1 - before[:, :-1], 0.0).max(axis=1),
        adjusted_p=adjusted,
        listed=adjusted <= false_discoveries,
        cluster=answers.cluster,
        parts_used=answers.parts_used,
        moved=scatter.moved((scatter.below <= tail).sum(axis=1) - 1),
        variance=scatter.variance,
        moments=moments,
        broad=scatter.broad,
        converged=scatter.converged and moments.converged,
        confidence=confidence,
    )


def _rare(count: int, expected: float, doubt: float) -> float:
    """P(at least `count`): Poisson, its rate a gamma variable with standard deviation `doubt`."""
    if count == 0:
        return 1.0
    if doubt**2 < 1e-9 * expected:
        return float(pdtrc(count - 1, expected))
    size = (expected / doubt) ** 2
    # The tail of the negative binomial (scipy.stats would take a second to import).
    return float(betainc(count, size, expected / (size + expected)))


def discrete_rates(p: Numbers, possible: Numbers) -> Numbers:
    """The false discovery rate at which each would be listed, for p that can take few values.

    p: n; possible: n × levels, the values each could have taken, ascending. With all values possible this is
    Benjamini & Hochberg (1995), JRSS B 57(1); counting only the attainable ones expects fewer false ones:
    Heyse (2011), Annals of Applied Statistics 5(2A), pp. 1048–1072.
    """
    steps = np.diff(possible, axis=1, prepend=0.0).ravel()
    place = np.argsort(possible.ravel(), kind="stable")
    values, false = possible.ravel()[place], np.cumsum(steps[place])
    order = np.argsort(-p, kind="stable")
    rate = false[np.searchsorted(values, p[order], side="right") - 1] / (len(p) - np.arange(len(p)))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(np.minimum.accumulate(rate), 1.0)
    return adjusted


def benjamini_hochberg(p: ArrayLike) -> Numbers:
    """Adjusted p: the false discovery rate at which each would be listed.

    Source: Benjamini & Hochberg (1995), JRSS B 57(1), pp. 289–300.
    """
    given = np.asarray(p, dtype=float)
    order = np.argsort(-given, kind="stable")
    rank = len(given) - np.arange(len(given))
    adjusted = np.empty(len(given))
    adjusted[order] = np.minimum.accumulate(np.minimum(given[order] * len(given) / np.maximum(rank, 1), 1.0))
    return adjusted


def _clustered(flag: Flags, chance: Numbers, cluster: Codes) -> tuple[float | None, float]:
    """One-sided p of the excess between clusters, and the respondents that clustering leaves."""
    _, code = np.unique(cluster, return_inverse=True)
    groups = int(code.max()) + 1
    if groups == len(flag):
        return None, float(len(flag))
    if groups < 2:
        return 1.0, 1.0
    off = flag - chance
    sums = np.bincount(code, off)
    between = float(sums @ sums) * groups / (groups - 1)
    simple = float(np.sum(chance * (1 - chance)))
    variance = max(between, simple)
    if variance == 0:
        return 1.0, float(len(flag))
    p = float(ndtr(-off.sum() / np.sqrt(variance)))
    own = float(flag.mean() * (1 - flag.mean()) * len(flag))
    inflation = max(between / own, 1.0) if own > 0 else 1.0
    return p, max(len(flag) / inflation, 1.0)
