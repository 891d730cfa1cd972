"""Themes: what texts are about, under names a person recognises, and how it is spoken of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peakend.feedback.intervals import wilson
from peakend.feedback.words.aspects import Aspect, Label, aspects_of, mentions_of, read_aspects
from peakend.feedback.words.phrases import contrast, distinct_phrases
from peakend.feedback.words.terms import HAN, Terms, bases_of, chosen, is_feeling, stream_of, terms_of
from peakend.feedback.words.topics import find_topics
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from scipy.sparse import csr_array

    from peakend.feedback.words.aspects import Mentions
    from peakend.feedback.words.terms import Stream

Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]

NAMED_BY = 3
MOST_PHRASES = 12


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme and how many texts speak of it.

    origin: "label" (of the questionnaire), "dictionary", "seed" (the user's), "topic" (terms that occur
    together) or "phrase" (one that separates low scores from the others). words: what was looked for. n:
    texts; share of those with any words, low and high its Wilson interval. positive, negative: texts that
    speak well and ill of it in the clauses that name it (None: not read). stability: of a topic, 0 to 1.
    """

    key: str
    name: Text
    origin: str
    words: tuple[str, ...]
    n: int
    share: float
    low: float
    high: float
    need: str | None = None
    positive: int | None = None
    negative: int | None = None
    stability: float | None = None


@dataclass(frozen=True, slots=True)
class Themes:
    """Themes, most mentioned first. mentions: texts × themes, true where a text speaks of it; texts: how many
    have any words; tone: as `mentions`, −1, 0 or 1 where the clauses about it were read (else None)."""

    themes: tuple[Theme, ...]
    mentions: csr_array
    texts: int
    tone: NDArray[np.int8] | None = None

    def __len__(self) -> int:
        return len(self.themes)

    def __getitem__(self, key: str) -> Theme:
        """The theme whose key, or name in either language, is `key`; KeyError when there is none."""
        for theme in self.themes:
            if key in (theme.key, theme.name.en, theme.name.zh):
                return theme
        raise KeyError(key)


def find_themes(
    texts: Iterable[object],
    *,
    seeds: Mapping[str, Any] | str | Path | None = None,
    labels: Iterable[Label] = (),
    low_scores: ArrayLike | None = None,
    discover: bool = True,
    minimum: int = 10,
    confidence: float = 0.95,
    alpha: float = 0.05,
    polarity: Callable[[Sequence[str]], ArrayLike] | None = None,
) -> Themes:
    """What `texts` (one a respondent; None for nothing) are about.

    seeds: the user's own aspects (`aspects.read_aspects`); labels: what a questionnaire calls its touchpoints
    and questions; a dictionary of usual subjects comes with the package. discover: also look for topics that
    none of these names. low_scores: true for the unhappy, NaN or None for unknown; with it a phrase that
    separates them from the others is a theme of its own. Themes that fewer than `minimum` texts mention are
    not given. polarity: reads clauses and gives a number each, negative for blame
    (`feedback.words.sentiment`).

    The same texts in the same order give the same themes. Raises `TextsError`, `AspectsError`.
    """
    stream = stream_of(texts)
    own = () if seeds is None else read_aspects(seeds)
    aspects = list(aspects_of(labels, own))
    stability: dict[str, float] = {}
    if discover:
        found, stability = _discovered(stream, aspects, low_scores, minimum, alpha)
        aspects += found
    mentions = mentions_of(stream, aspects)
    tone = None if polarity is None else _tones(stream, mentions, len(aspects), polarity)
    filled = len(np.unique(stream.text[stream.ids >= 0]))
    counts = np.asarray(mentions.matrix.sum(axis=0)).reshape(-1).astype(np.int64)
    order = sorted(np.flatnonzero(counts >= minimum).tolist(), key=lambda n: (-counts[n], aspects[n].key))
    share = counts / max(filled, 1)
    low, high = wilson(share, np.full(len(share), float(max(filled, 1))), confidence)
    themes = tuple(
        _theme(aspects[n], int(counts[n]), (share[n], low[n], high[n]), stability.get(aspects[n].key))
        for n in order
    )
    if tone is not None:
        tone = tone[:, order]
        themes = tuple(
            replace(theme, positive=int((tone[:, n] > 0).sum()), negative=int((tone[:, n] < 0).sum()))
            for n, theme in enumerate(themes)
        )
    return Themes(themes, mentions.matrix[:, order], filled, tone)


def _theme(aspect: Aspect, n: int, share: tuple[float, float, float], stability: float | None) -> Theme:
    value, low, high = (float(x) for x in share)
    return Theme(
        aspect.key,
        aspect.name,
        aspect.origin,
        aspect.words,
        n,
        value,
        low,
        high,
        need=aspect.need,
        stability=stability,
    )


def _discovered(
    stream: Stream, aspects: Sequence[Aspect], low_scores: ArrayLike | None, minimum: int, alpha: float
) -> tuple[list[Aspect], dict[str, float]]:
    """Themes of terms that no aspect names: topics, and phrases of the unhappy. With the topics'
    stability."""
    terms = terms_of(stream, minimum)
    known = [bases_of(word) for aspect in aspects for word in aspect.words]
    free = _unnamed(terms, {word for word in known if word})
    found, stability = [], {}
    taken: set[int] = set()
    for topic in find_topics(terms, free):
        names = _longest([terms.names[n] for n in topic.terms])
        aspect = _named(f"topic: {'/'.join(names[:NAMED_BY])}", names, "topic")
        found.append(aspect)
        stability[aspect.key] = topic.stability
        taken |= set(topic.terms)
    if low_scores is not None:
        for name in _phrases_of_the_unhappy(
            terms, [n for n in free if n not in taken], low_scores, minimum, alpha
        ):
            found.append(_named(f"phrase: {name}", [name], "phrase"))
    return found, stability


def _named(key: str, names: Sequence[str], origin: str) -> Aspect:
    shown = names[:NAMED_BY]
    return Aspect(key, Text(", ".join(shown), "、".join(shown)), tuple(names), origin=origin)


def _unnamed(terms: Terms, known: set[tuple[str, ...]]) -> list[int]:
    """Terms that hold no known word, are no part of one, and say more than a feeling."""
    longest = max((len(word) for word in known), default=0)
    inside = {word[i:j] for word in known for i in range(len(word)) for j in range(i + 1, len(word) + 1)}

    def free(parts: tuple[str, ...]) -> bool:
        if is_feeling(parts):
            return False
        windows = (
            parts[i : i + size]
            for size in range(1, min(longest, len(parts)) + 1)
            for i in range(len(parts) - size + 1)
        )
        part_of_one = parts in inside and (len(parts) > 1 or not parts[0].isascii())
        return not part_of_one and not any(window in known for window in windows)

    return [n for n, parts in enumerate(terms.parts) if free(parts)]


def _longest(names: Sequence[str]) -> list[str]:
    """Without names that are part of a longer one in the list."""
    return [name for name in names if not any(name != other and name in other for other in names)]


def _phrases_of_the_unhappy(
    terms: Terms, free: Sequence[int], low_scores: ArrayLike, minimum: int, alpha: float
) -> list[str]:
    """Phrases outside all aspects that the unhappy use clearly more, the clearest first."""
    scores = np.array([np.nan if one is None else float(one) for one in np.asarray(low_scores, dtype=object)])
    unhappy, others = scores > 0, scores == 0
    if not free or unhappy.sum() < minimum or others.sum() < minimum:
        return []
    named = chosen(terms, free)
    known = unhappy | others
    inside = Terms(named.names, named.parts, named.matrix[known])
    found = contrast(inside.matrix, unhappy[known], others[known], alpha)
    kept = distinct_phrases(inside, found, unhappy[known], minimum, alpha)
    return [named.names[n] for n in kept if found.log_odds[n] > 0][:MOST_PHRASES]


def _tones(
    stream: Stream, mentions: Mentions, aspects: int, polarity: Callable[[Sequence[str]], ArrayLike]
) -> NDArray[np.int8]:
    """−1, 0 or 1 for every text and aspect: the sign of the sum over the clauses that name it."""
    clause = stream.clause[mentions.place]
    read, which = np.unique(clause, return_inverse=True)
    scores = np.asarray(polarity(_clauses(stream, read)), dtype=float)
    scores = np.where(np.isfinite(scores), scores, 0.0)
    pairs, first = np.unique(
        np.column_stack([stream.text[mentions.place], mentions.aspect, clause]), axis=0, return_index=True
    )
    total = np.zeros((stream.texts, aspects))
    np.add.at(total, (pairs[:, 0], pairs[:, 1]), scores[which.reshape(-1)[first]])
    return np.sign(total).astype(np.int8)


def _clauses(stream: Stream, numbers: Codes) -> list[str]:
    """The words of the clauses `numbers` (rising), as they may be read."""
    inside = np.flatnonzero(np.isin(stream.clause, numbers) & (stream.ids >= 0))
    place = np.searchsorted(numbers, stream.clause[inside])
    parts: list[list[str]] = [[] for _ in range(len(numbers))]
    for row, word, kind in zip(
        place.tolist(), stream.ids[inside].tolist(), stream.kind[inside].tolist(), strict=True
    ):
        parts[row].append(stream.words[word] if kind == HAN else f" {stream.words[word]} ")
    return [" ".join("".join(words).split()) for words in parts]
