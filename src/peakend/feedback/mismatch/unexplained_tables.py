"""The analysis `unexplained_change`: from each period of a programme to the next, what the parts account
for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import stdtr

from peakend.feedback.comparison import holm, verdicts
from peakend.feedback.mismatch import change_columns
from peakend.feedback.mismatch.decomposition import EstimatedChange, unexplained_change
from peakend.feedback.mismatch.gathering import Gathered, Whole, gather, labels
from peakend.feedback.mismatch.mismatch_tables import as_table, outcome
from peakend.feedback.mismatch.reading import Codes, Flags, NothingToCompareError, TooFewAnswersError

if TYPE_CHECKING:
    from peakend.declaration import Inputs, Results, Settings

Row = dict[str, Any]
LEAST_SHARED = 0.2
"""Share of the respondents of both periods that must have answered a part, for its move to be known."""


def unexplained_tables(inputs: Inputs) -> Results:
    """The table `unexplained_change`. Raises `ScoreOutsideScaleError`."""
    gathered = gather(inputs)
    rows: list[Row] = []
    for whole in gathered.wholes:
        rows += _of_whole(gathered, whole, inputs.settings)
    return {change_columns.UNEXPLAINED.name: as_table(rows, change_columns.UNEXPLAINED)}


def _of_whole(gathered: Gathered, whole: Whole, settings: Settings) -> list[Row]:
    """Every comparison of consecutive periods of one kind; Holm over them, changes and unexplained apart."""
    groups: list[list[Row]] = []
    for before, now in zip(whole.periods, whole.periods[1:], strict=False):
        one, other = gathered.period(before), gathered.period(now)
        if one.kind == other.kind != "undated":
            groups.append(_compared(gathered, whole, before, now, settings))
    for kind in ("change", "unexplained"):
        rows = [row for group in groups for row in group if row["kind"] == kind]
        p = np.array([np.nan if row.get("p_value") is None else row["p_value"] for row in rows], dtype=float)
        adjusted, _ = holm(p)
        said = verdicts([row.get("value") or 0.0 for row in rows], adjusted, settings.alpha)
        for row, value, verdict in zip(rows, adjusted.tolist(), said.tolist(), strict=True):
            row["verdict"] = verdict
            row["adjusted_p"] = None if np.isnan(value) else value
    return [row for group in groups for row in group]


def _compared(gathered: Gathered, whole: Whole, before: int, now: int, settings: Settings) -> list[Row]:
    period, previous = gathered.period(now), gathered.period(before)
    where: Row = {
        "programme": whole.programme,
        "period": period.label,
        "period_kind": period.kind,
        "period_start": period.start,
        **outcome(whole),
        "previous_period": previous.label,
        "hidden": False,
    }
    responses = gathered.responses
    rows = whole.rows[np.isin(responses.period[whole.rows], [before, now])]
    later = responses.period[rows] == now
    parts = _shared(gathered, whole, rows, later)
    counts = int(later.sum()), int((~later).sum())
    if min(counts) < settings.minimum_base:
        return [where | {"kind": "unexplained", "part_id": "all", "hidden": True, "reason": "too_few"}]
    bases = {"n": counts[0], "n_previous": counts[1]}
    if not len(parts):
        return [where | bases | {"kind": "unexplained", "part_id": "all", "reason": "no_parts"}]
    weight = responses.weight[rows]
    if min(weight[later].sum(), weight[~later].sum()) <= 0:
        weight = np.ones(len(rows))
    try:
        found = unexplained_change(
            responses.scores[np.ix_(rows, parts)],
            responses.scores[rows, whole.column],
            later,
            weights=weight,
            clusters=gathered.cluster(rows),
            confidence=settings.confidence,
        )
    except (TooFewAnswersError, NothingToCompareError) as cause:
        reason = "too_few" if isinstance(cause, TooFewAnswersError) else "no_variance"
        return [where | bases | {"kind": "unexplained", "part_id": "all", "reason": reason}]
    return [where | row for row in _rows(found, gathered, parts)]


def _shared(gathered: Gathered, whole: Whole, rows: Codes, later: Flags) -> Codes:
    """The parts that enough respondents of both periods answered."""
    answered = ~np.isnan(gathered.responses.scores[np.ix_(rows, whole.parts)])
    if not later.any() or later.all():
        return whole.parts[:0]
    shares = np.minimum(answered[later].mean(axis=0), answered[~later].mean(axis=0))
    found: Codes = whole.parts[shares >= LEAST_SHARED]
    return found


def _rows(found: EstimatedChange, gathered: Gathered, parts: Codes) -> list[Row]:
    change = found.change
    bases: Row = {"n": found.n[1], "n_previous": found.n[0]}
    half = found.change_high - change.change
    whole = bases | {
        "kind": "change",
        "part_id": "all",
        "value": change.change,
        "low": found.change_low,
        "high": found.change_high,
        "p_value": _two_sided(change.change, half, found),
    }
    rest = bases | {
        "kind": "unexplained",
        "part_id": "all",
        "value": change.unexplained,
        "low": found.unexplained_low,
        "high": found.unexplained_high,
        "p_value": found.p,
    }
    listed = [whole, rest]
    for place, part in enumerate(parts[found.parts_used].tolist()):
        question = gathered.sheet.questions[part]
        named = labels(question)
        listed.append(
            bases
            | {
                "kind": "part",
                "part_id": question.question_id,
                "part_en": named["label_en"],
                "part_zh": named["label_zh"],
                "moved": float(found.moves[place]),
                "slope": float(found.slopes[place]),
                "value": float(change.contributions[place]),
                "low": float(found.low[place]),
                "high": float(found.high[place]),
            }
        )
    return listed


def _two_sided(value: float, half: float, found: EstimatedChange) -> float:
    if half <= 0 or found.change_se <= 0:
        return float(abs(value) < 1e-12)
    return float(2 * stdtr(found.df, -abs(value) / found.change_se))
