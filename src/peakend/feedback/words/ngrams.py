"""Features of texts, Chinese and English with one rule: tokens, and pairs of neighbouring tokens.

A token is one ideograph or kana, one run of letters and digits of any other script, or one sign (punctuation,
emoji, mask). So Chinese gives characters and character pairs, English words and word pairs, and a text that
mixes both gives both; a line such as "好吃！👍" keeps its signs. Each token and pair is a 64-bit key: within
one vocabulary two features practically never share one (a million features: chance of any clash 3 in 10⁸).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numba import njit
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Keys = NDArray[np.uint64]
Codes = NDArray[np.int64]

# What a character is.
SPACE, IDEOGRAPH, LETTER, SIGN = 0, 1, 2, 3

_PAIR = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_WORD = np.uint64(0x100000001B3)
_APOSTROPHES = (0x27, 0x2019)


@dataclass(frozen=True, slots=True)
class Bags:
    """The different features of each text: those of text i lie at starts[i]:starts[i + 1], sorted by key.

    keys: of tokens and pairs. counts: how often each occurs in its text.
    """

    keys: Keys
    counts: NDArray[np.int32]
    starts: Codes

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def sizes(self) -> Codes:
        """How many different features each text has."""
        return np.diff(self.starts)

    def take(self, rows: Codes) -> Bags:
        """The bags of the texts `rows`."""
        sizes = self.sizes[rows]
        starts = np.concatenate([[0], np.cumsum(sizes)])
        places = np.repeat(self.starts[:-1][rows] - starts[:-1], sizes) + np.arange(starts[-1])
        return Bags(self.keys[places], self.counts[places], starts)


def bags_of(texts: Sequence[str]) -> Bags:
    """The features of `texts` as `reading.read` leaves them."""
    letters, ends = letters_of(texts)
    keys, found = _keys(letters, ends, character_kinds())
    return Bags(*_counted(keys, found))


def letters_of(texts: Sequence[str]) -> tuple[NDArray[np.uint32], Codes]:
    """All texts as one array of code points, and where each ends. Halves of surrogate pairs become '?'."""
    whole = "".join(texts)
    try:
        encoded = whole.encode("utf-32-le")
    except UnicodeEncodeError:
        encoded = whole.encode("utf-32-le", "replace")
    ends = np.cumsum([len(text) for text in texts], dtype=np.int64) if len(texts) else np.zeros(0, np.int64)
    return np.frombuffer(encoded, dtype=np.uint32), ends


@cache
def character_kinds() -> NDArray[np.uint8]:
    """The kind of every code point (SPACE, IDEOGRAPH, LETTER, SIGN), letters as Unicode says."""
    kinds = np.full(0x110000, SIGN, dtype=np.uint8)
    for code in range(0x3134F):
        letter = chr(code)
        if letter.isalnum():
            kinds[code] = LETTER
        elif letter.isspace():
            kinds[code] = SPACE
    for low, high in _MARKS:
        kinds[low : high + 1] = LETTER
    for low, high in _IDEOGRAPHS:
        kinds[low : high + 1] = IDEOGRAPH
    return kinds


# Ideographs, kana, and scripts written without spaces between words (Thai, Lao, Khmer, Myanmar).
_IDEOGRAPHS = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3005, 0x3007),
    (0x3040, 0x30FF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3134F),
)
# Vowel signs and accents that stand inside words: combining marks, Hebrew, Arabic, the scripts of India.
_MARKS = ((0x0300, 0x036F), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F), (0x0900, 0x0DFF))


@njit(cache=True)  # type: ignore[untyped-decorator]
def _mixed(key: np.uint64) -> np.uint64:
    """Splitmix64's finish: every bit of the key moves every bit of the result."""
    key = (key ^ (key >> np.uint64(30))) * _FIRST
    key = (key ^ (key >> np.uint64(27))) * _SECOND
    return key ^ (key >> np.uint64(31))


@njit(cache=True)  # type: ignore[untyped-decorator]
def _keys(letters: NDArray[np.uint32], ends: Codes, kinds: NDArray[np.uint8]) -> tuple[Keys, Codes]:
    """Keys of the tokens and pairs of every text, one after the other, and where each text's end."""
    keys = np.empty(2 * len(letters), dtype=np.uint64)
    found = np.empty(len(ends), dtype=np.int64)
    size, start = 0, 0
    for text in range(len(ends)):
        end = ends[text]
        place = start
        before = np.uint64(0)
        while place < end:
            kind = kinds[letters[place]]
            if kind == SPACE:
                place += 1
                continue
            token = np.uint64(letters[place]) + _PAIR
            place += 1
            if kind == LETTER:
                while place < end and (
                    kinds[letters[place]] == LETTER
                    or (
                        (letters[place] == _APOSTROPHES[0] or letters[place] == _APOSTROPHES[1])
                        and place + 1 < end
                        and kinds[letters[place + 1]] == LETTER
                    )
                ):
                    token = (token ^ np.uint64(letters[place])) * _WORD
                    place += 1
            token = _mixed(token)
            keys[size] = token
            size += 1
            if before != 0:
                keys[size] = _mixed(before * _PAIR + token)
                size += 1
            before = token
        found[text] = size
        start = end
    return keys[:size].copy(), found


@njit(cache=True)  # type: ignore[untyped-decorator]
def _counted(keys: Keys, ends: Codes) -> tuple[Keys, NDArray[np.int32], Codes]:
    """Different keys of each text with their counts. Sorts `keys` in place."""
    counts = np.empty(len(keys), dtype=np.int32)
    starts = np.zeros(len(ends) + 1, dtype=np.int64)
    size, start = 0, 0
    for text in range(len(ends)):
        own = keys[start : ends[text]]
        own.sort()
        first = size
        for place in range(len(own)):
            key = own[place]
            if size > first and keys[size - 1] == key:
                counts[size - 1] += 1
            else:
                # Never ahead of what is still to be read: there are no more different keys than keys.
                keys[size] = key
                counts[size] = 1
                size += 1
        starts[text + 1] = size
        start = ends[text]
    return keys[:size].copy(), counts[:size].copy(), starts
