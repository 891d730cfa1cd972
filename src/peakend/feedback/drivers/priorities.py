"""What to put right first: how much a part matters, how well it does, and how sure the order is.

>>> found = frequency_importance([0.9, 0.25, 0.4], [2, 9, 6], names=["booking", "delay notice", "baggage"])
>>> [round(float(hot), 4) for hot in found.emphasis]
[1.8, 2.25, 2.4]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.drivers.errors import DriverInputError
from peakend.feedback.drivers.ranks import Ranks, ranks
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.feedback.drivers.sample import Values
    from peakend.feedback.scales import Scale

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
Quadrant = Literal["fix_first", "keep_up", "watch", "no_hurry"]


@dataclass(frozen=True, slots=True)
class Priorities:
    """The importance–performance map of p parts and the order in which to look at them.

    importance: shares; performance: 0 to 100; each with its interval. importance_cut, performance_cut: the
    crosshair, the means of both. quadrant: "fix_first" (matters more, does worse), "keep_up" (more, better),
    "watch" (less, worse), "no_hurry" (less, better). sure: the part holds its quadrant in at least
    `confidence` of the draws. need: importance · (100 − performance), the points of performance still to be
    had weighed by what they move; need_low, need_high; order: places by need with the best and worst each can
    hold.
    """

    names: tuple[str, ...]
    importance: Numbers
    importance_low: Numbers
    importance_high: Numbers
    performance: Numbers
    performance_low: Numbers
    performance_high: Numbers
    importance_cut: float
    performance_cut: float
    quadrant: tuple[Quadrant, ...]
    sure: Flags
    need: Numbers
    need_low: Numbers
    need_high: Numbers
    order: Ranks


def priorities(
    importance: Values,
    performance: Values,
    importance_draws: Values,
    performance_draws: Values,
    names: Sequence[str] | None = None,
    confidence: float = 0.95,
) -> Priorities:
    """The map and the order from p importances and performances and B joint bootstrap draws of both (B × p).

    Row b of both draws should come from the same resample of respondents; draws made apart are taken as
    unrelated. The crosshair moves with the draws. Raises `DriverInputError` for shapes that do not fit, for
    performances outside 0 to 100 and for fewer than 20 draws.
    Source: Martilla & James (1977), Journal of Marketing 41(1), pp. 77–79; means as the crosshair and derived
    importance as reviewed by Oh (2001), Tourism Management 22(6), pp. 617–627.
    """
    weight, score = np.asarray(importance, dtype=float), np.asarray(performance, dtype=float)
    weights, scores = np.asarray(importance_draws, dtype=float), np.asarray(performance_draws, dtype=float)
    _check(weight, score, weights, scores)
    labels = tuple(f"x{place + 1}" for place in range(len(weight))) if names is None else tuple(names)
    tail = 100 * (1 - confidence) / 2
    here = _side(weight, score)
    often = (_side(weights, scores) == here).mean(axis=0)
    need, needs = weight * (100 - score), weights * (100 - scores)

    def ends(value: Numbers, draws: Numbers) -> Numbers:
        low, high = np.percentile(draws, (tail, 100 - tail), axis=0)
        return np.array([np.minimum(low, value), np.maximum(high, value)])

    importance_ends, performance_ends, need_ends = (
        ends(weight, weights),
        ends(score, scores),
        ends(need, needs),
    )
    return Priorities(
        names=labels,
        importance=weight,
        importance_low=importance_ends[0],
        importance_high=importance_ends[1],
        performance=score,
        performance_low=performance_ends[0],
        performance_high=performance_ends[1],
        importance_cut=float(weight.mean()),
        performance_cut=float(score.mean()),
        quadrant=tuple(_QUADRANTS[int(code)] for code in here),
        sure=often >= confidence,
        need=need,
        need_low=need_ends[0],
        need_high=need_ends[1],
        order=ranks(need, needs, confidence),
    )


_QUADRANTS: tuple[Quadrant, ...] = ("no_hurry", "watch", "keep_up", "fix_first")


def _side(weight: Numbers, score: Numbers) -> NDArray[np.int64]:
    """0 to 3, the place in `_QUADRANTS`; over the last axis."""
    more = weight > weight.mean(axis=-1, keepdims=True)
    worse = score < score.mean(axis=-1, keepdims=True)
    return np.asarray(2 * more.astype(np.int64) + worse)


def _check(weight: Numbers, score: Numbers, weights: Numbers, scores: Numbers) -> None:
    shapes = weight.shape == score.shape and weights.shape == scores.shape and weights.ndim == 2
    if not shapes or weights.shape[1] != len(weight) or len(weight) < 2:
        raise DriverInputError(
            Text(
                "Importance, performance and their draws must be of the same parts, two or more.",
                "重要性、表现及其抽样应对应同样的项目，且不少于两项。",
            )
        )
    if not (
        np.isfinite(weights).all() and ((score >= 0) & (score <= 100)).all() and np.isfinite(weight).all()
    ):
        raise DriverInputError(
            Text("Performance lies between 0 and 100.", "表现应在 0 至 100 之间。"),
            Text("Use `on_hundred` to bring scores there.", "请先用 `on_hundred` 换算。"),
        )


def on_hundred(scores: Values, scale: Scale) -> Numbers:
    """Scores brought from `scale` to 0 (its lowest) … 100 (its highest)."""
    low, high = scale
    if not high > low:
        raise DriverInputError(
            Text(f"A scale from {low:g} to {high:g} has no length.", f"量表 {low:g} 至 {high:g} 没有长度。")
        )
    return np.asarray((np.asarray(scores, dtype=float) - low) / (high - low) * 100)


@dataclass(frozen=True, slots=True)
class Emphasis:
    """How often a touchpoint is met times how much it stirs, and that times what is missing in its score.

    emphasis: frequency × importance; hot: above both means (frequent and stirring). gap: top of the scale
    less the score, priority: emphasis × gap; NaN where no score was given. Both orders are worth seeing: the
    first says where customers are, the second where they are let down.
    """

    names: tuple[str, ...]
    emphasis: Numbers
    hot: Flags
    gap: Numbers
    priority: Numbers


def frequency_importance(
    frequency: Values,
    importance: Values,
    scores: Values = None,
    names: Sequence[str] | None = None,
    top: float = 10.0,
) -> Emphasis:
    """Touchpoints by use and feeling: frequency (share of customers, or events a customer, ≥ 0) × emotional
    importance (≥ 0), and times (`top` − score) where there are scores (NaN: none).

    Raises `DriverInputError` for different lengths, negative numbers and scores above `top`.
    """
    often, stirs = np.asarray(frequency, dtype=float), np.asarray(importance, dtype=float)
    score = np.full(len(often), np.nan) if scores is None else np.asarray(scores, dtype=float)
    if not often.shape == stirs.shape == score.shape or len(often) == 0:
        raise DriverInputError(
            Text("Frequency, importance and scores differ in length.", "频率、重要性与得分的个数不一致。")
        )
    if not ((often >= 0) & (stirs >= 0)).all() or (score > top).any():
        raise DriverInputError(
            Text(
                f"Frequency and importance are 0 or more, scores at most {top:g}.",
                f"频率与重要性不小于 0，得分不超过 {top:g}。",
            )
        )
    emphasis = often * stirs
    labels = tuple(f"x{place + 1}" for place in range(len(often))) if names is None else tuple(names)
    hot = (often > often.mean()) & (stirs > stirs.mean())
    return Emphasis(labels, emphasis, hot, top - score, emphasis * (top - score))
