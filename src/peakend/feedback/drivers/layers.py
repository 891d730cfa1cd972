"""Two layers: cues make up dimensions, dimensions the whole; what a cue passes on goes through its dimension.

A dimension's score is the mean of its cues (each cue's deviations over its own mean), so skipped cues do not
drop a respondent. The first layer says how much of a dimension hangs on each cue, the second how much of the
whole hangs on each dimension; a cue's weight in the whole is the product.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.drivers.errors import DriverInputError
from peakend.feedback.drivers.importance import relative_importance
from peakend.feedback.drivers.regression import clustered, least_squares, wald
from peakend.feedback.drivers.sample import Sample, Values, read_sample
from peakend.feedback.drivers.skipped import filled
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.feedback.drivers.importance import Method

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Layers:
    """Weights of both layers.

    dimensions: names; dimension_share: of what the dimensions explain of the whole, with low and high; r2 of
    that layer. cues: names, `of` the place of each one's dimension; cue_share: of what the cues explain of
    the whole within their dimension (1 in total for a dimension); weight: dimension_share · cue_share, 1 in
    total. past_p: that nothing of the cues reaches the whole past their dimensions; small where the two
    layers lose something (then look at the cues themselves).
    """

    dimensions: tuple[str, ...]
    dimension_share: Numbers
    dimension_low: Numbers
    dimension_high: Numbers
    r2: float
    cues: tuple[str, ...]
    of: NDArray[np.int64]
    cue_share: Numbers
    weight: Numbers
    past_p: float


def layers(
    cues: Values,
    outcome: Values,
    dimensions: Sequence[str],
    weights: Values = None,
    clusters: Values = None,
    *,
    method: Method = "lmg",
    bootstrap: int = 200,
    confidence: float = 0.95,
) -> Layers:
    """Both layers of `cues` (n × p, NaN where skipped) on `outcome` (n); `dimensions`: the one of each cue.

    Raises `DriverInputError` with fewer than two dimensions or another number of labels, and what
    `sample.read_sample` and `relative_importance` raise.
    Source: the hierarchical model of service quality, Brady & Cronin (2001), Journal of Marketing 65(3),
    pp. 34–49; the test that nothing passes by is a Wald test of added variables.
    """
    sample = read_sample(cues, outcome, weights, clusters)
    labels = [str(one) for one in dimensions]
    names = tuple(dict.fromkeys(labels))
    if len(labels) != len(sample.names) or len(names) < 2:
        raise DriverInputError(
            Text(
                "Every cue needs its dimension, and there must be two dimensions or more.",
                "每个线索都要标明所属维度，且至少要有两个维度。",
            )
        )
    of = np.array([names.index(label) for label in labels], dtype=np.int64)
    whole = filled(sample.drivers, sample.weight)
    scores = np.column_stack([whole[:, of == place].mean(axis=1) for place in range(len(names))])
    top = relative_importance(
        scores,
        sample.outcome,
        method,
        sample.weight,
        bootstrap,
        clusters=sample.cluster,
        names=names,
        confidence=confidence,
    )
    share = np.array([driver.share or 0.0 for driver in top.drivers])
    within = _within(whole, sample, of, method)
    return Layers(
        dimensions=names,
        dimension_share=share,
        dimension_low=np.array([_or_nan(driver.low) for driver in top.drivers]),
        dimension_high=np.array([_or_nan(driver.high) for driver in top.drivers]),
        r2=top.r2,
        cues=sample.names,
        of=of,
        cue_share=within,
        weight=share[of] * within,
        past_p=_past(whole, scores, of, sample),
    )


def _within(whole: Numbers, sample: Sample, of: NDArray[np.int64], method: Method) -> Numbers:
    """Each cue's share of what the cues of its dimension explain of the whole, the other dimensions aside."""
    found = np.ones(len(of))
    for place in np.unique(of):
        own = np.flatnonzero(of == place)
        if len(own) < 2:
            continue
        others = np.flatnonzero(of != place)
        design = whole[:, others]
        rest = sample.outcome - least_squares(design, sample.outcome, sample.weight).fitted
        parts = np.column_stack(
            [whole[:, cue] - least_squares(design, whole[:, cue], sample.weight).fitted for cue in own]
        )
        shares = relative_importance(parts, rest, method, sample.weight).importances
        found[own] = shares / shares.sum() if shares.sum() > 0 else 1 / len(own)
    return found


def _past(whole: Numbers, scores: Numbers, of: NDArray[np.int64], sample: Sample) -> float:
    """p that cues add nothing to their dimensions: all but one cue a dimension beside the scores."""
    extra = [cue for cue in range(len(of)) if (of[:cue] == of[cue]).any()]
    if not extra:
        return 1.0
    fit = least_squares(np.column_stack([scores, whole[:, extra]]), sample.outcome, sample.weight)
    tested = slice(scores.shape[1], scores.shape[1] + len(extra))
    covariance = clustered(fit.influence, sample.cluster)[tested, tested]
    return wald(fit.coefficients[tested], covariance, sample.units)


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value
