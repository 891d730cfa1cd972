"""Worse, as or better than expected: shares by item, an index, and whether it says more than perception does.

>>> found = confirmation([[3, 5], [4, 5], [2, 4], [4, 4]], [[4, 4], [4, 3], [4, 4], [3, 4]], scale=(1, 5))
>>> [(i.worse.value, i.as_expected.value, i.better.value) for i in found]
[(0.5, 0.25, 0.25), (0.0, 0.5, 0.5)]
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from peakend.feedback.drivers.regression import CollinearDriversError, clustered, least_squares, two_sided
from peakend.feedback.expectation.errors import ItemsError
from peakend.feedback.expectation.items import (
    Codes,
    Flags,
    Numbers,
    matrix,
    on_unit_scale,
    read_items,
)
from peakend.feedback.intervals import t_quantile
from peakend.feedback.moments import Kind, estimates, moments_of_answers
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.feedback.expectation.items import Labels
    from peakend.feedback.scales import Scale

Reason = Literal["too_few", "nothing_varies", "collinear"]

SLIDER_TOLERANCE = 5.0
FAR = 25.0


@dataclass(frozen=True, slots=True)
class Part:
    """A share (0 to 1) or an index (−100 to 100) with its interval; None where it cannot be known."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One item. Shares (0 to 1) with Wilson intervals; n: respondents with both answers.

    index: 100 · (better − worse), −100 to 100, with Rocks' interval. far_better: beyond `far` points; could_
    be_far_better: how many had that much room above what they expected.
    """

    name: str
    n: int
    worse: Part
    as_expected: Part
    better: Part
    far_better: Part
    could_be_far_better: float | None
    index: Part
    tolerance: float
    far: float


@dataclass(frozen=True, slots=True)
class Relation:
    """What disconfirmation adds to an overall score beyond perception.

    slope: points of the overall (0–100) that go with 10 points more of disconfirmation at equal perception,
    with its interval; above 0 customers compare with what they expected, below 0 expectation itself lifts the
    judgement. p: of the nested test. r2_perception, r2_both: explained without and with it. reason: why there
    is no test, None where there is one. An association, not a cause.
    """

    n: int
    slope: float | None
    low: float | None
    high: float | None
    p: float | None
    r2_perception: float | None
    r2_both: float | None
    reason: Reason | None


def tolerance_of(*scales: Scale, slider: float = SLIDER_TOLERANCE) -> float:
    """Points of 0–100 within which perception counts as expected: half a step of the coarser scale, and no
    less than 5 (half a step of an 11-point scale), so that sliders are not read to the point."""
    return max(slider, *(50.0 / max(high - low, 1.0) for low, high in scales))


def far_of(*scales: Scale) -> float:
    """Points of 0–100 from which on it is "far" better: two steps of the coarser scale, and at least 25."""
    return max(FAR, *(200.0 / max(high - low, 1.0) for low, high in scales))


def confirmation(
    perception: object,
    expectation: object,
    *,
    scale: Scale,
    expectation_scale: Scale | None = None,
    names: Sequence[str] | None = None,
    respondent_weights: object = None,
    clusters: Labels | None = None,
    confidence: float = 0.95,
    tolerance: float | None = None,
    far: float | None = None,
) -> tuple[Confirmation, ...]:
    """Shares of worse, as and better than expected of each item (n × p; None, NaN: no answer).

    Both are put on 0–100 by their scales. tolerance, far: points of that scale; see `tolerance_of`, `far_of`.
    Raises `ItemsError`.
    Source: Oliver (1980), Journal of Marketing Research 17(4), pp. 460–469.
    """
    read = read_items(perception, names, respondent_weights, clusters)
    expected = matrix(expectation)
    if expected.shape != read.scores.shape:
        raise ItemsError(
            Text("Perception and expectation differ in shape.", "感知与期望的形状不同。"),
            Text("Give the same respondents and items.", "请给出相同的应答者与题目。"),
        )
    other = expectation_scale or scale
    near = tolerance_of(scale, other) if tolerance is None else tolerance
    much = far_of(scale, other) if far is None else far
    perceived, expected = on_unit_scale(read.scores, *scale), on_unit_scale(expected, *other)
    weight, cluster = (read.weight, read.cluster) if read.design else (None, None)
    return tuple(
        of_gap(
            name,
            perceived[:, place] - expected[:, place],
            expected[:, place],
            weight,
            cluster,
            near=near,
            much=much,
            confidence=confidence,
        )
        for place, name in enumerate(read.names)
    )


def of_gap(
    name: str,
    gap: Numbers,
    expected: Numbers,
    weight: Numbers | None,
    cluster: Codes | None,
    *,
    near: float,
    much: float,
    confidence: float = 0.95,
) -> Confirmation:
    """The confirmation of one item from its gaps and expectations on 0–100 (NaN: none)."""
    both: Flags = ~np.isnan(gap)
    if weight is not None:
        both &= weight > 0
    y = gap[both]
    w = None if weight is None else weight[both]
    c = None if cluster is None else np.unique(cluster[both], return_inverse=True)[1].astype(np.int64)
    # Rounding on the way to 0–100 must not turn a whole step into a little less.
    near, much = near * (1 + 1e-9), much * (1 - 1e-9)
    better, worse = (y > near).astype(float), (y < -near).astype(float)
    room = 100.0 - expected[both] >= much

    def share(flag: Numbers) -> Part:
        return _part(flag, "share", w, c, confidence)

    return Confirmation(
        name=name,
        n=len(y),
        worse=share(worse),
        as_expected=share(1 - better - worse),
        better=share(better),
        far_better=share((y >= much).astype(float)),
        could_be_far_better=float(np.average(room, weights=w)) if len(y) else None,
        index=_part(better - worse, "nps", w, c, confidence),
        tolerance=near,
        far=much,
    )


def _part(y: Numbers, kind: Kind, weight: Numbers | None, cluster: Codes | None, confidence: float) -> Part:
    if not len(y):
        return Part(None, None, None)
    found = estimates(moments_of_answers(y, weight, cluster), kind, confidence)
    prefix = "" if weight is None and cluster is None else "weighted_"
    ends = (float(getattr(found, prefix + end)[0]) for end in ("value", "low", "high"))
    return Part(*(None if math.isnan(end) else end for end in ends))


def disconfirmation_adds(
    overall: object,
    perception: object,
    disconfirmation: object,
    *,
    weights: object = None,
    clusters: Labels | None = None,
    confidence: float = 0.95,
) -> Relation:
    """Whether disconfirmation explains the overall score beyond perception: a nested test.

    overall, perception, disconfirmation: n numbers each on 0–100 (disconfirmation −100 to 100: the gap, or a
    question of its own). overall ~ perception + perception² + perception³ (+ disconfirmation): the curve lets
    the overall saturate, so that bending is not taken for disconfirmation. The test of its slope is robust to
    unequal variance and clusters (HC3). With the gap as disconfirmation this asks whether expectation
    matters at equal perception (Edwards 1994): errors of measurement in perception let it seem so.
    Source: Oliver (1980), Journal of Marketing Research 17(4), pp. 460–469; Edwards (1994), Organizational
    Behavior and Human Decision Processes 58(1), pp. 51–100.
    """
    columns = [matrix(values).reshape(-1) for values in (overall, perception, disconfirmation)]
    read = read_items(columns[0], weights=weights, clusters=clusters)
    if len({len(column) for column in columns}) > 1:
        raise ItemsError(Text("The three columns differ in length.", "三列长度不同。"))
    used = ~np.isnan(np.column_stack(columns)).any(axis=1) & (read.weight > 0)
    y, p, d = (column[used] for column in columns)
    return _nested(y, p, d, read.weight[used], read.cluster[used], confidence)


def _nested(
    y: Numbers, p: Numbers, d: Numbers, weight: Numbers, cluster: Codes, confidence: float
) -> Relation:
    n = len(y)
    if n < 10:
        return Relation(n, None, None, None, None, None, None, "too_few")
    if min(np.ptp(y), np.ptp(p), np.ptp(d)) == 0:
        return Relation(n, None, None, None, None, None, None, "nothing_varies")
    centre = (p - p.mean()) / max(p.std(), 1e-12)
    levels = len(np.unique(p))
    curve = np.column_stack([centre**power for power in range(1, min(levels, 4))])
    try:
        without = least_squares(curve, y, weight)
        both = least_squares(np.column_stack([d, curve]), y, weight)
    except CollinearDriversError:
        return Relation(n, None, None, None, None, None, None, "collinear")
    codes = np.unique(cluster, return_inverse=True)[1].astype(np.int64)
    df = float(codes.max())
    covariance = clustered(both.influence[:, :1], codes)
    se = np.sqrt(np.diag(covariance))
    slope = both.coefficients[:1]
    half = float(t_quantile(confidence, df)) * float(se[0])
    return Relation(
        n=n,
        slope=10 * float(slope[0]),
        low=10 * (float(slope[0]) - half),
        high=10 * (float(slope[0]) + half),
        p=float(two_sided(slope, se, df)[0]),
        r2_perception=_explained(y, without.fitted, weight),
        r2_both=_explained(y, both.fitted, weight),
        reason=None,
    )


def _explained(y: Numbers, fitted: Numbers, weight: Numbers) -> float:
    mean = float(np.average(y, weights=weight))
    return 1 - float(weight @ (y - fitted) ** 2) / float(weight @ (y - mean) ** 2)
