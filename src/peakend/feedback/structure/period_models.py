"""The path model of every period of a survey programme: every dimension → satisfaction → loyalty."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from peakend.feedback.score_counts import read_questions
from peakend.feedback.sheets import answer_sheet
from peakend.feedback.structure.errors import PathDataError, PathNotConvergedError
from peakend.feedback.structure.paths import PathModel
from peakend.feedback.structure.shape import METRICS, Shape, column_of, scales_of, shape_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from peakend.declaration import Inputs
    from peakend.feedback.periods import Period
    from peakend.feedback.scales import Scale
    from peakend.feedback.score_counts import Question
    from peakend.feedback.sheets import Responses
    from peakend.feedback.structure.result import PathResult

DRAWS = 300
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class PeriodModel:
    """One period: its model, or the reason why there is none.

    responses: those of the period that carry weight, with their scores on `questions`. number: of the period.
    """

    period: Period
    number: int
    questions: Sequence[Question]
    responses: Responses
    shape: Shape
    result: PathResult | None
    reason: str

    def answered(self, items: Sequence[int]) -> int:
        """Responses that answered at least one of the questions at `items`."""
        return int((~np.isnan(self.responses.scores[:, list(items)])).any(axis=1).sum())

    @property
    def columns(self) -> dict[str, NDArray[np.float64]]:
        """The scores by the names that indicators have in a fit."""
        items = [item for block in self.shape.blocks for item in block.items]
        return {column_of(item): self.responses.scores[:, item] for item in items}

    @property
    def scales(self) -> dict[str, Scale]:
        return scales_of(self.questions, self.shape)


def period_models(inputs: Inputs) -> list[PeriodModel]:
    """The models of all periods, in the order of programme and time. Raises `ScoreOutsideScaleError`."""
    questions = read_questions(inputs, METRICS)
    sheet = answer_sheet(inputs, questions)
    everybody = sheet.responses()
    everybody = everybody.take(everybody.weight > 0)
    found = []
    for number, period in enumerate(sheet.periods):
        responses = everybody.take(everybody.period == number)
        if len(responses):
            shape = shape_of(questions, responses.scores)
            model = PeriodModel(period, number, questions, responses, shape, None, shape.reason)
            found.append(model if shape.reason else _fitted(model, inputs.settings.confidence))
    return found


def _fitted(model: PeriodModel, confidence: float) -> PeriodModel:
    shape = model.shape
    found = fit(
        shape.columns, shape.paths, model.columns, model.scales, model.responses, model.number, confidence
    )
    return replace(model, result=found[0], reason=found[1])


def fit(
    blocks: Mapping[str, Sequence[str]],
    paths: Mapping[str, Sequence[str]],
    columns: Mapping[str, NDArray[np.float64]],
    scales: Mapping[str, Scale],
    responses: Responses,
    seed: int,
    confidence: float,
) -> tuple[PathResult | None, str]:
    """A fit with intervals, or none and the reason."""
    model = PathModel(blocks, paths, scheme="path", tolerance=TOLERANCE)
    try:
        result = model.fit(
            columns,
            weights=responses.weight,
            clusters=responses.cluster,
            scales=scales,
            bootstrap=DRAWS,
            confidence=confidence,
            seed=seed,
        )
    except PathNotConvergedError:
        return None, "not_converged"
    except PathDataError as refused:
        known = {"outcome": "cannot_be_told_apart", "constant": "no_variation"}
        return None, next((known[key] for key in refused.data if key in known), "too_few_answers")
    return (result, "") if result.low is not None else (None, "unstable")


def period_columns(model: PeriodModel) -> dict[str, Any]:
    """The columns that say which period it is."""
    period = model.period
    return {
        "programme": period.programme,
        "period": period.label,
        "period_kind": period.kind,
        "period_start": period.start,
    }
