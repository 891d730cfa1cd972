"""What the mismatch analyses read: for each programme and question about the whole, the parts beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peakend.feedback.mismatch.reading import (
    FEWEST,
    FEWEST_PER_PART,
    Codes,
    Flags,
    NothingToCompareError,
    Numbers,
    TooFewAnswersError,
)
from peakend.feedback.mismatch.residuals import Mismatch, mismatch
from peakend.feedback.score_counts import read_questions
from peakend.feedback.sheets import answer_sheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from peakend.declaration import Inputs
    from peakend.feedback.periods import Period
    from peakend.feedback.score_counts import Question
    from peakend.feedback.sheets import Responses, Sheet

LEAST_ANSWERED = 0.1
"""Share of a programme's respondents that must have answered a part: one that hardly anybody meets says
little
of the total, and every part costs precision."""


@dataclass(frozen=True, slots=True)
class Whole:
    """One question about the whole in one programme. rows: places of its responses in the sheet's; periods:
    numbers of its periods in order; parts: columns of the sheet."""

    programme: str
    question: Question
    column: int
    parts: Codes
    rows: Codes
    periods: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything answered, and the wholes in it."""

    sheet: Sheet
    responses: Responses
    wholes: tuple[Whole, ...]

    def period(self, number: int) -> Period:
        return self.sheet.periods[number]

    def cluster(self, rows: Codes) -> Codes | None:
        return self.responses.cluster[rows] if self.sheet.clustered else None


def gather(inputs: Inputs) -> Gathered:
    """Every whole with its responses, by programme and question."""
    questions = read_questions(inputs)
    sheet = answer_sheet(inputs, questions)
    responses = sheet.responses()
    return Gathered(sheet, responses, tuple(_wholes(sheet, responses)))


def _wholes(sheet: Sheet, responses: Responses) -> Iterator[Whole]:
    programmes = sorted({period.programme for period in sheet.periods})
    of_period = np.array([programmes.index(p.programme) for p in sheet.periods], dtype=np.int64)
    own = of_period[responses.period] if len(responses) else np.zeros(0, dtype=np.int64)
    answered = ~np.isnan(responses.scores)
    candidates = np.array(
        [place for place, q in enumerate(sheet.questions) if not q.of_whole], dtype=np.int64
    )
    for number, programme in enumerate(programmes):
        for column, question in enumerate(sheet.questions):
            rows = (
                np.flatnonzero((own == number) & answered[:, column])
                if question.overall
                else np.zeros(0, int)
            )
            if not len(rows):
                continue
            share = answered[np.ix_(rows, candidates)].mean(axis=0)
            parts = _affordable(candidates, share, len(rows))
            periods = tuple(np.unique(responses.period[rows]).tolist())
            yield Whole(programme, question, column, parts, rows, periods)


def _affordable(candidates: Codes, share: Numbers, n: int) -> Codes:
    """The parts that enough people answered; of too many for so few respondents the most answered ones."""
    order = candidates[np.lexsort([candidates, -share])]
    usual = int((share >= LEAST_ANSWERED).sum())
    most = n // FEWEST_PER_PART if n >= FEWEST else usual
    return np.sort(order[: min(usual, max(most, 1))])


def judged(gathered: Gathered, whole: Whole, confidence: float) -> tuple[Mismatch | None, str | None]:
    """The mismatch of a whole over all its periods, or the reason why there is none."""
    if not len(whole.parts):
        return None, "no_parts"
    rows, responses = whole.rows, gathered.responses
    try:
        found = mismatch(
            responses.scores[np.ix_(rows, whole.parts)],
            responses.scores[rows, whole.column],
            clusters=gathered.cluster(rows),
            periods=responses.period[rows],
            confidence=confidence,
        )
    except TooFewAnswersError:
        return None, "too_few"
    except NothingToCompareError:
        return None, "no_variance"
    return (found, None) if found.converged else (None, "not_converged")


def of_period(gathered: Gathered, whole: Whole, found: Mismatch, period: int) -> Flags:
    """Which of the respondents in `found` answered in `period`."""
    flags: Flags = gathered.responses.period[whole.rows[found.row]] == period
    return flags


def labels(question: Question | None) -> dict[str, str | None]:
    """A question's labels, the other language's where one is missing."""
    if question is None:
        return {"label_en": None, "label_zh": None}
    english = question.label_en or question.label_zh or question.question_id
    return {"label_en": english, "label_zh": question.label_zh or english}


def named(questions: Sequence[Question], question_id: str) -> Question | None:
    return next((question for question in questions if question.question_id == question_id), None)
