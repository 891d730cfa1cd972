"""Who said what, ready to be counted: the subjects of each source in each programme, by period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.score_counts import Question, read_questions
from peakend.feedback.words.coded import coded_subjects
from peakend.feedback.words.mentioners import Sample
from peakend.feedback.words.spoken import labels_of_questionnaire, pleased_by, spoken_subjects

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from peakend.declaration import Inputs
    from peakend.feedback.periods import Period
    from peakend.feedback.words.remarks import Remarks, Source, Writers
    from peakend.feedback.words.subjects import Subjects

Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Voice:
    """One source in one programme. rows: its writers in `Remarks.writers`, rising; question: about the whole,
    whose scores are compared (None: none was asked); score: theirs; grouping, group_score: the same of the
    question that makes detractors and promoters; periods: numbers, in time."""

    programme: str
    source: Source
    rows: Codes
    question: Question | None
    score: Numbers
    grouping: Question | None
    group_score: Numbers
    periods: Sequence[int]

    def sample(self, writers: Writers, period: int | None) -> tuple[Flags, Sample]:
        """Which of `rows` wrote in `period` (None: in any), and they as a sample."""
        inside = np.ones(len(self.rows), dtype=bool)
        if period is not None:
            inside = writers.period[self.rows] == period
        rows = self.rows[inside]
        weighted, clustered = bool(writers.weighted[rows].any()), bool(writers.clustered[rows].any())
        return inside, Sample(
            writers.person[rows],
            self.score[inside],
            writers.weight[rows] if weighted else None,
            writers.cluster[rows] if clustered else None,
        )


def voices(remarks: Remarks) -> Iterator[Voice]:
    """Every source in every programme in which somebody used it.

    question: the one about the whole that most periods of the programme asked, so that means go on from wave
    to wave; grouping: the one that makes detractors and promoters: NPS where writers answered it.
    """
    writers = remarks.writers
    programmes = sorted({period.programme for period in remarks.periods})
    number = np.array([programmes.index(p.programme) for p in remarks.periods], dtype=np.int64)
    for place, programme in enumerate(programmes):
        here = number[writers.period] == place
        scored = np.flatnonzero((~np.isnan(writers.scores[here])).any(axis=0)).tolist()
        question = min(scored, key=lambda n: (-remarks.asked.get((programme, n), 0), n), default=None)
        grouping = min(scored, default=None)
        for source in remarks.sources:
            used = np.unique(np.array([row for row, _ in remarks.said[source.source_id]], dtype=np.int64))
            rows = used[number[writers.period[used]] == place]
            if len(rows):
                yield Voice(
                    programme,
                    source,
                    rows,
                    *_scored(remarks, rows, question),
                    *_scored(remarks, rows, grouping),
                    np.unique(writers.period[rows]).tolist(),
                )


def _scored(remarks: Remarks, rows: Codes, number: int | None) -> tuple[Question | None, Numbers]:
    if number is None:
        return None, np.full(len(rows), np.nan)
    return remarks.overall[number], remarks.writers.scores[rows, number]


def subjects_of(inputs: Inputs, remarks: Remarks, voice: Voice) -> Subjects:
    """What the voice speaks of: codes as they are, texts read as themes."""
    asked = [question for question in read_questions(inputs) if not question.overall]
    if voice.source.kind == "coded":
        return coded_subjects(remarks, voice.source, voice.rows, asked)
    labels = labels_of_questionnaire(inputs, asked)
    pleased = pleased_by(voice.group_score, voice.grouping)
    return spoken_subjects(remarks, voice.source, voice.rows, labels, asked, pleased, inputs.settings)


def period_columns(period: Period | None, programme: str) -> dict[str, object]:
    """Where a row belongs in time; no period stands for all of the programme's together."""
    if period is None:
        return {"programme": programme, "period": "all", "period_kind": "all", "period_start": None}
    return {
        "programme": period.programme,
        "period": period.label,
        "period_kind": period.kind,
        "period_start": period.start,
    }


def source_columns(source: Source) -> dict[str, object]:
    return {
        "source_id": source.source_id,
        "source_kind": source.kind,
        "source_en": source.en,
        "source_zh": source.zh,
    }
