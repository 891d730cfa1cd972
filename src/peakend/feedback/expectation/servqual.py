"""SERVQUAL and SERVPERF: what customers perceive against what they expected, by item and by dimension.

>>> expected, perceived = [[7, 6], [6, 7], [7, 7]], [[6, 6], [4, 7], [6, 5]]
>>> found = servqual(perceived, expected, ["reliability", "empathy"])
>>> [(d.name, round(d.gap, 2)) for d in found.dimensions], round(found.total.gap, 3)
([('reliability', -1.33), ('empathy', -0.67)], -1.0)
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from peakend.feedback.comparison import holm
from peakend.feedback.expectation.errors import ItemsError, TooFewItemsError
from peakend.feedback.expectation.items import Items, Numbers, groups_of, matrix, read_items
from peakend.feedback.expectation.means import Sums, sums_of_means
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.feedback.expectation.items import Codes, Labels

Verdict = Literal["short_of_expectation", "above_expectation", "cannot_tell"]

FIVE_DIMENSIONS = ("tangibles", "reliability", "responsiveness", "assurance", "empathy")
"""The dimensions of the original instrument: 4, 5, 4, 4 and 5 items on 1–7."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Perception minus expectation of an item, a dimension or the whole, in scale points.

    name: of the item or dimension, "all" for the whole. n: respondents with both answers to at least one of
    its items. expectation and perception: means of those who gave both. low, high: paired interval of the
    gap; None, like p, with fewer than two respondents or where all gaps are alike. adjusted_p: Holm over the
    items, or over the dimensions. weight: the dimension's share of the weighted total, None without weights.
    """

    name: str
    n: int
    expectation: float | None
    perception: float | None
    gap: float | None
    low: float | None
    high: float | None
    se: float | None
    p: float | None
    adjusted_p: float | None
    verdict: Verdict
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class Servqual:
    """`total` weighs all dimensions alike; `weighted_total` is None without weights. n: respondents used."""

    n: int
    items: tuple[Gap, ...]
    dimensions: tuple[Gap, ...]
    total: Gap
    weighted_total: Gap | None


@dataclass(frozen=True, slots=True)
class Performance:
    """The mean perception of an item, a dimension or the whole, with Student's t interval."""

    name: str
    n: int
    value: float | None
    low: float | None
    high: float | None
    se: float | None
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class Servperf:
    """As `Servqual`, from perception alone."""

    n: int
    items: tuple[Performance, ...]
    dimensions: tuple[Performance, ...]
    total: Performance
    weighted_total: Performance | None


def servqual(
    perception: object,
    expectation: object,
    dimensions: Mapping[str, Sequence[Any]] | Sequence[str],
    weights: Mapping[str, float] | Sequence[float] | None = None,
    *,
    respondent_weights: object = None,
    clusters: Labels | None = None,
    confidence: float = 0.95,
    alpha: float = 0.05,
) -> Servqual:
    """Gaps P − E by item, dimension and in total, each with its paired interval and n.

    perception, expectation: n × p arrays or frames on one scale, the same item in the same column; None and
    NaN are no answer, and a pair counts when both are given. dimensions: one name an item, or a mapping from
    each dimension to its items. weights: importance of each dimension (points of 100, or any numbers ≥ 0),
    by name or in the order of the dimensions. A dimension's gap is the mean of its items' gaps; the total is
    the mean of the dimensions' gaps, weighted and not. Respondents may be weighted and clustered, which
    widens intervals. Raises `ItemsError`, `TooFewItemsError`.
    Source: Parasuraman, Zeithaml & Berry (1988), Journal of Retailing 64(1), pp. 12–40.
    """
    perceived = read_items(perception, weights=respondent_weights, clusters=clusters)
    expected = matrix(expectation)
    if expected.shape != perceived.scores.shape:
        raise ItemsError(
            Text(
                f"Perception is {perceived.scores.shape[0]} × {perceived.scores.shape[1]} and expectation "
                f"{expected.shape[0]} × {expected.shape[1]}.",
                f"感知为 {perceived.scores.shape[0]} × {perceived.scores.shape[1]}，"
                f"期望为 {expected.shape[0]} × {expected.shape[1]}，形状不同。",
            ),
            Text(
                "Give the same respondents and items, in the same order.",
                "请给出顺序一致的同一批应答者与题目。",
            ),
        )
    labels, code = _dimensions(dimensions, perceived)
    shares = _shares(weights, labels)
    gaps = perceived.scores - expected
    both = ~np.isnan(gaps)
    parts = [
        _of(np.where(both, scores, np.nan), code, shares, perceived, confidence)
        for scores in (expected, perceived.scores, gaps)
    ]
    levels = [
        _gaps(names, *(part[level] for part in parts), alpha=alpha, weight=weight)
        for level, (names, weight) in enumerate(
            [
                (perceived.names, None),
                (labels, shares),
                (("all",), None),
                (("all",), None),
            ]
        )
    ]
    return Servqual(
        n=int((both.any(axis=1) & (perceived.weight > 0)).sum()),
        items=levels[0],
        dimensions=levels[1],
        total=levels[2][0],
        weighted_total=None if shares is None else levels[3][0],
    )


def servperf(
    perception: object,
    dimensions: Mapping[str, Sequence[Any]] | Sequence[str],
    weights: Mapping[str, float] | Sequence[float] | None = None,
    *,
    respondent_weights: object = None,
    clusters: Labels | None = None,
    confidence: float = 0.95,
) -> Servperf:
    """Perception alone by item, dimension and in total; arguments and errors as `servqual`.

    Source: Cronin & Taylor (1992), Journal of Marketing 56(3), pp. 55–68.
    """
    perceived = read_items(perception, weights=respondent_weights, clusters=clusters)
    labels, code = _dimensions(dimensions, perceived)
    shares = _shares(weights, labels)
    found = _of(perceived.scores, code, shares, perceived, confidence)
    named = [(perceived.names, None), (labels, shares), (("all",), None), (("all",), None)]
    levels = [
        tuple(
            Performance(
                name,
                int(sums.n[place]),
                _known(sums.value[place]),
                _known(sums.low[place]),
                _known(sums.high[place]),
                _known(sums.se[place]),
                None if weight is None else float(weight[place]),
            )
            for place, name in enumerate(names)
        )
        for sums, (names, weight) in zip(found, named, strict=True)
    ]
    return Servperf(
        n=int((perceived.answered.any(axis=1) & (perceived.weight > 0)).sum()),
        items=levels[0],
        dimensions=levels[1],
        total=levels[2][0],
        weighted_total=None if shares is None else levels[3][0],
    )


def gap_verdicts(gap: Numbers, adjusted_p: Numbers, alpha: float = 0.05) -> list[Verdict]:
    """What each gap says once chance is ruled out at `alpha`; NaN is no test."""
    with np.errstate(invalid="ignore"):
        sure = adjusted_p <= alpha
    return [
        "cannot_tell" if not told else "above_expectation" if value > 0 else "short_of_expectation"
        for told, value in zip(sure.tolist(), gap.tolist(), strict=True)
    ]


def _dimensions(
    dimensions: Mapping[str, Sequence[Any]] | Sequence[str], items: Items
) -> tuple[tuple[str, ...], Codes]:
    if not items.names:
        raise TooFewItemsError(
            Text("There are no items.", "没有任何题目。"),
            Text("Give at least one item.", "请至少给出一个题目。"),
            items=0,
            needed=1,
        )
    return groups_of(dimensions, items.names)


def _shares(weights: Mapping[str, float] | Sequence[float] | None, labels: tuple[str, ...]) -> Numbers | None:
    """The weights of the dimensions as shares of 1."""
    if weights is None:
        return None
    if isinstance(weights, Mapping):
        listed = [float(weights.get(name, math.nan)) for name in labels]
        strangers = sorted(set(weights) - set(labels))
    else:
        listed, strangers = [float(weight) for weight in weights], []
    found = np.array(listed, dtype=float)
    if strangers or len(found) != len(labels) or not (found >= 0).all() or not 0 < found.sum() < np.inf:
        raise ItemsError(
            Text(
                f"The dimensions {', '.join(labels)} need one weight ≥ 0 each, not all 0.",
                f"维度（{'、'.join(labels)}）各需一个不小于 0 的权重，且不得全为 0。",
            ),
            dimensions=labels,
            weights=weights,
        )
    return np.asarray(found / found.sum())


def _of(scores: Numbers, code: Codes, shares: Numbers | None, items: Items, confidence: float) -> list[Sums]:
    """The sums of items, of dimensions, of the whole, and of the weighted whole (unweighted without)."""
    count = int(code.max()) + 1
    members = (np.arange(count)[:, None] == code) / np.bincount(code, minlength=count)[:, None]
    # A dimension without any answer to one of its items would be unknown: the others stand for it.
    answered = (~np.isnan(scores) & (items.weight > 0)[:, None]).any(axis=0)
    members = members * answered
    filled = members.sum(axis=1, keepdims=True)
    members = np.divide(members, filled, out=np.zeros_like(members), where=filled > 0)
    known = (filled[:, 0] > 0).astype(float)
    equal = known / max(known.sum(), 1.0)
    weighted = equal if shares is None else shares * known / max(float((shares * known).sum()), 1e-300)
    levels = [np.eye(len(code)), members, equal[None] @ members, weighted[None] @ members]
    found = sums_of_means(scores, np.vstack(levels), items.weight, items.cluster, confidence)
    ends = np.cumsum([0, *(len(level) for level in levels)])
    return [found.take(slice(start, end)) for start, end in pairwise(ends.tolist())]


def _gaps(
    names: Sequence[str],
    expected: Sums,
    perceived: Sums,
    gap: Sums,
    *,
    alpha: float,
    weight: Numbers | None,
) -> tuple[Gap, ...]:
    adjusted, _ = holm(gap.p)
    verdicts = gap_verdicts(gap.value, adjusted, alpha)
    return tuple(
        Gap(
            name=name,
            n=int(gap.n[place]),
            expectation=_known(expected.value[place]) if gap.n[place] else None,
            perception=_known(perceived.value[place]) if gap.n[place] else None,
            gap=_known(gap.value[place]) if gap.n[place] else None,
            low=_known(gap.low[place]),
            high=_known(gap.high[place]),
            se=_known(gap.se[place]),
            p=_known(gap.p[place]),
            adjusted_p=_known(adjusted[place]),
            verdict=verdicts[place],
            weight=None if weight is None else float(weight[place]),
        )
        for place, name in enumerate(names)
    )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
