"""Free texts of a survey read as themes, under the names that its questionnaire uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.words.aspects import Label, aspects_in
from peakend.feedback.words.labels import labels_of_scores
from peakend.feedback.words.subjects import Subject, Subjects
from peakend.feedback.words.themes import find_themes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike

    from peakend.declaration import Inputs, Settings
    from peakend.feedback.score_counts import Question
    from peakend.feedback.words.remarks import Remarks, Source
    from peakend.feedback.words.themes import Theme

Codes = NDArray[np.int64]
Numbers = NDArray[np.float64]

# A clause whose probability of praise lies this close to ½ is neither praise nor blame.
UNSURE = 0.15


def labels_of_questionnaire(inputs: Inputs, asked: Sequence[Question]) -> list[Label]:
    """What touchpoints and scored questions are called; a question at a touchpoint speaks of that."""
    found = [
        Label(row["touchpoint_id"], row["name"], row["name_zh"])
        for row in inputs["touchpoints"].to_arrow().sort_by("touchpoint_id").to_pylist()
    ]
    known = {label.key for label in found}
    return found + [
        Label(q.question_id, q.label_en, q.label_zh) for q in asked if q.touchpoint_id not in known
    ]


def spoken_subjects(
    remarks: Remarks,
    source: Source,
    rows: Codes,
    labels: Sequence[Label],
    asked: Sequence[Question],
    pleased: Numbers,
    settings: Settings,
) -> Subjects:
    """The themes in what the writers `rows` (rising) wrote; `pleased`: 1, 0 or NaN for each of them."""
    from scipy.sparse import csr_array

    words: dict[int, list[str]] = {}
    for row, text in remarks.said[source.source_id]:
        words.setdefault(row, []).append(text)
    texts = ["\n".join(words.get(row, [])) for row in rows.tolist()]
    found = find_themes(
        texts,
        seeds=source.notes.get("themes"),
        labels=labels,
        low_scores=1 - pleased,
        minimum=settings.minimum_base,
        confidence=settings.confidence,
        alpha=settings.alpha,
        polarity=_polarity(texts, pleased),
    )
    subjects = [_subject(theme, asked) for theme in found.themes]
    if found.tone is None:
        return Subjects(subjects, found.mentions, rows)
    return Subjects(subjects, found.mentions, rows, csr_array(found.tone > 0), csr_array(found.tone < 0))


def _subject(theme: Theme, asked: Sequence[Question]) -> Subject:
    return Subject(
        key=theme.key,
        name=theme.name,
        origin=theme.origin,
        need=theme.need,
        covered_by=_covering(theme, asked),
        stability=theme.stability,
    )


def _covering(theme: Theme, asked: Sequence[Question]) -> tuple[str, ...]:
    """Questions about the theme: of its touchpoint, or those whose label speaks of this subject and no
    other."""
    own = {q.question_id for q in asked if theme.key in (q.touchpoint_id, q.question_id)}
    same = {q.question_id for q in asked if aspects_in((q.label_en,)) == {theme.key}}
    return tuple(sorted(own | same))


def pleased_by(score: Numbers, question: Question | None) -> Numbers:
    """1 for promoters (the top box), 0 for detractors (the bottom box), NaN for the others."""
    if question is None:
        return np.full(len(score), np.nan)
    return labels_of_scores(score, question.scale, question.metric)


def _polarity(texts: Sequence[str], pleased: Numbers) -> Callable[[Sequence[str]], ArrayLike] | None:
    """Praise or blame by a model of the survey's own texts and scores; None where it would be a guess."""
    from peakend.feedback.words.sentiment import SentimentModel, TooFewLabelledTextsError

    try:
        model = SentimentModel.train(texts, pleased)
    except TooFewLabelledTextsError:
        return None
    if not model.usable:
        return None

    def read(clauses: Sequence[str]) -> Numbers:
        lean = model.score(clauses).probability - 0.5
        return np.where(np.abs(lean) < UNSURE, 0.0, lean)

    return read
