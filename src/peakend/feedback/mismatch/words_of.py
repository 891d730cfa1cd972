"""What those whose total does not match share in words, and which question nobody asked.

Free text by key phrases, coded comments by their codes; both as texts (respondents) that hold it, the
mismatched
against the others who said something.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.words.phrases import Contrast, contrast, distinct_phrases
from peakend.feedback.words.terms import base_of, bases_of, find_terms, stop_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Flags = NDArray[np.bool_]
Codes = NDArray[np.int64]

MOST_LETTERS = 5_000
"""Of a text; nobody's comment says more in its hundredth paragraph."""
GENERIC = 1 / 3
_TAG = re.compile(r"<[^<>]{0,500}>")
_HAN = re.compile(r"[㐀-鿿豈-﫿]+")
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Theme:
    """A phrase or code of the mismatched. n_below of texts_below have it, n_others of texts_others.

    log_odds, low, high: how much likelier a mismatched person is to say it; adjusted_p: after Benjamini &
    Hochberg
    (None: too rare to be tested); over: significantly more among the mismatched.
    """

    kind: Literal["phrase", "code"]
    source: str
    theme: str
    n_below: int
    texts_below: int
    n_others: int
    texts_others: int
    log_odds: float
    low: float
    high: float
    p: float
    adjusted_p: float | None
    over: bool


def phrases_of(
    texts: Sequence[str | None],
    far_below: Flags,
    *,
    minimum: int = 10,
    alpha: float = 0.05,
    confidence: float = 0.95,
    source: str = "",
    most: int = 20,
) -> list[Theme]:
    """Phrases the mismatched write more often than the others, strongest first (at most `most`).

    texts: one a respondent (None: wrote nothing); far_below: a flag a respondent. HTML is taken out, a text
    read
    to 5,000 letters. Phrases of fewer than `minimum` respondents are not counted. Significant ones come
    merged to
    the longest that means something, then others for comparison.
    Source: Monroe, Colaresi & Quinn (2008), Political Analysis 16(4), eqs. 16 and 22; Benjamini & Hochberg
    (1995).
    """
    flags = np.asarray(far_below, dtype=bool)
    said = [place for place, text in enumerate(texts) if text is not None and str(text).strip()]
    below = flags[said]
    if not below.any() or below.all():
        return []
    terms = find_terms([_plain(str(texts[place])) for place in said], minimum)
    if not len(terms):
        return []
    found = contrast(terms.matrix, below, ~below, alpha, confidence, "bh")
    distinct = [n for n in distinct_phrases(terms, found, below, minimum, alpha) if found.log_odds[n] > 0]
    return _themes("phrase", source, terms.names, found, below, distinct, most)


def codes_of(
    place: Codes,
    code: Sequence[str],
    far_below: Flags,
    *,
    minimum: int = 10,
    alpha: float = 0.05,
    confidence: float = 0.95,
    source: str = "",
    most: int = 20,
) -> list[Theme]:
    """The same of coded comments: respondent `place` (0, 1, … in `far_below`) gave `code`, one entry each.

    Those who gave no code at all said nothing and are on neither side.
    """
    from scipy.sparse import csr_array

    who = np.asarray(place, dtype=np.int64)
    names, columns = np.unique(np.asarray(code, dtype=str), return_inverse=True)
    asked, rows = np.unique(who, return_inverse=True)
    below = np.asarray(far_below, dtype=bool)[asked]
    if not len(names) or not below.any() or below.all():
        return []
    pairs = np.unique(np.column_stack([rows.reshape(-1), columns.reshape(-1)]), axis=0)
    flags = np.ones(len(pairs), dtype=bool)
    matrix: csr_array = csr_array((flags, (pairs[:, 0], pairs[:, 1])), shape=(len(asked), len(names)))
    frequent = np.flatnonzero(np.bincount(pairs[:, 1], minlength=len(names)) >= minimum)
    if not len(frequent):
        return []
    found = contrast(matrix.tocsc()[:, frequent].tocsr(), below, ~below, alpha, confidence, "bh")
    kept = [str(names[n]) for n in frequent.tolist()]
    over = [n for n in range(len(kept)) if found.adjusted_p[n] <= alpha and found.log_odds[n] > 0]
    over.sort(key=lambda n: (-found.z[n], n))
    return _themes("code", source, kept, found, below, over, most)


def missing_question(theme: str, questions: Mapping[str, Sequence[str | None]]) -> str | None:
    """The question that asks about `theme`, or None: then nobody asked.

    questions: by key, what each says of itself (wording, label, dimension, touchpoint). A question covers a
    theme
    when they share a word (a plural is its singular) or two neighbouring Chinese characters; what a third of
    all
    questions have in common says nothing.
    """
    by_question = {
        key: _pieces(" ; ".join(text for text in texts if text)) for key, texts in questions.items()
    }
    counts: dict[str, int] = {}
    for pieces in by_question.values():
        for piece in pieces:
            counts[piece] = counts.get(piece, 0) + 1
    limit = max(2.0, len(by_question) * GENERIC)
    wanted = {piece for piece in _pieces(theme) if counts.get(piece, 0) <= limit}
    best = max(by_question, key=lambda key: (len(wanted & by_question[key]), key), default=None)
    return best if best is not None and wanted & by_question[best] else None


def _pieces(text: str) -> set[str]:
    lowered = text.lower()
    stop = stop_words()
    words = {base_of(word) for word in _WORD.findall(lowered) if not _HAN.search(word)}
    pairs = {run[i : i + 2] for run in _HAN.findall(lowered) for i in range(len(run) - 1)}
    return {piece for piece in words - stop["en"] if len(piece) >= 3} | (pairs - stop["zh"])


def _plain(text: str) -> str:
    return _TAG.sub(" ", text[: 2 * MOST_LETTERS])[:MOST_LETTERS]


def _themes(
    kind: Literal["phrase", "code"],
    source: str,
    names: Sequence[str],
    found: Contrast,
    below: Flags,
    over: Sequence[int],
    most: int,
) -> list[Theme]:
    """The significant ones, then those nearest to it that say nothing the former said."""
    said = [set(bases_of(names[n])) for n in over]
    others = [
        n
        for n in np.lexsort([np.arange(len(names)), -found.z]).tolist()
        if found.log_odds[n] > 0
        and n not in set(over)
        and not any(set(bases_of(names[n])) & one for one in said)
    ]
    listed = [*over, *others][:most]
    n_below = int(below.sum())
    return [
        Theme(
            kind=kind,
            source=source,
            theme=names[n],
            n_below=int(found.first[n]),
            texts_below=n_below,
            n_others=int(found.second[n]),
            texts_others=len(below) - n_below,
            log_odds=float(found.log_odds[n]),
            low=float(found.low[n]),
            high=float(found.high[n]),
            p=float(found.p[n]),
            adjusted_p=None if np.isnan(found.adjusted_p[n]) else float(found.adjusted_p[n]),
            over=n in over,
        )
        for n in listed
    ]
