"""Kano's classes from the pair of questions: how would you feel with it, and how without it.

>>> found = kano_counts(attractive=40, one_dimensional=30, must_be=20, indifferent=8)
>>> round(found.better, 6), round(found.worse, 6), found.category
(0.714286, -0.510204, 'A')
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peakend.feedback.drivers.errors import DriverInputError
from peakend.feedback.intervals import normal_quantile, wilson
from peakend.feedback.weighting import kish_size
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.feedback.drivers.sample import Values

# Rows: answer to "if it is there", columns: answer to "if it is not": like, expect, neutral, live with,
# dislike.
EVALUATION = (
    ("Q", "A", "A", "A", "O"),
    ("R", "I", "I", "I", "M"),
    ("R", "I", "I", "I", "M"),
    ("R", "I", "I", "I", "M"),
    ("R", "R", "R", "R", "Q"),
)
_Ends = tuple[float | None, float | None, float | None]
CATEGORIES = ("M", "O", "A", "I", "R", "Q")
NAMES: Mapping[str, Text] = {
    "M": Text("must-be (basic)", "必备（基本型）"),
    "O": Text("one-dimensional (performance)", "一维（期望型）"),
    "A": Text("attractive (excitement)", "魅力（兴奋型）"),
    "I": Text("indifferent", "无差异"),
    "R": Text("reverse", "反向"),
    "Q": Text("questionable", "可疑"),
}


@dataclass(frozen=True, slots=True)
class Kano:
    """What respondents say of one feature.

    counts: answers by category, weighted where weights were given; n: respondents. category: the most
    frequent of M, O, A where they outnumber I, R, Q together, else of those; `significant`: whether it is
    more frequent than the next beyond chance (`leads`); fong: the same by Fong's rule. better:
    (A+O)/(A+O+M+I), worse: −(O+M)/(A+O+M+I), each with its interval; None without such answers. strength:
    share of M, O and A; lead: share of the category less that of the next (a category strength of 0.06 and
    more is usually asked for).
    """

    counts: Mapping[str, float]
    n: int
    effective_n: float
    category: str | None
    second: str | None
    significant: bool
    fong: bool
    better: float | None
    better_low: float | None
    better_high: float | None
    worse: float | None
    worse_low: float | None
    worse_high: float | None
    strength: float | None
    lead: float | None


def kano(with_it: Values, without_it: Values, weights: Values = None, confidence: float = 0.95) -> Kano:
    """Kano's classes of one feature from two answers a respondent.

    with_it, without_it: 1 like, 2 expect, 3 neutral, 4 can live with, 5 dislike; None and NaN are no answer
    and the respondent is left out. Raises `DriverInputError` for other values and different lengths.
    Source: Kano, Seraku, Takahashi & Tsuji (1984), Hinshitsu 14(2); Berger et al. (1993), Center for Quality
    of Management Journal 2(4), with the evaluation table and the better and worse coefficients.
    """
    first, second = np.asarray(with_it, dtype=float), np.asarray(without_it, dtype=float)
    weight = np.ones(len(first)) if weights is None else np.asarray(weights, dtype=float)
    if not first.shape == second.shape == weight.shape or first.ndim != 1:
        raise DriverInputError(
            Text(
                "The two questions (and weights) have different lengths.",
                "两道题（及权重）的答案个数不一致。",
            )
        )
    both = ~np.isnan(first) & ~np.isnan(second) & (weight > 0)
    given = np.concatenate([first[both], second[both]])
    if not np.isin(given, (1, 2, 3, 4, 5)).all():
        raise DriverInputError(
            Text("Answers to Kano questions are 1 to 5.", "卡诺题的答案应为 1 至 5。"),
            Text(
                "1 like, 2 expect, 3 neutral, 4 can live with, 5 dislike.",
                "1 喜欢，2 理应如此，3 无所谓，4 能忍受，5 不喜欢。",
            ),
        )
    table = np.array(EVALUATION)
    found = table[first[both].astype(int) - 1, second[both].astype(int) - 1]
    counts = {name: float(weight[both][found == name].sum()) for name in CATEGORIES}
    w = weight[both]
    size = float(kish_size(w.sum(), (w**2).sum())) if len(w) else 0.0
    return _judged(counts, len(w), size, confidence)


def kano_counts(
    *,
    attractive: int = 0,
    one_dimensional: int = 0,
    must_be: int = 0,
    indifferent: int = 0,
    reverse: int = 0,
    questionable: int = 0,
    confidence: float = 0.95,
) -> Kano:
    """As `kano`, from the number of respondents in each category."""
    listed = (must_be, one_dimensional, attractive, indifferent, reverse, questionable)
    if min(listed) < 0:
        raise DriverInputError(Text("Counts cannot be negative.", "个数不能为负。"))
    total = sum(listed)
    return _judged(dict(zip(CATEGORIES, map(float, listed), strict=True)), total, float(total), confidence)


def _judged(counts: Mapping[str, float], n: int, size: float, confidence: float) -> Kano:
    total = sum(counts.values())
    if total == 0:
        return Kano(counts, n, size, None, None, False, False, *[None] * 8)
    classes = ("M", "O", "A") if sum(counts[c] for c in "MOA") > total / 2 else ("I", "R", "Q")
    category = max(classes, key=lambda name: counts[name])
    second = max((name for name in CATEGORIES if name != category), key=lambda name: counts[name])
    shrink = size / total
    better, better_low, better_high = _share(counts, "AO", shrink, confidence)
    worse, worse_low, worse_high = (_minus(end) for end in _share(counts, "OM", shrink, confidence))
    return Kano(
        counts,
        n,
        size,
        category,
        second,
        leads(counts[category] * shrink, counts[second] * shrink, 1 - confidence),
        fong_differs(counts[category] * shrink, counts[second] * shrink, size),
        better,
        better_low,
        better_high,
        worse,
        # What is lower as a share is higher below zero.
        worse_high,
        worse_low,
        strength=sum(counts[name] for name in "MOA") / total,
        lead=(counts[category] - counts[second]) / total,
    )


def _share(counts: Mapping[str, float], of: str, shrink: float, confidence: float) -> _Ends:
    """Share of the categories `of` among A, O, M and I with Wilson's interval; None without any."""
    answered = sum(counts[name] for name in "AOMI")
    if answered == 0:
        return None, None, None
    share = sum(counts[name] for name in of) / answered
    low, high = wilson(share, answered * shrink, confidence)
    return share, float(low), float(high)


def _minus(value: float | None) -> float | None:
    return None if value is None else -value


def leads(most: float, next_most: float, alpha: float = 0.05) -> bool:
    """Whether one category of a sample is more frequent than another: |a − b| > z·√(a + b).

    Source: McNemar (1947), Psychometrika 12(2), pp. 153–157 (the variance of a difference within one sample).
    """
    return bool(abs(most - next_most) > normal_quantile(1 - alpha) * np.sqrt(most + next_most))


def fong_differs(most: float, next_most: float, n: float) -> bool:
    """Whether the most frequent category leads the next by Fong's rule, as it is published.

    |a − b| > 1.65·√((a + b)(2n − a − b) / 2n). Meant for 10 %, but it takes the two categories of one sample
    as unrelated: with two that hold a quarter each it errs in 15 % of samples (`leads` does not).
    Source: Fong (1996), Center for Quality of Management Journal 5(3).
    """
    both = most + next_most
    return bool(abs(most - next_most) > 1.65 * np.sqrt(max(both * (2 * n - both), 0.0) / (2 * n)))


def kano_of_role(role: str) -> str | None:
    """Kano's letter for a role that ordinary ratings show (`asymmetry`): basic M, performance O, excitement
    A, indifferent I; None where the ratings cannot tell."""
    return {"basic": "M", "performance": "O", "excitement": "A", "indifferent": "I"}.get(role)
