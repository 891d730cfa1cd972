"""Coded comments: the codes that a survey company gave to free text, joined to sets and read as themes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.words.aspects import main_aspect
from peakend.feedback.words.subjects import Subject, Subjects, covering
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from peakend.feedback.score_counts import Question
    from peakend.feedback.words.remarks import Remarks, Source

Codes = NDArray[np.int64]

_WORDS = re.compile(r"[^\W\d_]{2,}")
_SENTIMENT = ("sentiment", "tone", "polarity", "情感", "倾向")
_TONES: Mapping[str, str] = {
    "positive": "positive",
    "negative": "negative",
    "neutral": "neutral",
    "正面": "positive",
    "负面": "negative",
    "中性": "neutral",
    "1": "positive",
    "-1": "negative",
    "0": "neutral",
}


def coded_subjects(
    remarks: Remarks,
    source: Source,
    rows: np.ndarray[tuple[int], np.dtype[np.int64]],
    asked: Sequence[Question],
) -> Subjects:
    """The codes of `source` that the writers `rows` (rising) gave, each writer counting once a code.

    A code is named by its words; the source's `labels` have the Chinese ones. A code without words ("Q15-1")
    is counted but not named.
    """
    place = {row: number for number, row in enumerate(rows.tolist())}
    given = [(place[row], code) for row, code in remarks.said[source.source_id] if row in place]
    codes = sorted({code for _, code in given})
    column = {code: number for number, code in enumerate(codes)}
    pairs = np.array(sorted({(row, column[code]) for row, code in given}), dtype=np.int64).reshape(-1, 2)
    subjects = []
    for code in codes:
        chinese = str(source.notes.get("labels", {}).get(code, code))
        aspect = main_aspect(code) or main_aspect(chinese)
        subjects.append(
            Subject(
                key=code,
                name=Text(code, chinese),
                origin="code",
                named=_WORDS.search(code) is not None,
                tone=_tone(remarks.code_notes.get((source.source_id, code), {})),
                need=aspect.need if aspect else None,
                covered_by=covering(Text(code, chinese), asked),
            )
        )
    return Subjects.of(subjects, pairs, rows)


def _tone(notes: Mapping[str, Any]) -> str | None:
    """What the coder said of the code's tone, where the source says it."""
    for name, value in notes.items():
        if name.lower() in _SENTIMENT:
            return _TONES.get(str(value).strip().lower())
    return None
