"""What is to be explained by what: the overall questions, their last wave (or year of months) with enough
answers, their parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peakend.feedback.score_counts import read_questions
from peakend.feedback.sheets import Responses, Sheet, answer_sheet
from peakend.feedback.spans import Span, spans

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
    """One overall question in one wave or year of months: what explains it, from whom.

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
    """A task for every overall question of every programme: its last span with enough answers (`spans`).

    One wave at a time: a scale or a wording that changed between waves mixes nothing. Calendar months are
    taken together, up to twelve, and a customer who answered in several counts as one cluster. Raises
    `ScoreOutsideScaleError`.
    """
    questions = read_questions(inputs)
    sheet = answer_sheet(inputs, questions)
    counts = sheet.counts()
    read: dict[tuple[int, ...], Responses] = {}
    found = []
    for place, question in enumerate(questions):
        if not question.overall:
            continue
        for span in _latest(sheet, counts[:, place], max(FEWEST, inputs.settings.minimum_base)):
            if span.numbers not in read:
                responses = sheet.responses(span.numbers)
                apart = len(span.numbers) == 1 or sheet.clustered
                read[span.numbers] = responses if apart else responses.by_customer()
            found.append(_task(sheet, span.period, place, read[span.numbers], inputs.settings.minimum_base))
    return found


def _latest(sheet: Sheet, counts: NDArray[np.int64], least: int) -> Iterator[Span]:
    """The last span of each programme with at least `least` answers; its fullest where none has."""
    for listed in spans(sheet.periods, np.flatnonzero(counts).tolist()).values():
        sizes = [int(counts[list(span.numbers)].sum()) for span in listed]
        enough = [place for place, size in enumerate(sizes) if size >= least]
        yield listed[enough[-1] if enough else max(range(len(sizes)), key=lambda one: (sizes[one], one))]


def _task(sheet: Sheet, period: Period, place: int, responses: Responses, minimum: int) -> Task:
    outcome = responses.scores[:, place]
    offered = [p for p, q in enumerate(sheet.questions) if not q.of_whole]
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
        period,
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
