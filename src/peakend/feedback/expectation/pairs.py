"""Which expectation question belongs to which perception question."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peakend.feedback.score_counts import SCORED, read_questions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakend.declaration import Inputs
    from peakend.feedback.score_counts import Question

EXPECTATION = "expectation"
PERCEIVED = ("rating", "csat", "ces")
PAIRS_WITH = "pairs_with"
COST_PER_POINT = "cost_per_point"
# Which overall question stands for the whole judgement, where several do: satisfaction before recommendation.
_OVERALL_ORDER = ("csat", "rating", "nps", "ces")


@dataclass(frozen=True, slots=True)
class Pair:
    """An expectation and the perception it belongs to; cost_per_point: money that one point (of 0–100) of
    this service costs for a customer served, where the questionnaire says so."""

    expectation: Question
    perception: Question
    cost_per_point: float | None


def read_pairs(inputs: Inputs) -> list[Pair]:
    """The pairs in the order of their perception's key.

    An expectation names its partner in its attribute `pairs_with` (a question_id). Else it belongs to the
    only rating, csat or ces question about a part with the same touchpoint and dimension, else to the only
    one with its touchpoint, else to the only one with its dimension. A question without limits of its scale
    cannot be put on 0–100 and pairs with nothing; neither does one that fits several.
    """
    questions = read_questions(inputs, (*SCORED, EXPECTATION))
    attributes = _attributes(inputs)
    perceived = {
        q.question_id: q for q in questions if q.metric in PERCEIVED and not q.of_whole and _bounded(q)
    }
    taken: dict[str, Pair] = {}
    for question in questions:
        if question.metric != EXPECTATION or not _bounded(question):
            continue
        stated = attributes.get(question.question_id, {}).get(PAIRS_WITH)
        partner = perceived.get(str(stated)) if stated else _partner(question, list(perceived.values()))
        if partner is not None and partner.question_id not in taken:
            cost = attributes.get(partner.question_id, {}).get(COST_PER_POINT)
            taken[partner.question_id] = Pair(question, partner, _number(cost))
    return [taken[key] for key in sorted(taken)]


def read_overall(inputs: Inputs) -> list[Question]:
    """The questions about the whole, the one that says most about satisfaction first."""
    found = [q for q in read_questions(inputs) if q.overall and _bounded(q)]
    return sorted(found, key=lambda q: (_OVERALL_ORDER.index(q.metric), q.question_id))


def _partner(question: Question, perceived: Sequence[Question]) -> Question | None:
    place, dimension = question.touchpoint_id, question.dimension
    rules = [
        [q for q in perceived if (q.touchpoint_id, q.dimension) == (place, dimension)],
        [q for q in perceived if place is not None and q.touchpoint_id == place],
        [q for q in perceived if dimension is not None and q.dimension == dimension],
    ]
    if place is None and dimension is None:
        return None
    return next((fits[0] for fits in rules if len(fits) == 1), None)


def _bounded(question: Question) -> bool:
    low, high = question.scale
    return bool(np.isfinite(low) and np.isfinite(high) and high > low)


def _attributes(inputs: Inputs) -> Mapping[str, Mapping[str, Any]]:
    rows = inputs["questions"].to_arrow().select(["question_id", "attributes"]).to_pylist()
    found = {}
    for row in rows:
        try:
            parsed = json.loads(row["attributes"] or "{}")
        except ValueError:
            parsed = {}
        found[row["question_id"]] = parsed if isinstance(parsed, dict) else {}
    return found


def _number(value: object) -> float | None:
    try:
        found = float(str(value))
    except ValueError:
        return None
    return found if np.isfinite(found) and found > 0 else None
