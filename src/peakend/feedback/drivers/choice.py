"""What is to be explained by what: the overall questions, their last period with enough answers, their
parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peakend.feedback.score_counts import read_questions
from peakend.feedback.sheets import Responses, Sheet, answer_sheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from peakend.declaration import Inputs
    from peakend.feedback.periods import Period
    from peakend.feedback.score_counts import Question

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]

# A part that fewer than half of the respondents could judge says little of the whole; its place in an order
# would rest on what the others are guessed to think.
LEAST_ANSWERED = 0.5
ROWS_A_PART = 5
FEWEST = 30


@dataclass(frozen=True, slots=True)
class LeftOutPart:
    """A part that is not in the model; n: None where it is too small to show."""

    question: Question
    n: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Task:
    """One overall question in one period: what explains it, from whom.

    scores: n × parts, NaN where skipped; outcome: n; cluster: codes from 0. reason: why there can be no model
    (empty: there can).
    """

    period: Period
    question: Question
    parts: tuple[Question, ...]
    left_out: tuple[LeftOutPart, ...]
    response_id: pa.Array
    scores: Numbers
    outcome: Numbers
    weight: Numbers
    cluster: Codes
    reason: str

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(part.question_id for part in self.parts)


def tasks(inputs: Inputs) -> list[Task]:
    """A task for every overall question of every programme: its last period with enough answers.

    One period at a time: a scale or a wording that changed between periods mixes nothing. Raises
    `ScoreOutsideScaleError`.
    """
    questions = read_questions(inputs)
    sheet = answer_sheet(inputs, questions)
    counts = _counts(sheet)
    read: dict[int, Responses] = {}
    found = []
    for place, question in enumerate(questions):
        if not question.overall:
            continue
        for period in _periods(sheet, counts[:, place], max(FEWEST, inputs.settings.minimum_base)):
            if period not in read:
                read[period] = sheet.responses(period)
            found.append(_task(sheet, period, place, read[period], inputs.settings.minimum_base))
    return found


def _counts(sheet: Sheet) -> NDArray[np.int64]:
    """Answers by period and question."""
    places = range(len(sheet.questions))
    found = np.zeros((len(sheet.periods), len(sheet.questions)), dtype=np.int64)
    if not sheet.questions:
        return found
    columns = ", ".join(f"count(s.q{place}) as n{place}" for place in places)
    table = sheet.relation.query(
        f"select s.period, {columns} from sheet s group by s.period",  # noqa: S608 - numbers only
        name="sheet",
    ).to_arrow()
    for row in table.to_pylist():
        found[row["period"]] = [row[f"n{place}"] for place in places]
    return found


def _periods(sheet: Sheet, counts: NDArray[np.int64], least: int) -> Iterator[int]:
    """The last period of each programme with at least `least` answers; its best where none has."""
    by_programme: dict[str, list[int]] = {}
    for number, period in enumerate(sheet.periods):
        if counts[number]:
            by_programme.setdefault(period.programme, []).append(number)
    for numbers in by_programme.values():
        enough = [number for number in numbers if counts[number] >= least]
        yield enough[-1] if enough else max(numbers, key=lambda number: (counts[number], number))


def _task(sheet: Sheet, period: int, place: int, responses: Responses, minimum: int) -> Task:
    outcome = responses.scores[:, place]
    offered = [p for p, q in enumerate(sheet.questions) if not q.overall]
    some_part = ~np.isnan(responses.scores[:, offered]).all(axis=1)
    used = responses.take(np.flatnonzero(~np.isnan(outcome) & some_part & (responses.weight > 0)))
    parts: list[int] = []
    left_out: list[LeftOutPart] = []
    for part in offered:
        scores = used.scores[:, part]
        n = int((~np.isnan(scores)).sum())
        if n == 0:
            continue
        reason = _unfit(scores, n, len(used), minimum)
        if reason:
            left_out.append(LeftOutPart(sheet.questions[part], n if n >= minimum else None, reason))
        else:
            parts.append(part)
    scores = used.scores[:, parts]
    some = ~np.isnan(scores).all(axis=1)
    used, scores = used.take(np.flatnonzero(some)), scores[some]
    return Task(
        sheet.periods[period],
        sheet.questions[place],
        tuple(sheet.questions[part] for part in parts),
        tuple(left_out),
        used.response_id,
        scores,
        used.scores[:, place],
        used.weight,
        np.unique(used.cluster, return_inverse=True)[1].astype(np.int64),
        _no_model(used.scores[:, place], len(parts), minimum),
    )


def _unfit(scores: Numbers, n: int, of: int, minimum: int) -> str:
    if n < minimum:
        return "too_few_answers"
    if n < LEAST_ANSWERED * of:
        return "too_few_answered_it"
    return "no_variance" if np.nanmin(scores) == np.nanmax(scores) else ""


def _no_model(outcome: Numbers, parts: int, minimum: int) -> str:
    if parts == 0 or len(outcome) < max(ROWS_A_PART * (parts + 1), minimum):
        return "too_few_answers"
    return "nothing_varies" if (outcome == outcome[0]).all() else ""


def where(task: Task) -> dict[str, object]:
    """The columns that say which period and outcome a row is of."""
    period, question = task.period, task.question
    return {
        "programme": period.programme,
        "period": period.label,
        "period_kind": period.kind,
        "period_start": period.start,
        "outcome_id": question.question_id,
        "outcome_en": question.label_en,
        "outcome_zh": question.label_zh,
        "outcome_metric": question.metric,
    }


def part_of(question: Question) -> dict[str, object]:
    """The columns that say which part a row is of."""
    return {
        "question_id": question.question_id,
        "label_en": question.label_en,
        "label_zh": question.label_zh,
        "dimension": question.dimension,
        "touchpoint_id": question.touchpoint_id,
    }


def number(value: float | None) -> float | None:
    """`value` for a result table: null for what is not a finite number."""
    return None if value is None or not np.isfinite(value) else float(value)


def as_table(rows: Sequence[dict[str, object]], schema: pa.Schema) -> pa.Table:
    """Rows as a result table; a column that a row does not have is null."""
    return pa.Table.from_pylist(list(rows), schema=schema)
