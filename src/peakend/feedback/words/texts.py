"""Every answered text with where and when it was written; what the analyses of texts start from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from peakend.feedback.periods import Period, Survey, in_order, period_of
from peakend.feedback.respondents import respondents
from peakend.feedback.score_counts import read_surveys
from peakend.feedback.words.boilerplate import Emptiness, emptiness_read
from peakend.feedback.words.reading import read_all

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from peakend.declaration import Inputs

Codes = NDArray[np.int64]
Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

TEXTS_SQL = ("feedback/survey_design", "feedback/respondents", "feedback/words/texts")


@dataclass(frozen=True, slots=True)
class Texts:
    """Answered texts, sorted by response_id and question_id; n entries each.

    text: as `reading.read` leaves it. says: what each is (`boilerplate`). period: number in `periods`.
    touchpoint: the question's own, else that of the event the response is about. weight: 1 in a survey
    without weights, 0 where a weighted survey has none. cluster: None where there is none.
    """

    periods: Sequence[Period]
    response_id: pa.Array
    question_id: Sequence[str]
    text: Sequence[str]
    says: Sequence[Emptiness]
    period: Codes
    touchpoint: Sequence[str | None]
    weight: Numbers
    cluster: Sequence[str | None]

    def __len__(self) -> int:
        return len(self.text)

    @property
    def worded(self) -> Flags:
        """Which of them say something."""
        return np.array([says == "words" for says in self.says], dtype=bool)


def read_texts(inputs: Inputs) -> Texts:
    """The answered texts of all questions of metric `text`."""
    questions = [
        row
        for row in inputs["questions"].to_arrow().sort_by("question_id").to_pylist()
        if row["metric"] == "text"
    ]
    touchpoint = {row["question_id"]: row["touchpoint_id"] for row in questions}
    asked = pa.table({"question_id": pa.array(list(touchpoint), pa.string())})
    table = (
        inputs.query(
            "feedback/words/texts", asked=inputs.engine.from_arrow(asked), respondents=respondents(inputs)
        )
        .to_arrow()
        .sort_by([("response_id", "ascending"), ("question_id", "ascending")])
    )
    surveys, designs = read_surveys(inputs)
    periods, period = _periods(table, surveys)
    read = read_all(table["text"])
    question = table["question_id"].to_pylist()
    weighted = np.array([designs[survey].weighted for survey in table["survey_id"].to_pylist()], dtype=bool)
    weight = pc.fill_null(table["weight"].cast(pa.float64()), 0.0).to_numpy()
    events = table["touchpoint_id"].to_pylist()
    clusters = zip(table["survey_id"].to_pylist(), table["cluster"].to_pylist(), strict=True)
    return Texts(
        periods=periods,
        response_id=table["response_id"].combine_chunks().cast(pa.string()),
        question_id=question,
        text=read,
        says=emptiness_read(read),
        period=period,
        touchpoint=[touchpoint[q] or event for q, event in zip(question, events, strict=True)],
        weight=np.where(weighted, weight, 1.0),
        cluster=[None if name is None else f"{survey}\x1f{name}" for survey, name in clusters],
    )


def _periods(table: pa.Table, surveys: Sequence[Survey]) -> tuple[list[Period], Codes]:
    """The periods that occur, in order, and the number of each row's."""
    by_id = {survey.survey_id: survey for survey in surveys}
    pairs = list(zip(table["survey_id"].to_pylist(), table["month_on"].to_pylist(), strict=True))
    of_pair: Mapping[tuple[str, date | None], Period] = {
        (survey, month): period_of(by_id.get(survey, Survey(survey, None, None, None, None)), month)
        for survey, month in set(pairs)
    }
    periods = in_order(of_pair.values(), surveys)
    number = {(p.programme, p.kind, p.label): place for place, p in enumerate(periods)}
    of = {pair: number[p.programme, p.kind, p.label] for pair, p in of_pair.items()}
    return periods, np.array([of[pair] for pair in pairs], dtype=np.int64)
