"""The analysis `key_phrases`: what detractors say that promoters do not, in free texts and coded comments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peakend.feedback.words.phrases import contrast, distinct_phrases
from peakend.feedback.words.remarks import read_remarks
from peakend.feedback.words.spoken import pleased_by
from peakend.feedback.words.terms import chosen, find_terms, is_feeling
from peakend.feedback.words.theme_columns import KEY_PHRASES
from peakend.feedback.words.voices import period_columns, source_columns, subjects_of, voices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy.sparse import csr_array

    from peakend.declaration import Inputs, Results
    from peakend.feedback.words.mentioners import Sample
    from peakend.feedback.words.remarks import Remarks
    from peakend.feedback.words.terms import Terms
    from peakend.feedback.words.voices import Voice

Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]
Row = dict[str, Any]


def key_phrase_table(inputs: Inputs) -> Results:
    """The table `key_phrases`: what is significant after Holm's correction in a programme, period and source.

    Waves are read one by one, months all together. A person counts once, by the last response: that keeps
    texts independent.
    """
    remarks = read_remarks(inputs)
    rows: list[Row] = []
    for voice in voices(remarks):
        if voice.grouping is not None:
            rows += _rows_of(inputs, remarks, voice)
    schema = KEY_PHRASES.schema()
    return {KEY_PHRASES.name: pa.Table.from_pylist(rows, schema=schema)}


def _rows_of(inputs: Inputs, remarks: Remarks, voice: Voice) -> list[Row]:
    pleased = pleased_by(voice.group_score, voice.grouping)
    coded = subjects_of(inputs, remarks, voice) if voice.source.kind == "coded" else None
    found: list[Row] = []
    for period in _spans(remarks, voice):
        inside, sample = voice.sample(remarks.writers, period)
        once = _last_of_each(sample) & ~np.isnan(pleased[inside])
        places = np.flatnonzero(inside)[once]
        low = pleased[places] == 0
        if low.sum() < inputs.settings.minimum_base or (~low).sum() < inputs.settings.minimum_base:
            continue
        where = {
            **period_columns(None if period is None else remarks.periods[period], voice.programme),
            **source_columns(voice.source),
            "score_question": voice.grouping.question_id if voice.grouping else None,
            "low_writers": int(low.sum()),
            "high_writers": int((~low).sum()),
        }
        if coded is not None:
            names = [(s.key, s.name.en, s.name.zh) if s.named else None for s in coded.subjects]
            matrix = coded.matrix[places]
            enough = np.asarray(matrix.sum(axis=0)).reshape(-1) >= inputs.settings.minimum_base
            chosen = [n for n in np.flatnonzero(enough).tolist() if names[n] is not None]
            shown = [names[n] or ("", "", "") for n in chosen]
            rows = _contrasted(inputs, matrix[:, chosen], shown, low, None)
        else:
            rows = _of_texts(inputs, remarks, voice, places, low)
        found += [{**where, **row, "group": _group(voice, row["log_odds"])} for row in rows]
    return found


def _spans(remarks: Remarks, voice: Voice) -> list[int | None]:
    """Waves one by one; months, too short for a comparison of phrases, all together."""
    if len(voice.periods) > 1 and any(remarks.periods[n].kind == "month" for n in voice.periods):
        return [None]
    return list(voice.periods)


def _of_texts(inputs: Inputs, remarks: Remarks, voice: Voice, places: Codes, low: Flags) -> list[Row]:
    words: dict[int, list[str]] = {}
    for row, text in remarks.said[voice.source.source_id]:
        words.setdefault(row, []).append(text)
    texts = ["\n".join(words.get(row, [])) for row in voice.rows[places].tolist()]
    found = find_terms(texts, inputs.settings.minimum_base)
    # That detractors are "disappointed" is no news: only what says what it was about.
    terms = chosen(found, [n for n, parts in enumerate(found.parts) if not is_feeling(parts)])
    return _contrasted(inputs, terms.matrix, [(name, name, name) for name in terms.names], low, terms)


def _contrasted(
    inputs: Inputs, matrix: csr_array, names: Sequence[tuple[str, str, str]], low: Flags, terms: Terms | None
) -> list[Row]:
    if matrix.shape[1] == 0:
        return []
    settings = inputs.settings
    found = contrast(matrix, low, ~low, settings.alpha, settings.confidence)
    if terms is not None:
        kept = distinct_phrases(terms, found, low, settings.minimum_base, settings.alpha)
    else:
        clear = np.flatnonzero(found.adjusted_p <= settings.alpha).tolist()
        kept = sorted(clear, key=lambda n: (-abs(found.z[n]), names[n]))
    return [
        {
            "phrase": names[n][0],
            "phrase_en": names[n][1],
            "phrase_zh": names[n][2],
            "n": int(found.first[n] + found.second[n]),
            "n_low": int(found.first[n]),
            "n_high": int(found.second[n]),
            "log_odds": float(found.log_odds[n]),
            "log_odds_low": float(found.low[n]),
            "log_odds_high": float(found.high[n]),
            "p_value": float(found.p[n]),
            "adjusted_p": float(found.adjusted_p[n]),
            "compared": int(found.tested.sum()),
        }
        for n in kept
    ]


def _last_of_each(sample: Sample) -> Flags:
    """The last response of each person, in the order of response_id."""
    last = np.zeros(len(sample), dtype=bool)
    _, first_from_the_end = np.unique(sample.person[::-1], return_index=True)
    last[len(sample) - 1 - first_from_the_end] = True
    return last


def _group(voice: Voice, log_odds: float) -> str:
    nps = voice.grouping is not None and voice.grouping.metric == "nps"
    if log_odds > 0:
        return "detractors" if nps else "low"
    return "promoters" if nps else "high"
