"""Candidate terms of texts, Chinese and English alike: words and short phrases that a reader recognises.

No dictionary and no segmenter: English words come from spaces; Chinese words are sequences of characters that
hold together inside (every split is far rarer by chance) and stand free outside (many different neighbours).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.words.reading import MASKS, read, read_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scipy.sparse import csr_array

Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]

BREAK, HAN, WORD = 0, 1, 2
"""What a token is: the end of a run, one Chinese character, one word of letters."""

LONGEST_ZH, LONGEST_EN = 6, 3
# Bits: a Chinese sequence is 2^3 times as frequent as chance in its weakest split, and its neighbours on the
# poorer side are as varied as 2^1.2 equally frequent ones.
COHESION_ZH, COHESION_EN, FREEDOM = 3.0, 2.0, 1.2
# Where everybody speaks of one thing its parts are frequent too; they hold together when they hardly part.
ALWAYS_TOGETHER = 0.7
_END = "\n"
_BLOCK = "[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
_TOKEN = re.compile(rf"{_BLOCK}|[^\W_]+(?:['’‐-][^\W_]+)*|(?<={_BLOCK})\s(?={_BLOCK})|[^\w\s]")
_HAN = re.compile(_BLOCK)
_HYPHENS = {ord("-"): None, ord("‐"): None, ord("’"): "'"}
_CLAUSE_ENDS = frozenset(".!?;,。！？；，、…~:：")
_TURNS = frozenset(("but", "however", "although"))


@dataclass(frozen=True, slots=True)
class Stream:
    """All texts as one row of tokens, a break after each. ids: number in `words` (as most often written)
    and `bases` (in the base form), −1 for a break; kind: BREAK, HAN or WORD; text: which text it is of;
    clause: number of its clause, rising over all texts."""

    words: Sequence[str]
    bases: Sequence[str]
    ids: Codes
    kind: NDArray[np.int8]
    text: Codes
    clause: Codes
    texts: int

    def grams(self, phrases: Iterable[str]) -> list[tuple[int, ...]]:
        """The phrases as token sequences; without those that hold a word which no text has."""
        number = {base: place for place, base in enumerate(self.bases)}
        found = (tuple(number.get(base, -1) for base in bases_of(phrase)) for phrase in phrases)
        return [gram for gram in found if gram and -1 not in gram]


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms and where they occur: `matrix` is texts × terms, true where a text contains the term.

    parts: each term as its tokens (characters, or words in their base form).
    """

    names: list[str]
    parts: list[tuple[str, ...]]
    matrix: csr_array

    def __len__(self) -> int:
        return len(self.names)

    @property
    def documents(self) -> Codes:
        """How many texts contain each term."""
        return np.asarray(self.matrix.sum(axis=0)).reshape(-1).astype(np.int64)


def stream_of(texts: Iterable[object]) -> Stream:
    """The tokens of `texts` (strings, None for nothing). Raises `TextsError` where one is no text."""
    written: list[str] = []
    lengths = []
    for text in read_all(texts):
        found = _TOKEN.findall(text)
        written += found
        written.append(_END)
        lengths.append(len(found) + 1)
    number: dict[str, int] = {_END: 0}
    form = np.array([number.setdefault(token, len(number)) for token in written], dtype=np.int64)
    forms = list(number)
    kinds = np.array([_kind(token) for token in forms], dtype=np.int8)
    bases: dict[str, int] = {}
    base = np.array(
        [
            -1 if kind == BREAK else bases.setdefault(base_of(token) if kind == WORD else token, len(bases))
            for token, kind in zip(forms, kinds.tolist(), strict=True)
        ],
        dtype=np.int64,
    )
    ends = np.array([token == _END or token in _CLAUSE_ENDS or token in _TURNS for token in forms])
    turns = ends[form]
    return Stream(
        _commonest(forms, base, np.bincount(form, minlength=len(forms)), len(bases)),
        list(bases),
        base[form],
        kinds[form],
        np.repeat(np.arange(len(lengths)), lengths),
        np.cumsum(turns) - turns,
        len(lengths),
    )


def _kind(token: str) -> int:
    if _HAN.match(token):
        return HAN
    return WORD if token[0].isalnum() and token[0] not in MASKS else BREAK


def _commonest(forms: Sequence[str], base: Codes, counts: Codes, bases: int) -> list[str]:
    """The form of each word that is written most often, of equally frequent ones the first in the
    alphabet."""
    best: list[tuple[int, str]] = [(1, "")] * bases
    for form, number, count in zip(forms, base.tolist(), counts.tolist(), strict=True):
        if number >= 0:
            best[number] = min(best[number], (-count, form))
    return [form for _, form in best]


@cache
def base_of(word: str) -> str:
    """A plural as its singular, a possessive as its owner, without hyphens: "queues" counts as "queue"."""
    bare = re.sub(r"['’]s$", "", word).translate(_HYPHENS)
    if not bare.isascii() or len(bare) < 4 or not bare.endswith("s") or bare.endswith(("ss", "us", "is")):
        return bare
    if bare.endswith("ies") and len(bare) > 4:
        return bare[:-3] + "y"
    if bare.endswith(("sses", "xes", "ches", "shes", "zzes")):
        return bare[:-2]
    return bare[:-1]


def find_terms(texts: Iterable[object], minimum: int = 10, most: int = 5_000) -> Terms:
    """Words and short phrases that at least `minimum` of `texts` contain, the `most` frequent of them.

    Chinese: 2 to 6 characters with min over splits of log₂ p(w)/(p(a)·p(b)) ≥ 3 and an entropy of left and of
    right neighbours ≥ 1.2 bits (an end of a run is a neighbour of its own). English: words outside the stop
    list, and phrases of 2 or 3 words whose weakest split has ≥ 2 bits. Raises `TextsError`.
    Source: mutual information as in Church & Hanks (1990), Computational Linguistics 16(1), the weakest split
    as in Sproat & Shih (1990); neighbours' entropy as "branching entropy" in Jin & Tanaka-Ishii (2006),
    COLING/ACL poster sessions.
    """
    return terms_of(stream_of(texts), minimum, most)


def terms_of(stream: Stream, minimum: int = 10, most: int = 5_000) -> Terms:
    """`find_terms` of texts already read."""
    grams: list[tuple[int, ...]] = []
    levels = _levels(stream, minimum)
    for size, level in enumerate(levels, start=1):
        good = level.good(levels, stream, size, minimum)
        grams += [tuple(gram) for gram in level.grams[good].tolist()]
    return _counted(stream, grams, minimum, most)


@dataclass(frozen=True, slots=True)
class _Level:
    """Sequences of one length: at[i] is the number of the one that begins at token i (−1: none), grams their
    tokens, counts how often each occurs, prefix and suffix the numbers of its parts one level below."""

    at: Codes
    grams: Codes
    counts: Codes
    prefix: Codes
    suffix: Codes

    def good(self, levels: Sequence[_Level], stream: Stream, size: int, minimum: int) -> Flags:
        """Which of the sequences are terms."""
        if len(self.grams) == 0:
            return np.zeros(0, dtype=bool)
        kind = _kinds(self.grams[:, 0], stream)
        keep = self.counts >= minimum
        keep &= np.where(kind == HAN, size > 1, size <= LONGEST_EN)
        if size > 1:
            bits, share = _cohesion(levels, stream, size)
            keep &= (bits >= np.where(kind == HAN, COHESION_ZH, COHESION_EN)) | (share >= ALWAYS_TOGETHER)
            freedom = np.minimum(_entropy(self.at, stream, -1), _entropy(self.at, stream, size))
            keep &= (kind != HAN) | (freedom >= FREEDOM)
        rest = np.flatnonzero(keep)
        grams = [tuple(stream.bases[i] for i in gram) for gram in self.grams[rest].tolist()]
        keep[rest] = _sounds_whole(grams, kind[rest])
        return keep


def _kinds(ids: Codes, stream: Stream) -> Codes:
    by_word = np.zeros(max(len(stream.words), 1), dtype=np.int64)
    there = stream.ids >= 0
    by_word[stream.ids[there]] = stream.kind[there]
    return by_word[ids]


def _levels(stream: Stream, minimum: int) -> list[_Level]:
    """Sequences of 1, 2, … tokens within a run; one grows only out of parts that occur often enough."""
    words = max(len(stream.words), 1)
    counts = np.bincount(stream.ids[stream.ids >= 0], minlength=words)
    none = np.zeros(0, dtype=np.int64)
    levels = [_Level(stream.ids.copy(), np.arange(words)[:, None], counts, none, none)]
    for size in range(2, LONGEST_ZH + 1):
        below = levels[-1]
        often = np.r_[below.counts >= minimum, False]  # The last entry is that of −1.
        head, tail = below.at[:-1], below.at[1:]
        possible = often[head] & often[tail] & (stream.kind[: len(head)] == stream.kind[1:])
        if size > LONGEST_EN:
            possible &= stream.kind[: len(head)] == HAN
        begins = np.flatnonzero(possible)
        keys, number, counts = np.unique(
            head[begins] * (len(below.counts) + 1) + tail[begins], return_inverse=True, return_counts=True
        )
        prefix, suffix = np.divmod(keys, len(below.counts) + 1)
        at = np.full(len(stream.ids), -1, dtype=np.int64)
        at[begins] = number.reshape(-1)
        grams = np.column_stack([below.grams[prefix], below.grams[suffix][:, -1:]])
        levels.append(_Level(at, grams.astype(np.int64), counts, prefix, suffix))
    return levels


def _cohesion(levels: Sequence[_Level], stream: Stream, size: int) -> tuple[Numbers, Numbers]:
    """log₂ of how much more often each sequence occurs than its least surprising split would by chance, and
    that as a share of the most it could be (normalised mutual information)."""
    level = levels[size - 1]
    first = np.full(len(level.counts), -1, dtype=np.int64)
    begins = np.flatnonzero(level.at >= 0)
    first[level.at[begins][::-1]] = begins[::-1]
    total = max(int((stream.ids >= 0).sum()), 1)
    weakest = np.full(len(level.counts), np.inf)
    for cut in range(1, size):
        head, tail = levels[cut - 1], levels[size - cut - 1]
        chance = head.counts[head.at[first]] * tail.counts[tail.at[first + cut]] / total
        weakest = np.minimum(weakest, np.log2(level.counts / chance))
    most = -np.log2(level.counts / total)
    return weakest, weakest / np.where(most > 0, most, 1.0)


def _entropy(at: Codes, stream: Stream, step: int) -> Numbers:
    """Entropy, in bits, of the tokens `step` after the start of each sequence; every end is a new one."""
    begins = np.flatnonzero(at >= 0)
    beside = begins + step
    inside = (beside >= 0) & (beside < len(stream.ids))
    ids = np.where(inside, stream.ids[np.clip(beside, 0, len(stream.ids) - 1)], -1)
    words = len(stream.words)
    # Ends of runs differ from each other: whoever stands alone stands free.
    neighbour = np.where(ids >= 0, ids, words + np.arange(len(ids)))
    pairs, counts = np.unique(at[begins] * (words + len(ids) + 1) + neighbour, return_counts=True)
    gram = pairs // (words + len(ids) + 1)
    total = np.bincount(gram, counts)
    share = counts / total[gram]
    entropy: Numbers = np.bincount(gram, -share * np.log2(share)).astype(np.float64)
    return entropy


@cache
def stop_words() -> Mapping[str, frozenset[str]]:
    """The lists of `stop_words.yaml`."""
    import yaml

    written = yaml.safe_load(files("peakend.feedback.words").joinpath("stop_words.yaml").read_text("utf-8"))
    return {
        "en": frozenset(base_of(word) for word in written["en"].split()) | frozenset(written["en"].split()),
        "negations": frozenset(written["negations"]),
        "zh": frozenset(written["zh"].split()),
        "feelings": frozenset(base_of(word) for word in written["feelings_en"].split())
        | frozenset(written["feelings_zh"].split()),
        "first": frozenset(written["zh_never_first"]),
        "last": frozenset(written["zh_never_last"]),
        "exceptions": frozenset(written["zh_exceptions"]),
    }


def is_feeling(parts: tuple[str, ...]) -> bool:
    """Whether a term says how it felt and nothing of what it was about."""
    feelings = stop_words()["feelings"]
    return "".join(parts) in feelings or all(part in feelings for part in parts)


def chosen(terms: Terms, numbers: Sequence[int]) -> Terms:
    """Only the terms `numbers`, in that order."""
    listed = list(numbers)
    names, parts = [terms.names[n] for n in listed], [terms.parts[n] for n in listed]
    return Terms(names, parts, terms.matrix[:, listed])


def _sounds_whole(grams: Sequence[tuple[str, ...]], kinds: Codes) -> Flags:
    """Whether a sequence can be a name of something: no stop word at its ends, not only figures."""
    stop = stop_words()

    def whole(gram: tuple[str, ...], kind: int) -> bool:
        if kind == HAN:
            word = "".join(gram)
            ends = gram[0] in stop["first"] or gram[-1] in stop["last"]
            return word not in stop["zh"] and (not ends or word in stop["exceptions"])
        if all(not part.isalpha() and not _letters(part) for part in gram):
            return False
        may_begin = gram[0] not in stop["en"] and (len(gram) > 1 or gram[0] not in stop["negations"])
        return may_begin and gram[-1] not in stop["en"] | stop["negations"] and len("".join(gram)) > 2

    return np.array([whole(gram, int(kind)) for gram, kind in zip(grams, kinds, strict=True)], dtype=bool)


def _letters(word: str) -> bool:
    return sum(letter.isalpha() for letter in word) > 1


def _counted(stream: Stream, grams: Sequence[tuple[int, ...]], minimum: int, most: int) -> Terms:
    """The terms that enough texts contain, those in more texts first, then by name."""
    matrix = occurrences(stream, [[gram] for gram in grams])
    documents = np.asarray(matrix.sum(axis=0)).reshape(-1)
    parts = [tuple(stream.bases[i] for i in gram) for gram in grams]
    written = [[stream.words[i] for i in gram] for gram in grams]
    names = [("" if _HAN.match(part[0]) else " ").join(part) for part in written]
    order = [n for n in range(len(names)) if documents[n] >= minimum]
    order.sort(key=lambda n: (-documents[n], names[n]))
    order = order[:most]
    return Terms([names[n] for n in order], [parts[n] for n in order], matrix[:, order])


def occurrences(stream: Stream, groups: Sequence[Sequence[tuple[int, ...]]]) -> csr_array:
    """Texts × groups: true where a text contains one of the group's token sequences."""
    rows, columns = places_of(stream, groups)
    return _flags(stream.text[rows], columns, stream.texts, len(groups))


def places_of(stream: Stream, groups: Sequence[Sequence[tuple[int, ...]]]) -> tuple[Codes, Codes]:
    """Where (the first token) each group's sequences stand, and which group's it is; by group, then place."""
    rows, columns = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    by_size: dict[int, list[tuple[tuple[int, ...], int]]] = {}
    for column, group in enumerate(groups):
        for gram in group:
            by_size.setdefault(len(gram), []).append((gram, column))
    for size, wanted in sorted(by_size.items()):
        if size == 0 or len(stream.ids) < size:
            continue
        found, which = _matched(stream, size, wanted)
        rows.append(found)
        columns.append(which)
    places, which = np.concatenate(rows), np.concatenate(columns)
    order = np.lexsort((places, which))
    return places[order], which[order]


def _matched(stream: Stream, size: int, wanted: Sequence[tuple[tuple[int, ...], int]]) -> tuple[Codes, Codes]:
    """Windows of `size` tokens that equal a wanted sequence, found token by token."""
    grams = np.array([gram for gram, _ in wanted], dtype=np.int64)
    columns = np.array([column for _, column in wanted], dtype=np.int64)
    # The number of the distinct beginning that a window still agrees with; −1 once it agrees with none.
    base = len(stream.words) + 1
    keys, state = np.unique(grams[:, 0], return_inverse=True)
    alive = _lookup(keys, stream.ids[: len(stream.ids) - size + 1])
    starts = np.flatnonzero(alive >= 0)
    alive = alive[starts]
    for step in range(1, size):
        pairs = state.reshape(-1) * base + grams[:, step]
        keys, state = np.unique(pairs, return_inverse=True)
        nexts = stream.ids[starts + step]
        alive = np.where(nexts >= 0, _lookup(keys, alive * base + nexts), -1)
        starts, alive = starts[alive >= 0], alive[alive >= 0]
    # One sequence may belong to several groups.
    order = np.argsort(state.reshape(-1), kind="stable")
    sorted_state = state.reshape(-1)[order]
    first, last = np.searchsorted(sorted_state, alive), np.searchsorted(sorted_state, alive, "right")
    repeats = last - first
    inner = np.arange(repeats.sum()) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    return np.repeat(starts, repeats), columns[order[np.repeat(first, repeats) + inner]]


def _lookup(keys: Codes, values: Codes) -> Codes:
    """The place of each value in the sorted `keys`; −1 where it is none of them."""
    if len(keys) == 0:
        return np.full(len(values), -1, dtype=np.int64)
    place = np.minimum(np.searchsorted(keys, values), len(keys) - 1)
    return np.where(keys[place] == values, place, -1)


def _flags(rows: Codes, columns: Codes, height: int, width: int) -> csr_array:
    from scipy.sparse import csr_array

    pairs = np.unique(rows * max(width, 1) + columns)
    row, column = np.divmod(pairs, max(width, 1))
    return csr_array((np.ones(len(pairs), dtype=bool), (row, column)), shape=(height, width))


@lru_cache(maxsize=16_384)
def bases_of(phrase: str) -> tuple[str, ...]:
    """The tokens of `phrase` in their base form, breaks left out."""
    # The same phrases of a dictionary are looked for in every stream.
    tokens = [(token, _kind(token)) for token in _TOKEN.findall(read(phrase))]
    return tuple(base_of(token) if kind == WORD else token for token, kind in tokens if kind != BREAK)
