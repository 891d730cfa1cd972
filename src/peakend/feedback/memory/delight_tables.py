"""The analyses `delight` and `recall`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peakend.feedback.comparison import holm
from peakend.feedback.memory.columns import DELIGHT, RECALL
from peakend.feedback.memory.recall import effective_experience
from peakend.feedback.memory.surprise import delight
from peakend.feedback.scales import nps_points
from peakend.feedback.score_counts import Question, read_questions, read_surveys
from peakend.feedback.sheets import Sheet, answer_sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.declaration import Inputs, Results, Settings

Row = dict[str, Any]

DIMENSION = "delight"
REMEMBERED = {"remembered": 1.0, "yes": 1.0, "是": 1.0, "记得": 1.0}
NOT_REMEMBERED = {"nothing": 0.0, "no": 0.0, "否": 0.0, "不记得": 0.0}
OURS = {"us": 1.0, "ours": 1.0, "yes": 1.0, "是": 1.0, "我们": 1.0}
NOT_OURS = {"another": 0.0, "no": 0.0, "否": 0.0, "其他": 0.0}


def delight_tables(inputs: Inputs) -> Results:
    """Every question of the dimension "delight" in every period."""
    questions = read_questions(inputs)
    compared = [q for q in questions if q.dimension == DIMENSION and np.isfinite(q.scale).all()]
    outcomes = [q for q in questions if q.overall and q.metric in {"nps", "rating", "csat"}]
    rows: list[Row] = []
    if compared:
        sheet = answer_sheet(inputs, [*compared, *outcomes])
        for place in range(len(sheet.periods)):
            rows += _of_period(sheet, place, len(compared), inputs.settings)
        _correct(rows)
    return {DELIGHT.name: DELIGHT.of(rows)}


def _of_period(sheet: Sheet, place: int, compared: int, settings: Settings) -> list[Row]:
    responses, period = sheet.responses(place), sheet.periods[place]
    rows = []
    for number, question in enumerate(sheet.questions[:compared]):
        asked = ~np.isnan(responses.scores[:, number])
        if not asked.any():
            continue
        row: Row = {
            "programme": period.programme,
            "period": period.label,
            "period_kind": period.kind,
            "period_start": period.start,
            "question_id": question.question_id,
            "label_en": question.label_en,
            "label_zh": question.label_zh,
            "hidden": int(asked.sum()) < settings.minimum_base,
        }
        if not row["hidden"]:
            mine = responses.take(asked)
            row |= _figures(
                question,
                mine.scores[:, number],
                mine.weight,
                *_outcome(sheet, mine.scores, compared),
                settings,
            )
        rows.append(row)
    return rows


def _outcome(sheet: Sheet, scores: np.ndarray, compared: int) -> tuple[np.ndarray | None, str | None]:
    """Recommendation in points where it is asked, else the overall question with the most answers."""
    answered = (~np.isnan(scores)).sum(axis=0)
    places = [
        (sheet.questions[n].metric != "nps", -int(answered[n]), n)
        for n in range(compared, len(sheet.questions))
        if answered[n]
    ]
    if not places:
        return None, None
    _, _, place = min(places)
    question, column = sheet.questions[place], scores[:, place]
    if question.metric == "nps":
        column = np.where(np.isnan(column), np.nan, 100 * nps_points(column, question.scale))
    return column, question.question_id


def _figures(
    question: Question,
    compared: np.ndarray,
    weight: np.ndarray,
    outcome: np.ndarray | None,
    named: str | None,
    settings: Settings,
) -> Row:
    found = delight(compared, outcome, weight, question.scale, settings.confidence)
    small = min(found.n_delighted, found.n_as_expected) < settings.minimum_base
    return {
        "n": found.n,
        "far_better": found.far_better,
        "far_better_low": found.low,
        "far_better_high": found.high,
        "better": found.better,
        "as_expected": found.as_expected,
        "worse": found.worse,
        "outcome": None if small else named,
        "lift": None if small else found.lift,
        "lift_low": None if small else found.lift_low,
        "lift_high": None if small else found.lift_high,
        "n_delighted": None if small else found.n_delighted,
        "n_as_expected": None if small else found.n_as_expected,
        "p_value": None if small else found.p,
    }


def _correct(rows: Sequence[Row]) -> None:
    names = sorted({row["programme"] for row in rows})
    given = [row.get("p_value") for row in rows]
    p, _ = holm(
        [float("nan") if value is None else value for value in given],
        np.array([names.index(row["programme"]) for row in rows], dtype=np.int64),
    )
    for row, value, adjusted in zip(rows, given, p.tolist(), strict=True):
        row["adjusted_p"] = None if value is None else adjusted


def recall_tables(inputs: Inputs) -> Results:
    """Every programme that asks, later, what is remembered (questions of the dimension "recall")."""
    found = inputs.query("feedback/memory/recalls").to_arrow().sort_by("response_id").to_pylist()
    surveys, _ = read_surveys(inputs)
    programme = {s.survey_id: s.programme or s.survey_id for s in surveys}
    rows: list[Row] = []
    for name in sorted({programme.get(row["survey_id"], row["survey_id"]) for row in found}):
        mine = [row for row in found if programme.get(row["survey_id"], row["survey_id"]) == name]
        rows.append({"programme": name} | _recall(mine, inputs.settings))
    return {RECALL.name: RECALL.of(rows)}


def _recall(found: Sequence[Row], settings: Settings) -> Row:
    codes = REMEMBERED | NOT_REMEMBERED
    known = [row for row in found if row["recall"] in codes]
    if len(known) < settings.minimum_base:
        return {"hidden": True}
    owned = OURS | NOT_OURS
    result = effective_experience(
        [codes[row["recall"]] for row in known],
        [owned.get(row["attribution"] or "", float("nan")) for row in known],
        [float("nan") if row["quality"] is None else row["quality"] for row in known],
        settings.confidence,
    )
    days = [row["days"] for row in known if row["days"] is not None]
    return {
        "n": result.n,
        "days": float(np.median(days)) if days else None,
        "recall": result.recall,
        "recall_low": result.recall_low,
        "recall_high": result.recall_high,
        "branded": result.branded,
        "branded_low": result.branded_low,
        "branded_high": result.branded_high,
        "quality": result.quality,
        "effective": result.index if result.quality is not None else None,
        "effective_low": result.index_low if result.quality is not None else None,
        "effective_high": result.index_high if result.quality is not None else None,
        "vivid_gap": result.vivid_gap,
        "vivid_gap_low": result.vivid_gap_low,
        "vivid_gap_high": result.vivid_gap_high,
        "unclear": len(found) - len(known),
        "hidden": False,
    }
