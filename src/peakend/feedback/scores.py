"""Scores of a set of answers held in memory: NPS, CSAT, CES, mean rating, top box, each with n and interval.

    >>> nps([10] * 100 + [8] * 60 + [3] * 40).value
    30.0

Scores are numbers; None and NaN mean that there is no answer and are never zeros. A relation of an engine may
stand in for the list: it is counted there, and weights and clusters are names of its columns. The analyses
(`score_tables`) use the same formulas on counts.

    nps(engine.table("answers"), weights="weight")      # the column "score" of that table
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from peakend.errors import PeakendError
from peakend.feedback.moments import Estimates, Kind, estimates, moments_of_answers
from peakend.feedback.scales import (
    CES_SCALE,
    CSAT_SCALE,
    NPS_SCALE,
    RATING_SCALE,
    Scale,
    check_scores,
    in_top_box,
    is_easy,
    itself,
    nps_points,
)
from peakend.feedback.stored_answers import StoredAnswers
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.engine import Relation

Numbers = NDArray[np.float64]
Values = Sequence[Any] | NDArray[Any]


class AnswersError(PeakendError):
    """Scores, weights or clusters are not what they must be: not numbers, of different length, negative."""

    code: ClassVar[str] = "feedback.answers"


@dataclass(frozen=True, slots=True)
class Score:
    """A score with its base and interval.

    value: weighted where weights were given; None without an answer. n: answers. effective_n: Kish's size, n
    without weights. low, high, se: widened for weights and clusters where they were given; None where they
    cannot be estimated: fewer than two answers or clusters, and for a mean when all answers are alike
    (`no_variance`).
    """

    value: float | None
    n: int
    effective_n: float
    low: float | None
    high: float | None
    se: float | None
    no_variance: bool


@dataclass(frozen=True, slots=True)
class NpsScore(Score):
    """Net Promoter Score in points (−100 to 100), with the shares (0 to 1) it is made of."""

    promoters: float | None
    passives: float | None
    detractors: float | None


@dataclass(frozen=True, slots=True)
class SatisfactionScore(Score):
    """Share of satisfied answers (0 to 1), with the mean score."""

    mean: Score


@dataclass(frozen=True, slots=True)
class EffortScore(Score):
    """Mean ease on the scale, with the share (0 to 1) above its middle."""

    easy: Score


def nps(
    scores: Values | Relation,
    weights: Values | str | None = None,
    clusters: Values | str | None = None,
    confidence: float = 0.95,
    scale: Scale = NPS_SCALE,
) -> NpsScore:
    """Net Promoter Score: share of promoters minus share of detractors, in points.

    scores, weights ≥ 0, clusters: one entry a respondent; or a relation with a column `score`, and names of
    its columns. Adjusted Wald interval (Rocks 2016) around the raw
    point estimate; with weights or clusters on the design's effective size (Korn & Graubard 1998). Cut
    points by scale: `scales.nps_points`. Raises `ScoreOutsideScaleError`, `UnknownScaleError`,
    `AnswersError`.
    Source: Reichheld (2003), Harvard Business Review 81(12).
    """
    found = _read(scores, weights, clusters, scale).estimate("nps", nps_points, confidence)
    up, down = _number(found.best_up), _number(found.best_down)
    passives = None if up is None or down is None else max(0.0, 1 - up - down)
    return NpsScore(**_score_fields(found), promoters=up, passives=passives, detractors=down)


def csat(
    scores: Values | Relation,
    weights: Values | str | None = None,
    clusters: Values | str | None = None,
    confidence: float = 0.95,
    scale: Scale = CSAT_SCALE,
) -> SatisfactionScore:
    """Customer satisfaction: the share in the top box of the scale (`scales.top_box_from`), and the mean.

    Arguments and errors as `nps`. Wilson's interval for the share, Student's t clamped to the scale for the
    mean.
    """
    share = top_box(scores, weights, clusters, confidence, scale)
    mean = rating_mean(scores, weights, clusters, confidence, scale)
    return SatisfactionScore(**_fields_of(share), mean=mean)


def ces(
    scores: Values | Relation,
    weights: Values | str | None = None,
    clusters: Values | str | None = None,
    confidence: float = 0.95,
    scale: Scale = CES_SCALE,
) -> EffortScore:
    """Customer effort: mean ease (higher is easier), and the share above the middle of the scale.

    Arguments and errors as `nps`. A question where a high score means much effort is to be reversed first.
    Source: Dixon, Freeman & Toman (2010), Harvard Business Review 88(7); the 1–7 agreement form is CES 2.0.
    """
    found = _read(scores, weights, clusters, scale).estimate("share", is_easy, confidence)
    mean = rating_mean(scores, weights, clusters, confidence, scale)
    return EffortScore(**_fields_of(mean), easy=Score(**_score_fields(found)))


def rating_mean(
    scores: Values | Relation,
    weights: Values | str | None = None,
    clusters: Values | str | None = None,
    confidence: float = 0.95,
    scale: Scale = RATING_SCALE,
) -> Score:
    """Mean score with Student's t interval, clamped to the scale. Arguments and errors as `nps`."""
    found = _read(scores, weights, clusters, scale).estimate("mean", itself, confidence)
    return Score(**_score_fields(found))


def top_box(
    scores: Values | Relation,
    weights: Values | str | None = None,
    clusters: Values | str | None = None,
    confidence: float = 0.95,
    scale: Scale = RATING_SCALE,
) -> Score:
    """Share of scores in the top box (`scales.top_box_from`) with Wilson's interval. Arguments as `nps`."""
    found = _read(scores, weights, clusters, scale).estimate("share", in_top_box, confidence)
    return Score(**_score_fields(found))


def _read(
    scores: Values | Relation, weights: Values | str | None, clusters: Values | str | None, scale: Scale
) -> _Answers | StoredAnswers:
    from peakend.engine import Relation

    if not isinstance(scores, Relation):
        if isinstance(weights, str) or isinstance(clusters, str):
            raise AnswersError(
                Text(
                    "Weights and clusters are names of columns only where the scores are a relation.",
                    "仅当分值为引擎中的关系时，权重与抽样群才能写列名。",
                )
            )
        return _Answers.read(scores, weights, clusters, scale)
    named = {"weights": weights, "clusters": clusters}
    for what, name in named.items():
        if name is not None and not isinstance(name, str):
            raise AnswersError(
                Text(
                    f"For a relation, {what} is the name of a column, not {type(name).__name__}.",
                    f"分值为引擎中的关系时，{what} 应为列名，而不是 {type(name).__name__}。",
                )
            )
    stored = StoredAnswers.read(scores, "score", named["weights"], named["clusters"], scale)  # type: ignore[arg-type]
    if stored.bad or (stored.weighted and len(stored.n) and not stored.w.sum() > 0):
        raise _bad_weights(stored.bad)
    return stored


@dataclass(frozen=True, slots=True)
class _Answers:
    """What was answered, checked: scores without gaps, weights and cluster codes beside them."""

    scores: Numbers
    weights: Numbers | None
    clusters: NDArray[np.int64] | None
    scale: Scale

    @classmethod
    def read(cls, scores: Values, weights: Values | None, clusters: Values | None, scale: Scale) -> _Answers:
        values = _numbers(scores, Text("scores", "分值"))
        answered = ~np.isnan(values)
        check_scores(values[answered], np.ones(int(answered.sum()), dtype=np.int64), scale)
        w = None if weights is None else _weights(weights, answered)
        codes = None if clusters is None else _codes(clusters, answered)
        return cls(values[answered], w, codes, scale)

    def estimate(
        self, kind: Kind, number: Callable[[Numbers, Scale], Numbers], confidence: float
    ) -> Estimates:
        y = number(self.scores, self.scale)
        low, high = (np.array([limit], dtype=float) for limit in self.scale)
        return estimates(moments_of_answers(y, self.weights, self.clusters), kind, confidence, (low, high))


def _numbers(values: Values, what: Text) -> Numbers:
    try:
        found: Numbers = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as cause:
        raise AnswersError(
            Text(f"The {what.en} are not all numbers: {cause}", f"{what.zh}中有非数值：{cause}")
        ) from cause
    if found.ndim != 1:
        raise AnswersError(
            Text(
                f"The {what.en} must be one list, not {found.ndim} dimensions.", f"{what.zh}必须是一维列表。"
            )
        )
    return found


def _weights(weights: Values, answered: NDArray[np.bool_]) -> Numbers:
    found = _numbers(weights, Text("weights", "权重"))
    _same_length(len(found), len(answered), Text("weights", "权重"))
    used = found[answered]
    bad = ~(np.isfinite(used) & (used >= 0))
    if bad.any() or (len(used) and used.sum() == 0):
        raise _bad_weights(int(bad.sum()))
    return used


def _bad_weights(count: int) -> AnswersError:
    return AnswersError(
        Text(
            f"{count} weights of answered questions are missing, infinite or negative."
            if count
            else "All weights are zero.",
            f"已作答记录中有 {count} 个权重缺失、为无穷或为负。" if count else "全部权重为零。",
        ),
        Text("Give every answer a weight of 0 or more.", "请为每份答案给出不小于 0 的权重。"),
        count=count,
    )


def _codes(clusters: Values, answered: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Codes from 0; an answer without a cluster (None or NaN) is a cluster of its own."""
    listed = clusters.tolist() if hasattr(clusters, "tolist") else list(clusters)
    _same_length(len(listed), len(answered), Text("clusters", "抽样群"))
    known: dict[object, int] = {}
    codes = []
    for place in np.flatnonzero(answered).tolist():
        label = listed[place]
        missing = label is None or (isinstance(label, float) and math.isnan(label))
        codes.append(known.setdefault((place,) if missing else label, len(known)))
    return np.array(codes, dtype=np.int64)


def _same_length(found: int, expected: int, what: Text) -> None:
    if found != expected:
        raise AnswersError(
            Text(
                f"There are {expected} scores but {found} {what.en}.",
                f"分值有 {expected} 个，{what.zh}却有 {found} 个。",
            ),
            Text("Give one for every respondent.", "请为每位应答者各给一个。"),
        )


def _score_fields(found: Estimates) -> dict[str, Any]:
    has_design = not np.isnan(found.weighted_value[0])
    prefix = "weighted_" if has_design else ""
    return {
        **{name: _number(getattr(found, prefix + name)) for name in ("value", "low", "high", "se")},
        "n": int(found.n[0]),
        "effective_n": _number(found.effective_n) or 0.0,
        "no_variance": bool(found.no_variance[0]),
    }


def _fields_of(score: Score) -> dict[str, Any]:
    return {field.name: getattr(score, field.name) for field in fields(Score)}


def _number(array: Numbers) -> float | None:
    number = float(array[0])
    return None if math.isnan(number) else number
