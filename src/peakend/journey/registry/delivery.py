"""How touchpoints are judged now, on 0 to 100, and how much of it is at or above what was aimed for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peakend.feedback.comparison import holm
from peakend.feedback.intervals import t_quantile
from peakend.feedback.moments import Estimates, Moments, estimates
from peakend.feedback.periods import Survey, in_order, period_of
from peakend.feedback.respondents import respondents
from peakend.feedback.score_counts import COMPARES_WHOLE, read_questions, read_surveys
from peakend.feedback.spans import spans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.declaration import Inputs
    from peakend.engine import Relation

Numbers = NDArray[np.float64]
Row = dict[str, Any]

USUAL_TARGET = 75.0
"""What a score must reach to count as delivered where the registry names no target: the lower of the two best
points of a five-point scale. A convention (top two boxes), shown as such."""

_NO_MONTH = date(1900, 1, 1)
_ABOVE, _BELOW, _CANNOT_TELL, _NO_TARGET = "above", "below", "cannot_tell", "no_target"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Places with answers, one entry each: the score on 0–100, and the share at or above `target`.

    target, own_target: of the place's last touchpoint; they mean something where a place is one touchpoint.
    """

    places: tuple[str, ...]
    target: Numbers
    own_target: NDArray[np.bool_]
    score: Estimates
    share: Estimates

    def rows(self, minimum: int, alpha: float, confidence: float) -> dict[str, Row]:
        """By place: what is published of it; under `minimum` answers only that it is hidden."""
        hidden = self.score.n < minimum
        gap = self.score.best - self.target
        p = _two_sided(gap, self.score.best_se, self.score.df)
        asked = self.own_target & ~hidden
        adjusted, _ = holm(np.where(asked, p, np.nan))
        low, high = _ends(self.score, confidence)
        share = np.where(np.isnan(self.share.weighted_low), self.share.low, self.share.weighted_low)
        share_high = np.where(np.isnan(self.share.weighted_high), self.share.high, self.share.weighted_high)
        found = {}
        for place, name in enumerate(self.places):
            row: Row = {"answers": int(self.score.n[place]), "hidden": bool(hidden[place])}
            if not hidden[place]:
                row |= {
                    "score": _or_none(self.score.best[place]),
                    "score_low": _or_none(low[place]),
                    "score_high": _or_none(high[place]),
                    "threshold": float(self.target[place]),
                    "delivered": _or_none(self.share.best[place]),
                    "delivered_low": _or_none(share[place]),
                    "delivered_high": _or_none(share_high[place]),
                    "gap": _or_none(gap[place]) if self.own_target[place] else None,
                    "gap_adjusted_p": _or_none(adjusted[place]),
                    "against_target": _verdict(
                        bool(self.own_target[place]), gap[place], adjusted[place], alpha
                    ),
                }
            found[name] = row
        return found


def judged(inputs: Inputs) -> Relation:
    """One row a scored answer about a touchpoint, on 0–100, of the last wave or year of each programme.

    Columns touchpoint_id, customer_id, unit (who answers for chance: sampling cluster, else customer, else
    response), response_id, w, y. Questions about the whole belong to no touchpoint.
    """
    everybody = respondents(inputs)
    return inputs.query(
        "journey/registry/judged",
        respondents=everybody,
        asked=inputs.engine.from_arrow(asked_questions(inputs)),
        scope=inputs.engine.from_arrow(_current(inputs, everybody)),
    )


def asked_questions(inputs: Inputs) -> pa.Table:
    """Questions whose scores can be brought to 0–100: question_id, touchpoint_id, of_whole, scale_low,
    scale_high."""
    questions = [
        q
        for q in read_questions(inputs)
        if np.isfinite(q.scale).all() and q.scale[1] > q.scale[0] and q.dimension not in COMPARES_WHOLE
    ]
    return pa.table(
        {
            "question_id": pa.array([q.question_id for q in questions], pa.string()),
            "touchpoint_id": pa.array([q.touchpoint_id for q in questions], pa.string()),
            "of_whole": pa.array([q.of_whole for q in questions], pa.bool_()),
            "scale_low": pa.array([q.scale[0] for q in questions], pa.float64()),
            "scale_high": pa.array([q.scale[1] for q in questions], pa.float64()),
        }
    )


@dataclass(frozen=True, slots=True)
class Aim:
    """What the scores of a touchpoint are to reach (None: nobody said), and what it is counted under."""

    touchpoint: str
    target: float | None
    place: str


def delivery(inputs: Inputs, aims: Sequence[Aim]) -> Delivery:
    """The answers about the touchpoints of `aims`, by place; a touchpoint may stand under several.

    Intervals take the answers of a customer, or of a sampling cluster, together (Taylor linearisation);
    shares carry Wilson's interval on the design's effective size. Source: Wolter (2007), Introduction to
    Variance Estimation, 2nd ed.; Wilson (1927), JASA 22(158).
    """
    thresholds = pa.table(
        {
            "touchpoint_id": pa.array([aim.touchpoint for aim in aims], pa.string()),
            "place": pa.array([aim.place for aim in aims], pa.string()),
            "threshold": pa.array(
                [USUAL_TARGET if aim.target is None else float(aim.target) for aim in aims], pa.float64()
            ),
        }
    )
    table = (
        inputs.query(
            "journey/registry/judged_units",
            judged=judged(inputs),
            thresholds=inputs.engine.from_arrow(thresholds),
        )
        .to_arrow()
        .sort_by("place")
    )
    names = tuple(table["place"].to_pylist())
    confidence = inputs.settings.confidence
    limits = np.zeros(len(names)), np.full(len(names), 100.0)
    of_place = {aim.place: aim.target for aim in aims}
    targets = [of_place[name] for name in names]
    return Delivery(
        places=names,
        target=np.array([USUAL_TARGET if aim is None else aim for aim in targets], dtype=float),
        own_target=np.array([aim is not None for aim in targets], dtype=bool),
        score=estimates(_moments(table, "y"), "mean", confidence, limits),
        share=estimates(_moments(table, "h"), "share", confidence),
    )


def _current(inputs: Inputs, everybody: Relation) -> pa.Table:
    """Which months of which surveys stand for now: survey_id, month_on (1900-01-01: a survey of waves)."""
    surveys, _ = read_surveys(inputs)
    by_id = {survey.survey_id: survey for survey in surveys}
    pairs = [
        (row["survey_id"], row["month_on"])
        for row in inputs.query("feedback/sheet_months", respondents=everybody).to_arrow().to_pylist()
    ]
    of_pair = {
        pair: period_of(by_id.get(pair[0], Survey(pair[0], None, None, None, None)), pair[1])
        for pair in pairs
    }
    periods = in_order(of_pair.values(), surveys)
    last = [found[-1] for found in spans(periods, range(len(periods))).values()]
    now = {(p.programme, p.kind, p.label) for span in last for p in (periods[n] for n in span.numbers)}
    kept = sorted(
        (survey, month or _NO_MONTH)
        for (survey, month), p in of_pair.items()
        if (p.programme, p.kind, p.label) in now
    )
    return pa.table(
        {
            "survey_id": pa.array([survey for survey, _ in kept], pa.string()),
            "month_on": pa.array([month for _, month in kept], pa.date32()),
        }
    )


def _moments(table: pa.Table, y: str) -> Moments:
    """Moments of the scores ("y") or of the hits ("h") of every touchpoint, clustered by who answers."""

    def sums(name: str) -> Numbers:
        found: Numbers = table[name].cast(pa.float64()).fill_null(0.0).to_numpy()
        return found

    hits = y == "h"
    n = sums("n")
    return Moments(
        n=n,
        y=sums(y),
        yy=sums("h" if hits else "yy"),
        alike=(sums("h") == 0) | (sums("h") == n) if hits else sums("lowest") == sums("highest"),
        weighted_n=n,
        w=sums("w"),
        w2=sums("w2"),
        wy=sums("wh" if hits else "wy"),
        wyy=sums("wh" if hits else "wyy"),
        units=sums("units"),
        ww=sums("ww"),
        wy_units=sums("wh_units" if hits else "wy_units"),
        yy_units=sums("hh_units" if hits else "yy_units"),
        weighted=np.zeros(len(n), dtype=bool),
        clustered=np.ones(len(n), dtype=bool),
    )


def _ends(score: Estimates, confidence: float) -> tuple[Numbers, Numbers]:
    half = t_quantile(confidence, score.df) * np.where(score.best_se > 0, score.best_se, np.nan)
    return np.maximum(score.best - half, 0), np.minimum(score.best + half, 100)


def _two_sided(gap: Numbers, se: Numbers, df: Numbers) -> Numbers:
    """p of Student's t; NaN where nothing varies."""
    from scipy.special import stdtr

    with np.errstate(divide="ignore", invalid="ignore"):
        t = gap / np.where(se > 0, se, np.nan)
    found: Numbers = 2 * stdtr(np.where(df > 0, df, np.nan), -np.abs(t))
    return found


def _verdict(own: bool, gap: float, adjusted: float, alpha: float) -> str:
    if not own:
        return _NO_TARGET
    if not adjusted <= alpha:
        return _CANNOT_TELL
    return _ABOVE if gap > 0 else _BELOW


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
