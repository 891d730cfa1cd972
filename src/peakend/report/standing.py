"""Which of several scores stand apart from the rest, said only when chance is a poor explanation.

Looking for the lowest of twenty is looking at every pair of them. A group of scores is called lowest or
highest only when each of its members differs from each score outside by more than chance after Bonferroni's
correction for all m pairs looked at (Dunn 1961, JASA 56(293)): |a − b| > z₁₋α/₂ₘ · √(SE_a² + SE_b²). The
standard errors come from the sides of the intervals that face each other; scores are taken as independent,
which errs on the careful side where the same people gave both.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, inf
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal

from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

Verdict = Literal["better", "worse", "cannot_tell", "no_previous_period"]

VERDICT_WORDS: dict[str, Text] = {
    "better": Text("better", "变好"),
    "worse": Text("worse", "变差"),
    "cannot_tell": Text("cannot tell", "尚不能断定"),
    "no_previous_period": Text("no previous period", "无上一期"),
}

Score = tuple[float, float | None, float | None]


@dataclass(frozen=True, slots=True)
class Standing:
    """Positions (into the scores given) of the group that is clearly lowest and clearly highest; empty when
    none is. `among_lowest`: those that cannot be told from the lowest, clearly apart or not, lowest first.
    """

    lowest: tuple[int, ...]
    highest: tuple[int, ...]
    among_lowest: tuple[int, ...]


def pairs(count: int) -> int:
    """How many pairs `count` things make."""
    return count * (count - 1) // 2


def standing(scores: Sequence[Score], *, confidence: float = 0.95, looks: int | None = None) -> Standing:
    """Where `scores` (value, low, high of intervals at `confidence`) stand among each other.

    `looks`: how many pairs were looked at, when these scores are only some of them. A score without an
    interval cannot be told from any other. A group of more than half of the scores does not stand out.
    """
    if len(scores) < 2:
        return Standing((), (), tuple(range(len(scores))))
    compare = _Comparison(confidence, max(looks or 0, pairs(len(scores))))
    low_group = _end_group(scores, compare)
    mirrored = [(-value, _minus(high), _minus(low)) for value, low, high in scores]
    high_group = _end_group(mirrored, compare)
    return Standing(
        lowest=low_group if _clear(scores, low_group, compare) else (),
        highest=high_group if _clear(mirrored, high_group, compare) else (),
        among_lowest=low_group,
    )


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Whether one score lies below another, at the error rate left for each of `looks` comparisons."""

    confidence: float
    looks: int

    def below(self, lower: Score, upper: Score) -> bool:
        normal = NormalDist()
        alpha = 1 - self.confidence
        z = normal.inv_cdf(1 - alpha / 2)
        strict = normal.inv_cdf(1 - alpha / 2 / self.looks)
        reach = inf if lower[2] is None else (lower[2] - lower[0]) / z
        depth = inf if upper[1] is None else (upper[0] - upper[1]) / z
        return upper[0] - lower[0] > strict * hypot(reach, depth)


def _end_group(scores: Sequence[Score], compare: _Comparison) -> tuple[int, ...]:
    """The lowest score and everything that cannot be told from it, lowest first."""
    order = sorted(range(len(scores)), key=lambda index: (scores[index][0], index))
    first = scores[order[0]]
    return tuple(index for index in order if index == order[0] or not compare.below(first, scores[index]))


def _clear(scores: Sequence[Score], group: tuple[int, ...], compare: _Comparison) -> bool:
    """Whether `group` is no majority and each of its members lies below everything outside it."""
    others = [index for index in range(len(scores)) if index not in group]
    if len(group) > len(others):
        return False
    return all(compare.below(scores[inside], scores[outside]) for inside in group for outside in others)


def _minus(value: float | None) -> float | None:
    return None if value is None else -value


def detectable_change(low: float, high: float, *, confidence: float = 0.95, power: float = 0.8) -> float:
    """The smallest difference between two periods, each as precise as the interval `low` to `high`, that
    shows with probability `power`: (z₁₋α/₂ + z_power)·√2·SE (Cohen 1988, §2.4), before any correction.
    """
    normal = NormalDist()
    z = normal.inv_cdf(1 - (1 - confidence) / 2)
    return (z + normal.inv_cdf(power)) * 2**0.5 * (high - low) / 2 / z
